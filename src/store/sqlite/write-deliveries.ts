/**
 * Writing deliveries: outcomes of attempts, confirmations of recipients that collect. Every function
 * here runs in the writer thread inside the transaction of its group.
 *
 * @module
 */
import { isFinal, movesOf } from '../../model/delivery-state.js';
import {
  type AttemptOutcome,
  type Confirmation,
  type Finished,
  MAX_RAW_ANSWER_CHARS,
} from '../../model/message.js';
import type { ContentFiles } from '../content-files.js';
import type { LeaseRequest } from '../store.js';
import { insertCertificate } from './certificates.js';
import type { MessageRecord } from './message-record.js';
import type { Statements } from './statements.js';
import { putBreaker } from './write-breakers.js';
import {
  cut,
  findLane,
  findLaneOf,
  type Lane,
  MAX_REASON_CHARS,
  notedReason,
  settleAsked,
  storeNotice,
} from './write-lanes.js';
import { Leaser } from './write-leases.js';
import { insertEvent } from './write-messages.js';

/** The outcome without its notice, whose rows travel apart. */
export interface PlainOutcome extends Omit<AttemptOutcome, 'notice' | 'cancelNotice'> {
  /** The notice is that of a noted cancel, or there is nobody to tell of one. */
  readonly cancelTold?: boolean;
}

function insertAttempt(sql: Statements, lane: Lane, outcome: PlainOutcome): void {
  const { attempt } = outcome;
  sql.run(
    `INSERT INTO delivery_attempt (delivery_id, number, started_at, finished_at, outcome, code,
       reason, endpoint, http_status, raw_answer, connect_ms, total_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    lane.id,
    lane.attempts + 1,
    attempt.startedAt,
    attempt.finishedAt,
    attempt.outcome,
    attempt.code ?? null,
    cut(attempt.reason, MAX_REASON_CHARS),
    attempt.endpoint ?? null,
    attempt.httpStatus ?? null,
    cut(attempt.rawAnswer, MAX_RAW_ANSWER_CHARS),
    attempt.connectMs ?? null,
    attempt.totalMs ?? null,
  );
}

/** What was asked for during the attempt stands until `settleAsked`; an end clears it. */
function endAttempt(sql: Statements, lane: Lane, outcome: PlainOutcome): void {
  const { attempt, state } = outcome;
  const { finishedAt, code, reason } = attempt;
  sql.run(
    `UPDATE delivery SET state = ?1, attempts = attempts + 1, last_code = ?2, last_reason = ?3,
       due_at = CASE WHEN ?1 = 'deferred' THEN ?4 ELSE due_at END,
       held_from = CASE WHEN ?1 = 'held' THEN 'queued' END,
       asked = CASE WHEN ?6 IS NULL THEN asked END,
       lease = NULL, leased_at = NULL, leased_until = NULL, updated_at = ?5, finished_at = ?6
     WHERE id = ?7`,
    state,
    code ?? null,
    cut(reason, MAX_REASON_CHARS),
    outcome.dueAt ?? finishedAt,
    finishedAt,
    isFinal(state) ? finishedAt : null,
    lane.id,
  );
}

/** The lease is no longer held when another worker has it, or it was confirmed. */
function finishAttempt(
  sql: Statements,
  files: ContentFiles,
  bytes: readonly Buffer[],
  outcome: PlainOutcome,
  notice: MessageRecord | undefined,
): Finished {
  const lane = findLane(sql, outcome.deliveryId);
  if (lane === undefined || lane.state !== 'active' || lane.lease !== outcome.lease) return false;
  const { attempt, state, cancelTold = false } = outcome;
  if (lane.asked === 'cancel' && !isFinal(state) && !cancelTold) {
    return { cancel: notedReason(sql, lane) };
  }
  const { finishedAt, code, reason, endpoint, httpStatus } = attempt;
  insertAttempt(sql, lane, outcome);
  endAttempt(sql, lane, outcome);
  insertEvent(sql, lane.message_ref, finishedAt, 'attempt', lane.to_organ_id, {
    number: lane.attempts + 1,
    outcome: attempt.outcome,
    code,
    endpoint,
    httpStatus,
    ...(state === 'deferred' ? { dueAt: outcome.dueAt ?? finishedAt } : {}),
    ...(state === 'delivered'
      ? insertCertificate(sql, lane.id, outcome.certificate, finishedAt)
      : {}),
  });
  if (state === 'dead') {
    insertEvent(sql, lane.message_ref, finishedAt, 'dead', lane.to_organ_id, { code, reason });
  }
  if (outcome.breaker !== undefined) putBreaker(sql, lane.to_organ_id, outcome.breaker);
  const done = isFinal(state) ? undefined : settleAsked(sql, lane, finishedAt, cancelTold);
  if (!cancelTold || done === 'cancel') storeNotice(sql, files, lane, notice, bytes, finishedAt);
  return true;
}

/** The end of a delivery by its recipient's word. */
function endByConfirmation(sql: Statements, lane: Lane, confirmation: Confirmation): void {
  const { outcome, reason, confirmedAt } = confirmation;
  const failed = outcome === 'fail';
  const code = failed ? 'delivery.rejected-by-recipient' : null;
  sql.run(
    `UPDATE delivery SET state = ?, last_code = ?, last_reason = ?, held_from = NULL, asked = NULL,
       lease = NULL, leased_at = NULL, leased_until = NULL, updated_at = ?, finished_at = ?
     WHERE id = ?`,
    failed ? 'dead' : 'delivered',
    code,
    failed ? cut(reason, MAX_REASON_CHARS) : null,
    confirmedAt,
    confirmedAt,
    lane.id,
  );
  if (failed) {
    insertEvent(sql, lane.message_ref, confirmedAt, 'dead', lane.to_organ_id, { code, reason });
  }
}

interface Confirmed {
  readonly confirmation: string | null;
  readonly fetches: number;
}

/**
 * @returns the first confirmation; undefined when the message is not for this recipient, or was
 *   cancelled before it fetched it.
 */
function confirm(
  sql: Statements,
  files: ContentFiles,
  bytes: readonly Buffer[],
  organId: string,
  confirmation: Confirmation,
  notice: MessageRecord | undefined,
  certificate: Uint8Array | undefined,
): Confirmation | undefined {
  const lane = findLaneOf(sql, confirmation.messageId, organId);
  if (lane === undefined) return undefined;
  const before = sql.get<Confirmed>(
    'SELECT confirmation, fetches FROM collection WHERE delivery_id = ?',
    lane.id,
  );
  if (lane.state === 'cancelled' && (before?.fetches ?? 0) === 0) return undefined;
  if (before !== undefined && before.confirmation !== null) {
    return JSON.parse(before.confirmation) as Confirmation;
  }
  const { outcome, reason, confirmedAt } = confirmation;
  sql.run(
    `INSERT INTO collection (delivery_id, confirmation, confirmed_at) VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET confirmation = ?2, confirmed_at = ?3`,
    lane.id,
    JSON.stringify(confirmation),
    confirmedAt,
  );
  // A final state stays what it is.
  const ends = movesOf(outcome === 'fail' ? 'rejected' : 'confirmed', lane.state).length > 0;
  insertEvent(sql, lane.message_ref, confirmedAt, 'confirmed', organId, {
    outcome,
    reason,
    ...(ends && outcome === 'done'
      ? insertCertificate(sql, lane.id, certificate, confirmedAt)
      : {}),
  });
  if (ends) {
    endByConfirmation(sql, lane, confirmation);
    if (outcome === 'fail') storeNotice(sql, files, lane, notice, bytes, confirmedAt);
  }
  return confirmation;
}

/** @param ids of deliveries that this recipient was shown for the first time */
function listed(sql: Statements, ids: readonly number[], now: number): void {
  for (const id of ids) {
    const first = sql.run(
      `INSERT INTO collection (delivery_id, first_listed_at) VALUES (?1, ?2)
       ON CONFLICT DO UPDATE SET first_listed_at = ?2 WHERE first_listed_at IS NULL`,
      id,
      now,
    );
    if (first === 0) continue;
    const lane = findLane(sql, id);
    if (lane !== undefined) insertEvent(sql, lane.message_ref, now, 'listed', lane.to_organ_id, {});
  }
}

function wasFetched(sql: Statements, deliveryId: number): boolean {
  const row = sql.get('SELECT 1 FROM collection WHERE delivery_id = ? AND fetches > 0', deliveryId);
  return row !== undefined;
}

/** Who opened the content; a recipient's own collection is noted in its lane, the first as an event. */
function recordAccess(
  sql: Statements,
  messageId: string,
  organId: string,
  by: string,
  how: string,
  now: number,
): boolean {
  const message = sql.get<{ id: number }>('SELECT id FROM message WHERE message_id = ?', messageId);
  if (message === undefined) return true;
  const lane = how === 'soap' ? findLaneOf(sql, messageId, organId) : undefined;
  if (lane?.state === 'cancelled' && !wasFetched(sql, lane.id)) return false;
  sql.run(
    'INSERT INTO content_access (message_ref, time, organ_id, actor, how) VALUES (?, ?, ?, ?, ?)',
    message.id,
    now,
    organId,
    by,
    how,
  );
  if (lane === undefined) return true;
  sql.run(
    `INSERT INTO collection (delivery_id, first_fetched_at, last_fetched_at, fetches, last_fetched_by)
     VALUES (?1, ?2, ?2, 1, ?3)
     ON CONFLICT DO UPDATE SET first_fetched_at = coalesce(first_fetched_at, ?2),
       last_fetched_at = ?2, fetches = fetches + 1, last_fetched_by = ?3`,
    lane.id,
    now,
    by,
  );
  const fetches = sql.get<{ fetches: number }>(
    'SELECT fetches FROM collection WHERE delivery_id = ?',
    lane.id,
  )?.fetches;
  if (fetches === 1) insertEvent(sql, message.id, now, 'fetched', organId, { by });
  return true;
}

export function deliveryOperations(sql: Statements, files: ContentFiles) {
  const leaser = new Leaser(sql);
  return {
    leaseDue: (_: readonly Buffer[], request: LeaseRequest) => leaser.leaseDue(request),
    finishAttempt: (bytes: readonly Buffer[], outcome: PlainOutcome, notice?: MessageRecord) =>
      finishAttempt(sql, files, bytes, outcome, notice),
    confirm: (
      bytes: readonly Buffer[],
      organId: string,
      confirmation: Confirmation,
      notice?: MessageRecord,
      certificate?: Uint8Array,
    ) => confirm(sql, files, bytes, organId, confirmation, notice, certificate),
    listed: (_: readonly Buffer[], ids: readonly number[], now: number) => listed(sql, ids, now),
    recordAccess: (
      _: readonly Buffer[],
      messageId: string,
      organId: string,
      by: string,
      how: string,
      now: number,
    ) => recordAccess(sql, messageId, organId, by, how, now),
  };
}
