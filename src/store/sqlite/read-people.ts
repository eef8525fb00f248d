/**
 * Reading users, sessions, links and API tokens.
 *
 * @module
 */
import type {
  ApiToken,
  Session,
  SignInLink,
  SignInState,
  User,
  UserName,
} from '../../model/user.js';
import type { Statements } from './statements.js';

interface EntryRow {
  readonly entry: string;
}

function parsed<T>(row: EntryRow | undefined): T | undefined {
  return row === undefined ? undefined : (JSON.parse(row.entry) as T);
}

export function getUser(sql: Statements, name: string): User | undefined {
  return parsed(sql.get<EntryRow>('SELECT entry FROM person WHERE name = ?', name));
}

export function findOpenIdUser(sql: Statements, openId: string): User | undefined {
  return parsed(sql.get<EntryRow>('SELECT entry FROM person WHERE open_id = ?', openId));
}

export function listUsers(sql: Statements): User[] {
  const rows = sql.all<EntryRow>('SELECT entry FROM person ORDER BY name');
  return rows.map(({ entry }) => JSON.parse(entry) as User);
}

export function getSignInState(sql: Statements, name: string): SignInState {
  const row = sql.get<{ state: string }>('SELECT state FROM sign_in_state WHERE name = ?', name);
  return row === undefined ? { failures: 0, waitUntil: 0 } : (JSON.parse(row.state) as SignInState);
}

export function findLink(sql: Statements, hash: string, now: number): SignInLink | undefined {
  const row = sql.get<{ name: UserName; expires_at: number }>(
    'SELECT name, expires_at FROM sign_in_link WHERE hash = ? AND used_at IS NULL AND expires_at > ?',
    hash,
    now,
  );
  return row && { hash, userName: row.name, expiresAt: row.expires_at };
}

export function findSession(sql: Statements, hash: string): Session | undefined {
  return parsed(
    sql.get<EntryRow>('SELECT entry FROM session WHERE hash = ?1 OR previous_hash = ?1', hash),
  );
}

export function listSessions(sql: Statements, name: string): Session[] {
  const rows = sql.all<EntryRow>(
    'SELECT entry FROM session WHERE name = ? ORDER BY seen_at DESC, id',
    name,
  );
  return rows.map(({ entry }) => JSON.parse(entry) as Session);
}

interface TokenRow extends EntryRow {
  readonly revoked_at: number | null;
}

function toToken({ entry, revoked_at }: TokenRow): ApiToken {
  const token = JSON.parse(entry) as ApiToken;
  return revoked_at === null ? token : { ...token, revokedAt: revoked_at };
}

export function findApiToken(sql: Statements, hash: string): ApiToken | undefined {
  const row = sql.get<TokenRow>('SELECT entry, revoked_at FROM api_token WHERE hash = ?', hash);
  return row && toToken(row);
}

export function listApiTokens(sql: Statements, name: string): ApiToken[] {
  const rows = sql.all<TokenRow>(
    'SELECT entry, revoked_at FROM api_token WHERE name = ? ORDER BY created_at, id',
    name,
  );
  return rows.map(toToken);
}
