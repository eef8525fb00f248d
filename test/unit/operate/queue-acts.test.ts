import { expect } from 'chai';
import type { Delivery } from '../../../src/model/message.js';
import { listActs } from '../../../src/operate/acts.js';
import { addAgency } from '../../../src/operate/agencies.js';
import { listDead, requeueDead } from '../../../src/operate/dead.js';
import { listQueue } from '../../../src/operate/queue.js';
import { type ActOrder, type ActView, actOnQueue } from '../../../src/operate/queue-acts.js';
import type { QueueQuery } from '../../../src/operate/queue-query.js';
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

describe('acts on the queue', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.03']) {
      await addAgency(fixture, { organId, organName: organId });
    }
    await addAgency(fixture, { organId: 'T99.02', organName: 'b', route: PUSH });
  });
  afterEach(() => fixture.close());

  const act = (order: ActOrder) => all(actOnQueue(fixture, { reason: 'asked by phone', ...order }));
  const results = (views: readonly ActView[]) =>
    views.map(({ organId, state, result, code }) => [organId, state, result, code]);
  const lane = async (messageId: string, to = 'T99.02'): Promise<Delivery> => {
    const found = (await fixture.store.deliveriesOf(messageId as never)).find(
      (one) => one.toOrganId === to,
    );
    if (found === undefined) throw new Error(`no delivery to ${to}`);
    return found;
  };

  it('holds, releases and cancels, with reason and actor in the log of acts', async () => {
    const references = [await storeDocument(fixture)];
    expect(results(await act({ act: 'hold', references }))).to.deep.equal([
      ['T99.02', 'held', 'done', undefined],
      ['T99.03', 'held', 'done', undefined],
    ]);
    expect(
      results(await act({ act: 'hold', references })).map(([, , , code]) => code),
    ).to.deep.equal(['delivery.state', 'delivery.state']);
    expect(results(await act({ act: 'release', references }))).to.deep.equal([
      ['T99.02', 'queued', 'done', undefined],
      ['T99.03', 'pending', 'done', undefined],
    ]);
    fixture.pass(1000);
    await act({ act: 'cancel', references, reason: 'sent twice' });
    expect((await all(listQueue(fixture.store))).length).to.equal(0);
    const [last] = await all(listActs(fixture.store, { since: NOON + 1000, limit: 1 }));
    expect(last).to.deep.include({
      time: new Date(NOON + 1000).toISOString(),
      actor: 'cli:test',
      act: 'delivery.cancel',
      reason: 'sent twice',
    });
    const own = String((await lane(references[0] ?? '')).id);
    const acts = await all(listActs(fixture.store, { subject: own }));
    expect(acts.map((one) => one.act)).to.deep.equal([
      'delivery.cancel',
      'delivery.release',
      'delivery.hold',
    ]);
    expect(fixture.logged.filter(({ event }) => event === 'delivery.act')).to.have.lengthOf(3);
  });

  it('needs a reason of one line for all but retry, and not for a dry run', async () => {
    const references = [await storeDocument(fixture)];
    for (const reason of [undefined, ' ', 'a\nb', 'x'.repeat(501)]) {
      const order = {
        act: 'hold',
        references,
        ...(reason === undefined ? {} : { reason }),
      } as const;
      expect(await codeOf(all(actOnQueue(fixture, order)))).to.equal('queue.reason');
    }
    expect(await all(actOnQueue(fixture, { act: 'retry', references }))).to.have.lengthOf(2);
    const dry = await all(actOnQueue(fixture, { act: 'hold', references, dryRun: true }));
    expect(dry.map(({ result, dryRun }) => [result, dryRun])).to.deep.equal([
      ['done', true],
      ['done', true],
    ]);
    expect((await lane(references[0] ?? '')).state).to.equal('queued');
  });

  it('finds every reference before it does anything', async () => {
    const messageId = await storeDocument(fixture);
    const work = act({ act: 'hold', references: [messageId, '999'] });
    expect(await codeOf(work)).to.equal('delivery.unknown');
    expect((await lane(messageId)).state).to.equal('queued');
  });

  it('acts once on a delivery that is named twice', async () => {
    const messageId = await storeDocument(fixture);
    const { id } = await lane(messageId);
    const done = await act({ act: 'hold', references: [String(id), messageId, String(id)] });
    expect(done.map(({ result }) => result)).to.deep.equal(['done', 'done']);
  });

  it('notes what is asked during an attempt', async () => {
    const references = [await storeDocument(fixture)];
    await leaseOne(fixture);
    const dry = await act({ act: 'cancel', references, dryRun: true });
    const done = await act({ act: 'cancel', references });
    expect(results(dry)[0]?.slice(1)).to.deep.equal(['active', 'noted', undefined]);
    expect(results(done)[0]?.slice(1)).to.deep.equal(['active', 'noted', undefined]);
    expect(done[0]?.asked).to.equal('cancel');
  });

  it('chooses by each filter, and by all of them together', async () => {
    const first = await storeDocument(fixture, 'first');
    fixture.pass(3_600_000);
    const second = await storeDocument(fixture, 'second');
    const held = async (query: QueueQuery): Promise<string[]> => {
      const dry = await act({ act: 'hold', query, dryRun: true });
      return dry.map(({ documentId, organId }) => `${documentId} ${organId}`);
    };
    expect(await held({ toOrganId: 'T99.02' })).to.deep.equal(['second T99.02', 'first T99.02']);
    expect(await held({ toOrganId: 'T99.02', before: NOON + 1 })).to.deep.equal(['first T99.02']);
    expect(await held({ toOrganId: 'T99.02', since: NOON + 1 })).to.deep.equal(['second T99.02']);
    expect(await held({ messageId: first, toOrganId: 'T99.03' })).to.deep.equal(['first T99.03']);
    expect(await held({ documentId: 'second' })).to.have.lengthOf(2);
    expect(await held({ fromOrganId: 'T99.02' })).to.deep.equal([]);
    expect(await held({ kind: 'status' })).to.deep.equal([]);
    expect(await held({ urgent: true })).to.deep.equal([]);
    expect(await held({ states: ['pending'], limit: 1 })).to.deep.equal(['second T99.03']);
    expect(await held({ messageId: 'no id' })).to.deep.equal([]);
    expect(second).to.not.equal(first);
  });

  it('asks again before more than 100 are changed by filter', async () => {
    for (let i = 0; i < 101; i++) await storeDocument(fixture, `d${i}`);
    const order = { act: 'hold', query: { toOrganId: 'T99.02' } } as const;
    expect(await codeOf(act(order))).to.equal('queue.many');
    expect(await all(listQueue(fixture.store, { states: ['held'] }))).to.deep.equal([]);
    expect(await act({ ...order, dryRun: true })).to.have.lengthOf(101);
    expect(await act({ ...order, query: { ...order.query, limit: 100 } })).to.have.lengthOf(100);
    // The 100 held just now are no longer meant by the same filter.
    expect(await act({ ...order, confirmed: true })).to.have.lengthOf(1);
  });

  it('goes on over many batches, each delivery once', async () => {
    for (let i = 0; i < 450; i++) await storeDocument(fixture, `d${i}`);
    const done = await act({ act: 'hold', query: { toOrganId: 'T99.02' }, confirmed: true });
    expect(new Set(done.map(({ id }) => id)).size).to.equal(450);
    expect(done.every(({ result }) => result === 'done')).to.equal(true);
    expect(fixture.logged.filter(({ event }) => event === 'delivery.act')).to.have.lengthOf(3);
  });

  it('cancels with a notice for each that may be cancelled by the time of the commit', async () => {
    const references = [await storeDocument(fixture)];
    await leaseOne(fixture);
    const asked: string[] = [];
    const makeNotice = async (delivery: Delivery, reason: string): Promise<undefined> => {
      asked.push(`${delivery.toOrganId}: ${reason}`);
    };
    await all(
      actOnQueue({ ...fixture, makeNotice }, { act: 'cancel', references, reason: 'sent twice' }),
    );
    // The attempt to T99.02 is under way now, and may have failed by then.
    const text = 'An operator cancelled the delivery: sent twice';
    expect(asked).to.deep.equal([`T99.02: ${text}`, `T99.03: ${text}`]);
  });

  it('reroutes what waits after the route has changed, and nothing else', async () => {
    const references = [await storeDocument(fixture)];
    const before = await act({ act: 'reroute', references, dryRun: true });
    expect(before.map(({ result }) => result)).to.deep.equal(['unchanged', 'unchanged']);
    const agency = await fixture.store.getAgency('T99.03');
    if (agency === undefined) throw new Error('no agency');
    await fixture.store.putAgency({ ...agency, route: PUSH }, 'cli:test');
    const dry = await act({ act: 'reroute', references, dryRun: true });
    const done = await act({ act: 'reroute', references });
    expect(dry.map(({ result }) => result)).to.deep.equal(['unchanged', 'done']);
    expect(results(done).map(([, state, result]) => [state, result])).to.deep.equal([
      ['queued', 'unchanged'],
      ['queued', 'done'],
    ]);
  });

  describe('redirect', () => {
    const succeed = async (from: string, to: string): Promise<void> => {
      const agency = await fixture.store.getAgency(from);
      if (agency === undefined) throw new Error(from);
      const ended = { ...agency, validUntil: NOON - DAY, successor: organ(to) };
      await fixture.store.putAgency(ended, 'cli:test');
    };

    it('is refused where the directory names no successor', async () => {
      const references = [await storeDocument(fixture)];
      for (const dryRun of [true, false]) {
        expect(results(await act({ act: 'redirect', references, dryRun }))[0]).to.deep.equal([
          'T99.02',
          'queued',
          'unchanged',
          'queue.successor',
        ]);
      }
    });

    it('goes to the successor of each recipient, over mergers of mergers', async () => {
      await addAgency(fixture, { organId: 'T99.06', organName: 'f' });
      await succeed('T99.02', 'T99.03');
      await succeed('T99.03', 'T99.06');
      const messageId = await storeDocument(fixture);
      const dry = await act({ act: 'redirect', references: [messageId], dryRun: true });
      expect(dry.map(({ successor }) => successor)).to.deep.equal(['T99.06', 'T99.06']);
      const done = await act({ act: 'redirect', references: [messageId] });
      expect(done.map(({ state, result }) => [state, result])).to.deep.equal([
        ['cancelled', 'done'],
        ['cancelled', 'done'],
      ]);
      const open = await all(listQueue(fixture.store));
      expect(open.map(({ organId, state }) => [organId, state])).to.deep.equal([
        ['T99.06', 'pending'],
      ]);
    });

    it('does not end in a circle', async () => {
      await succeed('T99.02', 'T99.03');
      await succeed('T99.03', 'T99.02');
      const [one] = await act({ act: 'redirect', references: [await storeDocument(fixture)] });
      expect(one?.code).to.equal('queue.successor');
    });
  });

  describe('dead letters', () => {
    it('are listed newest first and start again with a whole schedule', async () => {
      await storeDocument(fixture, 'a');
      await endAttempt(fixture, 'dead', 'delivery.refused');
      fixture.pass(1000);
      await storeDocument(fixture, 'b');
      await endAttempt(fixture, 'dead', 'delivery.exhausted');
      const dead = await all(listDead(fixture.store));
      expect(dead.map(({ documentId }) => documentId)).to.deep.equal(['b', 'a']);
      const query = { code: 'delivery.exhausted' };
      const reason = 'mended';
      const done = await all(requeueDead(fixture, { query, reason }));
      expect(results(done)).to.deep.equal([['T99.02', 'queued', 'done', undefined]]);
      expect(done[0]?.earlierAttempts).to.equal(1);
      expect(await all(listDead(fixture.store))).to.have.lengthOf(1);
    });

    it('are refused by number when they are none, and once their content is deleted', async () => {
      const messageId = await storeDocument(fixture);
      const { id } = await endAttempt(fixture, 'dead', 'delivery.refused');
      const reason = 'mended';
      const { id: pending } = await lane(messageId, 'T99.03');
      const [open] = await all(requeueDead(fixture, { references: [String(pending)], reason }));
      expect(open?.code).to.equal('delivery.state');
      await act({ act: 'cancel', references: [String(pending)] });
      fixture.pass(DAY);
      const now = fixture.clock.now();
      await fixture.store.purgeContent({ state: 'dead', before: now, limit: 10, now });
      for (const dryRun of [true, false]) {
        const order = { references: [String(id)], reason, dryRun };
        const [gone] = await all(requeueDead(fixture, order));
        expect([gone?.result, gone?.code]).to.deep.equal(['unchanged', 'delivery.purged']);
      }
    });
  });

  it('does not start again what its sender has taken back', async () => {
    const messageId = await storeDocument(fixture, 'taken back');
    await storeDocument(fixture, 'recall', { recalls: 'taken back' });
    const { id, lastCode } = await lane(messageId);
    expect(lastCode).to.equal('delivery.recalled');
    for (const dryRun of [true, false]) {
      const order = { references: [String(id)], reason: 'x', dryRun };
      const [one] = await all(requeueDead(fixture, order));
      expect([one?.result, one?.code]).to.deep.equal(['unchanged', 'delivery.recalled']);
    }
  });

  it('resends to one recipient, or by filter what was delivered', async () => {
    const messageId = await storeDocument(fixture);
    await endAttempt(fixture, 'delivered');
    const query = { messageId, toOrganId: 'T99.02' };
    expect(results(await act({ act: 'resend', query, dryRun: true }))).to.deep.equal([
      ['T99.02', 'delivered', 'done', undefined],
    ]);
    expect(results(await act({ act: 'resend', query }))).to.deep.equal([
      ['T99.02', 'queued', 'done', undefined],
    ]);
    expect(await act({ act: 'resend', query: { toOrganId: 'T99.03' } })).to.deep.equal([]);
  });

  it('retries what is held with the rest, and keeps the count of attempts', async () => {
    const messageId = await storeDocument(fixture);
    await failAttempt(fixture, 3_600_000);
    await act({ act: 'hold', references: [String((await lane(messageId)).id)] });
    const [one] = await act({ act: 'retry', query: { toOrganId: 'T99.02' } });
    expect([one?.state, one?.attempts, one?.earlierAttempts]).to.deep.equal([
      'queued',
      1,
      undefined,
    ]);
  });
});
