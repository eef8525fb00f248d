/**
 * The further faults by name, each with the same sender, recipients and ledgers as the kills.
 *
 * @module
 */
import {
  DAMAGED_CONTENT,
  diskFullFaults,
  failingCallFaults,
  READ_ONLY,
  SLOW_DISK,
} from './disk-faults.js';
import { type Fault, type FaultOptions, faultRun } from './fault-run.js';
import { CLOCK_JUMPS, LITTLE_MEMORY, LOCKED, NO_HANDLES } from './machine-faults.js';
import { powerCuts } from './power-cut.js';
import type { Result } from './results.js';
import { seeded } from './seeded.js';

/** By name, in words. */
export const FAULTS: ReadonlyMap<string, string> = new Map([
  ['power-cut', 'power cut: what was not synchronised is taken back'],
  ['disk-full', 'disk full, for a moment and for long'],
  ['failing-call', 'ENOSPC or EIO of a write, fsync, rename or mkdir'],
  ['slow-disk', 'slow disk'],
  ['read-only', 'store read-only at the start'],
  ['damaged-content', 'damaged content files'],
  ['locked', 'database locked by another process'],
  ['clock', 'clock jumps by hours'],
  ['no-handles', 'out of file handles'],
  ['little-memory', 'very little memory'],
]);

function faultsOf(name: string, { seed, diskFullSeconds }: FaultOptions): readonly Fault[] {
  const random = seeded(seed);
  const draw = (most: number): number => random.whole(1, most);
  switch (name) {
    case 'disk-full':
      return diskFullFaults(diskFullSeconds, draw);
    case 'failing-call':
      return failingCallFaults(draw);
    case 'slow-disk':
      return [SLOW_DISK];
    case 'read-only':
      return [READ_ONLY];
    case 'damaged-content':
      return [DAMAGED_CONTENT];
    case 'locked':
      return LOCKED;
    case 'clock':
      return CLOCK_JUMPS;
    case 'no-handles':
      return [NO_HANDLES];
    case 'little-memory':
      return [LITTLE_MEMORY];
    default:
      throw new Error(`There is no fault ${name}.`);
  }
}

export async function runFault(name: string, options: FaultOptions): Promise<Result[]> {
  if (name === 'power-cut') return powerCuts(options);
  const results: Result[] = [];
  for (const [i, fault] of faultsOf(name, options).entries()) {
    results.push(await faultRun(fault, options, i));
  }
  return results;
}
