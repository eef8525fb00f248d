/**
 * Makes whoever fails to sign in wait, longer each time: per address and per organ id. Bounded in
 * memory and in the number of those waiting, so that failing costs us less than it costs them.
 *
 * @module
 */
import type { Clock } from '../clock.js';

const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;
const FORGET_AFTER_MS = 15 * 60_000;
const MAX_REMEMBERED = 10_000;
const MAX_WAITING = 200;

interface Failures {
  count: number;
  lastAt: number;
}

export interface Slowdown {
  /** Counts one failure and resolves after the wait it has earned. */
  failed(address: string, organId: string): Promise<void>;
}

export function createSlowdown(clock: Clock): Slowdown {
  const failures = new Map<string, Failures>();
  let waiting = 0;

  const count = (key: string): number => {
    const now = clock.now();
    const known = failures.get(key);
    const fresh = known !== undefined && now - known.lastAt < FORGET_AFTER_MS;
    const entry: Failures = { count: (fresh ? known.count : 0) + 1, lastAt: now };
    // Re-inserted last, so that the first key is always the one longest unseen.
    failures.delete(key);
    failures.set(key, entry);
    if (failures.size > MAX_REMEMBERED) {
      const [oldest] = failures.keys();
      if (oldest !== undefined) failures.delete(oldest);
    }
    return entry.count;
  };

  return {
    async failed(address, organId) {
      const worst = Math.max(count(`address ${address}`), count(`organ ${organId.slice(0, 40)}`));
      if (worst <= FREE_FAILURES || waiting >= MAX_WAITING) return;
      const wait = Math.min(FIRST_WAIT_MS * 2 ** (worst - FREE_FAILURES - 1), LONGEST_WAIT_MS);
      waiting += 1;
      await new Promise((resolve) => setTimeout(resolve, wait));
      waiting -= 1;
    },
  };
}
