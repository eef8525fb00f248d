/**
 * Writing refusals, kept within a time and a number of bytes, and the small facts of the store itself.
 * Runs in the writer thread inside the transaction of its group.
 *
 * @module
 */
import type { Refusal } from '../../model/message.js';
import type { Statements } from './statements.js';

export interface RefusalLimits {
  /** Milliseconds that an entry is kept. */
  readonly keepMs: number;
  /** Of all entries with their bytes. */
  readonly maxBytes: number;
}

/** Bytes kept of one refused request. */
const MAX_CONTENT_BYTES = 1024 * 1024;
/** What an entry takes beside its texts, about. */
const ROW_BYTES = 200;

/** The refusal without its bytes, which travel apart. */
export type PlainRefusal = Omit<Refusal, 'content'>;

function refusalBytes(sql: Statements): number {
  return (
    sql.get<{ count: number }>("SELECT count FROM total WHERE name = 'refusalBytes'")?.count ?? 0
  );
}

/** The oldest bytes go first, then the oldest entries. */
function keepWithin(sql: Statements, maxBytes: number): void {
  while (refusalBytes(sql) > maxBytes) {
    const cleared = sql.run(
      `UPDATE refusal SET content = NULL, content_bytes = 0 WHERE id =
         (SELECT id FROM refusal WHERE content_bytes > 0 ORDER BY id LIMIT 1)`,
    );
    if (cleared > 0) continue;
    const deleted = sql.run(
      'DELETE FROM refusal WHERE id = (SELECT id FROM refusal ORDER BY id LIMIT 1)',
    );
    if (deleted === 0) return;
  }
}

function addRefusal(
  sql: Statements,
  limits: RefusalLimits,
  refusal: PlainRefusal,
  content: Buffer | undefined,
): void {
  const issues = JSON.stringify(refusal.issues);
  const checks = JSON.stringify(refusal.checks);
  // Only from callers that signed in: strangers cannot fill the store with bytes.
  const kept =
    refusal.callerOrganId === undefined ? undefined : content?.subarray(0, MAX_CONTENT_BYTES);
  sql.run(
    `INSERT INTO refusal (correlation_id, time, caller_organ_id, remote_address, operation,
       soap_version, code, issues, checks, from_organ_id, document_id, size_bytes, content_digest,
       content, entry_bytes, content_bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (correlation_id) DO NOTHING`,
    refusal.correlationId,
    refusal.time,
    refusal.callerOrganId ?? null,
    refusal.remoteAddress ?? null,
    refusal.operation ?? null,
    refusal.soapVersion ?? null,
    refusal.code,
    issues,
    checks,
    refusal.fromOrganId ?? null,
    refusal.documentId ?? null,
    refusal.sizeBytes,
    refusal.contentDigest ?? null,
    kept ?? null,
    Buffer.byteLength(issues) + Buffer.byteLength(checks) + ROW_BYTES,
    kept?.byteLength ?? 0,
  );
  keepWithin(sql, limits.maxBytes);
}

function sweepRefusals(sql: Statements, limits: RefusalLimits, now: number): void {
  sql.run('DELETE FROM refusal WHERE time < ?', now - limits.keepMs);
  keepWithin(sql, limits.maxBytes);
}

export function refusalOperations(sql: Statements, limits: RefusalLimits) {
  return {
    addRefusal: ([content]: readonly Buffer[], refusal: PlainRefusal) =>
      addRefusal(sql, limits, refusal, content),
    sweepRefusals: (_: readonly Buffer[], now: number) => sweepRefusals(sql, limits, now),
    setFact: (_: readonly Buffer[], name: string, value: string): void => {
      sql.run(
        'INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2',
        name,
        value,
      );
    },
    probe: (_: readonly Buffer[]): void => {
      sql.run("UPDATE total SET count = count + 1 WHERE name = 'probes'");
    },
  };
}
