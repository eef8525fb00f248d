/**
 * Runs the cases of a suite against a gateway, a few at a time. The result has them in the order of the
 * suite.
 *
 * Cases must not depend on each other: each has its own `{{unique}}`.
 *
 * @module
 */
import { type Clock, utc } from '../clock.js';
import { refuse } from '../model/issue.js';
import { packageVersion } from '../package-root.js';
import type { NoAnswer } from '../soap/exchange.js';
import { type Answered, type CaseContext, type Player, runCase, type Target } from './run-case.js';
import type { CaseResult, RunResult, Verdict } from './run-result.js';
import type { Case, Suite } from './suite.js';
import { uniqueMaker } from './variables.js';

export interface RunOptions {
  readonly target: Target;
  readonly sender: Player;
  readonly recipient?: Player;
  readonly third?: Player;
  /** Ids of cases to run; `*` stands for any characters. */
  readonly only?: string;
  /** Cases at a time; 4 by default. */
  readonly concurrency?: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onCase?: (result: CaseResult) => void;
  readonly onAnswer?: (answered: Answered) => void;
}

const DEFAULT_CONCURRENCY = 4;

/** @throws GatewayError `peer.unreachable` when no case got an answer because of the connection */
export async function runSuite(suite: Suite, options: RunOptions): Promise<RunResult> {
  const { target, clock, sender } = options;
  const startedAt = utc(clock.now());
  const cases = selectCases(suite, options.only);
  const reach: Reach = { answered: false };
  const results = await runAll(cases, suite, options, reach);
  if (!reach.answered && reach.failure !== undefined) {
    throw refuse('peer.unreachable', { url: target.url, reason: reach.failure.reason });
  }
  return {
    suite: { id: suite.id, title: suite.title },
    target: target.url,
    as: sender.organId,
    startedAt,
    finishedAt: utc(clock.now()),
    version: packageVersion(),
    totals: totalsOf(results),
    cases: results,
  };
}

/** Cases whose id fits the pattern; all without one. */
export function selectCases(suite: Suite, only?: string): readonly Case[] {
  if (only === undefined) return suite.cases;
  const pieces = only.split('*').map((piece) => piece.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const pattern = new RegExp(`^${pieces.join('.*')}$`);
  return suite.cases.filter((one) => pattern.test(one.id));
}

export function totalsOf(results: readonly CaseResult[]): Record<Verdict, number> {
  const totals = { passed: 0, failed: 0, broken: 0, skipped: 0 };
  for (const one of results) totals[one.verdict]++;
  return totals;
}

/** Whether the gateway was ever reached. */
interface Reach {
  answered: boolean;
  failure?: NoAnswer;
}

async function runAll(
  cases: readonly Case[],
  suite: Suite,
  options: RunOptions,
  reach: Reach,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const unique = uniqueMaker(options.clock);
  const context = (index: number): CaseContext => ({
    ...contextOf(suite, options, reach),
    unique: unique(index),
  });
  const waiting = cases.entries();
  const work = async (): Promise<void> => {
    for (const [index, one] of waiting) {
      // Nothing answers: the other cases would each wait for the connection only to say the same.
      if (reach.failure !== undefined && !reach.answered) return;
      const result = await runCase(one, context(index));
      results[index] = result;
      options.onCase?.(result);
    }
  };
  const wanted = Math.max(1, options.concurrency ?? DEFAULT_CONCURRENCY);
  const workers = Math.min(wanted, cases.length);
  await Promise.all(Array.from({ length: workers }, work));
  return results.filter((one) => one !== undefined);
}

function contextOf(suite: Suite, options: RunOptions, reach: Reach): Omit<CaseContext, 'unique'> {
  const { target, sender, recipient, third, clock, signal, onAnswer } = options;
  return {
    suite,
    target,
    players: {
      sender,
      ...(recipient === undefined ? {} : { recipient }),
      ...(third === undefined ? {} : { third }),
    },
    clock,
    ...(signal === undefined ? {} : { signal }),
    ...(onAnswer === undefined ? {} : { onAnswer }),
    onReached(failure) {
      if (failure === undefined) reach.answered = true;
      else reach.failure ??= failure;
    },
  };
}
