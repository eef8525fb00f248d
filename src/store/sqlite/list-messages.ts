/**
 * The list of messages, newest first, by any combination of filters, with millions of rows.
 *
 * Without a search one index is walked in the order of receipt: that of the narrowest filter, which
 * also holds what the other filters ask for. With a search the index of words is walked in the order of
 * acceptance; sender and kind are words of that index, so that two frequent sets without a message in
 * common cost a merge of two lists of numbers and no message is read. The messages under one document
 * key are so few that their search texts are read.
 *
 * @module
 */
import type { Message } from '../../model/message.js';
import type { OrganId } from '../../model/organ-id.js';
import { foldSearchText } from '../../model/search-text.js';
import type { MessageFilter, Page, PageRequest } from '../store.js';
import { makePage, pageSize, readCursor, writeCursor } from './cursor.js';
import { matchesWords, matchText, type SearchWord, searchWords } from './read-search.js';
import { MESSAGE_COLUMNS, type MessageRow, toMessage } from './rows.js';
import type { Statements, Value } from './statements.js';

/**
 * Messages are accepted in the order of receipt but for concurrent senders and corrections of the
 * clock; those may be as large as this.
 */
const CLOCK_SLACK_MS = 86_400_000;

// `+`: the few deliveries of a message are compared with the list, instead of one search for each agency.
const CONCERNS = `(m.from_organ_id IN (SELECT value FROM json_each(?)) OR EXISTS (
  SELECT 1 FROM delivery d WHERE d.message_ref = m.id
    AND +d.to_organ_id IN (SELECT value FROM json_each(?))))`;

/** Messages that concern one of the agencies, as sender or recipient. */
function concerning({ organs }: MessageFilter): Conditions {
  if (organs === undefined) return { sql: '', values: [] };
  const list = JSON.stringify(organs);
  return { sql: ` AND ${CONCERNS}`, values: [list, list] };
}

interface Conditions {
  readonly sql: string;
  readonly values: readonly Value[];
}

function conditions(filter: MessageFilter): Conditions {
  const parts: string[] = [];
  const values: Value[] = [];
  const add = (part: string, value: Value): void => {
    parts.push(` AND ${part}`);
    values.push(value);
  };
  if (filter.documentKey !== undefined) {
    // What the partial index on the key asks for; no package has an empty document id of its own.
    add("m.document_key = ? AND m.document_key <> ''", filter.documentKey);
  }
  if (filter.since !== undefined) add('m.received_at >= ?', filter.since);
  if (filter.fromOrganId !== undefined) add('m.from_organ_id = ?', filter.fromOrganId);
  if (filter.kind !== undefined) add('m.kind = ?', filter.kind);
  const concerned = concerning(filter);
  return { sql: parts.join('') + concerned.sql, values: [...values, ...concerned.values] };
}

function indexFor({ documentKey, fromOrganId, kind }: MessageFilter): string {
  if (documentKey !== undefined) return 'message_key';
  if (fromOrganId !== undefined) return 'message_from';
  return kind === undefined ? 'message_received' : 'message_kind';
}

export function listMessages(
  sql: Statements,
  filter: MessageFilter,
  page: PageRequest,
): Page<Message> {
  const words = searchWords(filter.search);
  return words === undefined
    ? listByReceipt(sql, filter, page)
    : listFound(sql, filter, words, page);
}

function listByReceipt(sql: Statements, filter: MessageFilter, page: PageRequest): Page<Message> {
  const start: [number, number] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const [time, id] = readCursor('messages', page.after, start);
  const where = conditions(filter);
  const rows = sql.all<MessageRow>(
    `SELECT ${MESSAGE_COLUMNS} FROM message m INDEXED BY ${indexFor(filter)}
     WHERE (m.received_at, m.id) < (?, ?)${where.sql}
     ORDER BY m.received_at DESC, m.id DESC LIMIT ?`,
    time,
    id,
    ...where.values,
    pageSize(page.limit) + 1,
  );
  return makePage(rows, page.limit, toMessage, (row) =>
    writeCursor('messages', [row.received_at, row.id]),
  );
}

function listFound(
  sql: Statements,
  filter: MessageFilter,
  words: readonly SearchWord[],
  page: PageRequest,
): Page<Message> {
  const [before] = readCursor<[number]>('messages-found', page.after, [Number.MAX_SAFE_INTEGER]);
  if (words.length === 0) return { items: [] };
  const limit = pageSize(page.limit) + 1;
  const ask = (from: number): MessageRow[] =>
    filter.documentKey === undefined
      ? inIndex(sql, filter, words, from, limit)
      : underKey(sql, filter, words, from, limit);
  const rows =
    filter.organs === undefined ? ask(before) : seen(ask, filter.organs, words, before, limit);
  return makePage(rows, page.limit, toMessage, (row) => writeCursor('messages-found', [row.id]));
}

/**
 * The index knows all recipients of a message, a recipient must not learn of the others: what it finds
 * counts for the side of a recipient only when it stands in what that side sees.
 */
function seen(
  ask: (before: number) => MessageRow[],
  organs: readonly OrganId[],
  words: readonly SearchWord[],
  before: number,
  limit: number,
): MessageRow[] {
  const own: ReadonlySet<string> = new Set(organs);
  const found: MessageRow[] = [];
  for (let from = before; found.length < limit; ) {
    const rows = ask(from);
    found.push(...rows.filter((row) => matchesWords(textFor(row, own), words)));
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) break;
    from = last.id;
  }
  return found.slice(0, limit);
}

/** The search text as the agencies see it. */
function textFor(row: MessageRow, own: ReadonlySet<string>): string {
  if (own.has(row.from_organ_id)) return row.search_text;
  const { read, documentId, documentCode, subject } = toMessage(row);
  const others = read.kind === 'document' ? read.to : [];
  return foldSearchText(
    documentId,
    documentCode,
    subject,
    read.from.organId,
    read.from.organName,
    ...others
      .filter(({ organId }) => own.has(organId))
      .flatMap((one) => [one.organId, one.organName]),
    read.kind === 'status' ? read.description : undefined,
  );
}

/** What was accepted before a message of long before that time was not received since. */
function lastBefore(sql: Statements, since: number | undefined): number {
  if (since === undefined) return 0;
  const row = sql.get<{ id: number }>(
    `SELECT id FROM message INDEXED BY message_received
     WHERE received_at < ? ORDER BY received_at DESC, id DESC LIMIT 1`,
    since - CLOCK_SLACK_MS,
  );
  return row?.id ?? 0;
}

function inIndex(
  sql: Statements,
  filter: MessageFilter,
  words: readonly SearchWord[],
  before: number,
  limit: number,
): MessageRow[] {
  const { since } = filter;
  const concerned = concerning(filter);
  return sql.all<MessageRow>(
    `SELECT ${MESSAGE_COLUMNS} FROM message_search s CROSS JOIN message m ON m.id = s.rowid
     WHERE s.message_search MATCH ? AND s.rowid < ? AND s.rowid > ? AND m.received_at >= ?${concerned.sql}
     ORDER BY s.rowid DESC LIMIT ?`,
    matchText(words, filter),
    before,
    lastBefore(sql, since),
    since ?? 0,
    ...concerned.values,
    limit,
  );
}

function underKey(
  sql: Statements,
  filter: MessageFilter,
  words: readonly SearchWord[],
  before: number,
  limit: number,
): MessageRow[] {
  const where = conditions(filter);
  const found = sql
    .all<{ id: number; search_text: string }>(
      `SELECT m.id, m.search_text FROM message m INDEXED BY message_key
       WHERE m.id < ?${where.sql} ORDER BY m.id DESC`,
      before,
      ...where.values,
    )
    .filter((row) => matchesWords(row.search_text, words))
    .slice(0, limit)
    .map((row) => row.id);
  return sql.all<MessageRow>(
    `SELECT ${MESSAGE_COLUMNS} FROM message m
     WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id DESC`,
    JSON.stringify(found),
  );
}
