/**
 * What came of running a suite: the one source of the reports (JUnit XML, JSON, HTML) and of the exit
 * status.
 *
 * @module
 */
import type { Clause, Words } from './suite.js';

/** `skipped`: something that the case needs was not given. `broken`: it could not be run to its end. */
export type Verdict = 'passed' | 'failed' | 'broken' | 'skipped';

/** One HTTP message as it went over the wire, for people to read. Tokens are masked. */
export interface WireMessage {
  /** `POST /soap HTTP/1.1`, `HTTP/1.1 500`. */
  readonly startLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text, at most 64 KiB of it; parts that are not text are told by their length. */
  readonly body: string;
  readonly bodyBytes: number;
  readonly shortened: boolean;
}

/** One thing that is not as expected. */
export interface Difference {
  readonly what:
    | 'class'
    | 'http'
    | 'codes'
    | 'path'
    | 'warnings'
    | 'assertion'
    | 'golden'
    | 'schema';
  /** The XPath of an assertion, the line of a golden answer, the path of an element. */
  readonly place?: string;
  readonly expected: string;
  readonly actual: string;
}

export interface StepResult {
  readonly name: string;
  /** Organ id that it was sent as; absent for nobody. */
  readonly as?: string;
  readonly request: WireMessage;
  /** Absent when none came. */
  readonly answer?: WireMessage;
  /** Information only. */
  readonly ms: number;
  readonly differences: readonly Difference[];
}

export interface CaseResult {
  readonly id: string;
  readonly title: Words;
  readonly clause: Clause;
  readonly verdict: Verdict;
  /** Why it was skipped or is broken. */
  readonly reason?: Words;
  /** Those that were run: the first with a difference is the last. */
  readonly steps: readonly StepResult[];
  readonly ms: number;
}

export interface RunResult {
  readonly suite: { readonly id: string; readonly title: Words };
  readonly target: string;
  readonly as: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Of the tool that ran it. */
  readonly version: string;
  readonly totals: Readonly<Record<Verdict, number>>;
  readonly cases: readonly CaseResult[];
}
