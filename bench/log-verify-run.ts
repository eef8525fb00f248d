/**
 * How long `log verify` takes: fills a store with events through the writer's own functions, makes the
 * checkpoints, verifies. `node dist/bench/log-verify-run.js [--events 1000000] [--folder F]`
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.js';
import { makeCheckpoints } from '../src/evidence/checkpoint-maker.js';
import { readPublicKeys } from '../src/evidence/kept-keys.js';
import { openReceiptKey } from '../src/evidence/receipt-keys.js';
import { verifyLog } from '../src/evidence/verify-log.js';
import type { OrganId } from '../src/model/organ-id.js';
import { openWriting } from '../src/store/sqlite/database.js';
import { openSqliteStore } from '../src/store/sqlite/open.js';
import { Statements } from '../src/store/sqlite/statements.js';
import { insertEvent } from '../src/store/sqlite/write-events.js';
import { MessageSource, makeDirectory } from './store-messages.js';

/** Messages come through the store; their further events are written in large transactions. */
const MESSAGES = 1000;
const GROUP = 10_000;
const LIMIT_SECONDS = 60;

function fill(folder: string, events: number): void {
  const sql = new Statements(openWriting(folder), 'gateway');
  const detail = { number: 1, outcome: 'deferred', code: 'delivery.unreachable', httpStatus: 503 };
  for (let done = 0; done < events; ) {
    sql.run('BEGIN IMMEDIATE');
    for (let i = 0; i < GROUP && done < events; i++, done++) {
      const ref = (done % MESSAGES) + 1;
      insertEvent(sql, ref, 1_795_000_000_000 + done, 'attempt', 'T99.02', detail);
    }
    sql.run('COMMIT');
  }
  sql.db.close();
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: { events: { type: 'string', default: '1000000' }, folder: { type: 'string' } },
  });
  const base = values.folder ?? mkdtempSync(join(tmpdir(), 'edxgate-log-'));
  const folder = join(base, 'store');
  const keys = join(folder, 'keys');
  const refusals = { keepMs: 1, maxBytes: 1 };
  const options = { folder, clock: systemClock, refusals, chain: 'gateway' } as const;
  const seconds = async (name: string, work: () => unknown): Promise<number> => {
    const start = performance.now();
    await work();
    const took = (performance.now() - start) / 1000;
    console.log(`${name}: ${took.toFixed(1)} s`);
    return took;
  };
  const store = await openSqliteStore(options);
  try {
    const directory = makeDirectory(100, 0);
    await store.putAgencies(directory, 'bench');
    const source = new MessageSource(directory, 1);
    await seconds(`${MESSAGES} messages`, async () => {
      for (let i = 0; i < MESSAGES; i += 100) {
        const some = Array.from({ length: 100 }, (_, k) => source.next(1_795_000_000_000 + i + k));
        await Promise.all(some.map((one) => store.acceptMessage(one)));
      }
    });
    await seconds(`${values.events} events`, () => fill(folder, Number(values.events)));
    const key = openReceiptKey({ folder: keys }, (file) => readFileSync(file));
    await seconds('checkpoints', () =>
      makeCheckpoints({ store, clock: systemClock, gateway: 'T99.00' as OrganId, key }),
    );
    let ok = false;
    const took = await seconds('log verify', async () => {
      const report = await verifyLog(store, { keys: readPublicKeys(keys) });
      console.log(JSON.stringify(report));
      ok = report.ok && report.events >= Number(values.events);
    });
    return ok && took < LIMIT_SECONDS;
  } finally {
    await store.close();
    if (values.folder === undefined) rmSync(base, { recursive: true, force: true });
  }
}

process.exitCode = (await main()) ? 0 : 1;
