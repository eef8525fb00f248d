/**
 * Retry schedules: one agency's own, and what a change of one does to deliveries that wait already.
 *
 * Errors: `agency.unknown`, `agency.value`.
 *
 * @module
 */
import { SETTINGS } from '../config/settings.js';
import { parseSchedule, writeDuration } from '../config/units.js';
import type { Agency } from '../model/agency.js';
import { refuse } from '../model/issue.js';
import type { Store } from '../store/store.js';
import { findAgency, type OperatorContext } from './agencies.js';

/** The schedule of the configuration that deliveries wait by. */
const FACT = 'delivery.retry';

export interface RetryPolicyView {
  readonly organId: string;
  /** Its own, or that of the configuration. */
  readonly from: 'agency' | 'configuration';
  readonly waits: readonly string[];
  /** Attempts of a delivery at most, and how long they take when each fails at once. */
  readonly attempts: number;
  readonly lastsMs: number;
  /** Deliveries that waited and got another due time. */
  readonly rescheduled: number;
}

/** @param retryMs of the configuration; without it, what the gateway last started with */
export type RetryContext = OperatorContext & { readonly retryMs?: readonly number[] };

/** @param text `1m, 5m, 1h*6`; undefined = that of the configuration */
export async function setRetryPolicy(
  context: RetryContext,
  organId: string,
  text: string | undefined,
): Promise<RetryPolicyView> {
  const { store, clock, logger, actor } = context;
  const own = text === undefined ? undefined : parseSchedule(text);
  if (text !== undefined && own === undefined) {
    throw refuse('agency.value', {
      element: 'retry',
      reason: `"${text}" is not a schedule; write "1m, 5m, 1h*6"`,
    });
  }
  const { retryMs: _before, ...rest } = await findAgency(store, organId);
  const now = clock.now();
  const agency: Agency = {
    ...rest,
    ...(own === undefined ? {} : { retryMs: own }),
    changedAt: now,
  };
  await store.putAgency(agency, actor);
  logger.info('agency.changed', { organId: agency.organId, act: 'retry', actor });
  const waits = own ?? (await configured(context));
  const rescheduled = await store.reschedule(agency.organId, waits, now, actor);
  logger.info('delivery.rescheduled', { organId: agency.organId, count: rescheduled, actor });
  return {
    organId: agency.organId,
    from: own === undefined ? 'configuration' : 'agency',
    waits: waits.map(writeDuration),
    attempts: waits.length + 1,
    lastsMs: waits.reduce((total, ms) => total + ms, 0),
    rescheduled,
  };
}

async function configured({ store, retryMs }: RetryContext): Promise<readonly number[]> {
  return (
    retryMs ?? (await lastUsed(store)) ?? parseSchedule(SETTINGS.deliveryRetry.fallback ?? '') ?? []
  );
}

async function lastUsed(store: Store): Promise<number[] | undefined> {
  const fact = await store.getFact(FACT);
  return fact === undefined ? undefined : (JSON.parse(fact) as number[]);
}

/**
 * At the start: deliveries that wait by another schedule than the configured one get the due times
 * that this one would have given them. The fact is written last: after a crash it is done again.
 *
 * @returns how many were changed.
 */
export async function rescheduleForConfig(
  { store, clock, logger, actor }: OperatorContext,
  retryMs: readonly number[],
): Promise<number> {
  const text = JSON.stringify(retryMs);
  const before = await store.getFact(FACT);
  if (before === text) return 0;
  // The first start of this kind: nobody knows by which schedule they wait.
  const count =
    before === undefined ? 0 : await store.reschedule(undefined, retryMs, clock.now(), actor);
  if (before !== undefined) logger.info('delivery.rescheduled', { count, actor });
  await store.setFact(FACT, text);
  return count;
}
