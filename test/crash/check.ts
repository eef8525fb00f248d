/**
 * Checks a store that nobody runs: the database as SQLite checks it, and what its rows say against each
 * other and against the content files. Opened for reading only, so that the log stays as the dead
 * process left it and the next start has the recovery to do.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { checkStore as productCheck } from '../../src/store/check-store.js';
import { SENDER } from './workload.js';

export interface StoreCheck {
  /** What is wrong; empty when the store is sound. */
  readonly faults: readonly string[];
  readonly messages: number;
  /** Deliveries that are not final. */
  readonly open: number;
  /** Highest content row that was read through; hand it to the next check to spare the reading. */
  readonly contentUpTo: number;
}

interface ContentRow {
  readonly id: number;
  readonly digest: string;
  readonly size_bytes: number;
  readonly bytes: Buffer | null;
}

/** Each names rows that must not be. */
const CONTRADICTIONS: readonly (readonly [what: string, sql: string])[] = [
  [
    'message without a delivery',
    'SELECT message_id AS id FROM message m WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_ref = m.id)',
  ],
  [
    'message without a receipt',
    'SELECT message_id AS id FROM message m WHERE NOT EXISTS (SELECT 1 FROM send_answer a WHERE a.message_ref = m.id AND length(a.receipt) > 0)',
  ],
  [
    'message without exactly one duplicate key',
    'SELECT message_id AS id FROM message m WHERE (SELECT count(*) FROM duplicate_key k WHERE k.message_ref = m.id AND k.content_digest = m.content_digest) <> 1',
  ],
  [
    'message without content',
    'SELECT message_id AS id FROM message m WHERE purged_at IS NULL AND NOT EXISTS (SELECT 1 FROM content c WHERE c.digest = m.content_digest)',
  ],
  [
    'content counted wrongly',
    'SELECT digest AS id FROM content c WHERE refs <> (SELECT count(*) FROM message m WHERE m.content_digest = c.digest AND m.purged_at IS NULL)',
  ],
  [
    'duplicate key without a message',
    'SELECT key AS id FROM duplicate_key k WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = k.message_ref)',
  ],
  [
    'lease of a delivery that is not active',
    "SELECT id FROM delivery WHERE (state = 'active') <> (lease IS NOT NULL)",
  ],
  [
    'final delivery without an end, or an open one with it',
    "SELECT id FROM delivery WHERE (state IN ('delivered', 'dead', 'cancelled')) <> (finished_at IS NOT NULL)",
  ],
  [
    'attempts counted wrongly',
    'SELECT id FROM delivery d WHERE attempts < (SELECT count(*) FROM delivery_attempt a WHERE a.delivery_id = d.id)',
  ],
  [
    'deliveries counted wrongly',
    'SELECT organ_id AS id FROM delivery_count n WHERE count <> (SELECT count(*) FROM delivery d WHERE d.to_organ_id = n.organ_id AND d.state = n.state)',
  ],
  [
    'messages counted wrongly',
    "SELECT name AS id FROM total WHERE name = 'messages' AND count <> (SELECT count(*) FROM message)",
  ],
];

function checkContent(
  db: Database.Database,
  folder: string,
  after: number,
  faults: string[],
): number {
  let upTo = after;
  const sql = 'SELECT id, digest, size_bytes, bytes FROM content WHERE id > ? ORDER BY id';
  for (const row of db.prepare<[number], ContentRow>(sql).iterate(after)) {
    upTo = row.id;
    const file = join(folder, 'content', row.digest.slice(0, 2), row.digest);
    const bytes = row.bytes ?? (existsSync(file) ? readFileSync(file) : undefined);
    if (bytes === undefined) {
      faults.push(`content ${row.digest} has neither bytes nor a file`);
      continue;
    }
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== row.digest || bytes.length !== row.size_bytes) {
      faults.push(`content ${row.digest} has other bytes`);
    }
  }
  return upTo;
}

/** Notices to the sender wait for ever: it does not collect. */
const OPEN = `SELECT count(*) AS n FROM delivery
  WHERE state NOT IN ('delivered', 'dead', 'cancelled') AND to_organ_id <> '${SENDER}'`;

/** Deliveries that are not final; also beside a running gateway. */
export function openDeliveries(folder: string): number {
  const db = new Database(join(folder, 'edxgate.db'), { readonly: true, fileMustExist: true });
  try {
    return db.prepare<[], { n: number }>(OPEN).get()?.n ?? 0;
  } finally {
    db.close();
  }
}

/** What the open deliveries wait for, for the report of a chain that did not come to rest. */
export function describeOpen(folder: string): string {
  const db = new Database(join(folder, 'edxgate.db'), { readonly: true, fileMustExist: true });
  try {
    const rows = db
      .prepare(
        `SELECT id, to_organ_id, state, attempts, last_code, due_at, leased_until, asked, updated_at
         FROM delivery WHERE state NOT IN ('delivered', 'dead', 'cancelled') LIMIT 20`,
      )
      .all();
    const breakers = db.prepare('SELECT * FROM breaker').all();
    return JSON.stringify({ now: Date.now(), rows, breakers });
  } finally {
    db.close();
  }
}

/** @param contentAfter content rows up to this one were read through before */
export function checkStore(folder: string, contentAfter = 0): StoreCheck {
  const faults: string[] = [];
  const db = new Database(join(folder, 'edxgate.db'), { readonly: true, fileMustExist: true });
  try {
    const sound = db.pragma('quick_check', { simple: true });
    if (sound !== 'ok') faults.push(`quick_check: ${String(sound)}`);
    const foreign = db.pragma('foreign_key_check') as unknown[];
    if (foreign.length > 0) faults.push(`${foreign.length} rows refer to nothing`);
    for (const [what, sql] of CONTRADICTIONS) {
      for (const { id } of db.prepare<[], { id: unknown }>(`${sql} LIMIT 5`).all()) {
        faults.push(`${what}: ${String(id)}`);
      }
    }
    const contentUpTo = checkContent(db, folder, contentAfter, faults);
    const count = (sql: string): number => db.prepare<[], { n: number }>(sql).get()?.n ?? 0;
    return {
      faults,
      messages: count('SELECT count(*) AS n FROM message'),
      open: count(OPEN),
      contentUpTo,
    };
  } catch (error) {
    faults.push(`the store cannot be read: ${String(error)}`);
    return { faults, messages: 0, open: 0, contentUpTo: contentAfter };
  } finally {
    db.close();
  }
}

/** The same, and what `edxgate store check --deep` says. */
export async function checkWhole(folder: string, contentAfter = 0): Promise<StoreCheck> {
  const own = checkStore(folder, contentAfter);
  const { findings } = await productCheck(folder, { deep: true });
  return { ...own, faults: [...own.faults, ...findings.map((one) => one.text)] };
}
