/**
 * Backup and restore: whole while others write, told apart when not, and restored with leases ended.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import type { MessageId } from '../../../src/model/message-id.js';
import { backupStore } from '../../../src/store/backup.js';
import { checkStore } from '../../../src/store/check-store.js';
import { ContentFiles } from '../../../src/store/content-files.js';
import { lockStore } from '../../../src/store/lock.js';
import { restoreStore } from '../../../src/store/restore.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { expectCode } from './expect-code.js';
import { openBench, type StoreBench } from './open-store.js';
import { document, OTHER, RECIPIENT, T0 } from './samples.js';

const LARGE = 70_000;
const NOW = T0 + 86_400_000;
const VERSION = { version: '9.9.9', now: NOW };

describe('backup and restore', () => {
  let bench: StoreBench;
  let out: string;
  let to: string;
  beforeEach(() => {
    bench = openBench();
    out = join(bench.base, 'backups', 'one');
    to = join(bench.base, 'restored');
  });
  afterEach(() => bench.end());

  const large = (text: string) => document({ content: Buffer.alloc(LARGE, text) });
  async function contentsIn(folder: string, ids: readonly MessageId[]): Promise<number[]> {
    const refusals = { keepMs: 1000, maxBytes: 10_000 };
    const store = await openSqliteStore({ folder, clock: bench.clock, refusals });
    const sizes: number[] = [];
    for (const id of ids) sizes.push((await store.getContent(id))?.byteLength ?? -1);
    await store.close();
    return sizes;
  }

  it('holds database, content files, keys and digests that sha256sum reads', async () => {
    const store = await bench.open();
    await store.acceptMessage(document());
    await store.acceptMessage(large('a'));
    mkdirSync(join(bench.folder, 'keys'));
    writeFileSync(join(bench.folder, 'keys', 'receipt-1.pem'), 'secret', { mode: 0o600 });
    const report = await backupStore(bench.folder, out, VERSION);
    expect(report).to.deep.include({ messages: 2, contentFiles: 1, linked: 1, damaged: [] });
    expect(readdirSync(out).sort()).to.deep.equal([
      'SHA256SUMS',
      'content',
      'edxgate.db',
      'keys',
      'manifest.json',
    ]);
    for (const name of ['edxgate.db', 'keys/receipt-1.pem', 'manifest.json', 'SHA256SUMS']) {
      expect(statSync(join(out, name)).mode & 0o777, name).to.equal(0o600);
    }
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: out });
    expect(existsSync(`${out}.partial`)).to.equal(false);
    await expectCode(backupStore(bench.folder, out, VERSION), 'store.target');
  });

  it('is one moment of a store that goes on, and restores to a sound one', async function () {
    this.timeout(20_000);
    const store = await bench.open();
    const before: MessageId[] = [];
    for (let i = 0; i < 30; i++) {
      const sent = i % 2 === 0 ? large(`${i} `) : document();
      await store.acceptMessage(sent);
      before.push(sent.message.messageId);
    }
    let going = true;
    let during = 0;
    const writing = (async () => {
      while (going) {
        await store.acceptMessage(large(`during ${during++} `));
      }
    })();
    await backupStore(bench.folder, out, VERSION);
    going = false;
    await writing;
    expect(during).to.be.greaterThan(0);
    const report = await restoreStore(out, to, { now: NOW });
    expect(report.check.findings).to.deep.equal([]);
    expect((await checkStore(to, { deep: true, now: NOW })).findings).to.deep.equal([]);
    expect(report.manifest.messages).to.be.within(30, 30 + during);
    expect(new Set(await contentsIn(to, before))).to.not.include(-1);
  });

  it('knows of content that retention deleted while it was made', async () => {
    const store = await bench.open();
    const [kept, gone] = [large('kept'), large('gone')];
    await bench.settle(store, gone, 'delivered', T0 + 10);
    await store.acceptMessage(kept);
    const { pathOf } = ContentFiles.prototype;
    let purged = false;
    ContentFiles.prototype.pathOf = function (this: ContentFiles, digest: string) {
      const path = pathOf.call(this, digest);
      if (!purged && digest === gone.message.contentDigest) {
        purged = true;
        // As the writer of the running gateway would, after the copy of the database was taken.
        bench.sql('UPDATE message SET purged_at = 5 WHERE content_digest = ?', digest);
        bench.sql('DELETE FROM content WHERE digest = ?', digest);
        rmSync(path);
      }
      return path;
    };
    try {
      const report = await backupStore(bench.folder, out, VERSION);
      expect(report).to.deep.include({ purgedMeanwhile: 1, contentFiles: 1, damaged: [] });
    } finally {
      ContentFiles.prototype.pathOf = pathOf;
    }
    const report = await restoreStore(out, to, { now: NOW });
    expect(report.check.findings).to.deep.equal([]);
    const ids = [kept.message.messageId, gone.message.messageId];
    expect(await contentsIn(to, ids)).to.deep.equal([LARGE, -1]);
  });

  it('says which content the store has lost, and saves the rest', async () => {
    const store = await bench.open();
    const [kept, lost] = [large('kept'), large('lost')];
    for (const one of [kept, lost]) await store.acceptMessage(one);
    rmSync(bench.contentFile(lost.message.contentDigest));
    const report = await backupStore(bench.folder, out, VERSION);
    expect(report.damaged).to.deep.equal([lost.message.contentDigest]);
    const { check } = await restoreStore(out, to, { now: NOW });
    expect(check.findings.map((one) => one.kind)).to.deep.equal(['content-missing']);
  });

  it('ends leases when it is restored, and notes when that was', async () => {
    const store = await bench.open();
    const sent = document({
      to: [
        [RECIPIENT, 'queued'],
        [OTHER, 'pending'],
      ],
    });
    await store.acceptMessage(sent);
    await store.leaseDue({ now: T0 + 1, limit: 1, perRecipient: 1, leaseMs: 1e9 });
    await backupStore(bench.folder, out, VERSION);
    const report = await restoreStore(out, to, { now: NOW });
    expect(report).to.deep.include({ leasesEnded: 1 });
    const refusals = { keepMs: 1000, maxBytes: 10_000 };
    const restored = await openSqliteStore({ folder: to, clock: bench.clock, refusals });
    expect(await restored.getFact('restored_at')).to.equal(new Date(NOW).toISOString());
    const lanes = await restored.deliveriesOf(sent.message.messageId);
    expect(lanes.map((one) => one.state).sort()).to.deep.equal(['deferred', 'pending']);
    const again = await restored.leaseDue({ now: NOW, limit: 5, perRecipient: 5, leaseMs: 1000 });
    // The same message under the same id: whoever keeps ids drops a repeat.
    expect(again.map((one) => one.messageId)).to.deep.equal([sent.message.messageId]);
    await restored.close();
  });

  it('refuses a backup of which anything was changed, cut or lost, and leaves nothing', async () => {
    const store = await bench.open();
    const sent = large('x');
    await store.acceptMessage(sent);
    const { contentDigest: digest } = sent.message;
    const damages: [string, () => void][] = [
      ['content', () => writeFileSync(join(out, 'content', digest.slice(0, 2), digest), 'other')],
      ['lost content', () => rmSync(join(out, 'content'), { recursive: true })],
      ['database', () => appendFileSync(join(out, 'edxgate.db'), 'x')],
      ['list', () => appendFileSync(join(out, 'SHA256SUMS'), `${'0'.repeat(64)}  keys/x\n`)],
      ['way out', () => writeFileSync(join(out, 'SHA256SUMS'), `${'0'.repeat(64)}  ../x\n`)],
      ['no list', () => rmSync(join(out, 'SHA256SUMS'))],
      ['manifest', () => writeFileSync(join(out, 'manifest.json'), '{}')],
      ['no manifest', () => rmSync(join(out, 'manifest.json'))],
    ];
    for (const [name, damage] of damages) {
      rmSync(out, { recursive: true, force: true });
      // Not links: damage to them would be damage to the store.
      await backupStore(bench.folder, out, VERSION);
      const file = join(out, 'content', digest.slice(0, 2), digest);
      const bytes = readFileSync(file);
      rmSync(file);
      writeFileSync(file, bytes);
      damage();
      await expectCode(restoreStore(out, to, { now: NOW }), 'store.backup');
      expect(existsSync(to), name).to.equal(false);
      expect(existsSync(`${to}.restoring`), name).to.equal(false);
    }
  });

  it('restores into an empty folder only; with force it puts a store aside that nobody serves', async () => {
    const store = await bench.open();
    await store.acceptMessage(document());
    await backupStore(bench.folder, out, VERSION);
    mkdirSync(to);
    await restoreStore(out, to, { now: NOW });
    await expectCode(restoreStore(out, to, { now: NOW }), 'store.target');
    const db = new Database(join(to, 'serve.lock'));
    db.exec('BEGIN EXCLUSIVE');
    await expectCode(restoreStore(out, to, { now: NOW, force: true }), 'store.locked');
    db.close();
    const lock = lockStore(to);
    await expectCode(restoreStore(out, to, { now: NOW, force: true }), 'store.locked');
    lock.release();
    const { putAside } = await restoreStore(out, to, { now: NOW, force: true });
    expect(existsSync(join(putAside ?? '', 'edxgate.db'))).to.equal(true);
    expect((await checkStore(to)).messages).to.equal(1);
  });
});
