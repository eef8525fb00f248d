/**
 * Leasing: which due deliveries a worker may try now.
 *
 * Fair: one delivery per recipient and round, urgent ones (priority 1 to 4) before all others, and each
 * call begins after the recipient where the last one ended. In order: never a delivery whose elder for
 * the same recipient and document key is not final. Runs in the writer thread.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { LeasedDelivery } from '../../model/message.js';
import type { LeaseRequest } from '../store.js';
import { DELIVERY_COLUMNS, DELIVERY_TABLES, type DeliveryRow, toDelivery } from './rows.js';
import type { Statements } from './statements.js';
import { insertEvent } from './write-messages.js';

/** So many run-out leases are taken back in one transaction. */
const MAX_RUN_OUT = 1000;

/**
 * No elder of the same sender, recipient and document is open. Of the same sender only: nobody may hold
 * up a lane by using the document id of another. `delivery_order` holds exactly the open ones.
 */
export const NO_OPEN_ELDER = `NOT EXISTS (SELECT 1 FROM delivery e INDEXED BY delivery_order
  WHERE d.document_key <> '' AND e.to_organ_id = d.to_organ_id AND e.document_key = d.document_key
    AND e.from_organ_id = d.from_organ_id AND e.document_key <> '' AND e.state IN ('queued', 'active', 'deferred', 'pending', 'held')
    AND e.id < d.id)`;

interface Class {
  readonly recipients: string;
  readonly candidates: string;
}

/** The two statements for one class of priority, each on the partial index made for it. */
function leaseClass(index: string, priority: string): Class {
  const waiting = `state IN ('queued', 'deferred') AND ${priority}`;
  return {
    // From one recipient to the next through the index, not through all that wait.
    recipients: `WITH RECURSIVE recipient (organ_id) AS (
        SELECT (SELECT to_organ_id FROM delivery INDEXED BY ${index} WHERE ${waiting}
          ORDER BY to_organ_id LIMIT 1)
        UNION ALL
        SELECT (SELECT to_organ_id FROM delivery INDEXED BY ${index} WHERE ${waiting}
          AND to_organ_id > recipient.organ_id ORDER BY to_organ_id LIMIT 1)
        FROM recipient WHERE recipient.organ_id IS NOT NULL)
      SELECT organ_id FROM recipient WHERE organ_id IS NOT NULL`,
    candidates: `SELECT d.id FROM delivery d INDEXED BY ${index}
      WHERE d.state IN ('queued', 'deferred') AND d.${priority} AND d.to_organ_id = ?
        AND d.due_at <= ? AND ${NO_OPEN_ELDER}
      ORDER BY d.due_at, d.id LIMIT ?`,
  };
}

const URGENT = leaseClass('delivery_urgent', 'priority >= 1');
const OTHER = leaseClass('delivery_other', 'priority < 1');

interface RunOut {
  readonly id: number;
  readonly message_ref: number;
  readonly to_organ_id: string;
  readonly attempts: number;
  readonly leased_at: number;
}

/** Attempts whose lease ran out ended in a way nobody knows; they are due again. */
function takeBackRunOut(sql: Statements, now: number): void {
  const rows = sql.all<RunOut>(
    `SELECT id, message_ref, to_organ_id, attempts, leased_at FROM delivery INDEXED BY delivery_lease
     WHERE state = 'active' AND leased_until <= ? ORDER BY leased_until LIMIT ${MAX_RUN_OUT}`,
    now,
  );
  for (const row of rows) {
    const number = row.attempts + 1;
    sql.run(
      `INSERT INTO delivery_attempt (delivery_id, number, started_at, finished_at, outcome, code)
       VALUES (?, ?, ?, ?, 'interrupted', 'delivery.interrupted')`,
      row.id,
      number,
      row.leased_at,
      now,
    );
    sql.run(
      `UPDATE delivery SET state = 'deferred', attempts = ?, last_code = 'delivery.interrupted',
         last_reason = NULL, due_at = ?, lease = NULL, leased_at = NULL, leased_until = NULL,
         updated_at = ? WHERE id = ?`,
      number,
      row.leased_at,
      now,
      row.id,
    );
    insertEvent(sql, row.message_ref, now, 'attempt', row.to_organ_id, {
      number,
      outcome: 'interrupted',
      code: 'delivery.interrupted',
    });
  }
}

function activePerRecipient(sql: Statements): Map<string, number> {
  const rows = sql.all<{ to_organ_id: string; n: number }>(
    `SELECT to_organ_id, count(*) AS n FROM delivery INDEXED BY delivery_lease
     WHERE state = 'active' GROUP BY to_organ_id`,
  );
  return new Map(rows.map((row) => [row.to_organ_id, row.n]));
}

export class Leaser {
  readonly #sql: Statements;
  /** Where the last call ended, so that the next begins behind it. */
  #served = '';

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  #recipients(which: Class): string[] {
    const all = this.#sql.all<{ organ_id: string }>(which.recipients).map((row) => row.organ_id);
    const behind = all.findIndex((organId) => organId > this.#served);
    return behind < 0 ? all : [...all.slice(behind), ...all.slice(0, behind)];
  }

  /** Ids to lease of one class, round by round. `active` is kept up to date. */
  #choose(
    which: Class,
    request: LeaseRequest,
    room: number,
    active: Map<string, number>,
  ): number[] {
    const queues: { readonly organId: string; readonly ids: number[] }[] = [];
    for (const organId of this.#recipients(which)) {
      // Each queue yields one in the first round: enough queues fill the room.
      if (queues.length >= room) break;
      const free = request.perRecipient - (active.get(organId) ?? 0);
      if (free <= 0) continue;
      const rows = this.#sql.all<{ id: number }>(
        which.candidates,
        organId,
        request.now,
        Math.min(free, room),
      );
      if (rows.length > 0) queues.push({ organId, ids: rows.map((row) => row.id) });
    }
    const chosen: number[] = [];
    for (let round = 0; chosen.length < room; round++) {
      const before = chosen.length;
      for (const { organId, ids } of queues) {
        const id = ids[round];
        if (id === undefined || chosen.length >= room) continue;
        chosen.push(id);
        active.set(organId, (active.get(organId) ?? 0) + 1);
        this.#served = organId;
      }
      if (chosen.length === before) break;
    }
    return chosen;
  }

  #claim(id: number, request: LeaseRequest): LeasedDelivery | undefined {
    const lease = randomBytes(12).toString('hex');
    const leasedUntil = request.now + request.leaseMs;
    this.#sql.run(
      `UPDATE delivery SET state = 'active', lease = ?, leased_at = ?, leased_until = ?,
         updated_at = ? WHERE id = ?`,
      lease,
      request.now,
      leasedUntil,
      request.now,
      id,
    );
    const row = this.#sql.get<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM ${DELIVERY_TABLES} WHERE d.id = ?`,
      id,
    );
    return row && { ...toDelivery(row), lease, leasedUntil, attempt: row.attempts + 1 };
  }

  leaseDue(request: LeaseRequest): LeasedDelivery[] {
    takeBackRunOut(this.#sql, request.now);
    const active = activePerRecipient(this.#sql);
    const urgent = this.#choose(URGENT, request, request.limit, active);
    const other = this.#choose(OTHER, request, request.limit - urgent.length, active);
    return [...urgent, ...other]
      .map((id) => this.#claim(id, request))
      .filter((one) => one !== undefined);
  }
}
