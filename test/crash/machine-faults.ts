/**
 * Faults of the machine around the gateway: a locked database, a clock that jumps, no file handles, no
 * memory.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { eventually, type Fault, type Ground, pause } from './fault-run.js';

const WORK_MS = 500;
const HOUR_MS = 3_600_000;
const MANY_HANDLES = 1024;
/** Enough to start, hardly enough to work. */
const SMALL_HEAP = ['--max-old-space-size=38'];

async function locked({ lane, find }: Ground, ms: number): Promise<string> {
  await pause(WORK_MS);
  const db = new Database(join(lane.store, 'edxgate.db'), { timeout: 5000 });
  try {
    db.exec('BEGIN IMMEDIATE');
    await pause(200);
    const before = lane.sender.acknowledged;
    await pause(ms);
    if (lane.sender.acknowledged > before) find('unmet', 'something was stored past the lock');
    db.exec('ROLLBACK');
  } finally {
    db.close();
  }
  const { acknowledged, temporary, codes } = lane.sender;
  if (!(await eventually(() => lane.sender.acknowledged > acknowledged, 20_000))) {
    find('stuck', 'nothing was taken after the lock was gone');
  }
  return `locked for ${ms / 1000} s: ${temporary} sends refused for the time being ${codes.join(', ')}`;
}

export const LOCKED: readonly Fault[] = [3000, 18_000].map((ms) => ({
  name: 'locked',
  point: `another process holds the write lock for ${ms / 1000} s`,
  act: (ground) => locked(ground, ms),
}));

async function clockJumps(
  { lane, gateway, find }: Ground,
  jumps: readonly number[],
): Promise<string> {
  await pause(WORK_MS);
  if (lane.control.get('clockSeen') === 0)
    find('unmet', 'node does not read the clock through libc');
  for (const hours of jumps) {
    lane.control.moveClock(hours * HOUR_MS);
    const before = lane.sender.acknowledged;
    if (!(await eventually(() => lane.sender.acknowledged > before, 10_000))) {
      find('stuck', `nothing was taken at ${hours} h`);
    }
    await pause(WORK_MS);
  }
  lane.control.moveClock(0);
  const late = await lane.quiet(gateway, 0, 15_000);
  if (late === undefined) return 'all delivered without delay';
  // Late is not lost: when the clock gets there, they go.
  lane.control.moveClock(Math.max(...jumps) * HOUR_MS);
  return `after the clock went back: ${late}; they wait until it gets there`;
}

export const CLOCK_JUMPS: readonly Fault[] = [
  { jumps: [-6, 0], what: 'back by 6 h, then right again' },
  { jumps: [6, 0], what: 'forward by 6 h, then right again' },
  { jumps: [6, -6, 3, 0], what: 'forward and back by hours, four times' },
].map(({ jumps, what }) => ({
  name: 'clock',
  point: what,
  act: async (ground) => `${what}: ${await clockJumps(ground, jumps)}`,
}));

/** The soft limit only: it can be raised again. */
function limitHandles(pid: number, most: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`], { stdio: 'pipe' });
}

export const NO_HANDLES: Fault = {
  name: 'no-handles',
  point: 'no file handle is left for 4 s',
  act: async ({ lane, gateway, find }) => {
    await pause(WORK_MS);
    const open = readdirSync(`/proc/${gateway.pid}/fd`).length;
    limitHandles(gateway.pid, open);
    const greedy: Socket[] = Array.from({ length: 20 }, () =>
      connect(lane.port, '127.0.0.1').on('error', () => undefined),
    );
    await pause(4000);
    for (const socket of greedy) socket.destroy();
    limitHandles(gateway.pid, MANY_HANDLES);
    if (!gateway.isRunning()) find('stuck', `it ended: ${gateway.errors().slice(-400)}`);
    const before = lane.sender.acknowledged;
    if (!(await eventually(() => lane.sender.acknowledged > before, 20_000))) {
      find('stuck', 'nothing was taken after there were handles again');
    }
    return `${lane.sender.temporary} sends refused for the time being; the process lived`;
  },
};

export const LITTLE_MEMORY: Fault = {
  name: 'little-memory',
  point: 'node with a heap of 38 MiB',
  place: { nodeFlags: SMALL_HEAP },
  act: async (ground) => {
    const { lane, find } = ground;
    let deaths = 0;
    for (let i = 0; i < 4; i++) {
      await pause(2000);
      if (ground.gateway.isRunning()) continue;
      deaths += 1;
      ground.gateway = lane.start({ nodeFlags: SMALL_HEAP });
      if (await ground.gateway.ready) await lane.work(0, true);
    }
    if (!ground.gateway.isRunning()) {
      ground.gateway = lane.start();
      if (!(await ground.gateway.ready)) find('stuck', ground.gateway.errors().slice(-400));
    }
    return `ended by node ${deaths} times in 8 s and started again`;
  },
};
