/**
 * Quarantine: refused packages whose bytes were kept. They can be looked at, taken out, and handed in
 * again as the same caller under today's rules: policy, directory or trust may have changed since.
 * Also deliveries that the gateway holds because its own copy is damaged. Times are ISO 8601, UTC.
 *
 * What is kept of a refusal is the package, or, when none was found in it, the request; the first MiB.
 *
 * Errors: `quarantine.unknown`, `quarantine.cut`, `quarantine.request`, `queue.reason`.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { utc } from '../clock.js';
import { GatewayError, type Issue, refuse } from '../model/issue.js';
import type { Refusal } from '../model/message.js';
import type { MessageId } from '../model/message-id.js';
import type { OrganId } from '../model/organ-id.js';
import type { Store } from '../store/store.js';
import type { OperatorContext } from './agencies.js';
import type { DeliveryView } from './message-view.js';
import { walk } from './pages.js';
import { listQueue } from './queue.js';
import { checkedReason } from './queue-context.js';
import type { QueueQuery } from './queue-query.js';

export interface QuarantinedView {
  readonly correlationId: string;
  readonly time: string;
  readonly callerOrganId?: string;
  readonly operation?: string;
  readonly code: string;
  readonly sizeBytes: number;
  readonly keptBytes: number;
  /** Every byte was kept. */
  readonly whole: boolean;
  readonly holds: 'package' | 'request';
  readonly contentDigest?: string;
}

export interface QuarantineQuery {
  readonly callerOrganId?: string;
  readonly code?: string;
  /** Refused at or after; milliseconds since 1970. */
  readonly since?: number;
  readonly limit?: number;
}

/** Newest first, only those whose bytes are still kept. One is held in memory at a time. */
export async function* listQuarantine(
  store: Store,
  query: QuarantineQuery = {},
): AsyncGenerator<QuarantinedView> {
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  for await (const { correlationId, time, code, callerOrganId } of walk((page) =>
    store.listRefusals(page),
  )) {
    if (left === 0 || (query.since !== undefined && time < query.since)) return;
    if (query.code !== undefined && code !== query.code) continue;
    if (query.callerOrganId !== undefined && callerOrganId !== query.callerOrganId) continue;
    const whole = await store.getRefusal(correlationId);
    if (whole?.content === undefined) continue;
    yield viewQuarantined(whole, whole.content);
    left -= 1;
  }
}

/** Held because what we have of the package does not match its digest or cannot be read. */
export function listDamaged(
  store: Store,
  query: Omit<QueueQuery, 'states' | 'code'> = {},
): AsyncGenerator<DeliveryView> {
  return listQueue(store, { ...query, states: ['held'], code: 'store.damaged' });
}

export type QuarantineStory = QuarantinedView & {
  readonly remoteAddress?: string;
  readonly checks: Refusal['checks'];
  readonly issues: readonly Issue[];
};

export async function showQuarantined(store: Store, id: string): Promise<QuarantineStory> {
  const { refusal, content } = await findRefusal(store, id);
  const { remoteAddress, checks, issues } = refusal;
  return {
    ...viewQuarantined(refusal, content),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    checks,
    issues,
  };
}

/** The kept bytes, for a file of the operator's; who took them stands in the acts of operators. */
export async function exportQuarantined(
  { store, clock, logger, actor }: OperatorContext,
  id: string,
): Promise<{ readonly view: QuarantinedView; readonly content: Uint8Array }> {
  const { refusal, content } = await findRefusal(store, id);
  const { correlationId, callerOrganId, contentDigest } = refusal;
  await store.recordAct({
    time: clock.now(),
    actor,
    act: 'quarantine.export',
    subject: correlationId,
    detail: { callerOrganId, contentDigest, keptBytes: content.byteLength },
  });
  logger.info('quarantine.exported', { correlationId, actor });
  return { view: viewQuarantined(refusal, content), content };
}

// ---- handing in again ----------------------------------------------------------------------------

/** A refused package, whole, to be received as if its caller had sent it now. */
export interface Resubmission {
  readonly operation: 'SendPackage' | 'SendDocument';
  readonly callerOrganId: OrganId;
  /** The exact bytes of the package; of SendDocument the document that was taken out of the request. */
  readonly content: Buffer;
  /** Of the first request. */
  readonly correlationId: string;
}

/**
 * Lent by the way in: judges, stores and answers as it does for the network; throws a GatewayError with
 * every issue when it refuses, also when the caller takes part no longer.
 */
export type Resubmit = (
  again: Resubmission,
) => Promise<{ readonly messageId: MessageId; readonly duplicate: boolean }>;

export interface RequeuedView {
  readonly correlationId: string;
  readonly result: 'stored' | 'duplicate' | 'refused';
  readonly messageId?: string;
  readonly code?: string;
  readonly issues?: readonly Issue[];
}

export async function requeueQuarantined(
  context: OperatorContext & { readonly resubmit: Resubmit },
  id: string,
  reasonText: string | undefined,
): Promise<RequeuedView> {
  const { store, clock, logger, actor } = context;
  const reason = checkedReason(reasonText);
  const again = resubmissionOf(await findRefusal(store, id));
  const { correlationId } = again;
  const noted = { correlationId, actor, reason };
  const act = { actor, act: 'quarantine.requeue', subject: correlationId };
  try {
    const { messageId, duplicate } = await context.resubmit(again);
    const result = duplicate ? 'duplicate' : 'stored';
    const detail = { act: 'quarantine.requeue', actor, reason, correlationId, result };
    await store.appendEvents(messageId, [{ time: clock.now(), event: 'operator', detail }]);
    await store.recordAct({
      ...act,
      time: clock.now(),
      detail: { reason, result, messageId },
    });
    logger.info('quarantine.requeued', { ...noted, messageId, outcome: result });
    return { correlationId, result, messageId };
  } catch (error) {
    // A fault of ours is no verdict on the package.
    if (!(error instanceof GatewayError) || error.temporary) throw error;
    const { code, issues } = error;
    const detail = { reason, result: 'refused', code };
    await store.recordAct({ ...act, time: clock.now(), detail });
    logger.info('quarantine.requeued', { ...noted, outcome: 'refused', code });
    return { correlationId, result: 'refused', code, issues };
  }
}

function resubmissionOf({ refusal, content }: Kept): Resubmission {
  const { operation, callerOrganId, correlationId, sizeBytes } = refusal;
  if (heldOf(refusal) === 'request') throw refuse('quarantine.request');
  if (callerOrganId === undefined) throw refuse('quarantine.unknown', { value: correlationId });
  const digest = createHash('sha256').update(content).digest('hex');
  if (content.byteLength !== sizeBytes || digest !== refusal.contentDigest) {
    throw refuse('quarantine.cut', { kept: content.byteLength, size: sizeBytes });
  }
  const name = operation === 'SendDocument' ? 'SendDocument' : 'SendPackage';
  return { operation: name, callerOrganId, content: Buffer.from(content), correlationId };
}

/**
 * Bytes of a package were known once its parts were read; before that, and for operations that take
 * none, the request was kept.
 */
function heldOf({ operation, checks, code }: Refusal): 'package' | 'request' {
  const takesPackage = operation === 'SendPackage' || operation === 'SendDocument';
  const found = checks.some(
    ({ name, verdict }) => name === 'parts' && (verdict === 'pass' || verdict === 'warning'),
  );
  return takesPackage && found && code !== 'package.empty' ? 'package' : 'request';
}

interface Kept {
  readonly refusal: Refusal;
  readonly content: Uint8Array;
}

async function findRefusal(store: Store, id: string): Promise<Kept> {
  const refusal = await store.getRefusal(id);
  if (refusal?.content === undefined) throw refuse('quarantine.unknown', { value: id });
  return { refusal, content: refusal.content };
}

function viewQuarantined(refusal: Refusal, content: Uint8Array): QuarantinedView {
  const { correlationId, callerOrganId, operation, code, sizeBytes, contentDigest } = refusal;
  return {
    correlationId,
    time: utc(refusal.time),
    ...(callerOrganId === undefined ? {} : { callerOrganId }),
    ...(operation === undefined ? {} : { operation }),
    code,
    sizeBytes,
    keptBytes: content.byteLength,
    whole: content.byteLength === sizeBytes,
    holds: heldOf(refusal),
    ...(contentDigest === undefined ? {} : { contentDigest }),
  };
}
