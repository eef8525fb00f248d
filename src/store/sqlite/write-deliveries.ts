/**
 * Writing deliveries: outcomes of attempts, confirmations of recipients that collect, acts of
 * operators. Every function here runs in the writer thread inside the transaction of its group.
 *
 * @module
 */
import { type DeliveryState, isFinal } from '../../model/delivery-state.js';
import type { AttemptOutcome, Confirmation } from '../../model/message.js';
import type { ContentFiles } from '../content-files.js';
import type { LeaseRequest } from '../store.js';
import type { MessageRecord } from './message-record.js';
import type { Statements } from './statements.js';
import { insertAct } from './write-directory.js';
import { Leaser } from './write-leases.js';
import { accept, insertEvent } from './write-messages.js';

/** The partner's answer is kept up to this. */
const MAX_RAW_ANSWER_CHARS = 16 * 1024;
const MAX_REASON_CHARS = 2000;

interface Lane {
  readonly id: number;
  readonly message_ref: number;
  readonly to_organ_id: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lease: string | null;
}

const LANE_COLUMNS = 'd.id, d.message_ref, d.to_organ_id, d.state, d.attempts, d.lease';

const FIND_LANE = `SELECT ${LANE_COLUMNS} FROM message m JOIN delivery d ON d.message_ref = m.id
  WHERE m.message_id = ? AND d.to_organ_id = ?`;

/** The outcome without its notice, whose rows travel apart. */
export type PlainOutcome = Omit<AttemptOutcome, 'notice'>;

function storeNotice(
  sql: Statements,
  files: ContentFiles,
  lane: Lane,
  notice: MessageRecord | undefined,
  bytes: readonly Buffer[],
  time: number,
): void {
  if (notice === undefined) return;
  const accepted = accept(sql, files, notice, bytes, lane.id);
  if (accepted.kind === 'no-file') throw new Error('A notice never lies in a content file.');
  if (accepted.kind !== 'stored') return;
  insertEvent(sql, lane.message_ref, time, 'notice', lane.to_organ_id, {
    messageId: notice.messageId,
    code: notice.statusCode,
  });
}

function cut(text: string | undefined, limit: number): string | null {
  return text === undefined ? null : text.slice(0, limit);
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

/** @returns false when the lease is no longer held: another worker has it, or it was confirmed. */
function finishAttempt(
  sql: Statements,
  files: ContentFiles,
  bytes: readonly Buffer[],
  outcome: PlainOutcome,
  notice: MessageRecord | undefined,
): boolean {
  const lane = sql.get<Lane>(
    `SELECT ${LANE_COLUMNS} FROM delivery d WHERE d.id = ?`,
    outcome.deliveryId,
  );
  if (lane === undefined || lane.state !== 'active' || lane.lease !== outcome.lease) return false;
  const { attempt, state } = outcome;
  const { finishedAt, code, reason, endpoint, httpStatus } = attempt;
  insertAttempt(sql, lane, outcome);
  sql.run(
    `UPDATE delivery SET state = ?1, attempts = attempts + 1, last_code = ?2, last_reason = ?3,
       due_at = CASE WHEN ?1 = 'deferred' THEN ?4 ELSE due_at END,
       lease = NULL, leased_at = NULL, leased_until = NULL, updated_at = ?5, finished_at = ?6
     WHERE id = ?7`,
    state,
    code ?? null,
    cut(reason, MAX_REASON_CHARS),
    outcome.dueAt ?? finishedAt,
    finishedAt,
    state === 'deferred' ? null : finishedAt,
    lane.id,
  );
  insertEvent(sql, lane.message_ref, finishedAt, 'attempt', lane.to_organ_id, {
    number: lane.attempts + 1,
    outcome: attempt.outcome,
    code,
    endpoint,
    httpStatus,
    ...(state === 'deferred' ? { dueAt: outcome.dueAt ?? finishedAt } : {}),
  });
  if (state === 'dead') {
    insertEvent(sql, lane.message_ref, finishedAt, 'dead', lane.to_organ_id, { code, reason });
  }
  storeNotice(sql, files, lane, notice, bytes, finishedAt);
  return true;
}

/** The end of a delivery by its recipient's word. A final state stays what it is. */
function endByConfirmation(sql: Statements, lane: Lane, confirmation: Confirmation): void {
  const { outcome, reason, confirmedAt } = confirmation;
  const failed = outcome === 'fail';
  const code = failed ? 'delivery.rejected-by-recipient' : null;
  sql.run(
    `UPDATE delivery SET state = ?, last_code = ?, last_reason = ?, lease = NULL, leased_at = NULL,
       leased_until = NULL, updated_at = ?, finished_at = ? WHERE id = ?`,
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

/** @returns the first confirmation; undefined when the message is not for this recipient. */
function confirm(
  sql: Statements,
  files: ContentFiles,
  bytes: readonly Buffer[],
  organId: string,
  confirmation: Confirmation,
  notice: MessageRecord | undefined,
): Confirmation | undefined {
  const lane = sql.get<Lane>(FIND_LANE, confirmation.messageId, organId);
  if (lane === undefined) return undefined;
  const before = sql.get<{ confirmation: string | null }>(
    'SELECT confirmation FROM collection WHERE delivery_id = ?',
    lane.id,
  )?.confirmation;
  if (before !== undefined && before !== null) return JSON.parse(before) as Confirmation;
  const { outcome, reason, confirmedAt } = confirmation;
  sql.run(
    `INSERT INTO collection (delivery_id, confirmation, confirmed_at) VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET confirmation = ?2, confirmed_at = ?3`,
    lane.id,
    JSON.stringify(confirmation),
    confirmedAt,
  );
  insertEvent(sql, lane.message_ref, confirmedAt, 'confirmed', organId, { outcome, reason });
  if (!isFinal(lane.state)) {
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
    sql.run(
      `INSERT INTO message_event (message_ref, time, event, organ_id, detail)
       SELECT message_ref, ?, 'listed', to_organ_id, '{}' FROM delivery WHERE id = ?`,
      now,
      id,
    );
  }
}

/** Who opened the content; a recipient's own collection is noted in its lane, the first as an event. */
function recordAccess(
  sql: Statements,
  messageId: string,
  organId: string,
  by: string,
  how: string,
  now: number,
): void {
  const message = sql.get<{ id: number }>('SELECT id FROM message WHERE message_id = ?', messageId);
  if (message === undefined) return;
  sql.run(
    'INSERT INTO content_access (message_ref, time, organ_id, actor, how) VALUES (?, ?, ?, ?, ?)',
    message.id,
    now,
    organId,
    by,
    how,
  );
  const lane = how === 'soap' ? sql.get<Lane>(FIND_LANE, messageId, organId) : undefined;
  if (lane === undefined) return;
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
}

/** @returns the ids of those that were changed. */
function retryNow(sql: Statements, ids: readonly number[], now: number, actor: string): number[] {
  const changed: number[] = [];
  for (const id of ids) {
    const lane = sql.get<Lane>(`SELECT ${LANE_COLUMNS} FROM delivery d WHERE d.id = ?`, id);
    if (lane === undefined || !['queued', 'deferred', 'held'].includes(lane.state)) continue;
    sql.run(
      `UPDATE delivery SET due_at = ?1, updated_at = ?1,
         state = CASE WHEN state <> 'held' THEN state
           WHEN held_from = 'pending' THEN 'pending' ELSE 'queued' END,
         held_from = NULL WHERE id = ?2`,
      now,
      id,
    );
    insertEvent(sql, lane.message_ref, now, 'operator', lane.to_organ_id, { act: 'retry', actor });
    insertAct(sql, now, actor, 'delivery.retry', String(id), { was: lane.state });
    changed.push(id);
  }
  return changed;
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
    ) => confirm(sql, files, bytes, organId, confirmation, notice),
    listed: (_: readonly Buffer[], ids: readonly number[], now: number) => listed(sql, ids, now),
    recordAccess: (
      _: readonly Buffer[],
      messageId: string,
      organId: string,
      by: string,
      how: string,
      now: number,
    ) => recordAccess(sql, messageId, organId, by, how, now),
    retryNow: (_: readonly Buffer[], ids: readonly number[], now: number, actor: string) =>
      retryNow(sql, ids, now, actor),
  };
}
