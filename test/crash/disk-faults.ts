/**
 * Faults of the disk: full, failing, slow, read-only, and content files that it damaged.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { eventually, expectTemporary, type Fault, type Ground, pause } from './fault-run.js';
import { type ErrorPlan, FILES, type Operation, type Subject } from './faults.js';

const WORK_MS = 600;
const STORE_CODES = ['server.store', 'server.disk'];
const DISK_MIB = 96;

/** A small file system of its own, in memory. Needs root. */
const SMALL_DISK: Pick<Fault, 'prepare' | 'cleanUp' | 'settings'> = {
  settings: [['limits.disk_free', '0B']],
  prepare: (store) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=700`, 'tmpfs', store], {
      stdio: 'pipe',
    }),
  cleanUp: (store) => execFileSync('umount', ['--lazy', store], { stdio: 'pipe' }),
};

/** Leaves so many bytes free. */
function fill(store: string, leave: number): void {
  const fd = openSync(join(store, 'ballast'), 'a', 0o600);
  try {
    const block = Buffer.alloc(64 * 1024);
    for (;;) {
      const { bavail, bsize } = statfsSync(store);
      const room = bavail * bsize - leave;
      if (room <= 0) return;
      writeSync(fd, block, 0, Math.min(room, block.length));
    }
  } catch {
    // The gateway took the rest meanwhile: full is full.
  } finally {
    closeSync(fd);
  }
}

async function diskFull(ground: Ground, leave: number, fullMs: number): Promise<string> {
  const { lane } = ground;
  await pause(WORK_MS);
  fill(lane.store, leave);
  await pause(fullMs);
  // What little was left is gone by now, or another write came first.
  await eventually(() => lane.sender.temporary > 0, 10_000);
  const before = lane.sender.acknowledged;
  const seen = expectTemporary(ground, STORE_CODES);
  rmSync(join(lane.store, 'ballast'));
  if (!(await eventually(() => lane.sender.acknowledged > before, 20_000))) {
    ground.find('stuck', 'no document was taken after there was room again');
  }
  return seen;
}

export function diskFullFaults(seconds: number, draw: (most: number) => number): Fault[] {
  const leaves = Array.from({ length: 8 }, (_, i) => draw(64 * 1024 * (i + 1)));
  const brief = leaves.map((leave) => ({
    name: 'disk-full',
    point: `${leave} bytes left`,
    ...SMALL_DISK,
    act: (ground: Ground) => diskFull(ground, leave, 300),
  }));
  const long: Fault = {
    name: 'disk-full',
    point: `full for ${seconds} s under load`,
    ...SMALL_DISK,
    act: async (ground) => `full for ${seconds} s: ${await diskFull(ground, 0, seconds * 1000)}`,
  };
  return [...brief, long];
}

const CALLS: readonly (readonly [Operation, Subject])[] = [
  ['write', 'log'],
  ['sync', 'log'],
  ['write', 'database'],
  ['sync', 'database'],
  ['open', 'temporary'],
  ['write', 'temporary'],
  ['sync', 'temporary'],
  ['rename', 'content'],
  ['sync', 'content-folder'],
  ['mkdir', 'content-folder'],
];

const FAILS_FOR = 8;

async function failing(ground: Ground, plan: ErrorPlan): Promise<string> {
  const { lane, find } = ground;
  await pause(200);
  lane.control.fail(plan);
  const wanted = plan.count ?? 1;
  await eventually(() => lane.control.get('errorGiven') >= wanted, 6000);
  const given = lane.control.get('errorGiven');
  lane.control.stopFailing();
  if (given === 0) find('unmet', 'the call was not made');
  await pause(200);
  return `${given} calls failed; ${lane.sender.temporary} sends refused for the time being`;
}

/** Every kind of call on a file fails some times in a row, as a full or a broken disk lets it. */
export function failingCallFaults(draw: (most: number) => number): Fault[] {
  return (['ENOSPC', 'EIO'] as const).flatMap((error) =>
    CALLS.filter(([operation]) => error === 'EIO' || operation !== 'sync').map(
      ([operation, subject]) => ({
        name: 'failing-call',
        point: `${error} of ${operation}:${subject}`,
        act: (ground: Ground) =>
          failing(ground, {
            error,
            operations: [operation],
            subjects: [subject],
            from: draw(10),
            count: subject === 'database' ? 1 : FAILS_FOR,
          }),
      }),
    ),
  );
}

export const SLOW_DISK: Fault = {
  name: 'slow-disk',
  point: 'every fsync takes 150 ms more',
  act: async ({ lane, find }) => {
    lane.control.slow(150, ['sync'], FILES);
    const before = lane.sender.acknowledged;
    await pause(5000);
    const slowed = lane.control.get('slowed');
    const taken = lane.sender.acknowledged - before;
    lane.control.slow(0, [], []);
    if (slowed === 0 || taken === 0) find('unmet', `${slowed} calls slowed, ${taken} documents`);
    return `${taken} documents acknowledged in 5 s over ${slowed} slow calls`;
  },
};

export const READ_ONLY: Fault = {
  name: 'read-only',
  point: 'the store is read-only at the start',
  ...SMALL_DISK,
  act: async (ground) => {
    const { lane, find } = ground;
    await pause(WORK_MS);
    await lane.pause();
    await ground.gateway.kill();
    const remount = (how: string): Buffer =>
      execFileSync('mount', ['-o', `remount,${how}`, lane.store], { stdio: 'pipe' });
    remount('ro');
    lane.control.reset();
    const refused = lane.start();
    if (await refused.ready) find('unmet', 'it started on a read-only store');
    await refused.kill();
    // The error, and then what to do.
    const said = refused.errors().trim().split('\n').slice(-2).join(' ');
    if (!/cannot be written \(EROFS\)\..*try: /.test(said)) {
      find('unmet', `no clear refusal: ${said}`);
    }
    if (/\n\s+at /.test(refused.errors())) find('unmet', 'a stack trace instead of a refusal');
    remount('rw');
    ground.gateway = lane.start();
    if (!(await ground.gateway.ready)) find('stuck', ground.gateway.errors());
    await lane.work(1, true);
    await pause(WORK_MS);
    return `status ${refused.exitCode()}: ${said.replaceAll(lane.folder, '').slice(0, 160)}`;
  },
};

/** Every content file is cut or has a bit turned. @returns how to put it right again */
function damage(store: string): { count: number; repair: () => void } {
  const top = join(store, 'content');
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\/[0-9a-f]{64}$/.test(name)).map((name) => join(top, name));
  const before = files.map((file) => readFileSync(file));
  for (const [i, file] of files.entries()) {
    const bytes = Buffer.from(before[i] ?? '');
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(file, i % 2 === 0 ? bytes : bytes.subarray(0, middle));
  }
  const repair = (): void => {
    for (const [i, file] of files.entries()) writeFileSync(file, before[i] ?? '');
  };
  return { count: files.length, repair };
}

export const DAMAGED_CONTENT: Fault = {
  name: 'damaged-content',
  point: 'content files cut or with a bit turned',
  act: async (ground) => {
    const { lane, find } = ground;
    await lane.pause();
    await lane.send(0, true);
    await pause(1500);
    await lane.send(0, false);
    await eventually(() => lane.sender.waiting === 0, 10_000);
    const { count, repair } = damage(lane.store);
    await lane.work(0, false);
    await eventually(() => lane.refused.length > 0, 5000);
    await pause(500);
    // Nobody asks any more when the files are put right: what is refused then is a finding.
    await lane.pause();
    await pause(500);
    const refusals = lane.takeRefused();
    for (const { kind, detail } of lane.compare().findings) {
      if (kind === 'changed-bytes') find(kind, detail);
    }
    if (count === 0) find('unmet', 'there were no content files');
    repair();
    const said = [...new Set(refusals.map(({ detail }) => detail.replace(/^collection: /, '')))];
    return `${count} files damaged, then put right; meanwhile ${refusals.length} times: ${said[0] ?? 'refused for the time being'}`;
  },
};
