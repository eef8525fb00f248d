/**
 * Acts of operators upon deliveries, and ends that no attempt brought about. What an act may do in which
 * state is said by the table of src/model/delivery-state.ts alone. Each change writes an event into the
 * lane and an entry into the acts of operators. Runs in the writer thread.
 *
 * Errors (as codes of outcomes): `delivery.unknown`, `delivery.state`, `delivery.purged`,
 * `delivery.recalled`.
 *
 * @module
 */
import { type DeliveryState, isNoted, movesOf } from '../../model/delivery-state.js';
import type { ErrorCode } from '../../model/error-table.js';
import { expiryOf } from '../../model/lifetime.js';
import type { ContentFiles } from '../content-files.js';
import type { ActOutcome, ActRequest, DeliveryEnd, OperatorAct, QueueAct } from '../store.js';
import type { MessageRecord } from './message-record.js';
import type { Statements } from './statements.js';
import { insertAct } from './write-directory.js';
import {
  cut,
  findLane,
  type Lane,
  MAX_REASON_CHARS,
  notedDetail,
  storeNotice,
} from './write-lanes.js';
import { insertEvent } from './write-messages.js';
import { rescheduleOperations } from './write-reschedule.js';

/** The request without its notices, whose rows travel apart. */
export type PlainActRequest = Omit<ActRequest, 'notices'>;

export interface NoticeRecord {
  readonly id: number;
  readonly record: MessageRecord;
}

type Waiting = 'queued' | 'pending';

/** What an act did: undefined = nothing was to be done. */
type Effect = 'done' | undefined;

type Work = (sql: Statements, lane: Lane, request: PlainActRequest) => Effect;

/** Where a delivery to this agency waits now. @param otherwise for an agency that is not there */
function waitingState(sql: Statements, organId: string, otherwise: string | null): Waiting {
  const row = sql.get<{ route_kind: string }>(
    `SELECT route_kind FROM agency WHERE organ_id = ?1
     UNION ALL SELECT route_kind FROM agency WHERE old_organ_id = ?1 LIMIT 1`,
    organId,
  );
  if (row === undefined) return otherwise === 'pending' ? 'pending' : 'queued';
  return row.route_kind === 'push' ? 'queued' : 'pending';
}

function expiry(request: PlainActRequest, state: Waiting, priority: number): number | null {
  return expiryOf(request.lifetimes, state, priority, request.now) ?? null;
}

/** It waits as if it had just come: due now, its lifetime begins anew. */
function waitAnew(sql: Statements, lane: Lane, request: PlainActRequest): Effect {
  const target = waitingState(sql, lane.to_organ_id, lane.held_from ?? lane.state);
  sql.run(
    `UPDATE delivery SET state = ?, held_from = NULL, asked = NULL, due_at = ?, expires_at = ?,
       updated_at = ?, finished_at = NULL WHERE id = ?`,
    target,
    request.now,
    expiry(request, target, lane.priority),
    request.now,
    lane.id,
  );
  return 'done';
}

function retry(sql: Statements, lane: Lane, request: PlainActRequest): Effect {
  if (lane.state === 'held') return waitAnew(sql, lane, request);
  sql.run(
    "UPDATE delivery SET state = 'queued', due_at = ?1, updated_at = ?1 WHERE id = ?2",
    request.now,
    lane.id,
  );
  return 'done';
}

function hold(sql: Statements, lane: Lane, { now }: PlainActRequest): Effect {
  sql.run(
    "UPDATE delivery SET state = 'held', held_from = state, updated_at = ? WHERE id = ?",
    now,
    lane.id,
  );
  return 'done';
}

function endAs(
  sql: Statements,
  lane: Lane,
  state: DeliveryState,
  code: ErrorCode,
  reason: string,
  now: number,
): void {
  sql.run(
    `UPDATE delivery SET state = ?, held_from = NULL, asked = NULL, last_code = ?, last_reason = ?,
       updated_at = ?, finished_at = ? WHERE id = ?`,
    state,
    code,
    cut(reason, MAX_REASON_CHARS),
    now,
    now,
    lane.id,
  );
}

function cancel(sql: Statements, lane: Lane, { reason, now }: PlainActRequest): Effect {
  endAs(sql, lane, 'cancelled', 'delivery.cancelled', reason, now);
  return 'done';
}

function rerouteHeld(sql: Statements, lane: Lane, target: Waiting, now: number): Effect {
  if ((lane.held_from === 'pending') === (target === 'pending')) return undefined;
  sql.run('UPDATE delivery SET held_from = ?, updated_at = ? WHERE id = ?', target, now, lane.id);
  return 'done';
}

function reroute(sql: Statements, lane: Lane, request: PlainActRequest): Effect {
  const target = waitingState(sql, lane.to_organ_id, lane.held_from ?? lane.state);
  if (lane.state === 'held') return rerouteHeld(sql, lane, target, request.now);
  return (lane.state === 'pending') === (target === 'pending')
    ? undefined
    : waitAnew(sql, lane, request);
}

/** The successor's own delivery comes first: a message never has no open delivery in between. */
function redirect(sql: Statements, lane: Lane, request: PlainActRequest): Effect {
  const { toOrganId, now } = request;
  if (toOrganId === undefined) throw new Error('A redirect names the successor.');
  if (toOrganId === lane.to_organ_id) return undefined;
  const target = waitingState(sql, toOrganId, lane.held_from ?? lane.state);
  sql.run(
    `INSERT INTO delivery (message_ref, to_organ_id, from_organ_id, kind, document_key, priority,
       state, due_at, created_at, updated_at, expires_at)
     SELECT message_ref, ?1, from_organ_id, kind, document_key, priority, ?2, ?3, ?3, ?3, ?4
     FROM delivery WHERE id = ?5 ON CONFLICT (message_ref, to_organ_id) DO NOTHING`,
    toOrganId,
    target,
    now,
    expiry(request, target, lane.priority),
    lane.id,
  );
  endAs(sql, lane, 'cancelled', 'delivery.redirected', toOrganId, now);
  return 'done';
}

/** A whole schedule, and a recipient that collects may confirm again; its first word stays an event. */
function startAgain(sql: Statements, lane: Lane, request: PlainActRequest): Effect {
  sql.run(
    'UPDATE collection SET confirmation = NULL, confirmed_at = NULL WHERE delivery_id = ?',
    lane.id,
  );
  sql.run(
    'UPDATE delivery SET earlier_attempts = attempts, restarts = restarts + 1 WHERE id = ?',
    lane.id,
  );
  return waitAnew(sql, lane, request);
}

const WORK: Readonly<Record<QueueAct, Work>> = {
  retry,
  hold,
  release: waitAnew,
  cancel,
  reroute,
  redirect,
  requeue: startAgain,
  resend: startAgain,
};

/** Acts that deliver what was final: only while there is content, and never what its sender took back. */
const NEEDS_CONTENT: ReadonlySet<QueueAct> = new Set(['redirect', 'requeue', 'resend']);

function obstacle(
  sql: Statements,
  lane: Lane,
  { act, toOrganId }: PlainActRequest,
): ErrorCode | undefined {
  if (movesOf(act, lane.state).length === 0) return 'delivery.state';
  // The sender's word weighs more than a hold or a cancel.
  if (lane.asked === 'recall' || isRecalled(lane)) return 'delivery.recalled';
  if (!NEEDS_CONTENT.has(act)) return undefined;
  if (act !== 'resend' && wasRecalled(sql, lane, toOrganId)) return 'delivery.recalled';
  if (act === 'redirect' && hasEnded(sql, lane, toOrganId)) return 'delivery.state';
  const purged = sql.get(
    'SELECT 1 FROM message WHERE id = ? AND purged_at IS NOT NULL',
    lane.message_ref,
  );
  return purged === undefined ? undefined : 'delivery.purged';
}

/**
 * The sender took it back after it had ended here. The recipient, or who stands for it now, was sent the
 * recall; an update under an id of its own goes back with the document that it updates.
 */
const RECALLED_LATER = `WITH named (key, from_organ_id, id) AS (
    SELECT document_key, from_organ_id, id FROM message
    WHERE id = ?1 AND kind = 'document' AND business_type IS NOT 'revoke'
    UNION SELECT a.document_key, m.from_organ_id, m.id FROM message m
      JOIN acts_on a ON a.message_ref = m.id WHERE m.id = ?1 AND m.business_type = 'update'),
  later (id) AS (
    SELECT r.id FROM named n CROSS JOIN message r ON r.document_key = n.key
      AND r.document_key <> '' AND r.from_organ_id = n.from_organ_id AND r.id > n.id
    UNION SELECT a.message_ref FROM named n CROSS JOIN acts_on a ON a.document_key = n.key
      AND a.from_organ_id = n.from_organ_id AND a.message_ref > n.id)
  SELECT 1 FROM later CROSS JOIN message r ON r.id = later.id
  WHERE (r.business_type = 'revoke' OR r.status_code = '13') AND EXISTS (SELECT 1 FROM delivery d
    WHERE d.message_ref = r.id AND d.to_organ_id IN (?2, ?3)) LIMIT 1`;

function wasRecalled(sql: Statements, lane: Lane, toOrganId: string | undefined): boolean {
  const { message_ref: ref, to_organ_id: own } = lane;
  return sql.get(RECALLED_LATER, ref, own, toOrganId ?? own) !== undefined;
}

/** The successor's own delivery has ended without success: it is the one to be started again. */
function hasEnded(sql: Statements, lane: Lane, toOrganId: string | undefined): boolean {
  const ended = `SELECT 1 FROM delivery WHERE message_ref = ? AND to_organ_id = ? AND id <> ?
    AND state IN ('dead', 'cancelled')`;
  return sql.get(ended, lane.message_ref, toOrganId ?? null, lane.id) !== undefined;
}

function isRecalled(lane: Lane): boolean {
  return lane.state === 'cancelled' && lane.last_code === 'delivery.recalled';
}

function messageIdOf(sql: Statements, lane: Lane): string | undefined {
  return sql.get<{ message_id: string }>(
    'SELECT message_id FROM message WHERE id = ?',
    lane.message_ref,
  )?.message_id;
}

function record(sql: Statements, lane: Lane, request: PlainActRequest): void {
  const { act, actor, now, toOrganId } = request;
  const reason = request.reason.slice(0, MAX_REASON_CHARS);
  const was = lane.state;
  const successor = act === 'redirect' ? { successor: toOrganId } : {};
  insertEvent(sql, lane.message_ref, now, 'operator', lane.to_organ_id, {
    act,
    actor,
    reason,
    was,
    ...successor,
  });
  insertAct(sql, now, actor, `delivery.${act}`, String(lane.id), {
    messageId: messageIdOf(sql, lane),
    toOrganId: lane.to_organ_id,
    was,
    reason,
    ...successor,
  });
}

function actOnOne(sql: Statements, id: number, request: PlainActRequest): ActOutcome {
  const { act } = request;
  const lane = findLane(sql, id);
  if (lane === undefined) return { id, result: 'unchanged', code: 'delivery.unknown' };
  const code = obstacle(sql, lane, request);
  if (code !== undefined) return { id, result: 'unchanged', code };
  if (isNoted(act, lane.state)) {
    if (lane.asked === act) return { id, result: 'noted' };
    sql.run('UPDATE delivery SET asked = ? WHERE id = ?', act, id);
    record(sql, lane, request);
    return { id, result: 'noted' };
  }
  if (WORK[act](sql, lane, request) === undefined) return { id, result: 'unchanged' };
  record(sql, lane, request);
  return { id, result: 'done' };
}

/** Each notice with its bytes: the receipt, and the content when it does not lie in a file. */
function noticesById(
  notices: readonly NoticeRecord[],
  bytes: readonly Buffer[],
): Map<number, { readonly record: MessageRecord; readonly bytes: readonly Buffer[] }> {
  let at = 0;
  return new Map(
    notices.map(({ id, record: one }) => {
      const own = bytes.slice(at, at + (one.inFile ? 1 : 2));
      at += own.length;
      return [id, { record: one, bytes: own }];
    }),
  );
}

function actOnDeliveries(
  sql: Statements,
  files: ContentFiles,
  bytes: readonly Buffer[],
  request: PlainActRequest,
  notices: readonly NoticeRecord[],
): ActOutcome[] {
  const told = noticesById(notices, bytes);
  const outcomes = new Map<number, ActOutcome>();
  // Oldest first: deliveries made by a redirect get ids in the order of those they follow.
  for (const id of [...new Set(request.ids)].sort((a, b) => a - b)) {
    const outcome = actOnOne(sql, id, request);
    outcomes.set(id, outcome);
    const notice = told.get(id);
    const lane = outcome.result === 'done' && notice !== undefined ? findLane(sql, id) : undefined;
    if (lane !== undefined && notice !== undefined) {
      storeNotice(sql, files, lane, notice.record, notice.bytes, request.now);
    }
  }
  return request.ids.map(
    (id) => outcomes.get(id) ?? { id, result: 'unchanged', code: 'delivery.unknown' },
  );
}

/** Not one whose lifetime has begun anew since it was found, nor a cancel that was taken back. */
function endState(lane: Lane, { cause, now }: Omit<DeliveryEnd, 'notice'>) {
  if (lane.state === 'active') return undefined;
  const due =
    cause === 'cancel'
      ? lane.asked === 'cancel'
      : lane.expires_at !== null && lane.expires_at <= now;
  return due ? movesOf(cause, lane.state)[0] : undefined;
}

function endDelivery(
  sql: Statements,
  files: ContentFiles,
  bytes: readonly Buffer[],
  end: Omit<DeliveryEnd, 'notice'>,
  notice: MessageRecord | undefined,
): boolean {
  const { id, code, reason, now } = end;
  const lane = findLane(sql, id);
  const state = lane && endState(lane, end);
  if (lane === undefined || state === undefined) return false;
  const [event, detail] =
    state === 'cancelled'
      ? ['operator', { ...notedDetail(sql, lane, 'cancel'), after: 'attempt' }]
      : ['dead', { code, reason }];
  endAs(sql, lane, state, code, reason, now);
  insertEvent(sql, lane.message_ref, now, event, lane.to_organ_id, detail);
  storeNotice(sql, files, lane, notice, bytes, now);
  return true;
}

export function queueOperations(sql: Statements, files: ContentFiles) {
  return {
    ...rescheduleOperations(sql),
    actOnDeliveries: (
      bytes: readonly Buffer[],
      request: PlainActRequest,
      notices: readonly NoticeRecord[],
    ) => actOnDeliveries(sql, files, bytes, request, notices),
    recordAct: (_: readonly Buffer[], { time, actor, act, subject, detail }: OperatorAct) =>
      insertAct(sql, time, actor, act, subject, detail),
    endDelivery: (
      bytes: readonly Buffer[],
      end: Omit<DeliveryEnd, 'notice'>,
      notice?: MessageRecord,
    ) => endDelivery(sql, files, bytes, end, notice),
  };
}
