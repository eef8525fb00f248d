/**
 * Reading the chained log on a connection of its own, whose transaction holds one moment still while
 * others write.
 *
 * @module
 */
import {
  actText,
  type EntryKind,
  eventText,
  type LogEntry,
  purgeText,
} from '../../model/log-entry.js';
import type {
  ChainEnd,
  EntryRange,
  LoggedRow,
  LogReader,
  ReadEntry,
  StoredCheckpoint,
  StrayEntry,
  Strays,
} from '../log-reader.js';
import { openReading } from './database.js';
import { storeError } from './errors.js';
import { Statements } from './statements.js';

/** Entry `l` with whatever row it stands for. */
const ENTRY = `c.name AS chain, l.idx, l.time, l.kind, l.row_ref, l.subject, l.name, l.organ_id,
    l.digest, l.hash,
    e.id AS event_row, m.message_id, e.time AS event_time, e.event, e.organ_id AS event_organ,
    e.detail, e.chain AS event_chain, e.idx AS event_idx,
    CASE WHEN l.kind = 'event' AND e.id IS NULL THEN
      EXISTS (SELECT 1 FROM log_purge g,
        json_each(CASE WHEN json_valid(g.entries) THEN g.entries ELSE '[]' END) j WHERE g.message_id = l.subject
        AND j.value ->> 0 = c.name AND j.value ->> 1 = l.idx) ELSE 0 END AS purged
  FROM log_chain c JOIN log_entry l ON l.chain = c.chain
  LEFT JOIN message_event e ON l.kind = 'event' AND e.id = l.row_ref
  LEFT JOIN message m ON m.id = e.message_ref`;

interface EntryRow {
  readonly chain: string;
  readonly idx: number;
  readonly time: number;
  readonly kind: EntryKind;
  readonly row_ref: number;
  readonly subject: string;
  readonly name: string;
  readonly organ_id: string | null;
  readonly digest: Buffer;
  readonly hash: Buffer;
  readonly event_row: number | null;
  readonly message_id: string | null;
  readonly event_time: number;
  readonly event: string;
  readonly event_organ: string | null;
  readonly detail: string;
  readonly event_chain: number | null;
  readonly event_idx: number | null;
  readonly purged: number;
}

interface OtherRow {
  readonly time: number;
  readonly chain: number | null;
  readonly idx: number | null;
}

function toEntry(row: EntryRow): LogEntry {
  return {
    chain: row.chain,
    index: row.idx,
    time: row.time,
    kind: row.kind,
    row: row.row_ref,
    subject: row.subject,
    name: row.name,
    organId: row.organ_id,
    digest: row.digest.toString('hex'),
    hash: row.hash.toString('hex'),
  };
}

/** Tables of the kinds, and what names a row that has no entry. */
const TABLES: Readonly<Record<Exclude<EntryKind, 'begin'>, readonly [table: string, id: string]>> =
  {
    event: ['message_event', 'id'],
    act: ['operator_act', 'id'],
    purge: ['log_purge', 'id'],
    checkpoint: ['checkpoint', 'number'],
  };

const SUBJECTS: Readonly<Record<Exclude<EntryKind, 'begin'>, string>> = {
  event: `coalesce((SELECT message_id FROM message WHERE id = r.message_ref), '')`,
  act: 'r.subject',
  purge: 'r.message_id',
  checkpoint: 'CAST(r.number AS TEXT)',
};

class SqliteLogReader implements LogReader {
  readonly #sql: Statements;
  readonly #names: ReadonlyMap<number, string>;

  constructor(sql: Statements) {
    this.#sql = sql;
    const rows = sql.all<{ chain: number; name: string }>('SELECT chain, name FROM log_chain');
    this.#names = new Map(rows.map(({ chain, name }) => [chain, name]));
  }

  async #read<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      throw storeError(error);
    }
  }

  ends(): Promise<ChainEnd[]> {
    return this.#read(() => {
      const ends = [...this.#names]
        .sort(([a], [b]) => a - b)
        .map(([chain, name]) => {
          const row = this.#sql.get<{ idx: number; hash: Buffer; kind: EntryKind }>(
            'SELECT idx, hash, kind FROM log_entry WHERE chain = ? ORDER BY idx DESC LIMIT 1',
            chain,
          );
          if (row === undefined) return undefined;
          return { chain: name, index: row.idx, hash: row.hash.toString('hex'), kind: row.kind };
        });
      return ends.filter((one) => one !== undefined);
    });
  }

  entries({ chain, after, to, limit }: EntryRange): Promise<ReadEntry[]> {
    return this.#read(() =>
      this.#sql
        .all<EntryRow>(
          `SELECT ${ENTRY} WHERE c.name = ? AND l.idx > ? AND l.idx <= ? ORDER BY l.idx LIMIT ?`,
          chain,
          after,
          to,
          limit,
        )
        .map((row) => this.#toRead(row)),
    );
  }

  entriesOf(messageId: string): Promise<ReadEntry[]> {
    return this.#read(() =>
      this.#sql
        .all<EntryRow>(
          `SELECT ${ENTRY} WHERE (l.chain, l.idx) IN (SELECT chain, idx FROM message_event
             WHERE message_ref = (SELECT id FROM message WHERE message_id = ?))
           ORDER BY l.row_ref`,
          messageId,
        )
        .map((row) => this.#toRead(row)),
    );
  }

  #toRead(row: EntryRow): ReadEntry {
    return {
      entry: toEntry(row),
      row: row.kind === 'event' ? this.#eventRow(row) : this.#otherRow(row.kind, row.row_ref),
      purged: row.purged === 1,
    };
  }

  #logged(text: string, chain: number | null, index: number | null): LoggedRow {
    return {
      text,
      chain: chain === null ? undefined : this.#names.get(chain),
      index: index ?? undefined,
    };
  }

  #eventRow(row: EntryRow): LoggedRow | undefined {
    if (row.event_row === null) return undefined;
    const { message_id: id, event_time: time, event, event_organ: organ, detail } = row;
    const text = eventText(id ?? '', time, event, organ, detail);
    return this.#logged(text, row.event_chain, row.event_idx);
  }

  #otherRow(kind: EntryKind, number: number): LoggedRow | undefined {
    switch (kind) {
      case 'act': {
        const row = this.#sql.get<
          OtherRow & { actor: string; act: string; subject: string; detail: string }
        >('SELECT * FROM operator_act WHERE id = ?', number);
        if (row === undefined) return undefined;
        const { time, actor, act, subject, detail } = row;
        return this.#logged(actText(time, actor, act, subject, detail), row.chain, row.idx);
      }
      case 'purge': {
        const row = this.#sql.get<
          OtherRow & { message_id: string; events: number; entries: string }
        >('SELECT * FROM log_purge WHERE id = ?', number);
        if (row === undefined) return undefined;
        const text = purgeText(row.message_id, row.time, row.events, row.entries);
        return this.#logged(text, row.chain, row.idx);
      }
      case 'checkpoint': {
        const row = this.#sql.get<OtherRow & { text: string }>(
          'SELECT * FROM checkpoint WHERE number = ?',
          number,
        );
        return row && this.#logged(row.text, row.chain, row.idx);
      }
      default:
        return undefined;
    }
  }

  hashes({ chain, after, to, limit }: EntryRange): Promise<Buffer[]> {
    return this.#read(() =>
      this.#sql
        .all<{ hash: Buffer }>(
          `SELECT hash FROM log_entry WHERE chain = (SELECT chain FROM log_chain WHERE name = ?)
             AND idx > ? AND idx <= ? ORDER BY idx LIMIT ?`,
          chain,
          after,
          to,
          limit,
        )
        .map(({ hash }) => hash),
    );
  }

  checkpoints(after: number, limit: number): Promise<StoredCheckpoint[]> {
    return this.#read(() =>
      this.#sql.all<StoredCheckpoint>(
        'SELECT number, time, text FROM checkpoint WHERE number > ? ORDER BY number LIMIT ?',
        after,
        limit,
      ),
    );
  }

  lastCheckpoint(): Promise<StoredCheckpoint | undefined> {
    return this.#read(() =>
      this.#sql.get<StoredCheckpoint>(
        'SELECT number, time, text FROM checkpoint ORDER BY number DESC LIMIT 1',
      ),
    );
  }

  strays(kind: EntryKind, bound: number, limit: number): Promise<Strays> {
    return this.#read(() => {
      if (kind === 'begin') return { unchained: 0, rows: [] };
      const [table, id] = TABLES[kind];
      const rows = this.#sql.all<{ row: number; subject: string }>(
        `SELECT r.${id} AS row, ${SUBJECTS[kind]} AS subject FROM ${table} r
         WHERE (r.${id} > ?1 OR r.${id} < 1 OR r.chain IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM log_entry l
           WHERE l.chain = r.chain AND l.idx = r.idx AND l.kind = ?2 AND l.row_ref = r.${id})
         ORDER BY r.${id} LIMIT ?3`,
        bound,
        kind,
        limit,
      );
      const unchained = this.#sql.get<{ n: number }>(
        `SELECT count(*) AS n FROM ${table} WHERE ${id} BETWEEN 1 AND ? AND chain IS NULL`,
        bound,
      );
      return { unchained: unchained?.n ?? 0, rows };
    });
  }

  strayEntries(limit: number): Promise<StrayEntry[]> {
    return this.#read(() =>
      this.#sql.all<StrayEntry>(
        `SELECT CAST(chain AS TEXT) AS chain, idx AS "index" FROM log_entry
         WHERE idx < 1 OR chain NOT IN (SELECT chain FROM log_chain) ORDER BY chain, idx LIMIT ?`,
        limit,
      ),
    );
  }

  close(): void {
    this.#sql.db.close();
  }
}

/** Sees the log as it is now, whatever is written meanwhile, until it is closed. */
export function openLogReader(folder: string): LogReader {
  const sql = new Statements(openReading(folder));
  try {
    sql.run('BEGIN');
    return new SqliteLogReader(sql);
  } catch (error) {
    sql.db.close();
    throw storeError(error);
  }
}
