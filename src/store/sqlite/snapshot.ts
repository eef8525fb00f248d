/**
 * A copy of the database at one moment, while others go on writing, as one file without a log.
 *
 * @module
 */
import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { fileDigest } from '../check-content.js';
import { syncPath } from '../copy-file.js';
import { numberPragma, openReading } from './database.js';

export interface SnapshotFacts {
  readonly schema: number;
  readonly messages: number;
}

/** Between two steps others get a turn, and a thread can be ended. */
const PAGES_AT_ONCE = 2000;

/** One file, no log beside it. */
function withoutLog(file: string): SnapshotFacts {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = DELETE');
    const messages = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM message').get()?.n;
    return { schema: numberPragma(db, 'user_version'), messages: messages ?? 0 };
  } finally {
    db.close();
  }
}

/** @param to a file that is not there yet */
export async function copyDatabase(folder: string, to: string): Promise<SnapshotFacts> {
  closeSync(openSync(to, 'wx', 0o600));
  const db = openReading(folder);
  try {
    // Holds the moment: without it every commit of another connection would begin the copy anew.
    db.exec('BEGIN');
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    await db.backup(to, { progress: () => PAGES_AT_ONCE });
  } finally {
    db.close();
  }
  return withoutLog(to);
}

interface CountedFile {
  readonly digest: string;
  readonly size: number;
}

/** The content files that a copy counts. */
export function* counted(copy: string): Generator<CountedFile> {
  const db = new Database(copy, { readonly: true });
  try {
    const page = db.prepare<[number], CountedFile & { id: number }>(
      `SELECT id, digest, size_bytes AS size FROM content WHERE bytes IS NULL AND id > ?
       ORDER BY id LIMIT 500`,
    );
    for (let after = 0; ; ) {
      const rows = page.all(after);
      for (const row of rows) {
        yield row;
        after = row.id;
      }
      if (rows.length === 0) return;
    }
  } finally {
    db.close();
  }
}

/**
 * Tells the copy of content that was purged after its moment. On disk when this resolves.
 *
 * @returns the digest of the file
 */
export async function markPurged(
  copy: string,
  digests: readonly string[],
  now: number,
): Promise<string> {
  if (digests.length > 0) {
    const db = new Database(copy);
    try {
      const settled = db.prepare(`UPDATE settled SET purged = 1 WHERE message_ref IN
        (SELECT id FROM message WHERE content_digest = ?)`);
      const purged = db.prepare(
        'UPDATE message SET purged_at = ? WHERE content_digest = ? AND purged_at IS NULL',
      );
      const gone = db.prepare('DELETE FROM content WHERE digest = ?');
      db.transaction(() => {
        for (const digest of digests) {
          purged.run(now, digest);
          settled.run(digest);
          gone.run(digest);
        }
      })();
    } finally {
      db.close();
    }
  }
  syncPath(copy);
  return fileDigest(copy);
}
