import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.js';
import { makeCheckpoints } from '../../../src/evidence/checkpoint-maker.js';
import { openReceiptKey } from '../../../src/evidence/receipt-keys.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { document, GATEWAY } from '../store/samples.js';
import { openShell, type Shell } from './terminal.js';

describe('edxgate log verify, export, checkpoint', () => {
  let shell: Shell;
  let folder: string;
  beforeEach(() => {
    shell = openShell();
    folder = join(shell.folder, 'store');
    shell.write('edxgate.yaml', 'organ_id: T99.00\n');
  });
  afterEach(() => shell.remove());

  async function fill(checkpoint = true): Promise<void> {
    const refusals = { keepMs: 1000, maxBytes: 10_000 };
    const store = await openSqliteStore({ folder, clock: systemClock, refusals, chain: 'gateway' });
    try {
      await store.acceptMessage(document());
      const key = openReceiptKey({ folder: join(folder, 'keys') }, (file) => readFileSync(file));
      const context = { store, clock: systemClock, gateway: GATEWAY, key };
      if (checkpoint) await makeCheckpoints(context);
    } finally {
      await store.close();
    }
  }
  function tamper(sql: string): void {
    const db = new Database(join(folder, 'edxgate.db'));
    db.exec(sql);
    db.close();
  }

  it('verifies: 0 when whole', async () => {
    await fill();
    const found = await shell.run(['log', 'verify', '--json']);
    expect(found.status).to.equal(0);
    expect(JSON.parse(found.out)).to.deep.equal({
      ...{ ok: true, events: 3, acts: 0, checkpoints: 1, purged: 0, uncovered: 0, unchained: 0 },
      ...{ broken: [], brokenCount: 0 },
    });
    const text = await shell.run(['log', 'verify']);
    expect(text.out).to.include('the log is whole and unchanged').and.include('1 checkpoints');
  });

  it('verifies: 3 when broken, and names where', async () => {
    await fill();
    tamper("UPDATE message_event SET time = time + 1 WHERE event = 'stored'");
    const found = await shell.run(['log', 'verify', '--json']);
    expect(found.status).to.equal(3);
    const { broken } = JSON.parse(found.out) as { broken: object[] };
    expect(broken).to.have.length(1);
    expect(broken[0]).to.include({ chain: 'gateway', index: 4, reason: 'row.changed' });
    const text = await shell.run(['log', 'verify']);
    expect(text.status).to.equal(3);
    expect(text.out)
      .to.include('BROKEN in 1 places')
      .and.match(/^gateway 4 \(\w+\): row\.changed/m);
  });

  it('exports a file for each checkpoint, and verifies against them', async () => {
    await fill();
    await fill();
    const out = join(shell.folder, 'out');
    const done = await shell.run(['log', 'export', '--out', out]);
    expect([done.status, done.out]).to.deep.equal([0, `2 checkpoints in ${out}\n`]);
    const files = readdirSync(out).sort();
    expect(files).to.deep.equal(['checkpoint-000001.xml', 'checkpoint-000002.xml']);
    const lines = await shell.run(['log', 'export', '--since', '2']);
    const second = join(out, 'checkpoint-000002.xml');
    expect(lines.out).to.equal(`${readFileSync(second, 'utf8')}\n`);
    const json = await shell.run(['log', 'export', '--json']);
    expect(
      json.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).number),
    ).to.deep.equal([1, 2]);
    // Several, one a line, as mailed.
    const mailed = join(out, 'mailed');
    writeFileSync(mailed, (await shell.run(['log', 'export'])).out);
    const args = ['log', 'verify', '--checkpoint', second, '--checkpoint', mailed];
    expect((await shell.run(args)).status).to.equal(0);
    tamper('DELETE FROM checkpoint WHERE number = 2');
    const found = await shell.run([...args, '--json']);
    expect(found.status).to.equal(3);
    expect(found.out).to.include('checkpoint.removed');
  });

  it('verifies with a public key kept elsewhere alone', async () => {
    await fill();
    const key = join(folder, 'keys', 'receipt-1.pub.pem');
    expect((await shell.run(['log', 'verify', '--key', key])).status).to.equal(0);
    await shell.run(['keys', 'rotate']);
    const other = join(folder, 'keys', 'receipt-2.pub.pem');
    const found = await shell.run(['log', 'verify', '--key', other, '--json']);
    expect(found.status).to.equal(3);
    expect(found.out).to.include('checkpoint.key');
    const missing = await shell.run(['log', 'verify', '--key', 'none.pem']);
    expect(missing.status).to.equal(1);
  });

  it('shows the last checkpoint for paper, and says when there is none', async () => {
    await fill(false);
    const none = await shell.run(['log', 'checkpoint']);
    expect(none.status).to.equal(1);
    expect(none.err).to.include('no checkpoint yet');
    await fill();
    const text = await shell.run(['log', 'checkpoint']);
    expect(text.out)
      .to.match(/^checkpoint 1 of /)
      .and.match(/^fingerprint( [0-9a-f]{4}){4}$/m);
    const { digest, fingerprint, number } = JSON.parse(
      (await shell.run(['log', 'checkpoint', '--json'])).out,
    );
    expect(number).to.equal(1);
    expect(digest.startsWith(fingerprint.replaceAll(' ', ''))).to.equal(true);
  });
});
