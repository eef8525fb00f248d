/**
 * The frame of a run with another fault than a kill: sender and recipients at work, the fault, its end,
 * quiet on the same process, the comparison, a look at the store.
 *
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkWhole } from './check.js';
import { CRASH_FOLDER } from './faults.js';
import type { GatewayPlace, RunningGateway } from './gateway-process.js';
import { Lane } from './lane.js';
import type { Finding, FindingKind } from './ledger.js';
import type { Build, Result } from './results.js';
import { type Random, seeded } from './seeded.js';

export interface FaultOptions {
  readonly build: Build;
  readonly seed: number;
  readonly diskFullSeconds: number;
}

export interface Ground {
  readonly lane: Lane;
  readonly random: Random;
  /** The running one; an action that restarts it says so. */
  gateway: RunningGateway;
  find(kind: FindingKind, detail: string): void;
}

export interface Fault {
  readonly name: string;
  /** What exactly is done in this run. */
  readonly point: string;
  readonly place?: Partial<GatewayPlace>;
  readonly settings?: readonly (readonly [string, string])[];
  /** Before there is a store in the folder. */
  readonly prepare?: (store: string) => void;
  readonly cleanUp?: (store: string) => void;
  /** @returns what was seen, for the report. */
  readonly act: (ground: Ground) => Promise<string>;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Until it is so, or the time is over. @returns whether it became so */
export async function eventually(is: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!is()) {
    if (performance.now() > end) return false;
    await pause(20);
  }
  return true;
}

/** Finds it `unmet` when the sender met none of these codes. */
export function expectTemporary({ lane, find }: Ground, codes: readonly string[]): string {
  const { temporary, codes: met } = lane.sender;
  if (!met.some((code) => codes.includes(code))) {
    find('unmet', `no sender was refused with ${codes.join(' or ')}; met: ${met.join(', ')}`);
  }
  return `${temporary} sends refused for the time being (${met.join(', ')})`;
}

async function findAtTheEnd(ground: Ground): Promise<number> {
  const { lane, find } = ground;
  const stuck = await lane.quiet(ground.gateway, 1);
  if (stuck !== undefined) find('stuck', stuck);
  await lane.pause();
  await ground.gateway.kill();
  for (const detail of (await checkWhole(lane.store)).faults) find('store', detail);
  const comparison = lane.compare();
  for (const one of [...comparison.findings, ...lane.refused]) find(one.kind, one.detail);
  return comparison.acknowledged;
}

export async function faultRun(fault: Fault, options: FaultOptions, serial = 0): Promise<Result> {
  const folder = join(CRASH_FOLDER, `fault-${process.pid}-${serial}`);
  const findings: Finding[] = [];
  const lane = await Lane.open(folder, fault.settings);
  try {
    mkdirSync(lane.store, { mode: 0o700 });
    fault.prepare?.(lane.store);
    await lane.beginChain('FAULT', options.seed + serial);
    const ground: Ground = {
      lane,
      random: seeded(options.seed * 100 + serial),
      gateway: lane.start(fault.place),
      find: (kind, detail) => findings.push({ kind, detail, run: 0 }),
    };
    let note = '';
    let documents = 0;
    try {
      if (!(await ground.gateway.ready)) throw new Error(`no start: ${ground.gateway.errors()}`);
      lane.control.arm();
      await lane.work(0, true);
      note = await fault.act(ground);
      documents = await findAtTheEnd(ground);
    } finally {
      await ground.gateway.kill();
    }
    return {
      fault: fault.name,
      ...options.build,
      time: new Date().toISOString(),
      seed: options.seed,
      lane: 0,
      point: fault.point,
      planned: fault.point,
      hit: 0,
      repeated: [...lane.compare().repeated.values()].reduce((all, one) => all + one, 0),
      findings,
      documents,
      note,
    };
  } finally {
    fault.cleanUp?.(lane.store);
    await lane.close();
  }
}
