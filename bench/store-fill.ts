/**
 * `node dist/bench/store-fill.js --folder DIR [--messages 1000000]`: fills a store with messages over
 * three years, as accepting and delivering them would have left it. Rows are written by the functions
 * of the store itself, in large transactions and without waiting for the disk; so a folder of a run that
 * was cut off is worth nothing.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.js';
import type { NewMessage } from '../src/model/message.js';
import { ContentFiles } from '../src/store/content-files.js';
import { openWriting, prepareDatabase } from '../src/store/sqlite/database.js';
import { messageRecord, recordBytes } from '../src/store/sqlite/message-record.js';
import { Statements } from '../src/store/sqlite/statements.js';
import { directoryOperations } from '../src/store/sqlite/write-directory.js';
import { accept } from '../src/store/sqlite/write-messages.js';
import { MessageSource, makeDirectory } from './store-messages.js';
import { type Dice, makeDice } from './store-words.js';

export const AGENCIES = 400;
const YEARS_MS = 3 * 365 * 86_400_000;
const PER_TRANSACTION = 5000;
/** Where the last tenth of the messages lies, most of what is open lies too. */
const OPEN_SHARE = 0.03;
const MAX_OPEN_OLD = 0.005;

export interface FillOptions {
  readonly folder: string;
  readonly messages: number;
  readonly progress: (line: string) => void;
}

export function fillStore({ folder, messages, progress }: FillOptions): void {
  prepareDatabase(folder);
  const files = new ContentFiles(folder);
  files.prepare();
  const now = systemClock.now();
  const directory = makeDirectory(AGENCIES, now);
  const db = openWriting(folder);
  try {
    db.pragma('synchronous = OFF');
    db.pragma('cache_size = -1000000');
    db.pragma('wal_autocheckpoint = 50000');
    const sql = new Statements(db);
    sql.run('BEGIN IMMEDIATE');
    directoryOperations(sql).putAgencies([], directory, 'bench', now);
    sql.run('COMMIT');
    const source = new MessageSource(directory, 2);
    const dice = makeDice(3);
    const filler = new Filler(sql, files, dice);
    for (let done = 0; done < messages; ) {
      sql.run('BEGIN IMMEDIATE');
      const until = Math.min(done + PER_TRANSACTION, messages);
      for (; done < until; done++) {
        const age = 1 - done / messages;
        filler.add(source.next(Math.floor(now - YEARS_MS * age)), openShare(age));
      }
      sql.run("UPDATE total SET count = count + ? WHERE name = 'changes'", PER_TRANSACTION);
      sql.run('COMMIT');
      if (done % 50_000 === 0) progress(`${done} messages`);
    }
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

/** The young wait, of the old only few. */
function openShare(age: number): number {
  return age < 0.1 ? OPEN_SHARE * 10 - MAX_OPEN_OLD * 9 : MAX_OPEN_OLD;
}

interface Lane {
  readonly id: number;
  readonly to_organ_id: string;
  readonly state: 'queued' | 'pending';
}

const FINISH = `UPDATE delivery SET state = ?2, attempts = ?3, last_code = ?4, last_reason = ?5,
  due_at = ?6, updated_at = ?6, finished_at = ?7 WHERE id = ?1`;
const ADD_ATTEMPT = `INSERT INTO delivery_attempt (delivery_id, number, started_at, finished_at,
  outcome, code, reason, endpoint, http_status, raw_answer, connect_ms, total_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1.5, 40.25)`;
const ADD_EVENT = `INSERT INTO message_event (message_ref, time, event, organ_id, detail)
  VALUES (?, ?, ?, ?, ?)`;
const ANSWER = `HTTP/1.1 200 OK\ncontent-type: text/xml; charset=utf-8\n\n<DeliveryAnswer>${'y'.repeat(150)}</DeliveryAnswer>`;

/** Accepts messages and brings their deliveries to where they ended. */
class Filler {
  readonly #sql: Statements;
  readonly #files: ContentFiles;
  readonly #dice: Dice;

  constructor(sql: Statements, files: ContentFiles, dice: Dice) {
    this.#sql = sql;
    this.#files = files;
    this.#dice = dice;
  }

  add(incoming: NewMessage, openShare: number): void {
    const { receivedAt } = incoming.message;
    const record = messageRecord(incoming, receivedAt + 3);
    const bytes = recordBytes(incoming).map((part) => Buffer.from(part));
    const accepted = accept(this.#sql, this.#files, record, bytes);
    if (accepted.kind !== 'stored') throw new Error(`not stored: ${accepted.kind}`);
    const lanes = this.#sql.all<Lane>(
      'SELECT id, to_organ_id, state FROM delivery WHERE message_ref = ?',
      accepted.ref,
    );
    for (const lane of lanes) {
      if (this.#dice() < openShare) this.#leaveOpen(accepted.ref, lane, receivedAt);
      else if (lane.state === 'pending') this.#collect(accepted.ref, lane, receivedAt);
      else this.#push(accepted.ref, lane, receivedAt);
    }
  }

  #attempt(ref: number, lane: Lane, number: number, time: number, code: string | null): void {
    const endpoint = 'https://recipient.example/soap';
    const outcome = code === null ? 'delivered' : 'deferred';
    const [status, answer] = code === null ? [200, ANSWER] : [503, null];
    const reason = code === null ? null : 'connect ECONNREFUSED';
    const values = [outcome, code, reason, endpoint, status, answer];
    this.#sql.run(ADD_ATTEMPT, lane.id, number, time - 40, time, ...values);
    const detail = { number, outcome, code: code ?? undefined, endpoint, httpStatus: status };
    this.#event(ref, time, 'attempt', lane, detail);
  }

  #event(ref: number, time: number, event: string, lane: Lane, detail: object): void {
    this.#sql.run(ADD_EVENT, ref, time, event, lane.to_organ_id, JSON.stringify(detail));
  }

  #leaveOpen(ref: number, lane: Lane, time: number): void {
    if (lane.state === 'pending' || this.#dice() < 0.3) return;
    const code = 'delivery.unreachable';
    const attempts = 1 + Math.floor(this.#dice() * 4);
    for (let n = 1; n <= attempts; n++) this.#attempt(ref, lane, n, time + n * 60_000, code);
    const last = time + attempts * 60_000;
    const reason = 'connect ECONNREFUSED';
    this.#sql.run(FINISH, lane.id, 'deferred', attempts, code, reason, last, null);
  }

  #push(ref: number, lane: Lane, time: number): void {
    const dead = this.#dice() < 0.01;
    const retried = dead || this.#dice() < 0.05;
    if (retried) this.#attempt(ref, lane, 1, time + 1000, 'delivery.unreachable');
    const attempts = retried ? 2 : 1;
    const end = time + attempts * 1500;
    const code = dead ? 'delivery.rejected' : null;
    this.#attempt(ref, lane, attempts, end, code);
    if (dead) {
      this.#sql.run(
        "UPDATE delivery_attempt SET outcome = 'dead' WHERE delivery_id = ? AND number = ?",
        lane.id,
        attempts,
      );
    }
    const reason = dead ? 'refused by the recipient' : null;
    const state = dead ? 'dead' : 'delivered';
    this.#sql.run(FINISH, lane.id, state, attempts, code, reason, end, end);
  }

  #collect(ref: number, lane: Lane, time: number): void {
    const end = time + 3_600_000;
    const confirmation = JSON.stringify({ outcome: 'done', confirmedAt: end });
    this.#sql.run(
      `INSERT INTO collection (delivery_id, first_listed_at, first_fetched_at, last_fetched_at,
         fetches, last_fetched_by, confirmation, confirmed_at)
       VALUES (?1, ?2, ?2, ?2, 1, ?3, ?4, ?2)`,
      lane.id,
      end,
      lane.to_organ_id,
      confirmation,
    );
    this.#event(ref, end, 'listed', lane, {});
    this.#event(ref, end, 'fetched', lane, { by: lane.to_organ_id });
    this.#event(ref, end, 'confirmed', lane, { outcome: 'done' });
    const cancelled = this.#dice() < 0.003;
    const state = cancelled ? 'cancelled' : 'delivered';
    this.#sql.run(FINISH, lane.id, state, 0, null, null, end, end);
  }
}

function main(): void {
  const { values } = parseArgs({
    options: { folder: { type: 'string' }, messages: { type: 'string', default: '1000000' } },
  });
  const messages = Number(values.messages);
  if (values.folder === undefined || !Number.isSafeInteger(messages) || messages < 1) {
    throw new Error('store-fill --folder DIR [--messages 1000000]');
  }
  const progress = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  fillStore({ folder: values.folder, messages, progress });
}

if (process.argv[1]?.endsWith('store-fill.js')) main();
