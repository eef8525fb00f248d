/**
 * Reading traces: the lanes of documents with the status notices that belong to them. The sender of a
 * document sees all its lanes, a recipient its own (design 2.3, Who may see what).
 *
 * Which notice belongs to which lane was decided when it came in; see `noteStatus`.
 *
 * @module
 */
import type { StatusOfDelivery, Trace } from '../../model/message.js';
import type { Page, PageRequest, TraceFilter } from '../store.js';
import { makePage, pageSize, readCursor, writeCursor } from './cursor.js';
import {
  DELIVERY_COLUMNS,
  DELIVERY_TABLES,
  type DeliveryRow,
  type StatusRow,
  toDelivery,
  toStatus,
} from './rows.js';
import type { Statements } from './statements.js';

/** The latest so many per lane: a recipient may send notices without end. */
const MAX_STATUSES = 100;

/**
 * From the lanes of the page to their latest notices. CROSS JOIN keeps this order; `oldest` is the
 * reference of the first notice that is still shown.
 */
const STATUSES = `WITH lane AS MATERIALIZED (
    SELECT value AS id, coalesce((SELECT message_ref FROM delivery_status
      WHERE delivery_id = value ORDER BY message_ref DESC LIMIT 1 OFFSET ${MAX_STATUSES - 1}), 0) AS oldest
    FROM json_each(?))
  SELECT lane.id AS delivery_id, m.message_id, m.status_code, m.from_organ_id,
    m.rest ->> '$.read.timestamp' AS timestamp, m.rest ->> '$.read.description' AS description,
    m.received_at
  FROM lane CROSS JOIN delivery_status s CROSS JOIN message m
  WHERE s.delivery_id = lane.id AND s.message_ref >= lane.oldest AND m.id = s.message_ref
  ORDER BY s.delivery_id, s.message_ref`;

function withStatuses(sql: Statements, rows: readonly DeliveryRow[]): Trace[] {
  const lanes = new Map<number, StatusOfDelivery[]>(rows.map((row) => [row.id, []]));
  const found = sql.all<StatusRow>(STATUSES, JSON.stringify([...lanes.keys()]));
  for (const row of found) lanes.get(row.delivery_id)?.push(toStatus(row));
  return rows.map((row) => ({ ...toDelivery(row), statuses: lanes.get(row.id) ?? [] }));
}

const MAY_SEE = '(m.from_organ_id = ?1 OR d.to_organ_id = ?1)';

function lanesOfOne(
  sql: Statements,
  filter: TraceFilter,
  after: number,
  rows: number,
): DeliveryRow[] {
  const by =
    filter.messageId === undefined
      ? {
          index: 'INDEXED BY message_key',
          where: "m.document_key = ?2 AND m.document_key <> '' AND m.kind = 'document'",
          value: filter.documentKey,
        }
      : { index: '', where: 'm.message_id = ?2', value: filter.messageId };
  return sql.all<DeliveryRow>(
    `SELECT ${DELIVERY_COLUMNS} FROM message m ${by.index} CROSS JOIN delivery d
     WHERE ${by.where} AND d.message_ref = m.id AND ${MAY_SEE} AND +d.id > ?3
     ORDER BY d.id LIMIT ?4`,
    filter.viewer,
    by.value ?? '',
    after,
    rows,
  );
}

/** Sent and received apart, each on its index; a lane to oneself is in both. */
const CHANGED = `SELECT ${DELIVERY_COLUMNS} FROM ${DELIVERY_TABLES} WHERE d.id IN (
    SELECT id FROM (SELECT id, updated_at FROM delivery
      WHERE from_organ_id = ?1 AND kind = 'document' AND (updated_at, id) > (?2, ?3)
      ORDER BY updated_at, id LIMIT ?4)
    UNION SELECT id FROM (SELECT id, updated_at FROM delivery
      WHERE to_organ_id = ?1 AND kind = 'document' AND (updated_at, id) > (?2, ?3)
      ORDER BY updated_at, id LIMIT ?4))
  ORDER BY d.updated_at, d.id LIMIT ?4`;

/** Without message id and document key: documents' lanes by time of change, oldest change first. */
export function listTraces(sql: Statements, filter: TraceFilter, page: PageRequest): Page<Trace> {
  const size = pageSize(page.limit);
  const ofOne = filter.messageId !== undefined || filter.documentKey !== undefined;
  let rows: DeliveryRow[];
  if (ofOne) {
    const [after] = readCursor<[number]>('traces', page.after, [0]);
    rows = lanesOfOne(sql, filter, after, size + 1);
  } else {
    const start: [number, number] = [filter.since ?? 0, 0];
    const [time, id] = readCursor('traces-changed', page.after, start);
    rows = sql.all<DeliveryRow>(CHANGED, filter.viewer, time, id, size + 1);
  }
  const { items, ...next } = makePage(
    rows,
    page.limit,
    (row) => row,
    (row) =>
      ofOne
        ? writeCursor('traces', [row.id])
        : writeCursor('traces-changed', [row.updated_at, row.id]),
  );
  return { items: withStatuses(sql, items), ...next };
}
