/**
 * Checks every content against its row, and every content file for a row. Row by row and outside of any
 * long transaction: reading terabytes must not keep the log of a database in use from being emptied.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import Database from 'better-sqlite3';
import { ContentFiles, LEFT_OVER_AFTER_MS, sha256 } from './content-files.js';
import { type Finding, finding } from './findings.js';
import type { Connection } from './sqlite/database.js';

export interface ContentTally {
  readonly contents: number;
  readonly files: number;
}

interface ContentRow {
  readonly id: number;
  readonly digest: string;
  readonly size_bytes: number;
  readonly length: number | null;
  readonly bytes: Buffer | null;
}

/** Rows hold 64 KiB at most. */
const ROWS_AT_ONCE = 100;
/** Findings of one sort: more of the same says nothing new. */
const MAX_ORPHANS = 200;

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function stillCounted(db: Connection, digest: string): boolean {
  return db.prepare('SELECT 1 FROM content WHERE digest = ?').get(digest) !== undefined;
}

async function checkFile(
  db: Connection,
  path: string,
  { digest, size_bytes }: ContentRow,
  deep: boolean,
): Promise<Finding | undefined> {
  try {
    const { size } = await stat(path);
    if (size !== size_bytes) {
      return finding('content-size', digest, `${size} bytes, expected ${size_bytes}`);
    }
    if (deep && (await fileDigest(path)) !== digest) return finding('content-digest', digest);
  } catch (error) {
    if (!isMissing(error)) throw error;
    // Purged since the row was read?
    if (stillCounted(db, digest)) return finding('content-missing', digest);
  }
  return undefined;
}

function checkBytes(row: ContentRow): Finding | undefined {
  const { digest, length, size_bytes, bytes } = row;
  if (length !== size_bytes) {
    return finding('content-size', digest, `${length} bytes, expected ${size_bytes}`);
  }
  if (bytes !== null && sha256(bytes) !== digest) return finding('content-digest', digest);
  return undefined;
}

async function checkContents(
  db: Connection,
  files: ContentFiles,
  deep: boolean,
  add: (one: Finding) => void,
): Promise<number> {
  const rows = db.prepare<[number, number], ContentRow>(
    `SELECT id, digest, size_bytes, length(bytes) AS length, ${deep ? 'bytes' : 'NULL AS bytes'}
     FROM content WHERE id > ? ORDER BY id LIMIT ?`,
  );
  let count = 0;
  for (let after = 0; ; ) {
    const page = rows.all(after, ROWS_AT_ONCE);
    for (const row of page) {
      const found =
        row.length === null
          ? await checkFile(db, files.pathOf(row.digest), row, deep)
          : checkBytes(row);
      if (found !== undefined) add(found);
      after = row.id;
    }
    count += page.length;
    if (page.length < ROWS_AT_ONCE) return count;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Content files that no row counts, older than a write that is about to commit could be. */
async function checkFiles(
  db: Connection,
  files: ContentFiles,
  now: number,
  add: (one: Finding) => void,
): Promise<number> {
  const counted = db.prepare('SELECT 1 FROM content WHERE digest = ? AND bytes IS NULL');
  let count = 0;
  let orphans = 0;
  for await (const digests of files.digests()) {
    for (const digest of digests) {
      count++;
      if (orphans === MAX_ORPHANS || counted.get(digest) !== undefined) continue;
      const age = await stat(files.pathOf(digest)).catch(() => undefined);
      if (age === undefined || age.mtimeMs >= now - LEFT_OVER_AFTER_MS) continue;
      // The same bytes may lie in the database since: then it is left over all the same.
      if (counted.get(digest) !== undefined) continue;
      orphans++;
      add(finding('content-orphan', digest));
    }
  }
  return count;
}

export async function checkContent(
  db: Connection,
  folder: string,
  { deep, now }: { deep: boolean; now: number },
  add: (one: Finding) => void,
): Promise<ContentTally> {
  const files = new ContentFiles(folder);
  try {
    return {
      contents: await checkContents(db, files, deep, add),
      files: await checkFiles(db, files, now, add),
    };
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    add(finding('database', 'edxgate.db', `${error.code}: ${error.message}`));
    return { contents: 0, files: 0 };
  }
}
