import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.js';
import { silentLogger } from '../../src/log.js';
import { addAgency } from '../../src/operate/agencies.js';
import { createToken } from '../../src/operate/tokens.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { resultOf } from '../support/answers.js';
import { type ChildGateway, freePort, startChild, writeConfig } from '../support/child-gateway.js';
import { startRecipient, type TestRecipient } from '../support/recipient.js';
import { samplePackage } from '../support/sample-document.js';
import { call, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

const SENDS = 200;
const SENDERS = 4;
const KILLS = 8;

/** mulberry32: the same moments at every run, as far as the machine allows. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const DELIVERY = `delivery:
  retry: "100ms*200"
  attempt_timeout: 1s
  lease: 2s
  per_recipient: 4
`;

/** Design 1.1: an accepted document is never lost and never delivered twice, whatever kills us. */
describe('SIGKILL at any moment', function () {
  this.timeout(120_000);
  let folder: string;
  let configFile: string;
  let recipient: TestRecipient;
  let child: ChildGateway | undefined;
  const tokens = new Map<string, string>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-kill-'));
    recipient = await startRecipient();
    configFile = writeConfig(folder, await freePort(), DELIVERY);
    const store = await openSqliteStore({
      folder: join(folder, 'store'),
      clock: systemClock,
      refusals: { keepMs: 86_400_000, maxBytes: 1 << 20 },
    });
    const operator = { store, clock: systemClock, logger: silentLogger, actor: 'cli:test' };
    for (const organId of ['T99.01', 'T99.02', 'T99.04']) {
      await addAgency(operator, {
        organId,
        organName: `Cơ quan ${organId}`,
        ...(organId === 'T99.04'
          ? { route: { kind: 'push', pushKind: 'receiver', url: recipient.url } as const }
          : {}),
      });
      tokens.set(organId, (await createToken(operator, organId)).token);
    }
    await store.close();
  });
  after(async () => {
    await child?.kill();
    await recipient.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const as = (organId: string) => ({ organId, token: tokens.get(organId) ?? '' });

  it(`${SENDS} sends over ${KILLS} kills: none lost, none twice, every delivery ends`, async () => {
    const random = seeded(20_261_124);
    const first = await startChild(configFile);
    child = first;
    const soapUrl = `${first.exchangeUrl}/soap`;

    // The ledger knows only what the sender was told.
    const ledger = new Map<string, string>();
    const bodies = Array.from({ length: SENDS }, (_, i) => ({
      documentId: `T99.01,2026/11/20,${i}/KILL`,
      // Every tenth is large enough for a content file.
      bytes: samplePackage(
        {
          documentId: `T99.01,2026/11/20,${i}/KILL`,
          codeNumber: String(i),
          to: [{ organId: 'T99.04' }, { organId: 'T99.02' }],
        },
        Buffer.alloc(i % 10 === 0 ? 100_000 : 100, i + 1),
      ),
    }));
    let repeats = 0;
    const waiting = [...bodies];
    const sender = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        while (!ledger.has(next.documentId)) {
          try {
            const answer = await sendPackage(soapUrl, next.bytes, as('T99.01'));
            const result = resultOf(answer);
            if (result.get('Duplicate') === 'true') repeats += 1;
            ledger.set(next.documentId, result.get('MessageId'));
          } catch (error) {
            // Only a lost connection is no answer; anything else fails the test.
            if (!(error instanceof TypeError)) throw error;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      }
    };
    let sending = true;
    const senders = Promise.all(Array.from({ length: SENDERS }, sender)).finally(() => {
      sending = false;
    });

    let kills = 0;
    let nextKill = 0;
    while (kills < KILLS) {
      // By progress, so that every kill meets a gateway at work, then by a random moment.
      nextKill += SENDS / (KILLS + 1);
      await until(() => ledger.size >= nextKill || !sending, 60_000);
      await new Promise((resolve) => setTimeout(resolve, random() * 60));
      await child.kill();
      kills += 1;
      child = await startChild(configFile);
    }
    await senders;

    // What was acknowledged is what arrives.
    const acknowledged = [...ledger.values()];
    expect(new Set(acknowledged).size).to.equal(SENDS);
    await until(() => acknowledged.every((one) => recipient.received.has(one)), 30_000);
    // Two message ids for one document would be two deliveries to a recipient that keeps ids.
    expect(recipient.received.size).to.equal(SENDS);
    const documents = [...recipient.received.values()].map((one) => one.documentId);
    expect(new Set(documents).size).to.equal(SENDS);
    for (const { documentId, bytes } of bodies) {
      const got = recipient.received.get(ledger.get(documentId) ?? '');
      expect(got?.bytes.equals(bytes), documentId).to.equal(true);
    }

    // The same sent again is told what it was told before.
    for (const { documentId, bytes } of bodies.slice(0, 20)) {
      const result = resultOf(await sendPackage(soapUrl, bytes, as('T99.01')));
      expect(result.get('Duplicate')).to.equal('true');
      expect(result.get('MessageId')).to.equal(ledger.get(documentId));
    }

    // Whoever collects finds each once.
    const page = resultOf(
      await call(soapUrl, operation('ListPending', '<MaxItems>1000</MaxItems>'), as('T99.02')),
    );
    expect(page.all('Item').map((one) => one.get('MessageId'))).to.have.members(acknowledged);

    const pushed = async (): Promise<string[]> => {
      const since = '<Since>2020-01-01T00:00:00Z</Since><MaxItems>1000</MaxItems>';
      const traces = resultOf(await call(soapUrl, operation('GetTraces', since), as('T99.01')));
      return traces
        .all('Trace')
        .filter((one) => one.get('ToOrganId') === 'T99.04')
        .map((one) => one.get('State'));
    };
    await until(async () => (await pushed()).every((state) => state === 'delivered'), 30_000);
    expect(await pushed()).to.have.lengthOf(SENDS);
    expect(await child.stop()).to.equal(0);
    child = undefined;
    // A kill can cost each sender one answer, and nothing else makes a repeat.
    expect(repeats).to.be.at.most(SENDERS * KILLS);
  });

  it('afterwards the store is sound', async () => {
    const store = await openSqliteStore({
      folder: join(folder, 'store'),
      clock: systemClock,
      refusals: { keepMs: 86_400_000, maxBytes: 1 << 20 },
    });
    try {
      const { messages, deliveries } = await store.counts();
      expect(messages).to.equal(SENDS);
      expect(
        deliveries.map(({ organId, state, count }) => [organId, state, count]),
      ).to.have.deep.members([
        ['T99.02', 'pending', SENDS],
        ['T99.04', 'delivered', SENDS],
      ]);
      let after: string | undefined;
      do {
        const page = await store.listMessages(
          {},
          { limit: 100, ...(after === undefined ? {} : { after }) },
        );
        // Rejects when the bytes no longer match their digest.
        for (const { messageId } of page.items) {
          expect(await store.getContent(messageId)).to.not.equal(undefined);
        }
        after = page.next;
      } while (after !== undefined);
    } finally {
      await store.close();
    }
  });
});
