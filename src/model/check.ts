/**
 * Checks: what was looked at on the way in, with its verdict and how long it took. Kept with the
 * message or the refusal, in the order in which they ran.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import { type Issue, isError } from './issue.js';

/** In the order in which they run. */
export const CHECK_NAMES = [
  'size',
  'parts',
  'envelope',
  'operation',
  'scan',
  'parse',
  'dialect',
  'schema',
  'manifest',
  'rules',
  'signature',
  'attachments',
  'sender',
  'recipients',
  'duplicate',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];
export type CheckVerdict = 'pass' | 'warning' | 'fail' | 'not-run';

export interface Check {
  readonly name: CheckName;
  readonly verdict: CheckVerdict;
  /** Milliseconds, to the microsecond. */
  readonly ms: number;
  /** What was looked at or found, for people: `profile field`, `class valid`, … */
  readonly detail?: string;
  /** Codes of the issues this check found. */
  readonly codes: readonly string[];
}

/** Collects checks and issues of one package; one list per request. */
export class CheckList {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly checks: Check[] = [];
  readonly issues: Issue[] = [];

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * Runs one check. `work` returns its value and may push issues to the list it is given. When it
   * throws, the check is recorded as failed and the error goes on.
   */
  run<T>(name: CheckName, work: (issues: Issue[], note: (detail: string) => void) => T): T {
    const found: Issue[] = [];
    const start = this.#clock.monotonic();
    let detail: string | undefined;
    let threw = true;
    try {
      const value = work(found, (text) => {
        detail = text;
      });
      threw = false;
      return value;
    } finally {
      this.record(name, start, found, detail, threw);
    }
  }

  async runAsync<T>(
    name: CheckName,
    work: (issues: Issue[], note: (detail: string) => void) => Promise<T>,
  ): Promise<T> {
    const found: Issue[] = [];
    const start = this.#clock.monotonic();
    let detail: string | undefined;
    let threw = true;
    try {
      const value = await work(found, (text) => {
        detail = text;
      });
      threw = false;
      return value;
    } finally {
      this.record(name, start, found, detail, threw);
    }
  }

  private record(
    name: CheckName,
    start: number,
    found: readonly Issue[],
    detail: string | undefined,
    threw: boolean,
  ): void {
    const verdict = threw || found.some(isError) ? 'fail' : found.length > 0 ? 'warning' : 'pass';
    this.checks.push({
      name,
      verdict,
      ms: Math.round((this.#clock.monotonic() - start) * 1000) / 1000,
      ...(detail === undefined ? {} : { detail }),
      codes: [...new Set(found.map((one) => one.code))],
    });
    this.issues.push(...found);
  }

  get errors(): Issue[] {
    return this.issues.filter(isError);
  }

  get warnings(): Issue[] {
    return this.issues.filter((one) => !isError(one));
  }
}
