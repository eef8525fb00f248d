/**
 * Writing messages: duplicate key, message, content, answer, deliveries and log entries, and what a
 * recall does to the documents it takes back. Every function here runs in the writer thread inside the transaction of its group.
 *
 * @module
 */
import type { ContentFiles } from '../content-files.js';
import type { MessageRecord } from './message-record.js';
import type { Statements } from './statements.js';
import { insertEvent, insertEvents } from './write-events.js';
import type { EventFields } from './write-log.js';
import { takeDocumentsBack } from './write-recall.js';

export { insertEvent, insertEvents } from './write-events.js';

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
  document_key, priority, state, due_at, created_at, updated_at, expires_at)
  SELECT ?1, value ->> 0, ?2, ?3, ?4, ?5, value ->> 1, ?6, ?6, ?6, value ->> 2
  FROM json_each(?7) ORDER BY key`;

const INSERT_ACTS_ON = `INSERT OR IGNORE INTO acts_on (document_key, from_organ_id, message_ref)
  SELECT value, ?1, ?2 FROM json_each(?3)`;

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
 * @param bytes receipt, then the content when it is small, then those of the notices of a recall
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
  const [receipt = Buffer.alloc(0), second] = bytes;
  // Behind the receipt of a large package come the notices of a recall, not its content.
  const content = record.inFile ? undefined : second;
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
  if (record.actsOn !== null) sql.run(INSERT_ACTS_ON, record.fromOrganId, ref, record.actsOn);
  insertEvents(sql, ref, record.events);
  if (aboutDelivery !== undefined) linkStatus(sql, aboutDelivery, ref);
  else if (record.kind === 'status' && about !== null) noteStatus(sql, record, ref, about);
  if (record.recall !== undefined) carryOutRecall(sql, files, record, ref, bytes);
  return { kind: 'stored', ref };
}

/** Takes the documents back; the notices of lanes that were emptied are stored with it. */
function carryOutRecall(
  sql: Statements,
  files: ContentFiles,
  record: MessageRecord,
  ref: number,
  bytes: readonly Buffer[],
): void {
  const { recall, messageId, fromOrganId, receivedAt } = record;
  if (recall === undefined) return;
  const by = { ref, messageId, fromOrganId, time: receivedAt };
  for (const { notice, organId, taken } of takeDocumentsBack(sql, recall, by)) {
    const [first, ...others] = taken;
    if (first === undefined) continue;
    const own = bytes.slice(notice.at, notice.at + 2);
    const accepted = accept(sql, files, notice.record, own, first.id);
    if (accepted.kind === 'no-file') throw new Error('A notice never lies in a content file.');
    if (accepted.kind !== 'stored') continue;
    for (const { id } of others) linkStatus(sql, id, accepted.ref);
    const { messageId: told, statusCode: code } = notice.record;
    for (const { message_ref } of taken) {
      insertEvent(sql, message_ref, receivedAt, 'notice', organId, { messageId: told, code });
    }
  }
}

/** Without effect when the message is gone: its key, and so its repeats, outlive it. */
function appendEvents(sql: Statements, messageId: string, rows: readonly EventFields[]): void {
  const row = sql.get<{ id: number }>('SELECT id FROM message WHERE message_id = ?', messageId);
  if (row !== undefined) insertEvents(sql, row.id, rows);
}

export function messageOperations(sql: Statements, files: ContentFiles) {
  return {
    accept: (bytes: readonly Buffer[], record: MessageRecord) => accept(sql, files, record, bytes),
    appendEvents: (_: readonly Buffer[], messageId: string, rows: readonly EventFields[]) =>
      appendEvents(sql, messageId, rows),
  };
}
