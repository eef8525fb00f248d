/**
 * SIGTERM under load: nothing that was acknowledged is lost, every request that was begun is answered or
 * its connection closed, the log of the database is emptied, the lock released, the status 0.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.js';
import { silentLogger } from '../../src/log.js';
import type { MessageId } from '../../src/model/message-id.js';
import { addAgency } from '../../src/operate/agencies.js';
import { createToken } from '../../src/operate/tokens.js';
import { checkStore } from '../../src/store/check-store.js';
import { lockStore } from '../../src/store/lock.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import type { Store } from '../../src/store/store.js';
import { resultOf } from '../support/answers.js';
import { type ChildGateway, freePort, startChild, writeConfig } from '../support/child-gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { basic, envelope, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

const SENDERS = 6;

describe('SIGTERM', function () {
  this.timeout(60_000);
  let folder: string;
  let configFile: string;
  let token: string;
  let child: ChildGateway | undefined;

  const openStore = (): Promise<Store> =>
    openSqliteStore({
      folder: join(folder, 'store'),
      clock: systemClock,
      refusals: { keepMs: 86_400_000, maxBytes: 1 << 20 },
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-drain-'));
    configFile = writeConfig(folder, await freePort());
    const store = await openStore();
    const operator = { store, clock: systemClock, logger: silentLogger, actor: 'cli:test' };
    for (const organId of ['T99.01', 'T99.02']) {
      await addAgency(operator, { organId, organName: `Cơ quan ${organId}` });
    }
    token = (await createToken(operator, 'T99.01')).token;
    await store.close();
    child = await startChild(configFile);
  });
  afterEach(async () => {
    await child?.kill();
    child = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Part of a request on a connection of its own; the rest goes when the test says so. */
  async function begin(body: string): Promise<{ rest(): void; reply: Promise<string> }> {
    const { hostname, port } = new URL(child?.exchangeUrl ?? '');
    const socket = connect(Number(port), hostname);
    const text = envelope(body);
    socket.write(
      `POST /soap HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nAuthorization: ${basic('T99.01', token)}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nExpect: 100-continue\r\n\r\n`,
    );
    let got = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      got += chunk;
    });
    const reply = new Promise<string>((resolve) => {
      socket.once('close', () => resolve(got));
      socket.once('error', () => resolve(got));
    });
    // The head was read, the body is waited for.
    await until(() => got.startsWith('HTTP/1.1 100 '));
    got = '';
    return { reply, rest: () => void socket.write(text) };
  }

  /** Until new connections are refused: then the signal was heard. */
  async function heard(): Promise<void> {
    await until(async () => {
      const { hostname, port } = new URL(child?.exchangeUrl ?? '');
      return new Promise<boolean>((resolve) => {
        const socket = connect(Number(port), hostname);
        socket.once('connect', () => {
          socket.destroy();
          resolve(false);
        });
        socket.once('error', () => resolve(true));
      });
    });
  }

  it('under load loses nothing acknowledged, and leaves a store that is whole', async () => {
    const gateway = child as ChildGateway;
    const acknowledged: MessageId[] = [];
    const other: number[] = [];
    let cut = 0;
    let serial = 0;
    const sender = async (): Promise<void> => {
      for (;;) {
        const number = String(++serial);
        const bytes = samplePackage(
          { documentId: `T99.01,2026/11/20,${number}/DRAIN`, codeNumber: number },
          Buffer.alloc(serial % 5 === 0 ? 100_000 : 200, serial),
        );
        try {
          const answer = await sendPackage(`${gateway.exchangeUrl}/soap`, bytes, {
            organId: 'T99.01',
            token,
          });
          if (answer.status === 200) {
            acknowledged.push(resultOf(answer).get('MessageId') as MessageId);
          } else other.push(answer.status);
        } catch {
          cut++;
          return;
        }
      }
    };
    const senders = Promise.all(Array.from({ length: SENDERS }, sender));
    await until(() => acknowledged.length >= 60, 30_000);
    expect(await gateway.stop()).to.equal(0);
    await senders;
    // Each sender met the closed port in the end; nobody was told anything else.
    expect(cut).to.equal(SENDERS);
    expect(other.filter((status) => status !== 503)).to.deep.equal([]);
    for (const suffix of ['-wal', '-shm']) {
      expect(existsSync(join(folder, 'store', `edxgate.db${suffix}`)), suffix).to.equal(false);
    }
    lockStore(join(folder, 'store')).release();
    const report = await checkStore(join(folder, 'store'), { deep: true });
    expect(report.findings).to.deep.equal([]);
    const store = await openStore();
    for (const messageId of acknowledged) {
      expect(await store.getContent(messageId), messageId).to.not.equal(undefined);
    }
    // What was stored was acknowledged, but for requests that were cut while they were answered.
    expect(report.messages - acknowledged.length).to.be.within(0, SENDERS);
    await store.close();
  });

  it('answers a request that was begun before, and closes its connection', async () => {
    const gateway = child as ChildGateway;
    const request = await begin(operation('Ping', '<Echo>still here</Echo>'));
    const stopped = gateway.stop();
    await heard();
    request.rest();
    const reply = await request.reply;
    expect(reply).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    expect(reply)
      .to.match(/\r\nConnection: close\r\n/i)
      .and.to.contain('still here');
    expect(await stopped).to.equal(0);
  });

  it('a second one ends at once, with a store that is whole', async () => {
    const gateway = child as ChildGateway;
    const request = await begin(operation('Ping'));
    const first = gateway.stop();
    await heard();
    // Else the request that never ends would be waited for.
    expect(await gateway.stop()).to.equal(1);
    await first;
    expect(await request.reply).to.equal('');
    expect((await checkStore(join(folder, 'store'), { deep: true })).ok).to.equal(true);
    child = await startChild(configFile);
  });

  it('a second gateway on the same store is refused before it does anything', async () => {
    const port = await freePort();
    const other = writeConfig(mkdtempSync(join(folder, 'other-')), port);
    const text = readFileSync(other, 'utf8').replace(
      'store: store',
      `store: ${join(folder, 'store')}`,
    );
    writeFileSync(other, text, { mode: 0o600 });
    const refused = await startChild(other).then(
      () => 'started',
      (error: unknown) => String(error),
    );
    expect(refused).to.contain('locked by another process (PID ');
    await child?.kill();
    // The lock died with its holder.
    child = await startChild(other);
  });
});
