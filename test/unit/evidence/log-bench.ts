/**
 * A store with a log of both chains, checkpoints, a purge and entries after the last checkpoint; copies
 * of it to tamper with.
 *
 * @module
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeCheckpoints } from '../../../src/evidence/checkpoint-maker.js';
import { readPublicKeys } from '../../../src/evidence/kept-keys.js';
import type { LogReport } from '../../../src/evidence/log-findings.js';
import { openReceiptKey, rotateReceiptKey } from '../../../src/evidence/receipt-keys.js';
import { verifyLog } from '../../../src/evidence/verify-log.js';
import type { ChainName } from '../../../src/model/log-entry.js';
import type { MessageId } from '../../../src/model/message-id.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { Store } from '../../../src/store/store.js';
import { agency, document, GATEWAY, outcome, RECIPIENT, T0, TestClock } from '../store/samples.js';

export const DAY = 86_400_000;

export interface LogFolder {
  readonly folder: string;
  readonly keys: string;
  open(chain?: ChainName): Promise<Store>;
  checkpoint(store: Store, maxEntries?: number): Promise<number>;
  verify(exported?: readonly string[]): Promise<LogReport>;
  /** Runs SQL past the store, without foreign keys: as whoever has the file would. */
  tamper(work: (db: Database.Database) => void): void;
  checkpoints(): { number: number; text: string }[];
  copy(): LogFolder;
  remove(): void;
}

export function logFolder(): LogFolder {
  return at(mkdtempSync(join(tmpdir(), 'edxgate-log-')));
}

function at(base: string): LogFolder {
  const folder = join(base, 'store');
  const keys = join(folder, 'keys');
  const clock = new TestClock();
  const refusals = { keepMs: 1000, maxBytes: 10_000 };
  const open = (chain: ChainName = 'gateway'): Promise<Store> =>
    openSqliteStore({ folder, clock, refusals, chain });
  const withDatabase = <T>(work: (db: Database.Database) => T): T => {
    const db = new Database(join(folder, 'edxgate.db'));
    try {
      db.pragma('foreign_keys = OFF');
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    folder,
    keys,
    open,
    checkpoint: (store, maxEntries) => {
      const key = openReceiptKey({ folder: keys }, (file) => readFileSync(file));
      const more = maxEntries === undefined ? {} : { maxEntries };
      return makeCheckpoints({ store, clock, gateway: GATEWAY, key, ...more });
    },
    async verify(exported = []) {
      const store = await open('commands');
      try {
        return await verifyLog(store, { keys: readPublicKeys(keys), exported });
      } finally {
        await store.close();
      }
    },
    tamper: (work) => withDatabase(work),
    checkpoints: () =>
      withDatabase(
        (db) =>
          db.prepare('SELECT number, text FROM checkpoint ORDER BY number').all() as {
            number: number;
            text: string;
          }[],
      ),
    copy() {
      const to = mkdtempSync(join(tmpdir(), 'edxgate-log-'));
      cpSync(base, to, { recursive: true });
      return at(to);
    },
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

async function deliver(store: Store, time: number): Promise<MessageId> {
  const sent = document({ at: time });
  await store.acceptMessage(sent);
  const [leased] = await store.leaseDue({ now: time, limit: 1, perRecipient: 9, leaseMs: 1000 });
  if (leased === undefined) throw new Error('nothing was due');
  await store.finishAttempt(outcome(leased, 'delivered', { at: time + 10 }));
  return sent.message.messageId;
}

/** @returns the message ids: the first was purged, the last is after the last checkpoint. */
export async function fillLog(log: LogFolder): Promise<MessageId[]> {
  const gateway = await log.open('gateway');
  const commands = await log.open('commands');
  const made: MessageId[] = [];
  try {
    await commands.putAgency(agency(RECIPIENT, {}), 'cli:an');
    made.push(await deliver(gateway, T0), await deliver(gateway, T0 + 1000));
    await log.checkpoint(gateway);
    await commands.putAgency(agency(RECIPIENT, { organName: 'Sở Mẫu' }), 'cli:binh');
    made.push(await deliver(gateway, T0 + 2000));
    rotateReceiptKey(log.keys);
    const purge = { state: 'delivered', before: T0 + 500, limit: 9, now: T0 + DAY } as const;
    await gateway.purgeContent(purge);
    await gateway.purgeMessages(T0 + 500, 9, T0 + DAY);
    await log.checkpoint(gateway);
    made.push(await deliver(gateway, T0 + 3000));
    await commands.putAgency(agency(RECIPIENT, { organName: 'Sở Thử' }), 'cli:binh');
  } finally {
    await gateway.close();
    await commands.close();
  }
  return made;
}
