/**
 * After the clock was put back: times that lie further ahead than any rule would put them were written
 * while it was wrong. They are pulled back, else a delivery that is due would wait for hours.
 * Runs in the writer thread.
 *
 * @module
 */
import type { ClockLimits } from '../store.js';
import type { Statements } from './statements.js';

function pullBack(sql: Statements, limits: ClockLimits): number {
  const { now, leaseMs, longestWaitMs, longestPauseMs } = limits;
  const own = sql.get<{ ms: number | null }>(
    "SELECT max(one.value) AS ms FROM agency, json_each(agency.entry, '$.retryMs') AS one",
  );
  const latest = now + Math.max(longestWaitMs, own?.ms ?? 0);
  // What is queued has no reason to wait at all.
  const queued = sql.run(
    `UPDATE delivery INDEXED BY delivery_due SET due_at = ?1
     WHERE state IN ('queued', 'deferred') AND due_at > ?1 AND state = 'queued'`,
    now,
  );
  const deferred = sql.run(
    `UPDATE delivery INDEXED BY delivery_due SET due_at = ?1
     WHERE state IN ('queued', 'deferred') AND due_at > ?2`,
    now,
    latest,
  );
  const active = sql.run(
    `UPDATE delivery INDEXED BY delivery_lease SET leased_at = min(leased_at, ?1), leased_until = ?2
     WHERE state = 'active' AND leased_until > ?2`,
    now,
    now + leaseMs,
  );
  const paused = sql.run(
    'UPDATE breaker SET opened_at = min(opened_at, ?1), open_until = ?1 WHERE open_until > ?2',
    now,
    now + longestPauseMs,
  );
  return queued + deferred + active + paused;
}

export function clockOperations(sql: Statements) {
  return {
    pullBack: (_: readonly Buffer[], limits: ClockLimits) => pullBack(sql, limits),
  };
}
