/**
 * The list of deliveries, newest first, by any combination of filters, with millions of rows.
 *
 * Each filter that an index serves in the order of ids is a lead. Of the leads that a request has, the
 * one with the fewest rows is walked (counted in the indexes, up to a bound) and the other filters are
 * tried on its rows. A lead may have several streams, such as one per state; they are merged. A message
 * or a document has so few deliveries that they are sorted.
 *
 * @module
 */
import { DELIVERY_STATES } from '../../model/delivery-state.js';
import type { Delivery } from '../../model/message.js';
import type { DeliveryFilter, Page, PageRequest } from '../store.js';
import { makePage, pageSize, readCursor, writeCursor } from './cursor.js';
import { DELIVERY_COLUMNS, DELIVERY_TABLES, type DeliveryRow, toDelivery } from './rows.js';
import type { Statements, Value } from './statements.js';

/** Rows of a lead are counted up to this: which of two longer ones is walked matters little. */
const MAX_COUNTED = 5000;

/**
 * Ids are given in the order of time but for concurrent senders and corrections of the clock; those
 * may be as large as this.
 */
const CLOCK_SLACK_MS = 86_400_000;

interface Condition {
  readonly where: string;
  readonly values: readonly Value[];
}

/** Rows in the order of ids: an index and what it is asked for. */
interface Stream extends Condition {
  readonly index: string;
}

type Lead = readonly Stream[];

function condition(where: string, ...values: Value[]): Condition {
  return { where, values };
}

function stream(index: string, where: string, ...values: Value[]): Stream {
  return { index: `INDEXED BY ${index}`, where, values };
}

/**
 * Everything the filter says about a delivery itself. `+`: the lead is chosen here, not by SQLite, which
 * knows less about the rows.
 */
function conditions(filter: DeliveryFilter): Condition[] {
  const { states, toOrganId, fromOrganId, kind, lastCode, createdBefore, urgent, organs } = filter;
  const concerned = organs && JSON.stringify(organs);
  const all = [
    states && condition('+d.state IN (SELECT value FROM json_each(?))', JSON.stringify(states)),
    toOrganId !== undefined && condition('+d.to_organ_id = ?', toOrganId),
    fromOrganId !== undefined && condition('+d.from_organ_id = ?', fromOrganId),
    kind !== undefined && condition('+d.kind = ?', kind),
    lastCode !== undefined && condition('+d.last_code = ?', lastCode),
    createdBefore !== undefined && condition('+d.created_at < ?', createdBefore),
    urgent !== undefined && condition(urgent ? '+d.priority >= 1' : '+d.priority < 1'),
    concerned !== undefined &&
      condition(
        `(+d.from_organ_id IN (SELECT value FROM json_each(?))
          OR +d.to_organ_id IN (SELECT value FROM json_each(?)))`,
        concerned,
        concerned,
      ),
  ];
  return all.filter((one) => typeof one === 'object');
}

/** First those whose index holds everything else that may be asked. */
function leads(filter: DeliveryFilter): Lead[] {
  const { states, toOrganId, fromOrganId, kind, lastCode, urgent } = filter;
  const wanted = [...new Set(states ?? DELIVERY_STATES)];
  const toOrgan = toOrganId === undefined ? [] : [toOrganId];
  const all = [
    lastCode !== undefined && [
      stream('delivery_code', 'd.last_code IS NOT NULL AND d.last_code = ?', lastCode),
    ],
    ...toOrgan.map((to) =>
      wanted.map((one) => stream('delivery_age', 'd.to_organ_id = ? AND d.state = ?', to, one)),
    ),
    states !== undefined &&
      toOrganId === undefined &&
      wanted.map((one) => stream('delivery_state', 'd.state = ?', one)),
    fromOrganId !== undefined && [stream('delivery_sender', 'd.from_organ_id = ?', fromOrganId)],
    urgent === true && [stream('delivery_priority', 'd.priority >= 1')],
    kind === 'status' && [stream('delivery_kind', "d.kind = 'status'")],
  ];
  return all.filter((one) => one !== false);
}

function countUpTo(sql: Statements, lead: Lead, before: number, bound: number): number {
  let counted = 0;
  for (const { index, where, values } of lead) {
    if (counted >= bound) break;
    counted +=
      sql.get<{ n: number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM delivery d ${index}
         WHERE ${where} AND d.id < ? LIMIT ?)`,
        ...values,
        before,
        bound - counted,
      )?.n ?? 0;
  }
  return counted;
}

/** The first of the shortest. Without any: from the newest delivery on. */
function chooseLead(sql: Statements, filter: DeliveryFilter, before: number): Lead {
  const all = leads(filter);
  let [best = [{ index: '', where: 'true', values: [] }]] = all;
  if (all.length <= 1) return best;
  let least = MAX_COUNTED;
  for (const lead of all) {
    const n = countUpTo(sql, lead, before, least);
    if (n >= least) continue;
    best = lead;
    least = n;
  }
  return best;
}

/** Ids on the rows of the lead for which all conditions hold. */
function walk(
  sql: Statements,
  lead: Lead,
  residual: readonly Condition[],
  before: number,
  limit: number,
): number[] {
  const found = lead.flatMap(({ index, where, values }) =>
    sql.all<{ id: number }>(
      `SELECT d.id FROM delivery d ${index}
       WHERE ${[where, ...residual.map((one) => one.where)].join(' AND ')} AND d.id < ?
       ORDER BY d.id DESC LIMIT ?`,
      ...values,
      ...residual.flatMap((one) => one.values),
      before,
      limit,
    ),
  );
  return found
    .map((row) => row.id)
    .sort((a, b) => b - a)
    .slice(0, limit);
}

/** Of one message, or of the messages about one document. */
function ofMessages(
  sql: Statements,
  { messageId, documentKey }: DeliveryFilter,
  residual: readonly Condition[],
  before: number,
  limit: number,
): number[] {
  const parts = [
    ...(messageId === undefined ? [] : [condition('m.message_id = ?', messageId)]),
    ...(documentKey === undefined
      ? []
      : [condition("m.document_key <> '' AND m.document_key = ?", documentKey)]),
    ...residual,
  ];
  const index = messageId === undefined ? 'INDEXED BY message_key' : '';
  return sql
    .all<{ id: number }>(
      `SELECT d.id FROM message m ${index} CROSS JOIN delivery d ON d.message_ref = m.id
       WHERE ${parts.map((one) => one.where).join(' AND ')} AND +d.id < ?
       ORDER BY d.id DESC LIMIT ?`,
      ...parts.flatMap((one) => one.values),
      before,
      limit,
    )
    .map((row) => row.id);
}

/** The first id that is surely made later: found by halving, over rows made in the order of time. */
function firstAfter(sql: Statements, time: number): number {
  const last = sql.get<{ id: number }>('SELECT id FROM delivery ORDER BY id DESC LIMIT 1')?.id ?? 0;
  let low = 0;
  let high = last + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = sql.get<{ id: number; created_at: number }>(
      'SELECT id, created_at FROM delivery WHERE id >= ? ORDER BY id LIMIT 1',
      middle,
    );
    if (row === undefined || row.created_at >= time) high = middle;
    else low = row.id + 1;
  }
  return low;
}

export function listDeliveries(
  sql: Statements,
  filter: DeliveryFilter,
  page: PageRequest,
): Page<Delivery> {
  const [after] = readCursor<[number]>('deliveries', page.after, [Number.MAX_SAFE_INTEGER]);
  const { messageId, documentKey, createdBefore } = filter;
  const bound =
    createdBefore === undefined ? after : firstAfter(sql, createdBefore + CLOCK_SLACK_MS);
  const before = Math.min(after, bound);
  const limit = pageSize(page.limit) + 1;
  const residual = conditions(filter);
  const ids =
    messageId === undefined && documentKey === undefined
      ? walk(sql, chooseLead(sql, filter, before), residual, before, limit)
      : ofMessages(sql, filter, residual, before, limit);
  // At most a page of them, so sorting costs little.
  const rows = sql.all<DeliveryRow>(
    `SELECT ${DELIVERY_COLUMNS} FROM ${DELIVERY_TABLES}
     WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id DESC`,
    JSON.stringify(ids),
  );
  return makePage(rows, page.limit, toDelivery, (row) => writeCursor('deliveries', [row.id]));
}
