/**
 * Writing messages: duplicate key, message, content, answer, deliveries and log entries. Every function
 * here runs in the writer thread inside the transaction of its group.
 *
 * @module
 */
import type { ContentFiles } from '../content-files.js';
import type { MessageRecord } from './message-record.js';
import type { Statements } from './statements.js';

export type Accepted =
  | { readonly kind: 'stored'; readonly ref: number }
  | { readonly kind: 'duplicate' | 'conflict'; readonly ref: number }
  /** The content file was swept away before the commit: it must be written again. */
  | { readonly kind: 'no-file' };

const INSERT_MESSAGE = `INSERT INTO message (message_id, kind, received_at, caller_organ_id,
  from_organ_id, document_id, document_key, document_code, business_type, subject, priority,
  status_code, response_for_organ_id, response_for_agency, content_digest, size_bytes,
  signature_class, correlation_id, by_gateway, search_text, rest)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const INSERT_DELIVERIES = `INSERT INTO delivery (message_ref, to_organ_id, from_organ_id, kind,
  document_key, priority, state, due_at, created_at, updated_at)
  SELECT ?1, value ->> 0, ?2, ?3, ?4, ?5, value ->> 1, ?6, ?6, ?6 FROM json_each(?7) ORDER BY key`;

const INSERT_EVENTS = `INSERT INTO message_event (message_ref, time, event, organ_id, detail)
  SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value -> 3 FROM json_each(?2) ORDER BY key`;

/**
 * Lanes of documents that a status speaks about: by document key, or by code when it has no key; to one
 * recipient, or (NULL) to all. The latest hundred documents will do.
 */
const LANES_BY_KEY = `SELECT d.id, d.message_ref, d.to_organ_id FROM message m
  JOIN delivery d ON d.message_ref = m.id AND (?3 IS NULL OR d.to_organ_id = ?3)
  WHERE m.document_key = ?1 AND m.document_key <> '' AND m.from_organ_id = ?2
    AND m.kind = 'document' ORDER BY m.id DESC LIMIT 100`;
const LANES_BY_CODE = LANES_BY_KEY.replaceAll('document_key', 'document_code');

interface Lane {
  readonly id: number;
  readonly message_ref: number;
  readonly to_organ_id: string;
}

/** @param rows made by `eventRows` */
export function insertEvents(sql: Statements, messageRef: number, rows: string): void {
  sql.run(INSERT_EVENTS, messageRef, rows);
}

export function insertEvent(
  sql: Statements,
  messageRef: number,
  time: number,
  event: string,
  organId: string | null,
  detail: Readonly<Record<string, unknown>>,
): void {
  sql.run(
    'INSERT INTO message_event (message_ref, time, event, organ_id, detail) VALUES (?, ?, ?, ?, ?)',
    messageRef,
    time,
    event,
    organId,
    JSON.stringify(detail),
  );
}

/** The present organ id of what a status names, which may be an old one. */
function agencyOf(sql: Statements, organId: string | null): string | null {
  if (organId === null) return null;
  const row = sql.get<{ organ_id: string }>(
    `SELECT organ_id FROM agency WHERE organ_id = ?1
     UNION ALL SELECT organ_id FROM agency WHERE old_organ_id = ?1 LIMIT 1`,
    organId,
  );
  return row?.organ_id ?? organId;
}

/** Counts the bytes once more. @returns false when they should lie in a file that is not there. */
function countContent(
  sql: Statements,
  files: ContentFiles,
  record: MessageRecord,
  content: Buffer | undefined,
): boolean {
  const { contentDigest, sizeBytes } = record;
  if (record.inFile && !files.stands(contentDigest, sizeBytes)) return false;
  // Fresh bytes take the place of old ones, which may have been damaged since.
  sql.run(
    `INSERT INTO content (digest, size_bytes, refs, bytes) VALUES (?, ?, 1, ?)
     ON CONFLICT (digest) DO UPDATE SET refs = refs + 1, bytes = excluded.bytes`,
    contentDigest,
    sizeBytes,
    content ?? null,
  );
  return true;
}

/**
 * Status 13 comes from the sender of the document, every other one from its recipient; the gateway
 * itself speaks about all lanes.
 */
function lanesOf(sql: Statements, record: MessageRecord, about: string): Lane[] {
  const { statusCode, fromOrganId, documentKey, documentCode } = record;
  const [sender, recipient] =
    statusCode === '13'
      ? [fromOrganId, about]
      : [about, record.byGateway === 1 ? null : fromOrganId];
  return documentKey === ''
    ? sql.all<Lane>(LANES_BY_CODE, documentCode, sender, recipient)
    : sql.all<Lane>(LANES_BY_KEY, documentKey, sender, recipient);
}

function linkStatus(sql: Statements, deliveryId: number, messageRef: number): void {
  sql.run(
    'INSERT INTO delivery_status (delivery_id, message_ref) VALUES (?, ?)',
    deliveryId,
    messageRef,
  );
}

/** Links a status to the lanes it speaks about and tells their documents; the lanes changed. */
function noteStatus(sql: Statements, record: MessageRecord, ref: number, about: string): void {
  const { statusCode, fromOrganId, messageId, receivedAt } = record;
  for (const lane of lanesOf(sql, record, about)) {
    linkStatus(sql, lane.id, ref);
    insertEvent(sql, lane.message_ref, receivedAt, 'status', lane.to_organ_id, {
      code: statusCode,
      from: fromOrganId,
      messageId,
    });
    sql.run(
      'UPDATE delivery SET updated_at = max(updated_at, ?) WHERE id = ?',
      receivedAt,
      lane.id,
    );
  }
}

/**
 * Look-up of the key and insert, in one.
 *
 * @param bytes receipt, then the content when it is small
 * @param aboutDelivery the delivery whose failure this message tells, and no other
 */
export function accept(
  sql: Statements,
  files: ContentFiles,
  record: MessageRecord,
  bytes: readonly Buffer[],
  aboutDelivery?: number,
): Accepted {
  const first = sql.get<{ message_ref: number; content_digest: string }>(
    'SELECT message_ref, content_digest FROM duplicate_key WHERE key = ?',
    record.duplicateKey,
  );
  if (first !== undefined) {
    const ref = first.message_ref;
    if (first.content_digest !== record.contentDigest) return { kind: 'conflict', ref };
    const kept = sql.get('SELECT 1 FROM message WHERE id = ?', ref) !== undefined;
    if (kept) insertEvents(sql, ref, record.repeated);
    return { kind: 'duplicate', ref };
  }
  const [receipt = Buffer.alloc(0), content] = bytes;
  if (!countContent(sql, files, record, content)) return { kind: 'no-file' };
  const about = agencyOf(sql, record.responseForOrganId);
  const ref = sql.insert(
    INSERT_MESSAGE,
    record.messageId,
    record.kind,
    record.receivedAt,
    record.callerOrganId,
    record.fromOrganId,
    record.documentId,
    record.documentKey,
    record.documentCode,
    record.businessType,
    record.subject,
    record.priority,
    record.statusCode,
    record.responseForOrganId,
    about,
    record.contentDigest,
    record.sizeBytes,
    record.signatureClass,
    record.correlationId,
    record.byGateway,
    record.searchText,
    record.rest,
  );
  sql.run(
    'INSERT INTO duplicate_key (key, message_ref, content_digest, created_at) VALUES (?, ?, ?, ?)',
    record.duplicateKey,
    ref,
    record.contentDigest,
    record.receivedAt,
  );
  sql.run(
    'INSERT INTO send_answer (message_ref, answer, receipt) VALUES (?, ?, ?)',
    ref,
    record.answer,
    receipt,
  );
  sql.run(
    INSERT_DELIVERIES,
    ref,
    record.fromOrganId,
    record.kind,
    record.documentKey,
    record.priority,
    record.receivedAt,
    record.deliveries,
  );
  insertEvents(sql, ref, record.events);
  if (aboutDelivery !== undefined) linkStatus(sql, aboutDelivery, ref);
  else if (record.kind === 'status' && about !== null) noteStatus(sql, record, ref, about);
  return { kind: 'stored', ref };
}

/** Without effect when the message is gone: its key, and so its repeats, outlive it. */
function appendEvents(sql: Statements, messageId: string, rows: string): void {
  const row = sql.get<{ id: number }>('SELECT id FROM message WHERE message_id = ?', messageId);
  if (row !== undefined) insertEvents(sql, row.id, rows);
}

/** Deletes the content of messages whose deliveries are all final. @returns how many messages. */
function purgeContent(sql: Statements, before: number, limit: number, now: number): number {
  const rows = sql.all<{ id: number; content_digest: string }>(
    `SELECT m.id, m.content_digest FROM message m INDEXED BY message_unpurged
     WHERE m.received_at < ?1 AND m.purged_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM delivery d WHERE d.message_ref = m.id
         AND d.state NOT IN ('delivered', 'dead', 'cancelled'))
     ORDER BY m.received_at, m.id LIMIT ?2`,
    before,
    limit,
  );
  for (const row of rows) {
    sql.run('UPDATE message SET purged_at = ? WHERE id = ?', now, row.id);
    const last = sql.run('DELETE FROM content WHERE digest = ? AND refs = 1', row.content_digest);
    if (last === 0) {
      sql.run('UPDATE content SET refs = refs - 1 WHERE digest = ?', row.content_digest);
    }
  }
  return rows.length;
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

export function messageOperations(sql: Statements, files: ContentFiles) {
  return {
    accept: (bytes: readonly Buffer[], record: MessageRecord) => accept(sql, files, record, bytes),
    appendEvents: (_: readonly Buffer[], messageId: string, rows: string) =>
      appendEvents(sql, messageId, rows),
    purgeContent: (_: readonly Buffer[], before: number, limit: number, now: number) =>
      purgeContent(sql, before, limit, now),
    removeFiles: (_: readonly Buffer[], digests: readonly string[], before: number) =>
      removeFiles(sql, files, digests, before),
  };
}
