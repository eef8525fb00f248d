/**
 * Retention: deletes content, then messages, past their time. Both walk the table of settled messages by
 * its index, so that a step costs what it deletes, however much is kept. Runs in the writer thread inside
 * the transaction of its group.
 *
 * @module
 */
import type { ContentFiles } from '../content-files.js';
import type { PurgeRequest } from '../store.js';
import type { Statements } from './statements.js';
import { insertEvent } from './write-events.js';
import { insertPurge } from './write-log.js';

export interface Purged {
  readonly count: number;
  /** Digests of content files that nobody counts any more: to be deleted after the commit. */
  readonly files: readonly string[];
}

const CONTENT_DUE = `SELECT s.message_ref, m.content_digest, m.purged_at
  FROM settled s INDEXED BY settled_due CROSS JOIN message m ON m.id = s.message_ref
  WHERE s.purged = 0 AND s.state = ? AND s.settled_at < ?
  ORDER BY s.settled_at, s.message_ref LIMIT ?`;

const MESSAGES_DUE = `SELECT message_ref FROM settled INDEXED BY settled_due
  WHERE purged = 1 AND state = ? AND settled_at < ? ORDER BY settled_at, message_ref LIMIT ?`;

const ENDS = ['delivered', 'dead', 'cancelled'] as const;

/** In the order in which rows refer to each other. `?` is the message. */
const DELETIONS: readonly string[] = [
  ...['delivery_attempt', 'delivery_certificate', 'collection', 'delivery_status'].map(
    (table) =>
      `DELETE FROM ${table} WHERE delivery_id IN (SELECT id FROM delivery WHERE message_ref = ?)`,
  ),
  // Lanes of other messages that this one, a status notice, speaks about.
  ...['delivery_status', 'content_access', 'message_event', 'acts_on', 'settled', 'delivery'].map(
    (table) => `DELETE FROM ${table} WHERE message_ref = ?`,
  ),
  'DELETE FROM message WHERE id = ?',
];

/** @returns true when these bytes lay in a file that no row counts any more. */
function uncount(sql: Statements, digest: string): boolean {
  const row = sql.get<{ refs: number; in_file: number }>(
    'SELECT refs, bytes IS NULL AS in_file FROM content WHERE digest = ?',
    digest,
  );
  if (row === undefined) return false;
  if (row.refs > 1) {
    sql.run('UPDATE content SET refs = refs - 1 WHERE digest = ?', digest);
    return false;
  }
  sql.run('DELETE FROM content WHERE digest = ?', digest);
  return row.in_file === 1;
}

/** Deletes the content of messages that settled so before that time. */
export function purgeContent(sql: Statements, request: PurgeRequest): Purged {
  const { state, before, limit, now } = request;
  const rows = sql.all<{ message_ref: number; content_digest: string; purged_at: number | null }>(
    CONTENT_DUE,
    state,
    before,
    limit,
  );
  const files: string[] = [];
  for (const { message_ref: ref, content_digest: digest, purged_at } of rows) {
    sql.run('UPDATE settled SET purged = 1 WHERE message_ref = ?', ref);
    // Counted down once only, whatever brought it here again.
    if (purged_at !== null) continue;
    sql.run('UPDATE message SET purged_at = ? WHERE id = ?', now, ref);
    insertEvent(sql, ref, now, 'purged', null, { contentDigest: digest });
    if (uncount(sql, digest)) files.push(digest);
  }
  return { count: rows.length, files };
}

/** Duplicate key and answer stay: whoever sends the same again gets the first answer. */
export function purgeMessages(sql: Statements, before: number, limit: number, now: number): number {
  let count = 0;
  for (const state of ENDS) {
    if (count === limit) break;
    const rows = sql.all<{ message_ref: number }>(MESSAGES_DUE, state, before, limit - count);
    for (const { message_ref: ref } of rows) {
      insertPurge(sql, ref, now);
      for (const one of DELETIONS) sql.run(one, ref);
    }
    count += rows.length;
  }
  return count;
}

/** Deletes files that no row counts. In the writer, so that no message can come to count one meanwhile. */
function removeFiles(
  sql: Statements,
  files: ContentFiles,
  digests: readonly string[],
  before: number,
): number {
  let removed = 0;
  for (const digest of digests) {
    const counted = sql.get('SELECT 1 FROM content WHERE digest = ?', digest) !== undefined;
    if (!counted && files.removeOlder(digest, before)) removed++;
  }
  return removed;
}

export function retentionOperations(sql: Statements, files: ContentFiles) {
  return {
    purgeContent: (_: readonly Buffer[], request: PurgeRequest) => purgeContent(sql, request),
    purgeMessages: (_: readonly Buffer[], before: number, limit: number, now: number) =>
      purgeMessages(sql, before, limit, now),
    removeFiles: (_: readonly Buffer[], digests: readonly string[], before: number) =>
      removeFiles(sql, files, digests, before),
  };
}
