/**
 * A store in a folder of its own for tests of the embedded store.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AttemptOutcome, NewMessage } from '../../../src/model/message.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { Store } from '../../../src/store/store.js';
import { outcome, T0, TestClock } from './samples.js';

export interface StoreBench {
  /** Holds `store/` and whatever the test puts beside it. */
  readonly base: string;
  readonly folder: string;
  readonly clock: TestClock;
  open(): Promise<Store>;
  /** Runs SQL past the store. */
  sql(text: string, ...values: (string | number | Buffer | null)[]): unknown[];
  /** Accepts it and ends its first delivery at that time. */
  settle(
    store: Store,
    sent: NewMessage,
    state: Exclude<AttemptOutcome['state'], 'deferred'>,
    at: number,
  ): Promise<void>;
  /** Path of a content file. */
  contentFile(digest: string): string;
  end(): Promise<void>;
}

export function openBench(): StoreBench {
  const base = mkdtempSync(join(tmpdir(), 'edxgate-bench-'));
  const folder = join(base, 'store');
  const clock = new TestClock();
  const opened: Store[] = [];
  return {
    base,
    folder,
    clock,
    async open() {
      const refusals = { keepMs: 1000, maxBytes: 10_000 };
      const store = await openSqliteStore({ folder, clock, refusals });
      opened.push(store);
      return store;
    },
    sql(text, ...values) {
      const db = new Database(join(folder, 'edxgate.db'));
      try {
        const statement = db.prepare(text);
        return statement.reader ? statement.all(...values) : [statement.run(...values)];
      } finally {
        db.close();
      }
    },
    async settle(store, sent, state, at) {
      await store.acceptMessage(sent);
      const request = { now: at, limit: 1, perRecipient: 9, leaseMs: 1000 };
      const [leased] = await store.leaseDue(request);
      if (leased === undefined) throw new Error('nothing was due');
      await store.finishAttempt(outcome(leased, state, { at }));
    },
    contentFile: (digest) => join(folder, 'content', digest.slice(0, 2), digest),
    async end() {
      for (const store of opened) await store.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export { T0 };
