/**
 * Guessing passwords is slow: after 5 failures for a name or 20 from an address each further one doubles
 * the wait. The wait of a name is kept in the store and outlives a restart, that of an address is not.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { SignInState } from '../model/user.js';

const FREE_FOR_NAME = 5;
const FREE_FOR_ADDRESS = 20;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_MS = 3_600_000;
const MOST_ADDRESSES = 10_000;

function waitAfter(failures: number, free: number): number {
  if (failures < free) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - free, 30), LONGEST_WAIT_MS);
}

/** What is noted of a name after one more failure. */
export function afterFailure(state: SignInState, now: number): SignInState {
  const failures = state.failures + 1;
  return { ...state, failures, waitUntil: now + waitAfter(failures, FREE_FOR_NAME) };
}

interface Seen {
  failures: number;
  until: number;
  last: number;
}

export class AddressWaits {
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns until when nothing is tried from there; 0 when at once. */
  until(address: string): number {
    const one = this.#seen.get(address);
    return one === undefined || one.until <= this.#clock.now() ? 0 : one.until;
  }

  failed(address: string): void {
    const now = this.#clock.now();
    const before = this.#seen.get(address);
    const failures =
      before === undefined || now - before.last > FORGET_MS ? 1 : before.failures + 1;
    // Last seen last: those at the front are forgotten first.
    this.#seen.delete(address);
    this.#seen.set(address, {
      failures,
      last: now,
      until: now + waitAfter(failures, FREE_FOR_ADDRESS),
    });
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= MOST_ADDRESSES) break;
      this.#seen.delete(oldest);
    }
  }
}
