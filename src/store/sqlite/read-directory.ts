/**
 * Reading the directory. Asked several times for every request, so each question is one prepared
 * statement on an index.
 *
 * @module
 */
import type { Agency, AgencyCertificate, AgencyToken } from '../../model/agency.js';
import type { AgencyPageRequest, Page } from '../store.js';
import { makePage, pageSize, readCursor, writeCursor } from './cursor.js';
import {
  type AgencyRow,
  type CertificateRow,
  type TokenRow,
  toAgency,
  toCertificate,
  toToken,
} from './rows.js';
import type { Statements } from './statements.js';

export function getAgency(sql: Statements, organId: string): Agency | undefined {
  // A present id goes before an old one: a code may have been given out again.
  const row = sql.get<AgencyRow>(
    `SELECT entry FROM agency WHERE organ_id = ?1
     UNION ALL SELECT entry FROM agency WHERE old_organ_id = ?1 LIMIT 1`,
    organId,
  );
  return row && toAgency(row);
}

/** Of one lane, or of all. */
const IN_LANE = "(? IS NULL OR coalesce(entry ->> '$.lane', 'production') = ?)";

export function listAgencies(sql: Statements, page: AgencyPageRequest): Page<Agency> {
  const lane = page.lane ?? null;
  const rowsWanted = pageSize(page.limit) + 1;
  if (page.changedSince === undefined) {
    const [after] = readCursor<[string]>('agencies', page.after, ['']);
    const rows = sql.all<AgencyRow>(
      `SELECT organ_id, entry FROM agency WHERE organ_id > ? AND ${IN_LANE} ORDER BY organ_id LIMIT ?`,
      after,
      lane,
      lane,
      rowsWanted,
    );
    return makePage(rows, page.limit, toAgency, (row) => writeCursor('agencies', [row.organ_id]));
  }
  const [time, organId] = readCursor<[number, string]>('agencies-changed', page.after, [
    page.changedSince,
    '',
  ]);
  const rows = sql.all<AgencyRow>(
    `SELECT organ_id, changed_at, entry FROM agency WHERE (changed_at, organ_id) > (?, ?) AND ${IN_LANE}
     ORDER BY changed_at, organ_id LIMIT ?`,
    time,
    organId,
    lane,
    lane,
    rowsWanted,
  );
  return makePage(rows, page.limit, toAgency, (row) =>
    writeCursor('agencies-changed', [row.changed_at, row.organ_id]),
  );
}

export function listCertificates(sql: Statements, organId: string): AgencyCertificate[] {
  return sql
    .all<CertificateRow>(
      `SELECT organ_id, fingerprint, pem, subject, not_after, added_at, expired_at
       FROM agency_certificate WHERE organ_id = ? ORDER BY added_at, fingerprint`,
      organId,
    )
    .map(toCertificate);
}

const TOKEN_COLUMNS = 'id, organ_id, hash, created_at, expires_at, revoked_at';

export function findToken(sql: Statements, hash: string): AgencyToken | undefined {
  const row = sql.get<TokenRow>(`SELECT ${TOKEN_COLUMNS} FROM agency_token WHERE hash = ?`, hash);
  return row && toToken(row);
}

export function listTokens(sql: Statements, organId: string): AgencyToken[] {
  return sql
    .all<TokenRow>(
      `SELECT ${TOKEN_COLUMNS} FROM agency_token WHERE organ_id = ? ORDER BY created_at, id`,
      organId,
    )
    .map(toToken);
}

export function getFact(sql: Statements, name: string): string | undefined {
  return sql.get<{ value: string }>('SELECT value FROM fact WHERE name = ?', name)?.value;
}
