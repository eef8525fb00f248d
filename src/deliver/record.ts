/**
 * Records how an attempt ended: attempt, new state, breaker of the recipient and notice in one commit,
 * then the lines for the operator.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { Breaker } from '../model/breaker.js';
import type { AttemptOutcome, DeliveryAttempt, LeasedDelivery } from '../model/message.js';
import { nextBreaker } from './breaker.js';
import type { WorkContext } from './deliver-one.js';
import { deliveryText } from './outcome.js';
import type { PushOutcome } from './push-outcome.js';

export interface Ended {
  readonly delivery: LeasedDelivery;
  readonly result: PushOutcome;
  /** Without the breaker. */
  readonly record: AttemptOutcome;
}

type Next = Breaker | 'closed' | undefined;

/** @returns false when the lease was lost meanwhile and nothing was recorded. */
export async function recordAttempt(context: WorkContext, ended: Ended): Promise<boolean> {
  const { toOrganId } = ended.delivery;
  // The common case, a success at a recipient without troubles, waits for nobody.
  const untroubled =
    ended.result.kind === 'accepted' && (await context.store.getBreaker(toOrganId)) === undefined;
  const kept = untroubled
    ? await finish(context, ended.delivery, ended.record)
    : await context.turns.run(toOrganId, () => recordWithBreaker(context, ended));
  if (kept) report(context, ended.delivery, ended.record);
  return kept;
}

/** An operator may have cancelled it meanwhile: then the sender's notice goes into the same commit. */
async function finish(
  { store, makeNotice }: WorkContext,
  delivery: LeasedDelivery,
  record: AttemptOutcome,
): Promise<boolean> {
  const first = await store.finishAttempt(record);
  if (typeof first === 'boolean') return first;
  const text = deliveryText('delivery.cancelled', first.cancel);
  const cancelNotice = (await makeNotice(delivery, text)) ?? 'none';
  return (await store.finishAttempt({ ...record, cancelNotice })) === true;
}

async function recordWithBreaker(context: WorkContext, ended: Ended): Promise<boolean> {
  const { delivery, result, record } = ended;
  const before = await context.store.getBreaker(delivery.toOrganId);
  const { startedAt, finishedAt } = record.attempt;
  const next = nextBreaker({
    organId: delivery.toOrganId,
    before,
    result,
    startedAt,
    now: finishedAt,
    settings: context.breaker,
  });
  const breaker = next === undefined ? {} : { breaker: next };
  const kept = await finish(context, delivery, { ...record, ...breaker });
  if (kept) reportBreaker(context, before, next);
  return kept;
}

function reportBreaker({ logger }: WorkContext, before: Breaker | undefined, next: Next): void {
  if (next === undefined) return;
  if (next === 'closed') {
    if (before?.openUntil !== undefined) logger.info('recipient.resumed', { to: before.organId });
    return;
  }
  const { organId, failures, lastCode, openUntil } = next;
  if (openUntil === undefined || openUntil === before?.openUntil) return;
  logger.warn('recipient.paused', {
    to: organId,
    count: failures,
    code: lastCode,
    openUntil: utc(openUntil),
  });
}

function levelOf({ outcome, code }: DeliveryAttempt): 'info' | 'warn' | 'dead' | 'damaged' {
  if (outcome === 'delivered') return 'info';
  if (outcome === 'held' && code === 'store.damaged') return 'damaged';
  return outcome === 'dead' ? 'dead' : 'warn';
}

function report(
  { logger, metrics }: WorkContext,
  delivery: LeasedDelivery,
  { attempt, dueAt }: AttemptOutcome,
): void {
  const { outcome, code, httpStatus } = attempt;
  const ms = attempt.finishedAt - attempt.startedAt;
  metrics.attempt(outcome, ms / 1000);
  if (code === 'delivery.expired') metrics.expired();
  const fields = {
    messageId: delivery.messageId,
    from: delivery.fromOrganId,
    to: delivery.toOrganId,
    attempt: attempt.number,
    outcome,
    ...(code === undefined ? {} : { code }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(dueAt === undefined ? {} : { nextAttemptAt: utc(dueAt) }),
    ms,
  };
  const level = levelOf(attempt);
  if (level === 'info') logger.info('delivery.attempt', fields);
  else if (level === 'damaged') logger.error('alert.content-damaged', fields);
  else logger.warn(level === 'dead' ? 'delivery.dead' : 'delivery.attempt', fields);
}
