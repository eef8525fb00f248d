/**
 * Guessing passwords is slow: after 5 failures for a name or 20 from an address each further one doubles
 * the wait. The wait of a user is kept in the store and outlives a restart, that of an address is not,
 * nor that of a name that nobody has: it waits like a user's, else the wait would tell who there is.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { SignInState } from '../model/user.js';

export const FREE_FOR_NAME = 5;
export const FREE_FOR_ADDRESS = 20;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_MS = 3_600_000;
const MOST_KEPT = 10_000;

function waitAfter(failures: number, free: number): number {
  if (failures < free) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - free, 30), LONGEST_WAIT_MS);
}

/** What is noted of a user after one more failure; an hour after the last wait they count anew. */
export function afterFailure(state: SignInState, now: number): SignInState {
  // Without a wait `waitUntil` is the time of the failure itself.
  const failures = now - state.waitUntil > FORGET_MS ? 1 : state.failures + 1;
  return { ...state, failures, waitUntil: now + waitAfter(failures, FREE_FOR_NAME) };
}

/** An IPv6 address stands for its network of 64 bits: whoever has one has all of it. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [bare = ''] = address.split('%');
  const [left = [], right = []] = bare
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}

interface Seen {
  failures: number;
  until: number;
}

/** Waits that are not kept: of addresses, of names that nobody has, of browsers that are known. */
export class Waits {
  readonly #clock: Clock;
  readonly #free: number;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock, free: number) {
    this.#clock = clock;
    this.#free = free;
  }

  /** @returns until when nothing is tried under this key; 0 when at once. */
  until(key: string): number {
    const one = this.#seen.get(key);
    return one === undefined || one.until <= this.#clock.now() ? 0 : one.until;
  }

  failed(key: string): void {
    const now = this.#clock.now();
    const before = this.#seen.get(key);
    const failures =
      before === undefined || now - before.until > FORGET_MS ? 1 : before.failures + 1;
    // Last seen last: those at the front are forgotten first.
    this.#seen.delete(key);
    this.#seen.set(key, { failures, until: now + waitAfter(failures, this.#free) });
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= MOST_KEPT) break;
      this.#seen.delete(oldest);
    }
  }
}
