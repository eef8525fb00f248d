/**
 * Reading the queue as an operator sees it: what is past its lifetime, ages, flow, acts of operators.
 *
 * @module
 */
import { type DeliveryState, OPEN_STATES } from '../../model/delivery-state.js';
import type { Delivery } from '../../model/message.js';
import type { OrganId } from '../../model/organ-id.js';
import type { NotedCancel, OperatorAct, Page, PageRequest, QueueAge, QueueFlow } from '../store.js';
import { makePage, pageSize, readCursor, writeCursor } from './cursor.js';
import { DELIVERY_COLUMNS, type DeliveryRow, toDelivery } from './rows.js';
import type { Statements } from './statements.js';

export function listExpired(sql: Statements, now: number, limit: number): Delivery[] {
  return sql
    .all<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM delivery d INDEXED BY delivery_expiry
       CROSS JOIN message m ON m.id = d.message_ref
       WHERE d.expires_at IS NOT NULL AND d.state IN ('queued', 'deferred', 'pending')
         AND d.expires_at <= ? ORDER BY d.expires_at LIMIT ?`,
      now,
      pageSize(limit),
    )
    .map(toDelivery);
}

interface AgeRow {
  readonly organ_id: OrganId;
  readonly state: DeliveryState;
  readonly count: number;
  readonly oldest: number;
  /** JSON: one number per bound. */
  readonly younger: string;
}

/** The counters say which recipients have open deliveries; one range of the index for each. */
function agesText(bounds: number): string {
  const younger = Array.from({ length: bounds }, () => 'sum(d.created_at > ?)');
  return `SELECT c.organ_id, c.state, count(*) AS count, min(d.created_at) AS oldest,
      json_array(${younger.join(', ')}) AS younger
    FROM delivery_count c CROSS JOIN delivery d INDEXED BY delivery_age
    WHERE c.count > 0 AND c.state IN (SELECT value FROM json_each(?))
      AND d.to_organ_id = c.organ_id AND d.state = c.state
    GROUP BY c.organ_id, c.state`;
}

/** @param bounds ages in milliseconds, ascending */
export function queueAges(sql: Statements, bounds: readonly number[], now: number): QueueAge[] {
  const rows = sql.all<AgeRow>(
    agesText(bounds.length),
    ...bounds.map((bound) => now - bound),
    JSON.stringify(OPEN_STATES),
  );
  return rows.map(({ organ_id, state, count, oldest, younger }) => {
    const upTo = [...(JSON.parse(younger) as number[]), count];
    return {
      organId: organ_id,
      state,
      count,
      oldestCreatedAt: oldest,
      buckets: upTo.map((n, i) => n - (upTo[i - 1] ?? 0)),
    };
  });
}

/** What changed since by recipient; `updated_at` is never before `finished_at`. */
export function queueFlow(sql: Statements, since: number): QueueFlow[] {
  const rows = sql.all<{ organ_id: OrganId; delivered: number }>(
    `SELECT c.organ_id, count(*) AS delivered
     FROM delivery_count c CROSS JOIN delivery d INDEXED BY delivery_to
     WHERE c.state = 'delivered' AND c.count > 0 AND d.to_organ_id = c.organ_id
       AND d.updated_at >= ?1 AND d.state = 'delivered' AND d.finished_at >= ?1
     GROUP BY c.organ_id`,
    since,
  );
  return rows.map(({ organ_id, delivered }) => ({ organId: organ_id, delivered }));
}

interface NotedRow extends DeliveryRow {
  readonly reason: string | null;
}

export function listNotedCancels(sql: Statements, limit: number): NotedCancel[] {
  const rows = sql.all<NotedRow>(
    `SELECT ${DELIVERY_COLUMNS}, (SELECT e.detail ->> '$.reason'
         FROM message_event e INDEXED BY message_event_message
         WHERE e.message_ref = d.message_ref AND e.organ_id = d.to_organ_id
           AND e.event = 'operator' AND e.detail ->> '$.act' = 'cancel'
         ORDER BY e.id DESC LIMIT 1) AS reason
     FROM delivery d INDEXED BY delivery_asked CROSS JOIN message m ON m.id = d.message_ref
     WHERE d.asked = 'cancel' AND d.state = 'held' ORDER BY d.id LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({ delivery: toDelivery(row), reason: row.reason ?? '' }));
}

interface ActRow {
  readonly id: number;
  readonly time: number;
  readonly actor: string;
  readonly act: string;
  readonly subject: string;
  readonly detail: string;
}

function toAct({ time, actor, act, subject, detail }: ActRow): OperatorAct {
  return { time, actor, act, subject, detail: JSON.parse(detail) as Record<string, unknown> };
}

/** Newest first. */
export function listActs(
  sql: Statements,
  subject: string | undefined,
  page: PageRequest,
): Page<OperatorAct> {
  const [before] = readCursor<[number]>('acts', page.after, [Number.MAX_SAFE_INTEGER]);
  const rows = sql.all<ActRow>(
    `SELECT id, time, actor, act, subject, detail FROM operator_act
     WHERE ${subject === undefined ? '' : 'subject = ? AND '}id < ? ORDER BY id DESC LIMIT ?`,
    ...(subject === undefined ? [] : [subject]),
    before,
    pageSize(page.limit) + 1,
  );
  return makePage(rows, page.limit, toAct, (row) => writeCursor('acts', [row.id]));
}
