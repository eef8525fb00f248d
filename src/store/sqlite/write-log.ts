/**
 * Writing the chained log: an entry for each row of an event, an act, a purge or a checkpoint, in the
 * transaction of that row. The end of the chain is read from the database each time, never remembered:
 * an operation may have been rolled back, another process may have written. Runs in the writer thread.
 *
 * @module
 */
import {
  actText,
  type EntryKind,
  entryHash,
  entryLine,
  eventText,
  NO_HASH,
  purgeText,
  sha256Text,
  storable,
} from '../../model/log-entry.js';
import type { Statements } from './statements.js';

/** The end of this writer's chain; moves as entries are appended. */
interface End {
  readonly chain: number;
  readonly name: string;
  index: number;
  hash: string;
}

interface Row {
  readonly time: number;
  readonly kind: EntryKind;
  readonly subject: string;
  readonly name: string;
  readonly organId: string | null;
  /** What the digest is made over. */
  readonly text: string;
}

const INSERT_ENTRY = `INSERT INTO log_entry
  (chain, idx, time, kind, row_ref, subject, name, organ_id, digest, hash)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function chainEnd(sql: Statements, now: number): End {
  const name = sql.chain;
  const chain = sql.get<{ chain: number }>(
    'SELECT chain FROM log_chain WHERE name = ?',
    name,
  )?.chain;
  if (chain === undefined) throw new Error(`no chain ${name}`);
  const last = sql.get<{ idx: number; hash: Buffer }>(
    'SELECT idx, hash FROM log_entry WHERE chain = ? ORDER BY idx DESC LIMIT 1',
    chain,
  );
  if (last !== undefined) return { chain, name, index: last.idx, hash: last.hash.toString('hex') };
  const end = { chain, name, index: 0, hash: NO_HASH };
  if (sql.get('SELECT 1 FROM log_entry LIMIT 1') === undefined) begin(sql, end, now);
  return end;
}

/** @param insertRow makes the row that the entry stands for; answers its number */
function append(
  sql: Statements,
  end: End,
  row: Row,
  insertRow: (chain: number, index: number) => number,
): void {
  const { time, kind, subject, name, organId } = row;
  const index = end.index + 1;
  const number = insertRow(end.chain, index);
  const digest = sha256Text(row.text);
  const line = entryLine({
    ...{ chain: end.name, index, time, kind, row: number },
    ...{ subject, name, organId, digest },
  });
  end.hash = entryHash(end.hash, line);
  end.index = index;
  sql.run(
    INSERT_ENTRY,
    end.chain,
    index,
    time,
    kind,
    number,
    subject,
    name,
    organId,
    Buffer.from(digest, 'hex'),
    Buffer.from(end.hash, 'hex'),
  );
}

function lastRow(sql: Statements, table: 'message_event' | 'operator_act'): number {
  return sql.get<{ n: number | null }>(`SELECT max(id) AS n FROM ${table}`)?.n ?? 0;
}

/** The first entry of all says which rows are from before the log was chained. */
function begin(sql: Statements, end: End, time: number): void {
  const subject = `events:${lastRow(sql, 'message_event')},acts:${lastRow(sql, 'operator_act')}`;
  const own = { kind: 'begin', name: 'log.begin', organId: null } as const;
  append(sql, end, { ...own, time, subject, text: subject }, () => 0);
}

/** One event: time, name, recipient, detail as JSON. */
export type EventFields = readonly [
  time: number,
  event: string,
  organId: string | null,
  detail: string,
];

export function insertChainedEvents(
  sql: Statements,
  messageRef: number,
  events: readonly EventFields[],
): void {
  const [first] = events;
  const message = sql.get<{ message_id: string }>(
    'SELECT message_id FROM message WHERE id = ?',
    messageRef,
  );
  if (first === undefined || message === undefined) return;
  const subject = message.message_id;
  const end = chainEnd(sql, first[0]);
  for (const [time, event, organ, detail] of events) {
    const organId = organ === null ? null : storable(organ);
    const text = eventText(subject, time, event, organId, detail);
    append(sql, end, { time, kind: 'event', subject, name: event, organId, text }, (chain, index) =>
      sql.insert(
        `INSERT INTO message_event (message_ref, time, event, organ_id, detail, chain, idx)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        messageRef,
        time,
        event,
        organId,
        detail,
        chain,
        index,
      ),
    );
  }
}

/** @param detail JSON */
export function insertChainedAct(
  sql: Statements,
  time: number,
  actorText: string,
  act: string,
  subjectText: string,
  detail: string,
): void {
  const [actor, subject] = [storable(actorText), storable(subjectText)];
  const text = actText(time, actor, act, subject, detail);
  // Without the actor, who may be a person: the digest vouches for it.
  const row: Row = { time, kind: 'act', subject, name: act, organId: null, text };
  append(sql, chainEnd(sql, time), row, (chain, index) =>
    sql.insert(
      `INSERT INTO operator_act (time, actor, act, subject, detail, chain, idx)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      time,
      actor,
      act,
      subject,
      detail,
      chain,
      index,
    ),
  );
}

/** Before the events of a message are deleted: says which entries are left without their row. */
export function insertPurge(sql: Statements, messageRef: number, now: number): void {
  const rows = sql.all<{ name: string | null; idx: number }>(
    `SELECT c.name, e.idx FROM message_event e LEFT JOIN log_chain c ON c.chain = e.chain
     WHERE e.message_ref = ? ORDER BY e.id`,
    messageRef,
  );
  const subject = sql.get<{ message_id: string }>(
    'SELECT message_id FROM message WHERE id = ?',
    messageRef,
  )?.message_id;
  if (subject === undefined) return;
  const entries = JSON.stringify(
    rows.flatMap(({ name, idx }) => (name === null ? [] : [[name, idx]])),
  );
  const text = purgeText(subject, now, rows.length, entries);
  const own = { kind: 'purge', name: 'retention.purge', organId: null } as const;
  append(sql, chainEnd(sql, now), { ...own, time: now, subject, text }, (chain, index) =>
    sql.insert(
      `INSERT INTO log_purge (message_id, time, events, entries, chain, idx)
       VALUES (?, ?, ?, ?, ?, ?)`,
      subject,
      now,
      rows.length,
      entries,
      chain,
      index,
    ),
  );
}

/** @returns false when there is one of that number, made by someone else, or the one before is not there. */
function addCheckpoint(sql: Statements, number: number, time: number, text: string): boolean {
  const last = sql.get<{ n: number | null }>('SELECT max(number) AS n FROM checkpoint')?.n ?? 0;
  if (number !== last + 1) return false;
  const own = { kind: 'checkpoint', name: 'log.checkpoint', organId: null } as const;
  append(
    sql,
    chainEnd(sql, time),
    { ...own, time, subject: String(number), text },
    (chain, index) =>
      sql.insert(
        'INSERT INTO checkpoint (number, time, text, chain, idx) VALUES (?, ?, ?, ?, ?)',
        number,
        time,
        text,
        chain,
        index,
      ),
  );
  return true;
}

export function logOperations(sql: Statements) {
  return {
    addCheckpoint: (_: readonly Buffer[], number: number, time: number, text: string) =>
      addCheckpoint(sql, number, time, text),
  };
}
