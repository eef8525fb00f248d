/**
 * What survives: processes killed while they write, several processes on one store, a
 * writer thread that dies.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import type { MessageId } from '../../../src/model/message-id.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { Store } from '../../../src/store/store.js';
import { checkWhole } from './check-whole.js';
import { expectCode } from './expect-code.js';
import { document, OTHER, RECIPIENT, T0, TestClock } from './samples.js';

const CHILD = fileURLToPath(new URL('./writing-child.js', import.meta.url));

describe('embedded store under failure', () => {
  let folder = '';
  const open = (at = folder): Promise<Store> =>
    openSqliteStore({
      folder: at,
      clock: new TestClock(),
      refusals: { keepMs: 1000, maxBytes: 10_000_000 },
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edxgate-crash-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** @returns the ids that the child printed; it is killed after so many lines when `killAfter` is given. */
  function runChild(args: readonly string[], killAfter?: number): Promise<MessageId[]> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [CHILD, ...args]);
      let out = '';
      let errors = '';
      child.stdout.on('data', (data: Buffer) => {
        out += String(data);
        if (killAfter !== undefined && out.split('\n').length > killAfter) child.kill('SIGKILL');
      });
      child.stderr.on('data', (data: Buffer) => {
        errors += String(data);
      });
      child.on('close', (code, signal) => {
        if (errors !== '') reject(new Error(errors));
        else if (code !== 0 && signal !== 'SIGKILL') reject(new Error(`ended with ${code}`));
        else resolve(out.split('\n').filter((line) => line.length === 26) as MessageId[]);
      });
    });
  }

  for (const size of [100, 70_000]) {
    it(`keeps every acknowledged message of ${size} bytes when the process is killed, and none by half`, async function () {
      this.timeout(60_000);
      const acknowledged: MessageId[] = [];
      for (const killAfter of [1, 12, 40]) {
        acknowledged.push(...(await runChild([folder, '0', String(size)], killAfter)));
      }
      expect(acknowledged.length).to.be.at.least(50);
      const store = await open();
      for (const messageId of acknowledged) await checkWhole(store, messageId);
      // More may have been stored than was acknowledged; all of it is whole.
      const { items } = await store.listMessages({}, { limit: 10_000 });
      for (const one of items) await checkWhole(store, one.messageId);
      expect((await store.counts()).messages).to.equal(items.length);
      await store.close();
    });
  }

  it('lets several processes write to one store', async function () {
    this.timeout(60_000);
    const store = await open();
    const own: MessageId[] = [];
    const writeOwn = async (): Promise<void> => {
      for (let i = 0; i < 30; i++) {
        const sent = document({
          to: [
            [RECIPIENT, 'queued'],
            [OTHER, 'pending'],
          ],
        });
        await store.acceptMessage(sent);
        own.push(sent.message.messageId);
      }
    };
    const [a, b] = await Promise.all([
      runChild([folder, '60', '70000']),
      runChild([folder, '60', '100']),
      writeOwn(),
    ]);
    expect([a.length, b.length, own.length]).to.deep.equal([60, 60, 30]);
    for (const messageId of [...a, ...b, ...own]) await checkWhole(store, messageId);
    expect((await store.counts()).messages).to.equal(150);
    const states = new Map(
      (await store.counts()).deliveries.map((one) => [`${one.organId} ${one.state}`, one.count]),
    );
    expect(states).to.deep.equal(
      new Map([
        [`${RECIPIENT} queued`, 150],
        [`${OTHER} pending`, 150],
      ]),
    );
    await store.close();
  });

  it('gives a delivery to one of two processes only', async () => {
    const [one, two] = [await open(), await open()];
    for (let i = 0; i < 20; i++) await one.acceptMessage(document());
    const request = { now: T0 + 1, limit: 15, perRecipient: 99, leaseMs: 1000 };
    const [a, b] = await Promise.all([one.leaseDue(request), two.leaseDue(request)]);
    const all = [...a, ...b].map((leased) => leased.id);
    expect(all).to.have.length(20);
    expect(new Set(all).size).to.equal(20);
    await Promise.all([one.close(), two.close()]);
  });

  it('opens a new store from two processes at once', async function () {
    this.timeout(30_000);
    const [a, b] = await Promise.all([
      runChild([folder, '5', '10']),
      runChild([folder, '5', '10']),
    ]);
    expect(a.length + b.length).to.equal(10);
  });

  it('ends a process that only opened and closed the store', async function () {
    this.timeout(30_000);
    expect(await runChild([folder, '5', '10'])).to.have.length(5);
  });

  it('fails what was pending when the writer thread dies, and writes again afterwards', async () => {
    const store = await open();
    await store.acceptMessage(document());
    const { postMessage } = Worker.prototype;
    let victim: Worker | undefined;
    Worker.prototype.postMessage = function (
      this: Worker,
      ...args: Parameters<typeof postMessage>
    ) {
      victim = this;
      return postMessage.apply(this, args);
    };
    const lost = document();
    try {
      await store.probe();
      const pending = store.acceptMessage(lost);
      const ended = victim?.terminate();
      await expectCode(pending, 'server.store');
      await ended;
    } finally {
      Worker.prototype.postMessage = postMessage;
    }
    const next = document();
    expect((await store.acceptMessage(next)).kind).to.equal('stored');
    // The sender of the lost one sends again: stored once, whether or not the commit had happened.
    expect(['stored', 'duplicate']).to.include((await store.acceptMessage(lost)).kind);
    expect((await store.counts()).messages).to.equal(3);
    await store.close();
  });
});
