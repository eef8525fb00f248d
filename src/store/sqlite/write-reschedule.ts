/**
 * Another retry schedule for deliveries that wait already. Done in steps, each an operation of its own,
 * so that others can write in between. Runs in the writer thread.
 *
 * @module
 */
import type { Statements } from './statements.js';
import { insertAct } from './write-directory.js';

/** Rows of one step. */
export const RESCHEDULE_ROWS = 2000;

export interface RescheduleStep {
  /** Undefined: of all without a schedule of their own. */
  readonly organId: string | undefined;
  readonly retryMs: readonly number[];
  readonly now: number;
  readonly actor: string;
  /** The last delivery of the step before; 0 in the first, which writes the act. */
  readonly after: number;
}

export interface Rescheduled {
  readonly changed: number;
  /** Absent when all were seen. */
  readonly next?: number;
}

interface Row {
  readonly id: number;
  readonly to_organ_id: string;
  readonly due_at: number;
  /** Attempts of the present run of the schedule. */
  readonly made: number;
  readonly finished_at: number | null;
}

const COLUMNS = `d.id, d.to_organ_id, d.due_at, d.attempts - d.earlier_attempts AS made,
  (SELECT a.finished_at FROM delivery_attempt a WHERE a.delivery_id = d.id
   ORDER BY a.number DESC LIMIT 1) AS finished_at`;

function nextRows(sql: Statements, { organId, after }: RescheduleStep): Row[] {
  const end = `d.state = 'deferred' AND d.id > ? ORDER BY d.id LIMIT ${RESCHEDULE_ROWS}`;
  return organId === undefined
    ? sql.all<Row>(
        `SELECT ${COLUMNS} FROM delivery d INDEXED BY delivery_state WHERE ${end}`,
        after,
      )
    : sql.all<Row>(
        `SELECT ${COLUMNS} FROM delivery d INDEXED BY delivery_age
         WHERE d.to_organ_id = ? AND ${end}`,
        organId,
        after,
      );
}

/** Agencies whose own schedule stands. */
function ownSchedules(sql: Statements): ReadonlySet<string> {
  const rows = sql.all<{ organ_id: string }>(
    "SELECT organ_id FROM agency WHERE json_extract(entry, '$.retryMs') IS NOT NULL",
  );
  return new Set(rows.map((row) => row.organ_id));
}

function dueAt(row: Row, { retryMs, now }: RescheduleStep): number {
  const wait = retryMs[row.made - 1];
  if (wait === undefined || row.finished_at === null) return now;
  return Math.max(now, row.finished_at + wait);
}

function reschedule(sql: Statements, step: RescheduleStep): Rescheduled {
  const { organId, retryMs, now, actor, after } = step;
  if (after === 0) insertAct(sql, now, actor, 'delivery.reschedule', organId ?? '*', { retryMs });
  const own = organId === undefined ? ownSchedules(sql) : new Set<string>();
  const rows = nextRows(sql, step);
  let changed = 0;
  for (const row of rows) {
    const due = dueAt(row, step);
    if (own.has(row.to_organ_id) || due === row.due_at) continue;
    changed += sql.run('UPDATE delivery SET due_at = ? WHERE id = ?', due, row.id);
  }
  const last = rows.at(-1);
  return rows.length < RESCHEDULE_ROWS || last === undefined
    ? { changed }
    : { changed, next: last.id };
}

export function rescheduleOperations(sql: Statements) {
  return {
    reschedule: (_: readonly Buffer[], step: RescheduleStep) => reschedule(sql, step),
  };
}
