import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.js';
import { lockStore } from '../../../src/store/lock.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { Store } from '../../../src/store/store.js';
import { document, RECIPIENT, T0 } from '../store/samples.js';
import { openShell, type Shell } from './terminal.js';

describe('edxgate store', () => {
  let shell: Shell;
  let folder: string;
  beforeEach(() => {
    shell = openShell();
    folder = join(shell.folder, 'store');
    shell.write('edxgate.yaml', 'organ_id: T99.00\nretention:\n  content: 1d\n  log: 2d\n');
  });
  afterEach(() => shell.remove());

  async function withStore(work: (store: Store) => Promise<unknown>): Promise<void> {
    const refusals = { keepMs: 1000, maxBytes: 10_000 };
    const store = await openSqliteStore({ folder, clock: systemClock, refusals });
    await work(store);
    await store.close();
  }
  const fill = (): Promise<void> =>
    withStore((store) => store.acceptMessage(document({ content: Buffer.alloc(70_000, 'c') })));
  const contentFile = (): string => {
    const content = join(folder, 'content');
    const [part = ''] = readdirSync(content);
    const [name = ''] = readdirSync(join(content, part));
    return join(content, part, name);
  };

  it('checks: 0 when sound, 3 with findings, 1 where there is none', async () => {
    const none = await shell.run(['store', 'check', '--json']);
    expect([none.status, none.err]).to.deep.equal([1, none.err]);
    expect(none.err).to.contain('store.missing');
    await fill();
    const sound = await shell.run(['store', 'check', '--deep']);
    expect(sound.status).to.equal(0);
    expect(sound.out).to.equal(
      'sound: 1 messages, 1 deliveries, 1 contents (1 files); every byte read\n',
    );
    writeFileSync(contentFile(), 'damaged');
    const bad = await shell.run(['store', 'check', '--json']);
    expect(bad.status).to.equal(3);
    const report = JSON.parse(bad.out) as { ok: boolean; findings: { kind: string }[] };
    expect(report.ok).to.equal(false);
    expect(report.findings.map((one) => one.kind)).to.deep.equal(['content-size']);
    expect((await shell.run(['store', 'check'])).out)
      .to.contain('content-size')
      .and.contain('7 bytes');
  });

  it('backs up, restores, and says what to do next', async () => {
    await fill();
    const backup = await shell.run(['store', 'backup', '--out', 'saved']);
    expect(backup.status).to.equal(0);
    expect(backup.out).to.contain('1 messages, 1 content files (70 kB)').and.contain('hard links');
    const again = await shell.run(['store', 'backup', '--out', 'saved', '--json']);
    expect([again.status, again.err.includes('store.target')]).to.deep.equal([1, true]);
    const restored = await shell.run(['store', 'restore', 'saved', '--to', 'anew']);
    expect(restored.status).to.equal(0);
    expect(restored.out)
      .to.contain(`store: ${join(shell.folder, 'anew')}`)
      .and.contain('sound: 1 messages')
      .and.contain('delivered again');
    const checked = await shell.run(['store', 'check', '--folder', 'anew', '--json']);
    expect(checked.status).to.equal(0);
    const refused = await shell.run(['store', 'restore', 'saved', '--to', 'anew', '--json']);
    expect(refused.err).to.contain('store.target');
    const [forced] = await shell.json(['store', 'restore', 'saved', '--to', 'anew', '--force']);
    expect(existsSync(String(forced?.['putAside']))).to.equal(true);
    const bogus = await shell.run(['store', 'restore', 'nowhere', '--to', 'x', '--json']);
    expect([bogus.status, bogus.err.includes('store.backup')]).to.deep.equal([1, true]);
  });

  it('brings an older store up to date, but not while somebody serves it', async () => {
    await fill();
    expect((await shell.run(['store', 'migrate'])).out).to.contain('is up to date');
    const old = gunzipSync(readFileSync(join('fixtures', 'stores', 'v1.db.gz')));
    for (const suffix of ['-wal', '-shm']) {
      expect(existsSync(join(folder, `edxgate.db${suffix}`))).to.equal(false);
    }
    writeFileSync(join(folder, 'edxgate.db'), old);
    const db = new Database(join(folder, 'serve.lock'));
    db.exec('BEGIN EXCLUSIVE');
    const locked = await shell.run(['store', 'migrate', '--json']);
    expect([locked.status, locked.err.includes('store.locked')]).to.deep.equal([5, true]);
    db.close();
    const [done] = await shell.json(['store', 'migrate']);
    expect(done).to.deep.include({ migrated: true, from: 1 });
    expect(existsSync(String(done?.['saved']))).to.equal(true);
    const missing = await shell.run([
      'store',
      'migrate',
      '-c',
      shell.write('other.yaml', 'organ_id: T99\nstore: no\n'),
      '--json',
    ]);
    expect(missing.err).to.contain('store.missing');
  });

  it('purges what is past its retention', async () => {
    await withStore(async (store) => {
      for (const at of [T0, systemClock.now()]) {
        await store.acceptMessage(document({ at: T0, to: [[RECIPIENT, 'pending']] }));
        const [pending] = (await store.listPending(RECIPIENT, undefined, { limit: 1 }, at)).items;
        const messageId = pending?.messageId;
        if (messageId === undefined) throw new Error('nothing pending');
        const done = { messageId, outcome: 'done', confirmedAt: at } as const;
        await store.confirm(messageId, RECIPIENT, done, undefined);
      }
    });
    const [purged] = await shell.json(['store', 'purge']);
    expect(purged).to.deep.equal({ contents: 1, messages: 1 });
    expect((await shell.run(['store', 'check', '--deep'])).out).to.contain('1 messages');
  });

  it('does not need the store to itself for a check or a backup', async () => {
    await fill();
    const lock = lockStore(folder);
    expect((await shell.run(['store', 'check'])).status).to.equal(0);
    expect((await shell.run(['store', 'backup', '--out', 'beside'])).status).to.equal(0);
    lock.release();
  });
});
