/**
 * Contract of acts of operators: every act in every state does what the table of states says, and its
 * effects.
 *
 * @module
 */
import { expect } from 'chai';
import type { Route } from '../../../../src/model/agency.js';
import {
  CAUSES,
  causeEntry,
  DELIVERY_STATES,
  type DeliveryState,
  isNoted,
  movesOf,
} from '../../../../src/model/delivery-state.js';
import type { QueueAct, Store } from '../../../../src/store/store.js';
import type { Bench } from '../contract.js';
import { acts, everything, getDelivery, lease, reach } from '../lanes.js';
import {
  act,
  agency,
  document,
  notice,
  OTHER,
  outcome,
  RECIPIENT,
  SENDER,
  T0,
} from '../samples.js';

const PUSH: Route = { kind: 'push', pushKind: 'receiver', url: 'https://b.example/soap' };
const COLLECT: Route = { kind: 'collect' };

const BY_OPERATORS = (Object.keys(CAUSES) as (keyof typeof CAUSES)[]).filter(
  (cause): cause is QueueAct => causeEntry(cause).by === 'operator',
);

export function actContract(bench: Bench): void {
  const route = (to: Route, organId = RECIPIENT) =>
    bench.store().putAgency(agency(organId, { route: to }), 'cli:an');

  async function one(
    store: Store,
    name: QueueAct,
    id: number,
    more: Parameters<typeof act>[2] = {},
  ) {
    const [result] = await store.actOnDeliveries(act(name, [id], more));
    return result;
  }

  it('knows every act of the table', () => {
    expect(BY_OPERATORS).to.have.members([
      ...['hold', 'release', 'retry', 'cancel', 'reroute', 'redirect', 'requeue', 'resend'],
    ]);
  });

  for (const name of BY_OPERATORS) {
    for (const state of DELIVERY_STATES) {
      const moves = movesOf(name, state);
      it(`${name} of ${state}: ${moves.join(' or ') || 'nothing'}`, async () => {
        await checkPair(name, state);
      });
    }
  }

  async function checkPair(name: QueueAct, state: DeliveryState): Promise<void> {
    const store = bench.store();
    // Always the other route than that on which it waits.
    await route(state === 'pending' ? PUSH : COLLECT);
    const reached = await reach(store, state);
    const before = await everything(store, reached);
    const moves = movesOf(name, state);
    const noted = isNoted(name, state);
    const toOrganId = OTHER;
    const result = await one(store, name, reached.id, { toOrganId });
    const after = await everything(store, reached);
    if (moves.length === 0) {
      const { id } = reached;
      expect(result).to.deep.equal({ id, result: 'unchanged', code: 'delivery.state' });
      expect(after).to.deep.equal(before);
      return;
    }
    expect(result).to.deep.equal({ id: reached.id, result: noted ? 'noted' : 'done' });
    const now = await getDelivery(store, reached.id);
    if (noted) expect(now).to.include({ state: 'active', asked: name });
    else expect(moves).to.include(now.state);
    const { actor, reason } = act(name, []);
    const more = name === 'redirect' ? { successor: OTHER } : {};
    expect(after.events.slice(before.events.length)).to.have.length(1);
    expect(after.events.at(-1)).to.deep.include({
      event: 'operator',
      time: T0 + 100,
      organId: RECIPIENT,
      detail: { act: name, actor, reason, was: state, ...more },
    });
    expect(after.acts).to.have.length(before.acts.length + 1);
    const { messageId } = reached.sent.message;
    expect(after.acts[0]).to.deep.equal({
      time: T0 + 100,
      actor,
      act: `delivery.${name}`,
      subject: String(reached.id),
      detail: { messageId, toOrganId: RECIPIENT, was: state, reason, ...more },
    });
  }

  it('answers each id in its place, unknown ones too, and acts once on one named twice', async () => {
    const store = bench.store();
    const a = await reach(store, 'delivered');
    const b = await reach(store, 'queued');
    const ids = [b.id, 999_999, a.id, b.id];
    expect(await store.actOnDeliveries(act('hold', ids))).to.deep.equal([
      { id: b.id, result: 'done' },
      { id: 999_999, result: 'unchanged', code: 'delivery.unknown' },
      { id: a.id, result: 'unchanged', code: 'delivery.state' },
      { id: b.id, result: 'done' },
    ]);
    expect(await acts(store, String(b.id))).to.have.length(1);
  });

  it('retry makes a delivery due now', async () => {
    const store = bench.store();
    const { id } = await reach(store, 'deferred');
    await one(store, 'retry', id);
    expect(await getDelivery(store, id)).to.include({ state: 'queued', dueAt: T0 + 100 });
    expect((await lease(store, T0 + 100)).attempt).to.equal(2);
  });

  for (const [name, wanted, to, from] of [
    ['release', 'pending', COLLECT, 'queued'],
    ['release', 'queued', PUSH, 'pending'],
    ['retry', 'pending', COLLECT, 'queued'],
    ['retry', 'queued', PUSH, 'pending'],
  ] as const) {
    it(`${name} puts a held ${from} one where the present route wants it: ${wanted}`, async () => {
      const store = bench.store();
      await route(to);
      const { id } = await reach(store, from);
      await one(store, 'hold', id, { now: T0 + 1 });
      await one(store, name, id);
      const lifetime = wanted === 'queued' ? 500_000 : 900_000;
      expect(await getDelivery(store, id)).to.include({
        state: wanted,
        dueAt: T0 + 100,
        expiresAt: T0 + 100 + lifetime,
      });
    });
  }

  it('release of a recipient that left the directory goes back to where it was held', async () => {
    const store = bench.store();
    for (const state of ['queued', 'pending'] as const) {
      const { id } = await reach(store, state);
      await store.actOnDeliveries(act('hold', [id]));
      await store.actOnDeliveries(act('release', [id]));
      expect((await getDelivery(store, id)).state).to.equal(state);
    }
  });

  it('a held delivery is not leased, listed or due, and expires no more', async () => {
    const store = bench.store();
    const { id } = await reach(store, 'held');
    expect(await store.nextDueAt()).to.equal(undefined);
    const request = { now: T0 + 9_999_999, limit: 9, perRecipient: 9, leaseMs: 1000 };
    expect(await store.leaseDue(request)).to.deep.equal([]);
    await one(store, 'release', id);
    await one(store, 'hold', id);
    expect(await store.listExpired(T0 + 99_999_999, 9)).to.deep.equal([]);
  });

  it('cancel tells the sender in the same commit, and nobody twice', async () => {
    const store = bench.store();
    const { id, sent } = await reach(store, 'deferred');
    const tell = notice(sent, RECIPIENT);
    const notices = [{ id, notice: tell }];
    await one(store, 'cancel', id, { notices, reason: 'sai nơi nhận' });
    expect(await getDelivery(store, id)).to.include({
      state: 'cancelled',
      lastCode: 'delivery.cancelled',
      lastReason: 'sai nơi nhận',
      finishedAt: T0 + 100,
    });
    expect(await store.getMessage(tell.message.messageId)).to.deep.equal(tell.message);
    const events = await store.listEvents(sent.message.messageId);
    expect(events.slice(-2).map((event) => event.event)).to.deep.equal(['operator', 'notice']);
    const again = notice(sent, RECIPIENT);
    expect(await one(store, 'cancel', id, { notices: [{ id, notice: again }] })).to.include({
      code: 'delivery.state',
    });
    expect(await store.getMessage(again.message.messageId)).to.equal(undefined);
  });

  it('cancel of many stores each notice with its own bytes', async () => {
    const store = bench.store();
    const all = [await reach(store, 'queued'), await reach(store, 'queued')];
    // The second is of no use: its delivery was unknown.
    const stray = { id: 999_999, notice: notice(document(), RECIPIENT) };
    const told = all.map(({ id, sent }) => ({ id, notice: notice(sent, RECIPIENT) }));
    const notices = [told[1], stray, told[0]].filter((each) => each !== undefined);
    await store.actOnDeliveries(act('cancel', [999_999, ...all.map(({ id }) => id)], { notices }));
    for (const {
      notice: { message, content },
    } of told) {
      expect(await store.getContent(message.messageId)).to.deep.equal(content);
    }
    expect(await store.getMessage(stray.notice.message.messageId)).to.equal(undefined);
  });

  it('reroute moves what waits, changes where held ones go, and leaves what waits there', async () => {
    const store = bench.store();
    await route(COLLECT);
    const queued = await reach(store, 'queued');
    const held = await reach(store, 'held');
    await store.actOnDeliveries(act('reroute', [queued.id, held.id]));
    expect(await getDelivery(store, queued.id)).to.include({
      state: 'pending',
      expiresAt: T0 + 100 + 900_000,
    });
    expect((await getDelivery(store, held.id)).state).to.equal('held');
    const ids = [queued.id, held.id];
    expect(await store.actOnDeliveries(act('reroute', ids))).to.deep.equal(
      ids.map((id) => ({ id, result: 'unchanged' })),
    );
    expect(await acts(store, String(queued.id))).to.have.length(1);
  });

  it('redirect makes a delivery to the successor, whole and due', async () => {
    const store = bench.store();
    await route(PUSH, OTHER);
    const { id, sent } = await reach(store, 'pending', { priority: 4 });
    await one(store, 'redirect', id, { toOrganId: OTHER });
    expect(await getDelivery(store, id)).to.include({
      state: 'cancelled',
      lastCode: 'delivery.redirected',
      lastReason: OTHER,
      finishedAt: T0 + 100,
    });
    const next = await store.findDelivery(sent.message.messageId, OTHER);
    expect(next).to.include({
      state: 'queued',
      attempts: 0,
      earlierAttempts: 0,
      priority: 4,
      fromOrganId: SENDER,
      kind: 'document',
      createdAt: T0 + 100,
      dueAt: T0 + 100,
      expiresAt: T0 + 100 + 100_000,
    });
    expect((await lease(store, T0 + 100)).id).to.equal(next?.id);
  });

  it('redirect keeps the order of one document', async () => {
    const store = bench.store();
    await route(PUSH, OTHER);
    const first = await reach(store, 'queued', { documentId: 'VB-1' });
    const second = await reach(store, 'queued', { documentId: 'VB-1' });
    const ids = [second.id, first.id];
    await store.actOnDeliveries(act('redirect', ids, { toOrganId: OTHER }));
    expect((await lease(store, T0 + 100)).messageId).to.equal(first.sent.message.messageId);
  });

  it('redirect adds none when the successor has one, and does nothing towards itself', async () => {
    const store = bench.store();
    const sent = document({
      to: [
        [RECIPIENT, 'queued'],
        [OTHER, 'queued'],
      ],
    });
    await store.acceptMessage(sent);
    const id = (await store.findDelivery(sent.message.messageId, RECIPIENT))?.id ?? 0;
    expect(await one(store, 'redirect', id, { toOrganId: RECIPIENT })).to.deep.equal({
      id,
      result: 'unchanged',
    });
    await one(store, 'redirect', id, { toOrganId: OTHER });
    const all = await store.deliveriesOf(sent.message.messageId);
    expect(all.map((each) => each.state)).to.deep.equal(['cancelled', 'queued']);
  });

  for (const [name, state] of [
    ['requeue', 'dead'],
    ['requeue', 'cancelled'],
    ['resend', 'delivered'],
  ] as const) {
    it(`${name} of a ${state} one starts the schedule again`, async () => {
      const store = bench.store();
      await route(PUSH);
      const { id } = await reach(store, state);
      const before = await getDelivery(store, id);
      await one(store, name, id);
      const after = await getDelivery(store, id);
      expect(after).to.include({
        state: 'queued',
        dueAt: T0 + 100,
        attempts: before.attempts,
        earlierAttempts: before.attempts,
        expiresAt: T0 + 100 + 500_000,
      });
      expect(after.lastCode).to.equal(before.lastCode);
      expect(after).to.not.have.property('finishedAt');
      expect((await lease(store, T0 + 100)).attempt).to.equal(before.attempts + 1);
    });
  }

  it('lets a recipient that collects confirm again after a resend', async () => {
    const store = bench.store();
    const { id, sent } = await reach(store, 'pending');
    const { messageId } = sent.message;
    const say = (confirmedAt: number) => ({ messageId, outcome: 'done' as const, confirmedAt });
    await store.confirm(messageId, RECIPIENT, say(T0 + 5), undefined);
    await route(COLLECT);
    await one(store, 'resend', id);
    expect((await getDelivery(store, id)).state).to.equal('pending');
    const again = await store.confirm(messageId, RECIPIENT, say(T0 + 200), undefined);
    expect(again?.confirmedAt).to.equal(T0 + 200);
    expect(await getDelivery(store, id)).to.include({ state: 'delivered', finishedAt: T0 + 200 });
    const events = await store.listEvents(messageId);
    const confirmed = events.filter((event) => event.event === 'confirmed');
    expect(confirmed.map((event) => event.time)).to.deep.equal([T0 + 5, T0 + 200]);
  });

  for (const [name, state] of [
    ['requeue', 'dead'],
    ['requeue', 'cancelled'],
    ['resend', 'delivered'],
    ['redirect', 'dead'],
  ] as const) {
    it(`refuses ${name} of a ${state} one whose content is gone`, async () => {
      const store = bench.store();
      const reached = await reach(store, state);
      const request = { state, before: T0 + 1000, limit: 9, now: T0 + 50 };
      expect(await store.purgeContent(request)).to.equal(1);
      const before = await everything(store, reached);
      const { id } = reached;
      expect(await one(store, name, id, { toOrganId: OTHER })).to.deep.equal({
        id,
        result: 'unchanged',
        code: 'delivery.purged',
      });
      expect(await everything(store, reached)).to.deep.equal(before);
    });
  }

  it('does nothing at all when one of many fails', async () => {
    const store = bench.store();
    const a = await reach(store, 'queued');
    const before = await everything(store, a);
    // A successor that is missing is a mistake of the caller.
    let failed = false;
    try {
      await store.actOnDeliveries(act('redirect', [a.id]));
    } catch {
      failed = true;
    }
    expect(failed).to.equal(true);
    expect(await everything(store, a)).to.deep.equal(before);
  });

  it('takes an attempt after a requeue as the next of its life', async () => {
    const store = bench.store();
    await route(PUSH);
    const { id } = await reach(store, 'dead');
    await one(store, 'requeue', id);
    await store.finishAttempt(outcome(await lease(store, T0 + 100), 'delivered', { at: T0 + 120 }));
    expect((await store.listAttempts(id)).map((each) => each.number)).to.deep.equal([1, 2]);
    expect(await getDelivery(store, id)).to.include({ attempts: 2, earlierAttempts: 1 });
  });
}
