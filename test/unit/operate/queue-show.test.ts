import { expect } from 'chai';
import { addAgency } from '../../../src/operate/agencies.js';
import { listBreakers, resumeRecipient } from '../../../src/operate/breakers.js';
import { listQueue, showDeliveries } from '../../../src/operate/queue.js';
import { actOnQueue } from '../../../src/operate/queue-acts.js';
import { queueForecast } from '../../../src/operate/queue-forecast.js';
import {
  all,
  codeOf,
  DAY,
  endAttempt,
  type Fixture,
  failAttempt,
  leaseOne,
  NOON,
  openFixture,
  organ,
  storeDocument,
} from './fixture.js';

const PUSH = { kind: 'push', pushKind: 'receiver', url: 'http://b.example/deliver' } as const;
const BREAKER = {
  organId: organ('T99.02'),
  failures: 5,
  lastCode: 'delivery.unreachable',
  openedAt: NOON,
  openUntil: NOON + 30_000,
};
const at = (ms: number): string => new Date(NOON + ms).toISOString();

describe('queue show, breakers and forecast', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.03']) {
      await addAgency(fixture, { organId, organName: organId });
    }
    await addAgency(fixture, { organId: 'T99.02', organName: 'b', route: PUSH });
  });
  afterEach(() => fixture.close());

  const laneTo = async (messageId: string, to: string) =>
    (await showDeliveries(fixture, messageId)).find(({ organId }) => organId === to);

  describe('show', () => {
    it('tells the attempts that are left and the end, by the configured schedule', async () => {
      const messageId = await storeDocument(fixture);
      await failAttempt(fixture, 60_000);
      expect((await laneTo(messageId, 'T99.02'))?.forecast).to.deep.equal({
        attempts: [at(60_000), at(360_000)],
        endsAt: at(360_000),
        endCode: 'delivery.exhausted',
      });
    });

    it("uses the recipient's own schedule where it has one", async () => {
      const agency = await fixture.store.getAgency('T99.02');
      if (agency === undefined) throw new Error('no agency');
      await fixture.store.putAgency({ ...agency, retryMs: [1000, 2000, 4000] }, 'cli:test');
      const messageId = await storeDocument(fixture);
      const forecast = (await laneTo(messageId, 'T99.02'))?.forecast;
      expect(forecast?.attempts).to.deep.equal([at(0), at(1000), at(3000), at(7000)]);
    });

    it('has no forecast and no obstacle once it is final', async () => {
      const messageId = await storeDocument(fixture);
      await endAttempt(fixture, 'delivered');
      const lane = await laneTo(messageId, 'T99.02');
      expect(lane).to.not.have.property('forecast');
      expect(lane?.blockedBy).to.deep.equal([]);
    });

    it('names the open elder of the same document', async () => {
      const elder = await storeDocument(fixture, 'T99.01,2026/11/24,9');
      const elderId = (await laneTo(elder, 'T99.02'))?.id;
      const update = await storeDocument(fixture, 'T99.01,2026/11/24,9', { key: 'second' });
      expect((await laneTo(update, 'T99.02'))?.blockedBy).to.deep.equal([
        { kind: 'elder', id: elderId, messageId: elder, state: 'queued' },
      ]);
      expect((await laneTo(elder, 'T99.02'))?.blockedBy).to.deep.equal([]);
    });

    it('names who holds it and why', async () => {
      const references = [await storeDocument(fixture)];
      fixture.pass(1000);
      await all(actOnQueue(fixture, { act: 'hold', references, reason: 'asked by phone' }));
      expect((await laneTo(references[0] ?? '', 'T99.02'))?.blockedBy).to.deep.equal([
        { kind: 'held', by: 'cli:test', since: at(1000), reason: 'asked by phone' },
      ]);
    });

    it('names the gateway where our own copy is damaged', async () => {
      const messageId = await storeDocument(fixture);
      await endAttempt(fixture, 'held', 'store.damaged');
      expect((await laneTo(messageId, 'T99.02'))?.blockedBy).to.deep.equal([
        { kind: 'held', by: 'gateway', reason: 'so it was', code: 'store.damaged' },
      ]);
    });

    it('names the breaker, the missing route, and the recipient that has not collected', async () => {
      const messageId = await storeDocument(fixture);
      await failAttempt(fixture, 60_000, BREAKER);
      expect((await laneTo(messageId, 'T99.02'))?.blockedBy).to.deep.equal([
        { kind: 'breaker', until: at(30_000), code: 'delivery.unreachable', failures: 5 },
      ]);
      expect((await laneTo(messageId, 'T99.03'))?.blockedBy).to.deep.equal([{ kind: 'collect' }]);
      const now = fixture.clock.now();
      await fixture.store.listPending(organ('T99.03'), undefined, { limit: 10 }, now);
      expect((await laneTo(messageId, 'T99.03'))?.blockedBy).to.deep.equal([
        { kind: 'collect', listedAt: at(0) },
      ]);
      const agency = await fixture.store.getAgency('T99.02');
      if (agency === undefined) throw new Error('no agency');
      await fixture.store.putAgency({ ...agency, route: { kind: 'collect' } }, 'cli:test');
      const kinds = (await laneTo(messageId, 'T99.02'))?.blockedBy.map(({ kind }) => kind);
      expect(kinds).to.deep.equal(['breaker', 'route']);
    });
  });

  describe('breakers', () => {
    it('are listed while they are open or half open, and ended by hand with a reason', async () => {
      await storeDocument(fixture);
      await failAttempt(fixture, 60_000, BREAKER);
      const { store } = fixture;
      const states = async (now: number) =>
        (await listBreakers(store, { now })).map(({ organId, state }) => [organId, state]);
      expect(await states(NOON)).to.deep.equal([['T99.02', 'open']]);
      expect(await states(NOON + 31_000)).to.deep.equal([['T99.02', 'half-open']]);
      expect(await codeOf(resumeRecipient(fixture, 'T99.02', ''))).to.equal('queue.reason');
      expect(await resumeRecipient(fixture, 'T99.02', 'it is up')).to.deep.equal({
        organId: 'T99.02',
        result: 'done',
      });
      expect(await states(NOON)).to.deep.equal([]);
      for (const organId of ['T99.02', 'T99.77', 'no id']) {
        expect(await codeOf(resumeRecipient(fixture, organId, 'x'))).to.equal('breaker.unknown');
      }
    });
  });

  describe('forecast', () => {
    const forecast = async (to = 'T99.02') => (await all(queueForecast(fixture, to)))[0];

    it('counts by state and age, and tells when the queue will be empty', async () => {
      for (let i = 0; i < 3; i++) await storeDocument(fixture, `old ${i}`);
      await endAttempt(fixture, 'delivered');
      await failAttempt(fixture, 3_600_000);
      fixture.pass(7 * 60_000);
      await storeDocument(fixture, 'new');
      expect(await forecast()).to.deep.equal({
        organId: 'T99.02',
        waiting: { deferred: 1, queued: 2 },
        oldestAt: at(0),
        ages: ['<5m', '<1h', '<6h', '<1d', '<3d', 'older'].map((age, i) => ({
          age,
          count: [1, 2, 0, 0, 0, 0][i],
        })),
        deliveredLately: 1,
        drainedAt: at(7 * 60_000 + 3 * 15 * 60_000),
        nextAttemptAt: at(0),
      });
      const organIds = (await all(queueForecast(fixture))).map(({ organId }) => organId);
      expect(organIds).to.deep.equal(['T99.02', 'T99.03']);
      expect(await forecast('T99.77')).to.equal(undefined);
    });

    it('says why no time can be told', async () => {
      const messageId = await storeDocument(fixture);
      expect((await forecast())?.noDrain).to.equal('idle');
      expect((await forecast('T99.03'))?.noDrain).to.equal('collect');
      await failAttempt(fixture, 10_000, BREAKER);
      expect(await forecast()).to.deep.include({
        noDrain: 'breaker',
        breaker: { until: at(30_000), code: 'delivery.unreachable', failures: 5 },
        nextAttemptAt: at(30_000),
      });
      await resumeRecipient(fixture, 'T99.02', 'it is up');
      const agency = await fixture.store.getAgency('T99.02');
      if (agency === undefined) throw new Error('no agency');
      await fixture.store.putAgency({ ...agency, route: { kind: 'collect' } }, 'cli:test');
      expect((await forecast())?.noDrain).to.equal('route');
      const order = { act: 'hold', references: [messageId], reason: 'x' } as const;
      await all(actOnQueue(fixture, order));
      expect((await forecast())?.noDrain).to.equal('held');
    });
  });

  it('shows lifetime and what is asked of a delivery that is being tried', async () => {
    const messageId = await storeDocument(fixture, 'x', { expiresAt: NOON + DAY });
    await leaseOne(fixture);
    await all(actOnQueue(fixture, { act: 'hold', references: [messageId], reason: 'x' }));
    const [active] = await all(listQueue(fixture.store, { states: ['active'] }));
    expect(active).to.deep.include({ asked: 'hold', expiresAt: at(DAY) });
  });
});
