/**
 * Connections to the database file: how they are opened, and how its schema is brought up to date.
 *
 * @module
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { systemClock } from '../../clock.js';
import { refuse } from '../../model/issue.js';
import { withLock } from '../lock.js';
import { isBusy } from './errors.js';
import { MIGRATIONS } from './migrations/index.js';
import { saveBefore } from './save-before.js';

export type Connection = Database.Database;

/** `EDXG`: says whose file this is, to us and to file(1). */
const APPLICATION_ID = 0x45445847;

/** A second process may hold the write lock for one group of operations; a large one takes seconds. */
const BUSY_TIMEOUT_MS = 5000;

/** The log between checkpoints is cut back to this. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

export function databaseFile(folder: string): string {
  return join(folder, 'edxgate.db');
}

/** Makes folder and file before SQLite does: it would make the file, its log and its index too open. */
function makeFiles(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  const file = databaseFile(folder);
  closeSync(openSync(file, 'a', 0o600));
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

/** The switch to WAL does not wait for a second process that does the same; so we try again. */
function useWal(db: Connection): void {
  for (let tries = 1; ; tries++) {
    try {
      if (db.pragma('journal_mode', { simple: true }) === 'wal') return;
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || tries >= 50) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

/**
 * A connection that writes. Full synchronisation: what was committed survives a power cut.
 *
 * @throws GatewayError `store.foreign`, `store.newer`
 */
export function openWriting(folder: string): Connection {
  const db = new Database(databaseFile(folder), { timeout: BUSY_TIMEOUT_MS });
  try {
    // Before anything is changed: the file may belong to another program.
    checkSchema(db);
    useWal(db);
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A connection that only reads; sees what was committed. */
export function openReading(folder: string): Connection {
  const db = new Database(databaseFile(folder), {
    readonly: true,
    fileMustExist: true,
    timeout: BUSY_TIMEOUT_MS,
  });
  db.pragma('query_only = ON');
  db.pragma('trusted_schema = OFF');
  return db;
}

export function numberPragma(db: Connection, name: string): number {
  return Number(db.pragma(name, { simple: true }));
}

/** @throws GatewayError `store.foreign`, `store.newer` */
export function checkSchema(db: Connection): void {
  const version = numberPragma(db, 'user_version');
  const owner = numberPragma(db, 'application_id');
  const tables = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n;
  if (owner !== APPLICATION_ID && (owner !== 0 || tables !== 0)) throw refuse('store.foreign');
  if (version > MIGRATIONS.length) {
    throw refuse('store.newer', { found: version, known: MIGRATIONS.length });
  }
}

/** Each migration in a transaction of its own; two processes may start at once. */
function migrate(db: Connection): void {
  const step = db.transaction((): boolean => {
    checkSchema(db);
    const version = numberPragma(db, 'user_version');
    const next = MIGRATIONS[version];
    if (next === undefined) return false;
    db.exec(next);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${version + 1}`);
    return true;
  });
  while (step.immediate());
}

export interface Upgrade {
  readonly from: number;
  readonly to: number;
  /** The database as it was before. */
  readonly saved: string;
}

/**
 * Of a store that is in use by no other process of an older version: the old database is saved first.
 *
 * @throws GatewayError `store.locked`
 */
function upgrade(folder: string, db: Connection, now: number): Upgrade | undefined {
  return withLock(folder, () => {
    const from = numberPragma(db, 'user_version');
    if (from >= MIGRATIONS.length) return undefined;
    const saved = saveBefore(db, folder, from, now);
    migrate(db);
    return { from, to: MIGRATIONS.length, saved };
  });
}

/**
 * Makes the store's folder and database when they are not there and brings the schema up to date.
 *
 * @returns what was brought up to date; undefined when it was new or up to date.
 * @throws GatewayError `store.foreign`, `store.newer`, `store.locked`
 */
export function prepareDatabase(folder: string, now = systemClock.now()): Upgrade | undefined {
  makeFiles(folder);
  const db = openWriting(folder);
  try {
    const version = numberPragma(db, 'user_version');
    if (version > 0) return version < MIGRATIONS.length ? upgrade(folder, db, now) : undefined;
    migrate(db);
    return undefined;
  } finally {
    db.close();
  }
}

/** @throws GatewayError `store.missing` when there is no store in the folder */
export function checkPresent(folder: string): void {
  if (!existsSync(databaseFile(folder))) throw refuse('store.missing', { folder });
}

/** @throws GatewayError `store.missing`, `store.older`, `store.newer`, `store.foreign` */
export function checkPrepared(folder: string): void {
  checkPresent(folder);
  const db = openReading(folder);
  try {
    checkSchema(db);
    const found = numberPragma(db, 'user_version');
    if (found < MIGRATIONS.length) throw refuse('store.older', { found, known: MIGRATIONS.length });
  } finally {
    db.close();
  }
}
