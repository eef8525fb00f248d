/**
 * One lane in the writer: a delivery as it stands, the notice about it, and what was asked for while an
 * attempt was under way. Runs in the writer thread inside the transaction of its group.
 *
 * @module
 */
import type { DeliveryState } from '../../model/delivery-state.js';
import type { ErrorCode } from '../../model/error-table.js';
import type { Delivery } from '../../model/message.js';
import type { ContentFiles } from '../content-files.js';
import type { MessageRecord } from './message-record.js';
import type { Statements } from './statements.js';
import { accept, insertEvent } from './write-messages.js';

export const MAX_REASON_CHARS = 2000;

export interface Lane {
  readonly id: number;
  readonly message_ref: number;
  readonly to_organ_id: string;
  readonly state: DeliveryState;
  readonly held_from: string | null;
  readonly priority: number;
  readonly attempts: number;
  readonly lease: string | null;
  readonly last_code: string | null;
  readonly due_at: number;
  readonly expires_at: number | null;
  readonly asked: Delivery['asked'] | null;
}

const LANE = `d.id, d.message_ref, d.to_organ_id, d.state, d.held_from, d.priority, d.attempts,
  d.lease, d.last_code, d.due_at, d.expires_at, d.asked`;

export function findLane(sql: Statements, id: number): Lane | undefined {
  return sql.get<Lane>(`SELECT ${LANE} FROM delivery d WHERE d.id = ?`, id);
}

export function findLaneOf(sql: Statements, messageId: string, organId: string): Lane | undefined {
  return sql.get<Lane>(
    `SELECT ${LANE} FROM message m JOIN delivery d ON d.message_ref = m.id
     WHERE m.message_id = ? AND d.to_organ_id = ?`,
    messageId,
    organId,
  );
}

export function cut(text: string | undefined, limit: number): string | null {
  return text === undefined ? null : text.slice(0, limit);
}

/** Stores the notice about this lane, unless it was stored before. */
export function storeNotice(
  sql: Statements,
  files: ContentFiles,
  lane: LaneKey,
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

type Asked = NonNullable<Delivery['asked']>;
type LaneKey = Pick<Lane, 'id' | 'message_ref' | 'to_organ_id'>;

/** What the newest event says by which the act was noted in this lane. */
export function notedDetail(sql: Statements, lane: LaneKey, asked: Asked): Record<string, unknown> {
  const row = sql.get<{ detail: string }>(
    `SELECT detail FROM message_event INDEXED BY message_event_message
     WHERE message_ref = ? AND organ_id = ? AND event = ?
       AND (event = 'recalled' OR detail ->> '$.act' = ?) ORDER BY id DESC LIMIT 1`,
    lane.message_ref,
    lane.to_organ_id,
    asked === 'recall' ? 'recalled' : 'operator',
    asked,
  );
  return row === undefined ? {} : (JSON.parse(row.detail) as Record<string, unknown>);
}

function hold(sql: Statements, lane: LaneKey, time: number): void {
  sql.run(
    `UPDATE delivery SET state = 'held', held_from = 'queued', asked = NULL, updated_at = ?
     WHERE id = ?`,
    time,
    lane.id,
  );
}

function cancel(sql: Statements, lane: LaneKey, code: ErrorCode, reason: unknown, time: number) {
  sql.run(
    `UPDATE delivery SET state = 'cancelled', held_from = NULL, asked = NULL, last_code = ?,
       last_reason = ?, updated_at = ?, finished_at = ? WHERE id = ?`,
    code,
    typeof reason === 'string' ? cut(reason, MAX_REASON_CHARS) : null,
    time,
    time,
    lane.id,
  );
}

export function notedReason(sql: Statements, lane: LaneKey): string {
  const { reason } = notedDetail(sql, lane, 'cancel');
  return typeof reason === 'string' ? reason : '';
}

/** A lost attempt had nobody who could make the notice: held until the gateway has made it. */
function holdForNotice(sql: Statements, lane: LaneKey, time: number): void {
  sql.run(
    "UPDATE delivery SET state = 'held', held_from = 'queued', updated_at = ? WHERE id = ?",
    time,
    lane.id,
  );
}

/**
 * Does what was asked for while the attempt was under way. To be called once the attempt has ended
 * without delivery and the row is `deferred` or `held`; does nothing when nothing was asked for.
 *
 * @param told the sender's notice of a cancel is at hand, or there is nobody to tell
 * @returns what was done.
 */
export function settleAsked(
  sql: Statements,
  lane: LaneKey,
  time: number,
  told: boolean,
): Asked | undefined {
  const asked = sql.get<{ asked: Asked | null }>(
    'SELECT asked FROM delivery WHERE id = ?',
    lane.id,
  )?.asked;
  if (asked === undefined || asked === null) return undefined;
  if (asked === 'cancel' && !told) {
    holdForNotice(sql, lane, time);
    return 'hold';
  }
  const noted = notedDetail(sql, lane, asked);
  if (asked === 'hold') hold(sql, lane, time);
  else if (asked === 'cancel') cancel(sql, lane, 'delivery.cancelled', noted['reason'], time);
  else cancel(sql, lane, 'delivery.recalled', noted['by'], time);
  const event = asked === 'recall' ? 'recalled' : 'operator';
  insertEvent(sql, lane.message_ref, time, event, lane.to_organ_id, { ...noted, after: 'attempt' });
  return asked;
}
