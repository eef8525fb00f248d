/**
 * Writing users, sessions, links and API tokens. Changes of rights and attempts to sign in are entries of
 * the chained log; sessions are not.
 *
 * @module
 */
import type { ApiToken, Session, SignInLink, SignInState, User } from '../../model/user.js';
import type { UserChange, UserOutcome } from '../people-store.js';
import { findLink, getUser } from './read-people.js';
import type { Statements } from './statements.js';
import { insertAct } from './write-directory.js';

function administers({ locked, grants }: User): boolean {
  return !locked && grants.some(({ role, scope }) => role === 'administrator' && scope === 'all');
}

function administrators(sql: Statements): number {
  return sql.get<{ n: number }>('SELECT count(*) AS n FROM person WHERE administers = 1')?.n ?? 0;
}

function endTokens(sql: Statements, name: string, now: number): void {
  sql.run('UPDATE api_token SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL', now, name);
}

function putUser(sql: Statements, change: UserChange, now: number): UserOutcome {
  const { user, before, actor, act, detail } = change;
  const stored = getUser(sql, user.name);
  if (JSON.stringify(stored) !== JSON.stringify(before)) return 'changed';
  const wasOne = before !== undefined && administers(before);
  if (wasOne && !administers(user) && administrators(sql) === 1) return 'last-administrator';
  sql.run(
    `INSERT INTO person (name, open_id, administers, entry) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (name) DO UPDATE SET open_id = ?2, administers = ?3, entry = ?4`,
    user.name,
    user.openId ?? null,
    administers(user) ? 1 : 0,
    JSON.stringify(user),
  );
  if (user.locked) {
    sql.run('DELETE FROM session WHERE name = ?', user.name);
    sql.run('DELETE FROM sign_in_link WHERE name = ?', user.name);
    endTokens(sql, user.name, now);
  }
  insertAct(sql, now, actor, act, user.name, detail);
  return 'done';
}

function noteSignIn(
  sql: Statements,
  name: string,
  state: SignInState,
  act: string,
  detail: Readonly<Record<string, unknown>>,
  now: number,
): void {
  sql.run(
    `INSERT INTO sign_in_state (name, state) VALUES (?1, ?2)
     ON CONFLICT (name) DO UPDATE SET state = ?2`,
    name,
    JSON.stringify(state),
  );
  insertAct(sql, now, `console:${name}`, act, name, detail);
}

/** One row, written over: no user has the empty name. */
function noteStranger(sql: Statements, now: number): void {
  sql.run(
    `INSERT INTO sign_in_state (name, state) VALUES ('', ?1)
     ON CONFLICT (name) DO UPDATE SET state = ?1`,
    JSON.stringify({ failures: 0, waitUntil: 0, at: now }),
  );
}

function addLink(sql: Statements, link: SignInLink, actor: string, now: number): void {
  const { hash, userName, expiresAt } = link;
  sql.run('DELETE FROM sign_in_link WHERE name = ?', userName);
  sql.run(
    'INSERT INTO sign_in_link (hash, name, expires_at) VALUES (?, ?, ?)',
    hash,
    userName,
    expiresAt,
  );
  insertAct(sql, now, actor, 'user.link', userName, { expiresAt });
}

function useLink(sql: Statements, hash: string, now: number): SignInLink | undefined {
  const link = findLink(sql, hash, now);
  if (link === undefined) return undefined;
  sql.run('UPDATE sign_in_link SET used_at = ? WHERE hash = ?', now, hash);
  return link;
}

function addSession(sql: Statements, session: Session): void {
  const { id, hash, previousHash, userName, seenAt } = session;
  sql.run(
    `INSERT INTO session (id, hash, previous_hash, name, seen_at, entry) VALUES (?, ?, ?, ?, ?, ?)`,
    id,
    hash,
    previousHash ?? null,
    userName,
    seenAt,
    JSON.stringify(session),
  );
}

function putSession(sql: Statements, session: Session): boolean {
  const { id, hash, previousHash, seenAt } = session;
  return (
    sql.run(
      `UPDATE session SET hash = ?1, previous_hash = ?2, seen_at = ?3, entry = ?4
       WHERE id = ?5 AND hash IN (?1, ?2)`,
      hash,
      previousHash ?? null,
      seenAt,
      JSON.stringify(session),
      id,
    ) > 0
  );
}

function sweep(sql: Statements, seenBefore: number, now: number): void {
  sql.run('DELETE FROM session WHERE seen_at < ?', seenBefore);
  sql.run('DELETE FROM sign_in_link WHERE expires_at < ?', now);
}

function addApiToken(sql: Statements, token: ApiToken, actor: string, now: number): void {
  const { id, hash, userName, createdAt, expiresAt, permissions, title } = token;
  sql.run(
    'INSERT INTO api_token (id, hash, name, created_at, entry) VALUES (?, ?, ?, ?, ?)',
    id,
    hash,
    userName,
    createdAt,
    JSON.stringify(token),
  );
  insertAct(sql, now, actor, 'user.token', userName, { id, title, expiresAt, permissions });
}

/** Revoking again changes nothing. */
function revokeApiToken(
  sql: Statements,
  name: string,
  id: string,
  actor: string,
  now: number,
): boolean {
  const row = sql.get<{ revoked_at: number | null }>(
    'SELECT revoked_at FROM api_token WHERE name = ? AND id = ?',
    name,
    id,
  );
  if (row === undefined) return false;
  if (row.revoked_at !== null) return true;
  sql.run('UPDATE api_token SET revoked_at = ? WHERE id = ?', now, id);
  insertAct(sql, now, actor, 'user.token-revoke', name, { id });
  return true;
}

type Bytes = readonly Buffer[];

export function peopleOperations(sql: Statements) {
  return {
    putUser: (_: Bytes, change: UserChange, now: number) => putUser(sql, change, now),
    noteSignIn: (
      _: Bytes,
      name: string,
      state: SignInState,
      act: string,
      detail: Readonly<Record<string, unknown>>,
      now: number,
    ) => noteSignIn(sql, name, state, act, detail, now),
    noteStranger: (_: Bytes, now: number) => noteStranger(sql, now),
    addLink: (_: Bytes, link: SignInLink, actor: string, now: number) =>
      addLink(sql, link, actor, now),
    useLink: (_: Bytes, hash: string, now: number) => useLink(sql, hash, now),
    addSession: (_: Bytes, session: Session) => addSession(sql, session),
    putSession: (_: Bytes, session: Session) => putSession(sql, session),
    endSession: (_: Bytes, id: string): void => {
      sql.run('DELETE FROM session WHERE id = ?', id);
    },
    endSessions: (_: Bytes, name: string, but: string): number =>
      sql.run('DELETE FROM session WHERE name = ? AND id <> ?', name, but),
    sweepPeople: (_: Bytes, seenBefore: number, now: number) => sweep(sql, seenBefore, now),
    addApiToken: (_: Bytes, token: ApiToken, actor: string, now: number) =>
      addApiToken(sql, token, actor, now),
    revokeApiToken: (_: Bytes, name: string, id: string, actor: string, now: number) =>
      revokeApiToken(sql, name, id, actor, now),
  };
}
