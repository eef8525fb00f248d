/**
 * Reading breakers of recipients.
 *
 * @module
 */
import type { Breaker } from '../../model/breaker.js';
import type { OrganId } from '../../model/organ-id.js';
import { present } from './rows.js';
import type { Statements } from './statements.js';

interface BreakerRow {
  readonly organ_id: OrganId;
  readonly failures: number;
  readonly last_code: string;
  readonly opened_at: number | null;
  readonly open_until: number | null;
}

const COLUMNS = 'organ_id, failures, last_code, opened_at, open_until';

function toBreaker(row: BreakerRow): Breaker {
  return {
    organId: row.organ_id,
    failures: row.failures,
    lastCode: row.last_code,
    ...present({ openedAt: row.opened_at, openUntil: row.open_until }),
  };
}

export function getBreaker(sql: Statements, organId: string): Breaker | undefined {
  const row = sql.get<BreakerRow>(`SELECT ${COLUMNS} FROM breaker WHERE organ_id = ?`, organId);
  return row && toBreaker(row);
}

/** Open and half open ones; others only count failures so far. */
export function listBreakers(sql: Statements): Breaker[] {
  return sql
    .all<BreakerRow>(
      `SELECT ${COLUMNS} FROM breaker WHERE open_until IS NOT NULL ORDER BY organ_id`,
    )
    .map(toBreaker);
}
