/**
 * Writing the directory: agencies, their certificates and tokens, with an entry of the operator's act
 * for each change. Runs in the writer thread inside the transaction of its group.
 *
 * @module
 */
import type { Agency, AgencyCertificate, AgencyToken } from '../../model/agency.js';
import { refuse } from '../../model/issue.js';
import type { Statements } from './statements.js';
import { insertChainedAct } from './write-log.js';

/** @param detail small; never a token or its hash */
export function insertAct(
  sql: Statements,
  time: number,
  actor: string,
  act: string,
  subject: string,
  detail: Readonly<Record<string, unknown>>,
): void {
  insertChainedAct(sql, time, actor, act, subject, JSON.stringify(detail));
}

function putAgency(sql: Statements, agency: Agency, actor: string, now: number): void {
  const entry = JSON.stringify(agency);
  const before = sql.get<{ entry: string }>(
    'SELECT entry FROM agency WHERE organ_id = ?',
    agency.organId,
  )?.entry;
  if (before === entry) return;
  sql.run(
    `INSERT INTO agency (organ_id, old_organ_id, organ_name, active, route_kind, changed_at, entry)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT (organ_id) DO UPDATE SET old_organ_id = ?2, organ_name = ?3, active = ?4,
       route_kind = ?5, changed_at = ?6, entry = ?7`,
    agency.organId,
    agency.oldOrganId ?? null,
    agency.organName,
    agency.active ? 1 : 0,
    agency.route.kind,
    agency.changedAt,
    entry,
  );
  insertAct(sql, now, actor, 'agency.put', agency.organId, {
    before: before === undefined ? null : JSON.parse(before),
    after: agency,
  });
}

/** After all are in, so that an old id may pass from one agency to another within an import. */
function checkOldIds(sql: Statements, agencies: readonly Agency[]): void {
  for (const { oldOrganId } of agencies) {
    if (oldOrganId === undefined) continue;
    const row = sql.get<{ n: number }>(
      'SELECT count(*) AS n FROM agency WHERE old_organ_id = ?',
      oldOrganId,
    );
    if (row !== undefined && row.n > 1) {
      throw refuse('request.value', {
        element: 'OldOrganId',
        reason: `${oldOrganId} belongs to another agency`,
      });
    }
  }
}

function checkKnown(sql: Statements, organId: string): void {
  if (sql.get('SELECT 1 FROM agency WHERE organ_id = ?', organId) !== undefined) return;
  throw refuse('request.value', { element: 'OrganId', reason: `no agency ${organId}` });
}

function addCertificate(
  sql: Statements,
  certificate: AgencyCertificate,
  actor: string,
  now: number,
): void {
  const { organId, fingerprint, pem, subject, notAfter, addedAt, expiredAt } = certificate;
  checkKnown(sql, organId);
  sql.run(
    `INSERT INTO agency_certificate (organ_id, fingerprint, pem, subject, not_after, added_at,
       expired_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT DO UPDATE SET pem = ?3, subject = ?4, not_after = ?5, added_at = ?6, expired_at = ?7`,
    organId,
    fingerprint,
    pem,
    subject,
    notAfter,
    addedAt,
    expiredAt ?? null,
  );
  insertAct(sql, now, actor, 'certificate.add', organId, { fingerprint, subject });
}

function expireCertificate(
  sql: Statements,
  organId: string,
  fingerprint: string,
  at: number,
  actor: string,
  now: number,
): boolean {
  const changed = sql.run(
    'UPDATE agency_certificate SET expired_at = ? WHERE organ_id = ? AND fingerprint = ?',
    at,
    organId,
    fingerprint,
  );
  if (changed === 0) return false;
  insertAct(sql, now, actor, 'certificate.expire', organId, { fingerprint, at });
  return true;
}

function addToken(sql: Statements, token: AgencyToken, actor: string, now: number): void {
  const { id, organId, hash, createdAt, expiresAt, revokedAt } = token;
  checkKnown(sql, organId);
  sql.run(
    `INSERT INTO agency_token (id, organ_id, hash, created_at, expires_at, revoked_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    id,
    organId,
    hash,
    createdAt,
    expiresAt,
    revokedAt ?? null,
  );
  insertAct(sql, now, actor, 'token.add', organId, { id, expiresAt });
}

/** Revoking again changes nothing. */
function revokeToken(
  sql: Statements,
  organId: string,
  id: string,
  at: number,
  actor: string,
  now: number,
): boolean {
  const row = sql.get<{ revoked_at: number | null }>(
    'SELECT revoked_at FROM agency_token WHERE organ_id = ? AND id = ?',
    organId,
    id,
  );
  if (row === undefined) return false;
  if (row.revoked_at !== null && row.revoked_at <= at) return true;
  sql.run('UPDATE agency_token SET revoked_at = ? WHERE id = ?', at, id);
  insertAct(sql, now, actor, 'token.revoke', organId, { id, at });
  return true;
}

export function directoryOperations(sql: Statements) {
  return {
    putAgencies: (
      _: readonly Buffer[],
      agencies: readonly Agency[],
      actor: string,
      now: number,
    ): void => {
      for (const agency of agencies) putAgency(sql, agency, actor, now);
      checkOldIds(sql, agencies);
    },
    addCertificate: (_: readonly Buffer[], one: AgencyCertificate, actor: string, now: number) =>
      addCertificate(sql, one, actor, now),
    expireCertificate: (
      _: readonly Buffer[],
      organId: string,
      fingerprint: string,
      at: number,
      actor: string,
      now: number,
    ) => expireCertificate(sql, organId, fingerprint, at, actor, now),
    addToken: (_: readonly Buffer[], token: AgencyToken, actor: string, now: number) =>
      addToken(sql, token, actor, now),
    revokeToken: (
      _: readonly Buffer[],
      organId: string,
      id: string,
      at: number,
      actor: string,
      now: number,
    ) => revokeToken(sql, organId, id, at, actor, now),
  };
}
