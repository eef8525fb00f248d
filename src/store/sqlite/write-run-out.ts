/**
 * Leases that ran out: their worker died, or the whole gateway did. Nobody knows how the attempt ended;
 * it is recorded as `interrupted`, and the delivery is due again, unless an act was noted meanwhile. A
 * noted cancel holds it until the gateway ends it with the notice to its sender.
 * Runs in the writer thread.
 *
 * @module
 */
import type { Statements } from './statements.js';
import { settleAsked } from './write-lanes.js';
import { insertEvent } from './write-messages.js';

/** So many are taken back in one transaction. */
const MAX_RUN_OUT = 1000;

interface RunOut {
  readonly id: number;
  readonly message_ref: number;
  readonly to_organ_id: string;
  readonly attempts: number;
  readonly leased_at: number;
}

export function takeBackRunOut(sql: Statements, now: number): void {
  const rows = sql.all<RunOut>(
    `SELECT id, message_ref, to_organ_id, attempts, leased_at FROM delivery INDEXED BY delivery_lease
     WHERE state = 'active' AND leased_until <= ? ORDER BY leased_until LIMIT ${MAX_RUN_OUT}`,
    now,
  );
  for (const row of rows) takeBack(sql, row, now);
}

function takeBack(sql: Statements, row: RunOut, now: number): void {
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
  settleAsked(sql, row, now, false);
}
