/**
 * Statements: prepares each SQL text once per connection and runs it. SQL texts are constants or put
 * together from constants; values are always bound.
 *
 * @module
 */
import type { Statement } from 'better-sqlite3';
import type { ChainName } from '../../model/log-entry.js';
import type { Connection } from './database.js';

export type Value = string | number | null | Uint8Array;

interface Prepared {
  readonly statement: Statement<unknown[], unknown>;
  /** Written with `?1`, `?2`: the driver takes those by name only. All or none of a text. */
  readonly numbered: boolean;
}

function bind(numbered: boolean, values: readonly Value[]): unknown[] {
  if (!numbered) return [...values];
  return [Object.fromEntries(values.map((value, i) => [String(i + 1), value]))];
}

export class Statements {
  readonly db: Connection;
  readonly #prepared = new Map<string, Prepared>();

  /** What is logged through this connection goes into this chain. */
  readonly chain: ChainName;

  constructor(db: Connection, chain: ChainName = 'commands') {
    this.db = db;
    this.chain = chain;
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#prepared.get(sql);
    if (prepared === undefined) {
      const statement = this.db.prepare<unknown[], unknown>(sql);
      prepared = { statement, numbered: /\?\d/.test(sql) };
      this.#prepared.set(sql, prepared);
    }
    return prepared;
  }

  /** The first row; `Row` states the columns that the SQL names. */
  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    const { statement, numbered } = this.#prepare(sql);
    return statement.get(...bind(numbered, values)) as Row | undefined;
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    const { statement, numbered } = this.#prepare(sql);
    return statement.all(...bind(numbered, values)) as Row[];
  }

  /** @returns how many rows changed. */
  run(sql: string, ...values: Value[]): number {
    const { statement, numbered } = this.#prepare(sql);
    return statement.run(...bind(numbered, values)).changes;
  }

  /** @returns the id of the new row. */
  insert(sql: string, ...values: Value[]): number {
    const { statement, numbered } = this.#prepare(sql);
    return Number(statement.run(...bind(numbered, values)).lastInsertRowid);
  }
}
