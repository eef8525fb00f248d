/**
 * The lanes that leasing walks: per class of priority, the recipients that have something waiting, and
 * of one recipient what may go now. Everything here looks at recipients and at a bounded number of
 * their deliveries, never at all that wait: a recipient that is down may have a hundred thousand.
 *
 * @module
 */
import { NO_OPEN_ELDER } from './order.js';
import type { Statements } from './statements.js';

/**
 * So many of a recipient, the longest due first, are asked whether an elder holds them back. With
 * thousands behind one open elder the free ones may lie further on: see LaneScan.
 */
export const HEAD = 64;
/** So many more are looked at per call behind the head. */
const STEP = 448;

export interface LeaseClass {
  readonly name: 'urgent' | 'other';
  readonly nextRecipient: string;
  /** The first so many of the head that no elder holds back. */
  readonly head: string;
  /** The first delivery behind the head. */
  readonly behindHead: string;
  readonly from: string;
}

/** The statements for one class of priority, each on the partial index made for it. */
function leaseClass(name: LeaseClass['name'], index: string, priority: string): LeaseClass {
  const waiting = `delivery INDEXED BY ${index} WHERE state IN ('queued', 'deferred') AND ${priority}`;
  const due = `${waiting} AND to_organ_id = ? AND due_at <= ?`;
  const columns = 'id, due_at, message_ref, to_organ_id, from_organ_id, document_key';
  return {
    name,
    // From one recipient to the next through the index, not through all that wait.
    nextRecipient: `SELECT to_organ_id AS organ_id FROM ${waiting} AND to_organ_id > ?
      ORDER BY to_organ_id LIMIT 1`,
    head: `SELECT d.id, d.due_at FROM
        (SELECT ${columns} FROM ${due} ORDER BY due_at, id LIMIT ${HEAD}) d
      WHERE ${NO_OPEN_ELDER} LIMIT ?`,
    behindHead: `SELECT id, due_at FROM ${due} ORDER BY due_at, id LIMIT 1 OFFSET ${HEAD}`,
    from: `SELECT id, due_at, message_ref, from_organ_id, document_key FROM ${due}
        AND (due_at, id) >= (?, ?)
      ORDER BY due_at, id LIMIT ${STEP + 1}`,
  };
}

export const URGENT = leaseClass('urgent', 'delivery_urgent', 'priority >= 1');
export const OTHER = leaseClass('other', 'delivery_other', 'priority < 1');

const IS_FREE = `SELECT 1 FROM delivery d WHERE d.id = ? AND ${NO_OPEN_ELDER}`;

export interface Place {
  readonly id: number;
  readonly due_at: number;
}

interface Waiting extends Place {
  readonly message_ref: number;
  readonly from_organ_id: string;
  readonly document_key: string;
}

export function nextRecipient(
  sql: Statements,
  which: LeaseClass,
  after: string,
): string | undefined {
  return sql.get<{ organ_id: string }>(which.nextRecipient, after)?.organ_id;
}

/** Of the head of this recipient's queue, the first so many that nothing holds back. */
export function freeAtHead(
  sql: Statements,
  which: LeaseClass,
  organId: string,
  now: number,
  limit: number,
): Place[] {
  return sql.all<Place>(which.head, organId, now, limit);
}

/** The first delivery behind the head; undefined when the head is all there is. */
export function behindHead(
  sql: Statements,
  which: LeaseClass,
  organId: string,
  now: number,
): Place | undefined {
  return sql.get<Place>(which.behindHead, organId, now);
}

export interface Allowance {
  /** Of the recipient's breaker, when it is open or half open. */
  readonly open_until: number | null;
  /** The agency's own bound. */
  readonly per_recipient: number | null;
}

const ALLOWANCE = `SELECT
  (SELECT open_until FROM breaker WHERE organ_id = ?1) AS open_until,
  (SELECT entry ->> 'perRecipient' FROM agency WHERE organ_id = ?1) AS per_recipient`;

export function allowanceOf(sql: Statements, organId: string): Allowance {
  return sql.get<Allowance>(ALLOWANCE, organId) ?? { open_until: null, per_recipient: null };
}

/**
 * Finds what may go to one recipient now. The head is looked at in each call. When all of it waits for
 * elders, the scan goes on behind it for a bounded number of deliveries, and the next call goes on where
 * this one ended, so that what is free far behind is found after some calls, whatever lies before it.
 */
export class LaneScan {
  readonly #sql: Statements;
  /** By class and recipient: where the next call goes on. */
  readonly #places = new Map<string, Place>();

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  find(which: LeaseClass, organId: string, now: number, limit: number): number[] {
    const found = freeAtHead(this.#sql, which, organId, now, limit).map(({ id }) => id);
    if (found.length >= limit) return found;
    const behind = behindHead(this.#sql, which, organId, now);
    const key = `${which.name} ${organId}`;
    if (behind === undefined) {
      this.#places.delete(key);
      return found;
    }
    const from = later(behind, this.#places.get(key));
    const { free, next } = this.#step(which, organId, now, limit - found.length, from);
    if (next === undefined) this.#places.delete(key);
    else this.#places.set(key, next);
    return [...found, ...free];
  }

  #step(
    which: LeaseClass,
    organId: string,
    now: number,
    limit: number,
    from: Place,
  ): { free: number[]; next: Place | undefined } {
    const rows = this.#sql.all<Waiting>(which.from, organId, now, from.due_at, from.id);
    const seen = new Map<string, number>();
    const free: number[] = [];
    for (const row of rows.slice(0, STEP)) {
      if (free.length >= limit) return { free, next: row };
      if (this.#isFree(row, seen)) free.push(row.id);
    }
    return { free, next: rows[STEP] };
  }

  /** @param seen by document: the eldest one met in this step, which holds back all younger ones. */
  #isFree(one: Waiting, seen: Map<string, number>): boolean {
    const { id, message_ref, from_organ_id, document_key } = one;
    const document = `${from_organ_id}\n${document_key}`;
    const elder = document_key === '' ? undefined : seen.get(document);
    if (elder !== undefined && elder < message_ref) return false;
    seen.set(document, message_ref);
    return this.#sql.get(IS_FREE, id) !== undefined;
  }
}

function later(a: Place, b: Place | undefined): Place {
  if (b === undefined) return a;
  return b.due_at > a.due_at || (b.due_at === a.due_at && b.id > a.id) ? b : a;
}
