/**
 * The lock of a store: held by the one process that serves it, or while it is brought up to date. A
 * transaction on a tiny database of its own holds it, so the operating system takes it back when the
 * process ends, however it ends: no lock is ever left over. Commands that only ask or act run beside it.
 *
 * Errors: `store.locked`, naming the process that holds it; `store.folder`.
 *
 * @module
 */
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { refuse } from '../model/issue.js';
import { isBusy } from './sqlite/errors.js';

export interface StoreLock {
  release(): void;
}

/** Only the database driver may open it: closing it by other means would drop the lock. */
const LOCK_FILE = 'serve.lock';
/** For people; says nothing when the lock is free. */
const HOLDER_FILE = 'serve.pid';

/** Folders that this process has locked. */
const held = new Set<string>();

/** ` (PID 123)`, as far as the holder said so. */
function holderOf(folder: string): string {
  try {
    const pid = readFileSync(join(folder, HOLDER_FILE), 'utf8').trim();
    return /^\d{1,10}$/.test(pid) ? ` (PID ${pid})` : '';
  } catch {
    return '';
  }
}

function locked(folder: string): Error {
  return refuse('store.locked', { holder: holderOf(folder) });
}

/** The real path of the folder, which is made when it is not there. @throws GatewayError `store.folder` */
function makeLockFile(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const real = realpathSync(folder);
    // Not for the driver to make: it would be too open. Appending would drop a lock of ours.
    if (!held.has(real)) closeSync(openSync(join(folder, LOCK_FILE), 'a', 0o600));
    return real;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw refuse('store.folder', { reason });
  }
}

/** Makes the folder when it is not there. @throws GatewayError `store.locked`, `store.folder` */
export function lockStore(folder: string): StoreLock {
  const real = makeLockFile(folder);
  if (held.has(real)) throw locked(folder);
  const file = join(folder, LOCK_FILE);
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw isBusy(error) ? locked(folder) : error;
  }
  held.add(real);
  writeFileSync(join(folder, HOLDER_FILE), `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      if (!held.delete(real)) return;
      db.close();
    },
  };
}

/** True when this process has locked it. */
export function isLockedHere(folder: string): boolean {
  return held.has(realpathSync(folder));
}

/** Does something that nobody may do while another process serves. @throws GatewayError `store.locked` */
export function withLock<T>(folder: string, work: () => T): T {
  if (isLockedHere(folder)) return work();
  const lock = lockStore(folder);
  try {
    return work();
  } finally {
    lock.release();
  }
}
