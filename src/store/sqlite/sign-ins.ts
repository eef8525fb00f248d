/**
 * What signing in by message or certificate asks of the store: secrets for password digests, sign-ins
 * that may not come twice, certificates by what a message says of them. The writing half runs in the
 * writer thread inside the transaction of its group.
 *
 * @module
 */
import type { AgencyCertificate, DigestSecret } from '../../model/agency.js';
import { refuse } from '../../model/issue.js';
import { type CertificateRow, toCertificate } from './rows.js';
import type { Statements } from './statements.js';
import { insertAct } from './write-directory.js';

/** A country has some ten thousand agencies with a certificate or two each. */
const MAX_CERTIFICATES = 50_000;

const CERTIFICATE_COLUMNS =
  'organ_id, fingerprint, pem, subject, not_after, added_at, expired_at FROM agency_certificate';

interface SecretRow {
  readonly organ_id: string;
  readonly sealed: string;
  readonly created_at: number;
}

export function getDigestSecret(sql: Statements, organId: string): DigestSecret | undefined {
  const row = sql.get<SecretRow>(
    'SELECT organ_id, sealed, created_at FROM agency_digest_secret WHERE organ_id = ?',
    organId,
  );
  return (
    row && {
      organId: row.organ_id as DigestSecret['organId'],
      sealed: row.sealed,
      createdAt: row.created_at,
    }
  );
}

export function findCertificates(sql: Statements, fingerprint: string): AgencyCertificate[] {
  return sql
    .all<CertificateRow>(
      `SELECT ${CERTIFICATE_COLUMNS} WHERE fingerprint = ? ORDER BY organ_id`,
      fingerprint,
    )
    .map(toCertificate);
}

export function liveCertificates(sql: Statements, now: number): AgencyCertificate[] {
  return sql
    .all<CertificateRow>(
      `SELECT ${CERTIFICATE_COLUMNS} WHERE (expired_at IS NULL OR expired_at > ?) AND not_after > ?
       ORDER BY organ_id, fingerprint LIMIT ?`,
      now,
      now,
      MAX_CERTIFICATES,
    )
    .map(toCertificate);
}

function putDigestSecret(sql: Statements, secret: DigestSecret, actor: string, now: number): void {
  const { organId, sealed, createdAt } = secret;
  if (sql.get('SELECT 1 FROM agency WHERE organ_id = ?', organId) === undefined) {
    throw refuse('request.value', { element: 'OrganId', reason: `no agency ${organId}` });
  }
  sql.run(
    `INSERT INTO agency_digest_secret (organ_id, sealed, created_at) VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET sealed = ?2, created_at = ?3`,
    organId,
    sealed,
    createdAt,
  );
  insertAct(sql, now, actor, 'digest-secret.put', organId, {});
}

/** What can no longer be fresh is forgotten on the way, so that the table stays small by itself. */
function useSignIn(sql: Statements, key: string, until: number, now: number): boolean {
  sql.run('DELETE FROM used_sign_in WHERE until < ?', now);
  return (
    sql.run(
      'INSERT INTO used_sign_in (key, until) VALUES (?, ?) ON CONFLICT DO NOTHING',
      key,
      until,
    ) > 0
  );
}

export function signInOperations(sql: Statements) {
  return {
    putDigestSecret: (_: readonly Buffer[], secret: DigestSecret, actor: string, now: number) =>
      putDigestSecret(sql, secret, actor, now),
    useSignIn: (_: readonly Buffer[], key: string, until: number, now: number) =>
      useSignIn(sql, key, until, now),
  };
}
