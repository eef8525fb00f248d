/**
 * Writing breakers of recipients: with the outcome of an attempt, or by hand. Runs in the writer thread.
 *
 * @module
 */
import type { Breaker } from '../../model/breaker.js';
import { getBreaker } from './read-breakers.js';
import type { Statements } from './statements.js';
import { insertAct } from './write-directory.js';

/** `closed`: nothing is left of it, failures counted so far included. */
export function putBreaker(sql: Statements, organId: string, breaker: Breaker | 'closed'): void {
  if (breaker === 'closed') {
    sql.run('DELETE FROM breaker WHERE organ_id = ?', organId);
    return;
  }
  sql.run(
    `INSERT INTO breaker (organ_id, failures, last_code, opened_at, open_until)
     VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT DO UPDATE SET failures = ?2, last_code = ?3, opened_at = ?4, open_until = ?5`,
    organId,
    breaker.failures,
    breaker.lastCode,
    breaker.openedAt ?? null,
    breaker.openUntil ?? null,
  );
}

/** @returns false when it is not open. */
function closeBreaker(
  sql: Statements,
  organId: string,
  actor: string,
  reason: string,
  now: number,
): boolean {
  const breaker = getBreaker(sql, organId);
  if (breaker?.openUntil === undefined) return false;
  const { failures, lastCode, openUntil } = breaker;
  putBreaker(sql, organId, 'closed');
  insertAct(sql, now, actor, 'breaker.close', organId, { reason, failures, lastCode, openUntil });
  return true;
}

export function breakerOperations(sql: Statements) {
  return {
    closeBreaker: (
      _: readonly Buffer[],
      organId: string,
      actor: string,
      reason: string,
      now: number,
    ) => closeBreaker(sql, organId, actor, reason, now),
  };
}
