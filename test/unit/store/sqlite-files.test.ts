/**
 * Files of the embedded store: their rights, content files, sweeps, damaged files, schema versions.
 */
import { existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { LEFT_OVER_AFTER_MS } from '../../../src/store/content-files.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { Store } from '../../../src/store/store.js';
import { expectCode } from './expect-code.js';
import { agency, digestOf, document, OTHER, RECIPIENT, SENDER, T0, TestClock } from './samples.js';

const LARGE = 70_000;

describe('files of the embedded store', () => {
  let base = '';
  let folder = '';
  let store: Store | undefined;
  const open = async (readOnly = false): Promise<Store> => {
    const opened = await openSqliteStore({
      folder,
      clock: new TestClock(),
      refusals: { keepMs: 1000, maxBytes: 10_000 },
      readOnly,
    });
    store = opened;
    return opened;
  };

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'edxgate-files-'));
    folder = join(base, 'data', 'store');
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
    await rm(base, { recursive: true, force: true });
  });

  const fileOf = (digest: string): string => join(folder, 'content', digest.slice(0, 2), digest);

  /** Gives the file the age of a left-over, seen from `after`. */
  async function makeOld(path: string): Promise<number> {
    const old = new Date(T0 - 2 * LEFT_OVER_AFTER_MS);
    await utimes(path, old, old);
    return T0;
  }

  it('makes a folder of mode 0700 and files of mode 0600 under any umask', async () => {
    const before = process.umask(0);
    try {
      const opened = await open();
      await opened.acceptMessage(document({ content: Buffer.alloc(LARGE) }));
      const digest = digestOf(Buffer.alloc(LARGE));
      const modes: Record<string, string> = {};
      const mode = async (path: string): Promise<string> =>
        ((await stat(path)).mode & 0o777).toString(8);
      for (const name of ['edxgate.db', 'edxgate.db-wal', 'edxgate.db-shm']) {
        modes[name] = await mode(join(folder, name));
      }
      modes['content file'] = await mode(fileOf(digest));
      modes['content folder'] = await mode(join(folder, 'content', digest.slice(0, 2)));
      modes['content'] = await mode(join(folder, 'content'));
      modes['folder'] = await mode(folder);
      expect(modes).to.deep.equal({
        'edxgate.db': '600',
        'edxgate.db-wal': '600',
        'edxgate.db-shm': '600',
        'content file': '600',
        'content folder': '700',
        content: '700',
        folder: '700',
      });
    } finally {
      process.umask(before);
    }
  });

  it('narrows a folder that is too open', async () => {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    await open();
    expect(((await stat(folder)).mode & 0o777).toString(8)).to.equal('700');
  });

  it('finds everything again after it was closed', async () => {
    const first = await open();
    const sent = document({ content: Buffer.alloc(LARGE, 'a') });
    await first.acceptMessage(sent);
    await first.putAgency(agency(SENDER), 'cli:an');
    await first.close();
    const again = await open();
    expect(await again.getMessage(sent.message.messageId)).to.deep.equal(sent.message);
    expect((await again.getContent(sent.message.messageId))?.byteLength).to.equal(LARGE);
    expect((await again.getAgency(SENDER))?.organName).to.equal(`Cơ quan ${SENDER}`);
  });

  it('puts large content into a file and small content into the database', async () => {
    const opened = await open();
    const small = document({ content: Buffer.alloc(64 * 1024, 'a') });
    const large = document({ content: Buffer.alloc(64 * 1024 + 1, 'b') });
    await opened.acceptMessage(small);
    await opened.acceptMessage(large);
    expect(existsSync(fileOf(small.message.contentDigest))).to.equal(false);
    expect(await readFile(fileOf(large.message.contentDigest))).to.deep.equal(large.content);
  });

  it('writes no file for a repeat or a conflict', async () => {
    const opened = await open();
    await opened.acceptMessage(document({ duplicateKey: 'k' }));
    const conflict = document({ duplicateKey: 'k', content: Buffer.alloc(LARGE, 'c') });
    expect((await opened.acceptMessage(conflict)).kind).to.equal('conflict');
    expect(existsSync(fileOf(conflict.message.contentDigest))).to.equal(false);
  });

  it('does not hand out content that was changed on disk', async () => {
    const opened = await open();
    const sent = document({ content: Buffer.alloc(LARGE, 'd') });
    await opened.acceptMessage(sent);
    const file = fileOf(sent.message.contentDigest);
    await writeFile(file, Buffer.alloc(LARGE, 'D'));
    await expectCode(opened.getContent(sent.message.messageId), 'store.damaged');
    await unlink(file);
    await expectCode(opened.getContent(sent.message.messageId), 'store.damaged');
  });

  it('does not hand out content that was changed in the database', async () => {
    const opened = await open();
    const sent = document();
    await opened.acceptMessage(sent);
    const db = new Database(join(folder, 'edxgate.db'));
    db.prepare('UPDATE content SET bytes = ?').run(Buffer.from('<forged/>'));
    db.close();
    await expectCode(opened.getContent(sent.message.messageId), 'store.damaged');
  });

  it('re-hashes an old file before it stands for new content', async () => {
    const opened = await open();
    const content = Buffer.alloc(LARGE, 'e');
    const file = fileOf(digestOf(content));
    await mkdir(join(file, '..'), { recursive: true });
    // Of the right size, so that only its hash gives it away.
    await writeFile(file, Buffer.alloc(LARGE, 'E'));
    const sent = document({ content });
    await opened.acceptMessage(sent);
    expect(await opened.getContent(sent.message.messageId)).to.deep.equal(content);
  });

  it('replaces damaged bytes in the database when the same bytes come again', async () => {
    const opened = await open();
    const first = document();
    await opened.acceptMessage(first);
    const db = new Database(join(folder, 'edxgate.db'));
    db.prepare('UPDATE content SET bytes = ?').run(Buffer.from('<forged/>'));
    db.close();
    await opened.acceptMessage(document({ content: first.content }));
    expect(await opened.getContent(first.message.messageId)).to.deep.equal(first.content);
  });

  it('sweeps old files that no message counts, and temporary files', async () => {
    const opened = await open();
    const counted = document({ content: Buffer.alloc(LARGE, 'f') });
    await opened.acceptMessage(counted);
    await makeOld(fileOf(counted.message.contentDigest));
    const content = join(folder, 'content');
    const left = fileOf('ab'.repeat(32));
    await mkdir(join(left, '..'), { recursive: true });
    const temporary = join(content, `tmp-${'0'.repeat(24)}`);
    const foreign = join(content, 'README');
    for (const path of [left, temporary, foreign]) await writeFile(path, 'x');
    const young = fileOf('cd'.repeat(32));
    await mkdir(join(young, '..'), { recursive: true });
    await writeFile(young, 'x');
    await utimes(young, new Date(T0), new Date(T0));
    for (const path of [left, temporary, foreign]) await makeOld(path);
    await opened.sweep(T0);
    const found = [fileOf(counted.message.contentDigest), left, temporary, foreign, young];
    expect(found.map((path) => existsSync(path))).to.deep.equal([true, false, false, true, true]);
    expect(await opened.getContent(counted.message.messageId)).to.deep.equal(counted.content);
  });

  it('sweeps the file of purged content', async () => {
    const opened = await open();
    const sent = document({ content: Buffer.alloc(LARGE, 'g'), to: [[RECIPIENT, 'pending']] });
    await opened.acceptMessage(sent);
    const { messageId } = sent.message;
    const confirmation = { messageId, outcome: 'done' as const, confirmedAt: T0 };
    await opened.confirm(messageId, RECIPIENT, confirmation, undefined);
    await opened.purgeContent({ state: 'delivered', before: T0 + 1, limit: 10, now: T0 + 2 });
    const file = fileOf(sent.message.contentDigest);
    await opened.sweep(await makeOld(file));
    expect(existsSync(file)).to.equal(false);
  });

  it('loses no content when files are swept while the same bytes come again', async () => {
    const opened = await open();
    for (let i = 0; i < 20; i++) {
      const content = Buffer.alloc(LARGE, `h${i}`);
      const file = fileOf(digestOf(content));
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, content);
      const now = await makeOld(file);
      const sent = document({ content });
      // Far ahead, so that even a file touched just now counts as old.
      const sweeps = [opened.sweep(now), opened.sweep(now + 1e12)];
      await Promise.all([opened.acceptMessage(sent), ...sweeps]);
      expect(await opened.getContent(sent.message.messageId)).to.deep.equal(content);
    }
  });

  it('refuses a store of a newer version and leaves it as it is', async () => {
    await (await open()).close();
    const file = join(folder, 'edxgate.db');
    const db = new Database(file);
    db.pragma('user_version = 999');
    db.close();
    const before = await readFile(file);
    await expectCode(open(), 'store.newer');
    await expectCode(open(true), 'store.newer');
    expect(await readFile(file)).to.deep.equal(before);
  });

  it('refuses the database of another program and leaves it as it is', async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, 'edxgate.db');
    const db = new Database(file);
    db.exec('CREATE TABLE other (a)');
    db.close();
    const before = await readFile(file);
    await expectCode(open(), 'store.foreign');
    expect(await readFile(file)).to.deep.equal(before);
  });

  it('refuses a file that is no database', async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(
      join(folder, 'edxgate.db'),
      'not a database at all, but long enough'.repeat(50),
    );
    await expectCode(open(), 'server.store');
  });

  it('reads without writing when opened read-only', async () => {
    const first = await open();
    const sent = document();
    await first.acceptMessage(sent);
    const reader = await open(true);
    expect(await reader.getMessage(sent.message.messageId)).to.deep.equal(sent.message);
    await expectCode(reader.acceptMessage(document()), 'server.store');
    await expectCode(reader.putAgency(agency(OTHER), 'cli:an'), 'server.store');
    await expectCode(reader.sweep(T0), 'server.store');
    await reader.close();
    await first.close();
  });

  it('makes nothing when opened read-only where there is no store', async () => {
    await expectCode(open(true), 'store.missing');
    expect(await readdir(base)).to.deep.equal([]);
  });

  it('names its file so that other tools know whose it is', async () => {
    await open();
    const db = new Database(join(folder, 'edxgate.db'), { readonly: true });
    expect(db.pragma('application_id', { simple: true })).to.equal(0x45445847);
    expect(db.pragma('user_version', { simple: true })).to.be.at.least(1);
    expect(db.pragma('foreign_key_check')).to.deep.equal([]);
    db.close();
  });

  it('records acts of operators without tokens or their hashes', async () => {
    const opened = await open();
    await opened.putAgency(agency(SENDER), 'cli:an');
    const token = { id: 't', organId: SENDER, hash: 'secret-hash', createdAt: T0, expiresAt: T0 };
    await opened.addToken(token, 'cli:an');
    await opened.revokeToken(SENDER, 't', T0, 'console:binh');
    const db = new Database(join(folder, 'edxgate.db'), { readonly: true });
    const rows = db
      .prepare('SELECT actor, act, subject, detail FROM operator_act ORDER BY id')
      .all();
    db.close();
    expect(rows).to.have.length(3);
    expect(rows[2]).to.include({ actor: 'console:binh', act: 'token.revoke', subject: SENDER });
    expect(JSON.stringify(rows)).to.not.include('secret-hash');
  });
});
