/**
 * One attempt for one delivery: find the route, read the bytes, exchange, decide, record. The exchange
 * runs outside any transaction; attempt and new state are one commit.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Agency } from '../model/agency.js';
import type { CertificateFacts } from '../model/certificate.js';
import { GatewayError } from '../model/issue.js';
import {
  type AttemptOutcome,
  type Delivery,
  type DeliveryAttempt,
  type LeasedDelivery,
  MAX_RAW_ANSWER_CHARS,
  type NewMessage,
} from '../model/message.js';
import type { Store } from '../store/store.js';
import type { BreakerSettings } from './breaker.js';
import { certificateFacts } from './certify.js';
import { type Decision, decide, deliveryText } from './outcome.js';
import type { PushOutcome } from './push-outcome.js';
import { recordAttempt } from './record.js';
import type { RetrySchedule } from './retry.js';
import type { Turns } from './turns.js';

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
  /** Of agencies without one of their own; asked anew at each attempt, since it may change. */
  readonly schedule: () => RetrySchedule;
  readonly breaker: BreakerSettings;
  readonly push: Push;
  readonly random: () => number;
  /** The failure notice for the sender of a document that cannot be delivered. */
  makeNotice(delivery: Delivery, reason: string): Promise<NewMessage | undefined>;
  /** Signed XML: the recipient's system has taken it. */
  makeCertificate(facts: CertificateFacts): Uint8Array;
}

/** What the scheduler adds. */
export interface WorkContext extends DeliverContext {
  readonly turns: Turns;
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
  const bytes = await contentOf(context, delivery);
  if (typeof bytes === 'string') return { kind: bytes };
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
    ...(rawAnswer === undefined ? {} : { rawAnswer: keptAnswer(rawAnswer) }),
    ...(connectMs === undefined ? {} : { connectMs }),
    totalMs: finishedAt - startedAt,
  };
}

/** Never half a character: the digest of what is kept must not depend on who encodes it. */
function keptAnswer(rawAnswer: string): string {
  return rawAnswer.slice(0, MAX_RAW_ANSWER_CHARS).replace(/[\ud800-\udbff]$/, '');
}

/** The bytes, or why there are none. */
async function contentOf(
  { store }: DeliverContext,
  delivery: LeasedDelivery,
): Promise<Buffer | 'purged' | 'damaged'> {
  try {
    return (await store.getContent(delivery.messageId)) ?? 'purged';
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'store.damaged') return 'damaged';
    throw error;
  }
}

/** @returns the new state, or undefined when the lease was lost meanwhile and nothing was recorded. */
export async function deliverOne(
  context: WorkContext,
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
    attemptsMade: delivery.attempt - delivery.earlierAttempts,
    expiresAt: delivery.expiresAt,
    schedule: agency?.retryMs ?? context.schedule(),
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
    ...(decision.state === 'delivered'
      ? { certificate: context.makeCertificate(certificateFacts(delivery, attempt)) }
      : {}),
  };
  const kept = await recordAttempt(context, { delivery, result, record });
  return kept ? decision.state : undefined;
}
