/**
 * Saves the database before its schema is changed, under `backups/` in the folder of the store, so that
 * the version of edxgate that wrote it can go on with it. The newest few are kept.
 *
 * @module
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { fileTime } from '../file-time.js';

const KEEP = 3;
const SAVED = /^before-schema-\d+-\d{8}T\d{6}Z\.db$/;
/** The time, by which they are sorted, stands behind the schema. */
const timeOf = (name: string): string => name.slice(name.lastIndexOf('-'));

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** @returns the file; whole and on disk when this returns. */
export function saveBefore(db: Database, folder: string, schema: number, now: number): string {
  const backups = join(folder, 'backups');
  mkdirSync(backups, { recursive: true, mode: 0o700 });
  const file = join(backups, `before-schema-${schema + 1}-${fileTime(now)}.db`);
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  // Made here, since the driver would make it too open; it writes into an empty file.
  closeSync(openSync(partial, 'wx', 0o600));
  try {
    db.prepare('VACUUM INTO ?').run(partial);
    sync(partial);
    renameSync(partial, file);
    sync(backups);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  const saved = readdirSync(backups)
    .filter((name) => SAVED.test(name))
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
  for (const name of saved.slice(0, -KEEP)) unlinkSync(join(backups, name));
  return file;
}
