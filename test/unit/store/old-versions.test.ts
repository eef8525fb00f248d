/**
 * Stores of earlier versions: saved, brought up to date, sound, and what waited is delivered.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { checkStore } from '../../../src/store/check-store.js';
import { lockStore } from '../../../src/store/lock.js';
import { prepareDatabase } from '../../../src/store/sqlite/database.js';
import { MIGRATIONS } from '../../../src/store/sqlite/migrations/index.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { OLD_SCHEMAS } from '../../tools/make-store-fixtures.js';
import { expectCode } from './expect-code.js';
import { openBench, type StoreBench } from './open-store.js';
import { outcome, RECIPIENT, T0 } from './samples.js';

const LATER = T0 + 3_600_000;

describe('stores of earlier versions', () => {
  let bench: StoreBench;
  beforeEach(() => {
    bench = openBench();
    bench.clock.time = LATER;
  });
  afterEach(() => bench.end());

  function place(schema: number): void {
    mkdirSync(bench.folder, { mode: 0o700 });
    const packed = readFileSync(join('fixtures', 'stores', `v${schema}.db.gz`));
    const file = join(bench.folder, 'edxgate.db');
    writeFileSync(file, gunzipSync(packed));
    chmodSync(file, 0o600);
  }

  function saved(): string[] {
    return readdirSync(join(bench.folder, 'backups')).sort();
  }

  for (const schema of OLD_SCHEMAS) {
    it(`schema ${schema} is sound as it is`, async () => {
      place(schema);
      const report = await checkStore(bench.folder, { deep: true });
      expect(report.findings).to.deep.equal([]);
      expect(report).to.deep.include({ schema, messages: 10 });
    });

    it(`schema ${schema} is saved, brought up to date, and what waited is delivered`, async () => {
      place(schema);
      const store = await bench.open();
      const report = await checkStore(bench.folder, { deep: true });
      expect(report.findings).to.deep.equal([]);
      expect(report).to.deep.include({ schema: MIGRATIONS.length, messages: 10 });

      const request = { now: LATER, limit: 10, perRecipient: 9, leaseMs: 1000 };
      const leased = await store.leaseDue(request);
      // Queued, deferred, and the one whose worker died.
      expect(leased.map((one) => one.attempt).sort()).to.deep.equal([1, 2, 2]);
      for (const one of leased) {
        expect((await store.getContent(one.messageId))?.byteLength).to.equal(one.sizeBytes);
        const ended = outcome(one, 'delivered', { at: LATER + 1 });
        expect(await store.finishAttempt(ended)).to.equal(true);
      }
      const { items } = await store.listDeliveries({ toOrganId: RECIPIENT }, { limit: 100 });
      expect(items.map((one) => one.state).sort()).to.deep.equal([
        'dead',
        'delivered',
        'delivered',
        'delivered',
        'delivered',
        'held',
      ]);
      expect((await checkStore(bench.folder, { deep: true })).findings).to.deep.equal([]);
      // What had settled before is known to retention.
      const purge = { before: LATER + 10, limit: 10, now: LATER };
      expect(await store.purgeContent({ ...purge, state: 'delivered' })).to.equal(4);
      expect(await store.purgeContent({ ...purge, state: 'dead' })).to.equal(1);
      expect(await store.purgeContent({ ...purge, state: 'cancelled' })).to.equal(1);
    });

    it(`schema ${schema}: the saved database is that of before`, async () => {
      place(schema);
      await bench.open();
      const [name = ''] = saved();
      expect(name).to.match(/^before-schema-\d-\d{8}T\d{6}Z\.db$/);
      const file = join(bench.folder, 'backups', name);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      const db = new Database(file, { readonly: true });
      expect(db.pragma('user_version', { simple: true })).to.equal(schema);
      expect(db.pragma('integrity_check', { simple: true })).to.equal('ok');
      expect(db.prepare('SELECT count(*) AS n FROM message').get()).to.deep.equal({ n: 10 });
      db.close();
    });
  }

  it('saves nothing of a new store or one that is up to date', async () => {
    await (await bench.open()).close();
    await bench.open();
    expect(readdirSync(bench.folder)).to.not.include('backups');
  });

  it('keeps the newest three saved databases', () => {
    const packed = gunzipSync(readFileSync(join('fixtures', 'stores', 'v1.db.gz')));
    for (let i = 0; i < 5; i++) {
      mkdirSync(bench.folder, { recursive: true });
      writeFileSync(join(bench.folder, 'edxgate.db'), packed);
      const done = prepareDatabase(bench.folder, LATER + i * 1000);
      expect(done).to.deep.include({ from: 1, to: MIGRATIONS.length });
    }
    expect(saved().map((name) => name.slice(-6, -4))).to.deep.equal(
      [2, 3, 4].map((i) => new Date(LATER + i * 1000).toISOString().slice(17, 19)),
    );
  });

  it('is not brought up to date while another process serves it', async () => {
    place(1);
    const { folder, clock } = bench;
    // As another process would hold it: this one must not count as the holder.
    const db = new Database(join(folder, 'serve.lock'));
    db.exec('BEGIN EXCLUSIVE');
    const refusals = { keepMs: 1000, maxBytes: 10_000 };
    await expectCode(openSqliteStore({ folder, clock, refusals }), 'store.locked');
    db.close();
    expect((await checkStore(folder)).schema).to.equal(1);
    const lock = lockStore(folder);
    await bench.open();
    lock.release();
    expect((await checkStore(folder)).schema).to.equal(MIGRATIONS.length);
  });
});
