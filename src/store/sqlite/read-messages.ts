/**
 * Reading messages, their answers, content rows and log entries; their lists are in list-messages.ts.
 *
 * @module
 */
import type { AcceptOutcome, Message, MessageEvent, SendAnswer } from '../../model/message.js';
import type { MessageId } from '../../model/message-id.js';
import { type EventRow, MESSAGE_COLUMNS, type MessageRow, toEvent, toMessage } from './rows.js';
import type { Statements } from './statements.js';

/** More documents under one key or code are not answered. */
const MAX_DOCUMENTS = 1000;

export function getMessage(sql: Statements, messageId: string): Message | undefined {
  const row = sql.get<MessageRow>(
    `SELECT ${MESSAGE_COLUMNS} FROM message m WHERE m.message_id = ?`,
    messageId,
  );
  return row && toMessage(row);
}

function readAnswer(sql: Statements, messageRef: number): SendAnswer | undefined {
  const row = sql.get<{ answer: string; receipt: Buffer }>(
    'SELECT answer, receipt FROM send_answer WHERE message_ref = ?',
    messageRef,
  );
  if (row === undefined) return undefined;
  return { ...(JSON.parse(row.answer) as Omit<SendAnswer, 'receipt'>), receipt: row.receipt };
}

export function getAnswer(sql: Statements, messageId: string): SendAnswer | undefined {
  const row = sql.get<{ id: number }>('SELECT id FROM message WHERE message_id = ?', messageId);
  return row && readAnswer(sql, row.id);
}

/** The outcome for a key that was taken by the message of this reference. */
export function takenOutcome(
  sql: Statements,
  kind: 'duplicate' | 'conflict',
  messageRef: number,
): Exclude<AcceptOutcome, { kind: 'stored' }> {
  const answer = readAnswer(sql, messageRef);
  if (answer === undefined) throw new Error('A duplicate key without its answer.');
  return kind === 'duplicate' ? { kind, answer } : { kind, messageId: answer.messageId };
}

export function findDuplicate(
  sql: Statements,
  key: string,
  contentDigest: string,
): Exclude<AcceptOutcome, { kind: 'stored' }> | undefined {
  const row = sql.get<{ message_ref: number; content_digest: string }>(
    'SELECT message_ref, content_digest FROM duplicate_key WHERE key = ?',
    key,
  );
  if (row === undefined) return undefined;
  const kind = row.content_digest === contentDigest ? 'duplicate' : 'conflict';
  return takenOutcome(sql, kind, row.message_ref);
}

export interface ContentRow {
  readonly digest: string;
  /** NULL when the content lies in a file. */
  readonly bytes: Buffer | null;
}

/** @returns undefined when the message is unknown or its content was purged. */
export function findContent(sql: Statements, messageId: string): ContentRow | undefined {
  return sql.get<ContentRow>(
    `SELECT c.digest, c.bytes FROM message m JOIN content c ON c.digest = m.content_digest
     WHERE m.message_id = ? AND m.purged_at IS NULL`,
    messageId,
  );
}

export { listMessages } from './list-messages.js';

export function listEvents(sql: Statements, messageId: MessageId): MessageEvent[] {
  return sql
    .all<EventRow>(
      `SELECT e.id, e.time, e.event, e.organ_id, e.detail
       FROM message m JOIN message_event e ON e.message_ref = m.id
       WHERE m.message_id = ? ORDER BY e.id`,
      messageId,
    )
    .flatMap((row) => told(toEvent(row, messageId)));
}

/** All checks of a message lie in one row; each is an event of its own to whoever reads. */
function told(one: MessageEvent): MessageEvent[] {
  const { checks } = one.detail;
  if (one.event !== 'checks' || !Array.isArray(checks)) return [one];
  return checks.map((check: Record<string, unknown>) => ({
    ...one,
    event: 'checked',
    detail: check,
  }));
}

/** The column that decides: the key, or the code when there is no key. An empty one matches nothing. */
function subject(
  documentKey: string | undefined,
  documentCode: string | undefined,
): { readonly column: 'document_key' | 'document_code'; readonly value: string } | undefined {
  if (documentKey !== undefined && documentKey !== '') {
    return { column: 'document_key', value: documentKey };
  }
  if (documentCode !== undefined && documentCode !== '') {
    return { column: 'document_code', value: documentCode };
  }
  return undefined;
}

export function findDocuments(
  sql: Statements,
  fromOrganId: string,
  documentKey: string | undefined,
  documentCode: string | undefined,
): Message[] {
  const by = subject(documentKey, documentCode);
  if (by === undefined) return [];
  return sql
    .all<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM message m WHERE m.${by.column} = ? AND m.${by.column} <> ''
         AND m.from_organ_id = ? AND m.kind = 'document' ORDER BY m.id DESC LIMIT ${MAX_DOCUMENTS}`,
      by.value,
      fromOrganId,
    )
    .map(toMessage);
}

export function wasExchanged(
  sql: Statements,
  sender: string,
  recipient: string,
  documentKey: string | undefined,
  documentCode: string | undefined,
): boolean {
  const by = subject(documentKey, documentCode);
  if (by === undefined) return false;
  const row = sql.get(
    `SELECT 1 FROM message m JOIN delivery d ON d.message_ref = m.id AND d.to_organ_id = ?
     WHERE m.${by.column} = ? AND m.${by.column} <> '' AND m.from_organ_id = ?
       AND m.kind = 'document' LIMIT 1`,
    recipient,
    by.value,
    sender,
  );
  return row !== undefined;
}
