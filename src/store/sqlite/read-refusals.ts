/**
 * Reading refusals.
 *
 * @module
 */
import type { Refusal } from '../../model/message.js';
import type { OrganId } from '../../model/organ-id.js';
import type { Page, PageRequest } from '../store.js';
import { makePage, pageSize, readCursor, writeCursor } from './cursor.js';
import { type RefusalRow, toRefusal } from './rows.js';
import type { Statements } from './statements.js';

const COLUMNS = `id, correlation_id, time, caller_organ_id, remote_address, operation, soap_version,
  code, issues, checks, from_organ_id, document_id, size_bytes, content_digest`;

/** Newest first, without their bytes; of one caller, or of all. */
export function listRefusals(
  sql: Statements,
  page: PageRequest & { callerOrganId?: OrganId },
): Page<Refusal> {
  const { callerOrganId } = page;
  const [before] = readCursor<[number]>('refusals', page.after, [Number.MAX_SAFE_INTEGER]);
  const rows = sql.all<RefusalRow>(
    `SELECT ${COLUMNS}, NULL AS content FROM refusal WHERE id < ?${callerOrganId === undefined ? '' : ' AND caller_organ_id = ?'}
     ORDER BY id DESC LIMIT ?`,
    before,
    ...(callerOrganId === undefined ? [] : [callerOrganId]),
    pageSize(page.limit) + 1,
  );
  return makePage(rows, page.limit, toRefusal, (row) => writeCursor('refusals', [row.id]));
}

/** With the bytes that are still kept. */
export function getRefusal(sql: Statements, correlationId: string): Refusal | undefined {
  const row = sql.get<RefusalRow>(
    `SELECT ${COLUMNS}, content FROM refusal WHERE correlation_id = ?`,
    correlationId,
  );
  return row && toRefusal(row);
}

/** Those of the digests that no content row counts. */
export function uncounted(sql: Statements, digests: readonly string[]): string[] {
  return sql
    .all<{ digest: string }>(
      `SELECT value AS digest FROM json_each(?)
       WHERE NOT EXISTS (SELECT 1 FROM content WHERE content.digest = value)`,
      JSON.stringify(digests),
    )
    .map((row) => row.digest);
}
