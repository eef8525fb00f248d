/**
 * One run: start the gateway with a plan, let it work, and see how it died. A chain is a number of runs
 * on one store.
 *
 * @module
 */
import type { Operation, Point, Subject } from './faults.js';
import { pointName } from './faults.js';
import type { GatewayPlace } from './gateway-process.js';
import type { Lane } from './lane.js';
import type { Finding } from './ledger.js';
import type { Random } from './seeded.js';

export interface Plan {
  readonly point: Point;
  /** At its how-manieth call. */
  readonly hit: number;
  /** Counted from the first instruction, not from `ready` on. */
  readonly atStart: boolean;
}

/** What a recording run found: how often each call is made, from `ready` on and before. */
export interface Recording {
  readonly atWork: ReadonlyMap<string, number>;
  readonly atStart: ReadonlyMap<string, number>;
}

export interface RunResult {
  /** `before:sync:log`, `start:after:open:database`, `random moment`. */
  readonly point: string;
  readonly planned: string;
  readonly hit: number;
  readonly repeated: number;
  readonly findings: readonly Finding[];
}

/** How long the planned call is waited for. */
const REACH_MS = 2500;
const READY_MS = 30_000;
/** Kills lie in the first part of a run; a run is short. */
const MOST_HITS = 50;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Starts twice, the second time on the store of a killed one, so that recovery is seen too. */
export async function record(lane: Lane, seed: number, workMs = 2500): Promise<Recording> {
  await lane.beginChain('REC', seed);
  let recording: Recording = { atWork: new Map(), atStart: new Map() };
  for (const run of [0, 1]) {
    lane.control.reset();
    const gateway = lane.start();
    if (!(await gateway.ready)) throw new Error(`no start: ${gateway.errors()}`);
    if (lane.control.get('loaded') === 0) {
      await gateway.kill();
      throw new Error('The fault library was not loaded: is node linked statically?');
    }
    const atStart = lane.control.counts(false);
    lane.control.arm();
    await lane.work(run, true);
    await pause(workMs);
    recording = { atWork: lane.control.counts(true), atStart };
    await gateway.kill();
    await lane.pause();
  }
  return recording;
}

function pointsOf(counts: ReadonlyMap<string, number>): Point[] {
  return [...counts.keys()].flatMap((key) => {
    const [operation, subject] = key.split(':') as [Operation, Subject];
    const whens = operation === 'receive' || operation === 'accept' ? [] : (['before'] as const);
    const torn = operation === 'write' || operation === 'send' ? (['torn'] as const) : [];
    return [...whens, 'after' as const, ...torn].map((when) => ({ operation, subject, when }));
  });
}

/** Endless: every point once in an order by chance, then all again in another. */
export function* plans(recording: Recording, random: Random): Generator<Plan, never> {
  const all = [
    ...pointsOf(recording.atWork).map((point) => ({ point, atStart: false })),
    ...pointsOf(recording.atStart).map((point) => ({ point, atStart: true })),
  ];
  for (;;) {
    for (const { point, atStart } of random.shuffle(all)) {
      const key = `${point.operation}:${point.subject}`;
      const seen = (atStart ? recording.atStart : recording.atWork).get(key) ?? 1;
      const most = atStart ? seen : Math.min(MOST_HITS, Math.max(1, Math.floor(seen / 6)));
      yield { point, atStart, hit: random.whole(1, most) };
    }
  }
}

export function planName({ point, atStart }: Plan): string {
  return `${atStart ? 'start:' : ''}${pointName(point)}`;
}

function within(ms: number, what: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([what.then(() => true), late]).finally(() => clearTimeout(timer));
}

export async function runOnce(
  lane: Lane,
  plan: Plan,
  run: number,
  random: Random,
  more: Partial<GatewayPlace> = {},
  /** Between its death and the check of the store. */
  afterDeath: () => void = () => undefined,
  sabotage: (lane: Lane) => void = () => undefined,
): Promise<Pick<RunResult, 'point' | 'findings'>> {
  const findings: Finding[] = [];
  const note = (kind: Finding['kind'], detail: string): void => {
    findings.push({ kind, detail, run });
  };
  lane.control.reset();
  lane.control.plan(plan.point, plan.hit);
  sabotage(lane);
  if (plan.atStart) lane.control.arm();
  const gateway = lane.start(more);
  let ready = false;
  const known = await within(
    READY_MS,
    gateway.ready.then((is) => {
      ready = is;
    }),
  );
  if (!known) note('stuck', 'not ready in time');
  if (ready) {
    lane.control.arm();
    await lane.work(run, true);
    const died = await within(plan.atStart ? 50 : REACH_MS, gateway.ended);
    if (!died) await pause(random.whole(0, 60));
  }
  const fired = lane.control.get('fired') === 1;
  if (!fired && !gateway.isRunning()) {
    note('stuck', `ended by itself: ${gateway.errors().slice(-800)}`);
  }
  await gateway.kill();
  await lane.pause();
  afterDeath();
  for (const detail of (await lane.check()).faults) note('store', detail);
  return { point: lane.control.get('fired') === 1 ? planName(plan) : 'random moment', findings };
}

/** The runs of one chain with all that was found, each finding at the run it belongs to. */
export async function runChain(
  lane: Lane,
  name: string,
  seed: number,
  next: () => Plan,
  runs: number,
  random: Random,
): Promise<{ results: RunResult[]; acknowledged: number; taken: number }> {
  await lane.beginChain(name, seed);
  const done: { point: string; plan: Plan; findings: readonly Finding[] }[] = [];
  for (let run = 0; run < runs; run++) {
    const plan = next();
    done.push({ plan, ...(await runOnce(lane, plan, run, random)) });
  }
  const comparison = await lane.endChain(runs);
  // What the last start shows belongs to the last kill.
  const belongs = (at: number, run: number): boolean => Math.min(at, runs - 1) === run;
  const results = done.map(({ point, plan, findings }, run) => ({
    point,
    planned: planName(plan),
    hit: plan.hit,
    repeated: [...comparison.repeated].reduce(
      (sum, [at, n]) => sum + (belongs(at, run) ? n : 0),
      0,
    ),
    findings: [...findings, ...comparison.findings.filter((one) => belongs(one.run, run))],
  }));
  return { results, acknowledged: comparison.acknowledged, taken: comparison.taken };
}
