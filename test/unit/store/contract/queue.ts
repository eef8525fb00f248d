/**
 * Contract of the queue as operators see it: lifetimes, another schedule, ages, flow, acts, filters.
 *
 * @module
 */
import { expect } from 'chai';
import { documentKey } from '../../../../src/model/document-id.js';
import type { DeliveryFilter } from '../../../../src/store/store.js';
import type { Bench } from '../contract.js';
import { expectCode } from '../expect-code.js';
import { acts, getDelivery, lease, reach } from '../lanes.js';
import {
  act,
  agency,
  document,
  notice,
  OTHER,
  organ,
  outcome,
  RECIPIENT,
  SENDER,
  status,
  T0,
} from '../samples.js';

export function queueContract(bench: Bench): void {
  /** Released at T0 + 100, so that its lifetime of 500 or 900 seconds begins then. */
  async function withLifetime(state: 'queued' | 'pending') {
    const reached = await reach(bench.store(), state);
    for (const name of ['hold', 'release'] as const) {
      await bench.store().actOnDeliveries(act(name, [reached.id]));
    }
    return reached;
  }

  function end(id: number, now: number) {
    const code = 'delivery.expired' as const;
    return { id, cause: 'expired' as const, code, reason: 'hết hạn', now };
  }

  it('lists what waits past its lifetime, oldest first, and never what has none', async () => {
    const store = bench.store();
    const b = await withLifetime('pending');
    const a = await withLifetime('queued');
    await reach(store, 'queued');
    const listed = async (now: number, limit = 9) =>
      (await store.listExpired(now, limit)).map((one) => one.id);
    expect(await listed(T0 + 500_099)).to.deep.equal([]);
    expect(await listed(T0 + 500_100)).to.deep.equal([a.id]);
    expect(await listed(T0 + 900_100)).to.deep.equal([a.id, b.id]);
    expect(await listed(T0 + 900_100, 1)).to.deep.equal([a.id]);
  });

  it('ends what is past its lifetime as a dead letter and tells the sender', async () => {
    const store = bench.store();
    const { id, sent } = await withLifetime('queued');
    const tell = notice(sent, RECIPIENT);
    expect(await store.endDelivery({ ...end(id, T0 + 500_100), notice: tell })).to.equal(true);
    expect(await getDelivery(store, id)).to.include({
      state: 'dead',
      lastCode: 'delivery.expired',
      lastReason: 'hết hạn',
      finishedAt: T0 + 500_100,
      attempts: 0,
    });
    const events = await store.listEvents(sent.message.messageId);
    expect(events.slice(-2).map(({ event }) => event)).to.deep.equal(['dead', 'notice']);
    expect(await store.getMessage(tell.message.messageId)).to.deep.equal(tell.message);
    expect(await store.endDelivery(end(id, T0 + 500_200))).to.equal(false);
  });

  it('ends nothing that is held, active, final, unknown or begun anew meanwhile', async () => {
    const store = bench.store();
    const { id } = await withLifetime('queued');
    const late = T0 + 600_000;
    await store.actOnDeliveries(act('hold', [id]));
    expect(await store.endDelivery(end(id, late))).to.equal(false);
    await store.actOnDeliveries(act('release', [id], { now: late }));
    expect(await store.endDelivery(end(id, late))).to.equal(false);
    const leased = await lease(store, late);
    expect(await store.endDelivery(end(id, late + 500_000))).to.equal(false);
    await store.finishAttempt(outcome(leased, 'delivered', { at: late }));
    expect(await store.endDelivery(end(id, late + 500_000))).to.equal(false);
    expect(await store.endDelivery(end(999_999, late))).to.equal(false);
  });

  async function deferred(to = RECIPIENT, at = T0 + 10) {
    await bench.store().acceptMessage(document({ to: [[to, 'queued']] }));
    const leased = await lease(bench.store(), T0 + 1);
    await bench.store().finishAttempt(outcome(leased, 'deferred', { at, dueAt: T0 + 777_000 }));
    return leased.id;
  }

  it('reschedules by the end of the last attempt; what has had all its attempts is due now', async () => {
    const store = bench.store();
    const id = await deferred();
    const now = T0 + 1000;
    expect(await store.reschedule(undefined, [5000, 9000], now, 'cli:an')).to.equal(1);
    expect((await getDelivery(store, id)).dueAt).to.equal(T0 + 10 + 5000);
    expect(await store.reschedule(undefined, [5000], now, 'cli:an')).to.equal(0);
    await store.reschedule(undefined, [500], now, 'cli:an');
    expect((await getDelivery(store, id)).dueAt).to.equal(now);
    const again = await lease(store, now);
    await store.finishAttempt(outcome(again, 'deferred', { at: now + 10, dueAt: T0 + 777_000 }));
    await store.reschedule(undefined, [5000, 9000], now + 20, 'cli:an');
    expect((await getDelivery(store, id)).dueAt).to.equal(now + 10 + 9000);
    await store.reschedule(undefined, [5000], now + 20, 'cli:an');
    expect((await getDelivery(store, id)).dueAt).to.equal(now + 20);
  });

  it('reschedules by the attempts since the last requeue', async () => {
    const store = bench.store();
    const { id } = await reach(store, 'dead');
    await store.actOnDeliveries(act('requeue', [id]));
    const leased = await lease(store, T0 + 100);
    const more = { at: T0 + 200, dueAt: T0 + 777_000 };
    await store.finishAttempt(outcome(leased, 'deferred', more));
    await store.reschedule(undefined, [5000, 9000], T0 + 300, 'cli:an');
    expect((await getDelivery(store, id)).dueAt).to.equal(T0 + 200 + 5000);
  });

  it('leaves recipients with a schedule of their own, and others, alone', async () => {
    const store = bench.store();
    await store.putAgency(agency(OTHER, { retryMs: [1000] }), 'cli:an');
    const [a, b] = [await deferred(), await deferred(OTHER)];
    await reach(store, 'held');
    expect(await store.reschedule(undefined, [5000], T0 + 50, 'cli:an')).to.equal(1);
    expect((await getDelivery(store, a)).dueAt).to.equal(T0 + 5010);
    expect((await getDelivery(store, b)).dueAt).to.equal(T0 + 777_000);
    expect(await store.reschedule(OTHER, [1000], T0 + 50, 'cli:binh')).to.equal(1);
    expect((await getDelivery(store, b)).dueAt).to.equal(T0 + 1010);
    expect((await getDelivery(store, a)).dueAt).to.equal(T0 + 5010);
    expect(await acts(store, OTHER)).to.deep.include({
      time: T0 + 50,
      actor: 'cli:binh',
      act: 'delivery.reschedule',
      subject: OTHER,
      detail: { retryMs: [1000] },
    });
  });

  it('reschedules more than one step holds, with one act', async function () {
    this.timeout(60_000);
    const store = bench.store();
    const to = Array.from({ length: 700 }, (_, i) => [organ(`T${i}`), 'queued'] as const);
    for (let i = 0; i < 3; i++) await store.acceptMessage(document({ to }));
    const request = { now: T0 + 1, limit: 2100, perRecipient: 9, leaseMs: 1000 };
    const finished = [];
    for (let left = 2100; left > 0; ) {
      const leased = await store.leaseDue(request);
      if (leased.length === 0) break;
      left -= leased.length;
      finished.push(
        ...leased.map((one) => store.finishAttempt(outcome(one, 'deferred', { dueAt: T0 + 9e6 }))),
      );
    }
    await Promise.all(finished);
    expect(finished).to.have.length(2100);
    expect(await store.reschedule(undefined, [5000], T0 + 50, 'cli:an')).to.equal(2100);
    const { items } = await store.listDeliveries({}, { limit: 3000 });
    expect(items.filter((one) => one.dueAt !== T0 + 5010)).to.deep.equal([]);
    expect(await acts(store, '*')).to.have.length(1);
  });

  it('tells the ages of what is open by recipient and state', async () => {
    const store = bench.store();
    for (const at of [T0, T0 + 400, T0 + 900]) {
      await store.acceptMessage(document({ at, to: [[RECIPIENT, 'pending']] }));
    }
    await store.acceptMessage(document({ at: T0 + 950, to: [[OTHER, 'queued']] }));
    await reach(store, 'cancelled');
    const ages = await store.queueAges([100, 300, 800], T0 + 1000);
    expect(ages).to.have.deep.members([
      {
        organId: RECIPIENT,
        state: 'pending',
        count: 3,
        oldestCreatedAt: T0,
        buckets: [0, 1, 1, 1],
      },
      {
        organId: OTHER,
        state: 'queued',
        count: 1,
        oldestCreatedAt: T0 + 950,
        buckets: [1, 0, 0, 0],
      },
    ]);
    const [one] = await store.queueAges([], T0 + 1000);
    expect(one?.buckets).to.deep.equal([one?.count]);
  });

  it('tells what was delivered lately, by recipient', async () => {
    const store = bench.store();
    for (const [to, at] of [
      [RECIPIENT, T0 + 100],
      [RECIPIENT, T0 + 500],
      [RECIPIENT, T0 + 600],
      [OTHER, T0 + 499],
    ] as const) {
      await store.acceptMessage(document({ to: [[to, 'queued']] }));
      await store.finishAttempt(outcome(await lease(store, T0 + 1), 'delivered', { at }));
    }
    await reach(store, 'dead');
    expect(await store.queueFlow(T0 + 500)).to.deep.equal([{ organId: RECIPIENT, delivered: 2 }]);
  });

  it('pages acts, newest first, of one subject or all', async () => {
    const store = bench.store();
    const a = await reach(store, 'queued');
    const b = await reach(store, 'queued');
    for (const name of ['hold', 'release', 'cancel'] as const) {
      await store.actOnDeliveries(act(name, [a.id, b.id]));
    }
    const all: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await store.listActs(undefined, { limit: 4, after });
      all.push(...page.items.map((one) => `${one.act} ${one.subject}`));
      after = page.next;
      more = after !== undefined;
    }
    expect(all).to.deep.equal(
      ['cancel', 'release', 'hold'].flatMap((name) =>
        [b.id, a.id].map((id) => `delivery.${name} ${id}`),
      ),
    );
    const own = await acts(store, String(a.id));
    expect(own.map((one) => one.act)).to.deep.equal([
      'delivery.cancel',
      'delivery.release',
      'delivery.hold',
    ]);
    const { next } = await store.listDeliveries({}, { limit: 1 });
    await expectCode(store.listActs(undefined, { limit: 1, after: next }), 'request.value');
  });

  /** What a filter means, said the plain way. */
  function fits(filter: DeliveryFilter, one: Awaited<ReturnType<typeof getDelivery>>): boolean {
    const { states, toOrganId, messageId, fromOrganId, kind, lastCode, urgent } = filter;
    return (
      (states?.includes(one.state) ?? true) &&
      (toOrganId ?? one.toOrganId) === one.toOrganId &&
      (messageId ?? one.messageId) === one.messageId &&
      (fromOrganId ?? one.fromOrganId) === one.fromOrganId &&
      (filter.documentKey ?? documentKey(one.documentId)) === documentKey(one.documentId) &&
      (kind ?? one.kind) === one.kind &&
      (lastCode === undefined || lastCode === one.lastCode) &&
      (filter.createdBefore === undefined || one.createdAt < filter.createdBefore) &&
      (urgent ?? one.priority >= 1) === one.priority >= 1
    );
  }

  it('lists by any two filters what the plain reading of both gives, in pages', async function () {
    this.timeout(60_000);
    const store = bench.store();
    const DAY = 86_400_000;
    const first = document({ documentId: 'VB-1', priority: 2, to: [[RECIPIENT, 'queued']] });
    for (const one of [
      first,
      document({
        documentId: 'VB-2',
        to: [
          [OTHER, 'pending'],
          [RECIPIENT, 'queued'],
        ],
      }),
      document({ documentId: 'VB-1', from: OTHER, at: T0 + DAY, to: [[SENDER, 'pending']] }),
      document({ documentId: 'VB-3', at: T0 + 3 * DAY, priority: 1, to: [[OTHER, 'queued']] }),
      status({ documentId: 'VB-1', at: T0 + 3 * DAY }),
      document({ documentId: 'VB-4', at: T0 + 4 * DAY }),
    ]) {
      await store.acceptMessage(one);
    }
    const leased = await lease(store, T0 + 1);
    const failed = { code: 'delivery.http', dueAt: T0 + 99 };
    await store.finishAttempt(outcome(leased, 'deferred', failed));
    const all = (await store.listDeliveries({}, { limit: 99 })).items;
    expect(all).to.have.length(7);
    const single: DeliveryFilter[] = [
      { states: ['queued', 'deferred', 'dead', 'queued'] },
      { states: [] },
      { toOrganId: RECIPIENT },
      { messageId: first.message.messageId },
      { fromOrganId: SENDER },
      { documentKey: documentKey('VB-1') },
      { kind: 'document' },
      { kind: 'status' },
      { lastCode: 'delivery.http' },
      { createdBefore: T0 + DAY },
      { createdBefore: T0 },
      { urgent: true },
      { urgent: false },
    ];
    for (const a of single) {
      for (const b of single) {
        const filter = { ...a, ...b };
        const seen = [];
        for (let after: string | undefined, more = true; more; more = after !== undefined) {
          const page = await store.listDeliveries(filter, { limit: 2, after });
          seen.push(...page.items);
          after = page.next;
        }
        const wanted = all.filter((one) => fits(filter, one));
        expect(seen, JSON.stringify(filter)).to.deep.equal(wanted);
      }
    }
  });
}
