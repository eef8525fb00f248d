/**
 * One attempt for one delivery: find the route, read the bytes, exchange, decide, record. The exchange
 * runs outside any transaction; attempt and new state are one commit.
 *
 * @module
 */
import { type Clock, utc } from '../clock.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Agency } from '../model/agency.js';
import type {
  AttemptOutcome,
  Delivery,
  DeliveryAttempt,
  LeasedDelivery,
  NewMessage,
} from '../model/message.js';
import type { Store } from '../store/store.js';
import { type Decision, decide, deliveryText } from './outcome.js';
import type { PushOutcome } from './push-outcome.js';
import type { RetrySchedule } from './retry.js';

/** One HTTP exchange with the recipient. */
export type Push = (
  agency: Agency,
  delivery: LeasedDelivery,
  bytes: Buffer,
  signal: AbortSignal,
) => Promise<PushOutcome>;

export interface DeliverContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly schedule: RetrySchedule;
  readonly push: Push;
  readonly random: () => number;
  /** The failure notice for the sender of a document that cannot be delivered. */
  makeNotice(delivery: Delivery, reason: string): Promise<NewMessage | undefined>;
}

async function exchange(
  context: DeliverContext,
  agency: Agency | undefined,
  delivery: LeasedDelivery,
  signal: AbortSignal,
): Promise<PushOutcome> {
  if (agency === undefined)
    return { kind: 'no-route', reason: 'the agency is not in the directory' };
  if (agency.route.kind !== 'push') {
    return { kind: 'no-route', reason: 'the agency has no address; it collects' };
  }
  const bytes = await context.store.getContent(delivery.messageId);
  if (bytes === undefined)
    return { kind: 'no-route', reason: 'the content was deleted by retention' };
  return context.push(agency, delivery, bytes, signal);
}

function attemptOf(
  delivery: LeasedDelivery,
  result: PushOutcome,
  decision: Decision,
  startedAt: number,
  finishedAt: number,
): DeliveryAttempt {
  const { endpoint, httpStatus, rawAnswer, connectMs } = result;
  return {
    number: delivery.attempt,
    startedAt,
    finishedAt,
    outcome: decision.state,
    ...(decision.state === 'delivered' ? {} : { code: decision.code, reason: decision.reason }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(rawAnswer === undefined ? {} : { rawAnswer }),
    ...(connectMs === undefined ? {} : { connectMs }),
    totalMs: finishedAt - startedAt,
  };
}

function report(
  context: DeliverContext,
  delivery: LeasedDelivery,
  attempt: DeliveryAttempt,
  dueAt?: number,
): void {
  const { outcome, code } = attempt;
  context.metrics.attempt(outcome, (attempt.finishedAt - attempt.startedAt) / 1000);
  const fields = {
    messageId: delivery.messageId,
    from: delivery.fromOrganId,
    to: delivery.toOrganId,
    attempt: attempt.number,
    outcome,
    ...(code === undefined ? {} : { code }),
    ...(attempt.httpStatus === undefined ? {} : { httpStatus: attempt.httpStatus }),
    ...(dueAt === undefined ? {} : { nextAttemptAt: utc(dueAt) }),
    ms: attempt.finishedAt - attempt.startedAt,
  };
  if (outcome === 'delivered') context.logger.info('delivery.attempt', fields);
  else context.logger.warn(outcome === 'dead' ? 'delivery.dead' : 'delivery.attempt', fields);
}

/** @returns the new state, or undefined when the lease was lost meanwhile and nothing was recorded. */
export async function deliverOne(
  context: DeliverContext,
  delivery: LeasedDelivery,
  signal: AbortSignal,
): Promise<Decision['state'] | undefined> {
  const startedAt = context.clock.now();
  const agency = await context.store.getAgency(delivery.toOrganId);
  const result = await exchange(context, agency, delivery, signal);
  // Cut off by our own stop: no outcome of the recipient's, and no attempt of the schedule is spent.
  if (signal.aborted && (result.kind === 'unreachable' || result.kind === 'cut')) return undefined;
  const finishedAt = context.clock.now();
  const decision = decide({
    result,
    attemptsMade: delivery.attempt,
    schedule: context.schedule,
    now: finishedAt,
    random: context.random,
  });
  const notice =
    decision.state === 'dead'
      ? await context.makeNotice(delivery, deliveryText(decision.code, decision.reason))
      : undefined;
  const attempt = attemptOf(delivery, result, decision, startedAt, finishedAt);
  const dueAt = decision.state === 'deferred' ? decision.dueAt : undefined;
  const record: AttemptOutcome = {
    deliveryId: delivery.id,
    lease: delivery.lease,
    attempt,
    state: decision.state,
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(notice === undefined ? {} : { notice }),
  };
  if (!(await context.store.finishAttempt(record))) return undefined;
  report(context, delivery, attempt, dueAt);
  return decision.state;
}
