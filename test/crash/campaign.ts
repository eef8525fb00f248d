/**
 * A campaign: chains of kills on one or more lanes until so many runs or minutes are over. Results are
 * kept after each chain.
 *
 * @module
 */
import { join } from 'node:path';
import { type Plan, plans, type Recording, record, runChain } from './chain.js';
import { CRASH_FOLDER } from './faults.js';
import { Lane, removeLeftOvers } from './lane.js';
import { appendResults, type Build, type Result } from './results.js';
import { seeded } from './seeded.js';

export interface CampaignOptions {
  readonly runs: number;
  readonly lanes: number;
  readonly seed: number;
  readonly minutes: number;
  readonly build: Build;
  /** Runs on one store before it is drained and compared. */
  readonly chain?: number;
  /** Where stores of chains lie; decides which file system is tested. */
  readonly folder?: string;
  /** Called after each chain. */
  readonly progress?: (results: readonly Result[]) => void;
  /** Keep results; default true. */
  readonly keep?: boolean;
}

const CHAIN = 40;

export async function campaign(options: CampaignOptions): Promise<Result[]> {
  const { seed, build, lanes: laneCount } = options;
  const end = performance.now() + options.minutes * 60_000;
  const folder = options.folder ?? CRASH_FOLDER;
  removeLeftOvers(folder);
  const all: Result[] = [];
  let begun = 0;

  // One plan for all lanes, so that points are spread evenly over the whole campaign.
  let next: Generator<Plan, never> | undefined;
  const planner = (recording: Recording): (() => Plan) => {
    next ??= plans(recording, seeded(seed));
    const generator = next;
    return () => generator.next().value;
  };

  const runLane = async (lane: Lane, number: number): Promise<void> => {
    const random = seeded(seed * 1000 + number);
    const draw = planner(await record(lane, seed));
    for (let chain = 0; begun < options.runs && performance.now() < end; chain++) {
      const runs = Math.min(options.chain ?? CHAIN, options.runs - begun);
      begun += runs;
      const name = `L${number}C${chain}`;
      const chainSeed = random.whole(1, 2 ** 30);
      const { results, acknowledged } = await runChain(lane, name, chainSeed, draw, runs, random);
      const time = new Date().toISOString();
      const kept = results.map((one, i) => ({
        fault: 'kill',
        ...build,
        time,
        seed,
        lane: number,
        ...one,
        ...(i === results.length - 1 ? { documents: acknowledged } : {}),
      }));
      if (options.keep !== false) appendResults(build, kept);
      all.push(...kept);
      options.progress?.(all);
    }
  };

  const lanes = await Promise.all(
    Array.from({ length: laneCount }, (_, i) =>
      Lane.open(join(folder, `lane-${process.pid}-${i}`)),
    ),
  );
  try {
    await Promise.all(lanes.map(runLane));
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
  return all;
}
