/**
 * A power cut: a kill, then every change of a file that no later synchronisation covers is taken back,
 * all of them or some by chance. The log of changes is written by undo.h.
 *
 * @module
 */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Plan, plans, record, runOnce } from './chain.js';
import type { FaultOptions } from './fault-run.js';
import { CRASH_FOLDER } from './faults.js';
import { Lane } from './lane.js';
import type { Result } from './results.js';
import { type Random, seeded } from './seeded.js';

interface Change {
  readonly kind: 'W' | 'T' | 'S' | 'R' | 'C';
  readonly offset: number;
  /** Length of what was written. */
  readonly now: number;
  readonly sizeBefore: number;
  readonly path: string;
  readonly other: string;
  readonly before: Buffer;
}

export function readChanges(log: Buffer): Change[] {
  const changes: Change[] = [];
  for (let at = 0; ; ) {
    const end = log.indexOf('\n', at);
    if (end < 0) return changes;
    const [kind = '', ...numbers] = log.toString('latin1', at, end).split(' ');
    const [offset = 0, now = 0, sizeBefore = 0, length = 0, pathLength = 0, otherLength = 0] =
      numbers.map(Number);
    const path = end + 1;
    const other = path + pathLength;
    const before = other + otherLength;
    at = before + length;
    // The last record may have been cut off by the kill.
    if (at > log.length) return changes;
    changes.push({
      kind: kind as Change['kind'],
      offset,
      now,
      sizeBefore,
      path: log.toString('utf8', path, other),
      other: log.toString('utf8', other, before),
      before: log.subarray(before, at),
    });
  }
}

/** Changes that a power cut may undo, in the order in which they were made. */
export function uncovered(changes: readonly Change[]): Change[] {
  let open: Change[] = [];
  for (const change of changes) {
    const { kind, path } = change;
    if (kind !== 'S') {
      open.push(change);
      continue;
    }
    open = open.filter(({ kind: made, path: changed, other }) => {
      if (made === 'R') return dirname(other) !== path;
      if (made === 'C') return dirname(changed) !== path;
      return changed !== path;
    });
  }
  return open;
}

function undoInFile({ kind, path, offset, now, sizeBefore, before }: Change): void {
  if (!existsSync(path)) return;
  const fd = openSync(path, 'r+');
  try {
    if (before.length > 0) writeSync(fd, before, 0, before.length, offset);
    // What lay beyond the old end is gone; in the middle of a longer file it reads as zeros.
    if (kind === 'T' || offset + now > sizeBefore) ftruncateSync(fd, sizeBefore);
  } finally {
    closeSync(fd);
  }
}

function undoOne(change: Change): void {
  if (change.kind === 'C') rmSync(change.path, { recursive: true, force: true });
  else if (change.kind === 'R') {
    if (existsSync(change.other)) renameSync(change.other, change.path);
  } else undoInFile(change);
}

/**
 * @param keep whether this change reached the disk all the same. A file may lose its later changes and
 *   keep its earlier ones, not the other way round.
 * @returns how many were taken back
 */
export function cutPower(store: string, log: string, keep: () => boolean): number {
  if (!existsSync(log)) return 0;
  const open = uncovered(readChanges(readFileSync(log)));
  const kept = new Set<string>();
  let undone = 0;
  for (const change of open.reverse()) {
    // From the newest on: once one of a file was kept, all before it are.
    if (kept.has(change.path)) continue;
    if (keep()) kept.add(change.path);
    else {
      undoOne(change);
      undone += 1;
    }
  }
  // It is memory; the next start makes it anew from the log.
  rmSync(join(store, 'edxgate.db-shm'), { force: true });
  rmSync(log, { force: true });
  return undone;
}

/** What a power cut run gives; the rest of a result says when and where it was made. */
type Cut = Omit<Result, 'fault' | 'commit' | 'build' | 'time' | 'seed' | 'lane'>;

const RUNS = 120;
const CHAIN = 30;

async function cutChain(
  lane: Lane,
  next: () => Plan,
  random: Random,
  name: string,
): Promise<Cut[]> {
  const undo = join(lane.folder, 'undo');
  rmSync(undo, { force: true });
  await lane.beginChain(name, random.whole(1, 2 ** 30));
  const results: Cut[] = [];
  for (let run = 0; run < CHAIN; run++) {
    const plan = next();
    const all = random.next() < 0.5;
    let undone = 0;
    const { point, findings } = await runOnce(lane, plan, run, random, { undo }, () => {
      undone = cutPower(lane.store, undo, () => !all && random.next() < 0.3);
    });
    const note = `${undone} changes taken back`;
    results.push({ point, planned: point, hit: plan.hit, repeated: 0, findings, note });
  }
  const { findings, acknowledged, repeated } = await lane.endChain(CHAIN);
  const last = results.pop();
  if (last !== undefined) {
    const times = [...repeated.values()].reduce((sum, one) => sum + one, 0);
    const joined = [...last.findings, ...findings];
    results.push({ ...last, repeated: times, findings: joined, documents: acknowledged });
  }
  return results;
}

export async function powerCuts({ seed, build }: FaultOptions, runs = RUNS): Promise<Result[]> {
  const lane = await Lane.open(join(CRASH_FOLDER, `power-${process.pid}`));
  const random = seeded(seed);
  const results: Result[] = [];
  try {
    const generator = plans(await record(lane, seed), random);
    for (let chain = 0; results.length < runs; chain++) {
      const some = await cutChain(lane, () => generator.next().value, random, `CUT${chain}`);
      const time = new Date().toISOString();
      results.push(
        ...some.map((one) => ({ fault: 'power-cut', ...build, time, seed, lane: 0, ...one })),
      );
    }
  } finally {
    await lane.close();
  }
  return results;
}
