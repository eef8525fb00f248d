/**
 * Reading deliveries, their attempts, collections and counters.
 *
 * @module
 */
import type { DeliveryState } from '../../model/delivery-state.js';
import type { Collection, Delivery, DeliveryAttempt, Message } from '../../model/message.js';
import type { OrganId } from '../../model/organ-id.js';
import type { Page, PageRequest, StoreCounts } from '../store.js';
import { makePage, pageSize, readCursor, writeCursor } from './cursor.js';
import {
  type AttemptRow,
  type CollectionRow,
  DELIVERY_COLUMNS,
  DELIVERY_TABLES,
  type DeliveryRow,
  MESSAGE_COLUMNS,
  type MessageRow,
  toAttempt,
  toCollection,
  toDelivery,
  toMessage,
} from './rows.js';
import type { Statements } from './statements.js';

export function getDelivery(sql: Statements, id: number): Delivery | undefined {
  const row = sql.get<DeliveryRow>(
    `SELECT ${DELIVERY_COLUMNS} FROM ${DELIVERY_TABLES} WHERE d.id = ?`,
    id,
  );
  return row && toDelivery(row);
}

export function findDelivery(
  sql: Statements,
  messageId: string,
  organId: string,
): Delivery | undefined {
  const row = sql.get<DeliveryRow>(
    `SELECT ${DELIVERY_COLUMNS} FROM ${DELIVERY_TABLES}
     WHERE m.message_id = ? AND d.to_organ_id = ?`,
    messageId,
    organId,
  );
  return row && toDelivery(row);
}

/** In the order of the recipients of the message. */
export function deliveriesOf(sql: Statements, messageId: string): Delivery[] {
  return sql
    .all<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM ${DELIVERY_TABLES} WHERE m.message_id = ? ORDER BY d.id`,
      messageId,
    )
    .map(toDelivery);
}

export function listAttempts(sql: Statements, deliveryId: number): DeliveryAttempt[] {
  return sql
    .all<AttemptRow>(
      `SELECT number, started_at, finished_at, outcome, code, reason, endpoint, http_status,
         raw_answer, connect_ms, total_ms
       FROM delivery_attempt WHERE delivery_id = ? ORDER BY number`,
      deliveryId,
    )
    .map(toAttempt);
}

interface PendingRow extends MessageRow {
  readonly delivery_id: number;
  readonly first_listed_at: number | null;
}

export interface PendingPage {
  readonly page: Page<Message>;
  /** Deliveries on this page that were never listed before. */
  readonly unlisted: readonly number[];
}

export function listPending(
  sql: Statements,
  organId: string,
  kind: string | undefined,
  page: PageRequest,
): PendingPage {
  const [after] = readCursor<[number]>('pending', page.after, [0]);
  const rows = sql.all<PendingRow>(
    `SELECT ${MESSAGE_COLUMNS}, d.id AS delivery_id, c.first_listed_at
     FROM delivery d INDEXED BY delivery_pending
     JOIN message m ON m.id = d.message_ref LEFT JOIN collection c ON c.delivery_id = d.id
     WHERE d.state = 'pending' AND d.to_organ_id = ? AND d.id > ?${kind === undefined ? '' : ' AND d.kind = ?'}
     ORDER BY d.id LIMIT ?`,
    organId,
    after,
    ...(kind === undefined ? [] : [kind]),
    pageSize(page.limit) + 1,
  );
  return {
    page: makePage(rows, page.limit, toMessage, (row) => writeCursor('pending', [row.delivery_id])),
    unlisted: rows
      .slice(0, pageSize(page.limit))
      .filter((row) => row.first_listed_at === null)
      .map((row) => row.delivery_id),
  };
}

export function listCollections(sql: Statements, messageId: string): Collection[] {
  return sql
    .all<CollectionRow>(
      `SELECT d.to_organ_id AS organ_id, c.first_listed_at, c.first_fetched_at, c.last_fetched_at,
         c.fetches, c.confirmation
       FROM message m JOIN delivery d ON d.message_ref = m.id JOIN collection c ON c.delivery_id = d.id
       WHERE m.message_id = ? ORDER BY d.id`,
      messageId,
    )
    .map(toCollection);
}

export function counts(sql: Statements): StoreCounts {
  const messages = sql.get<{ count: number }>("SELECT count FROM total WHERE name = 'messages'");
  const rows = sql.all<{ organ_id: OrganId; state: DeliveryState; count: number }>(
    'SELECT organ_id, state, count FROM delivery_count WHERE count > 0 ORDER BY organ_id, state',
  );
  return {
    messages: messages?.count ?? 0,
    deliveries: rows.map(({ organ_id, state, count }) => ({ organId: organ_id, state, count })),
  };
}
