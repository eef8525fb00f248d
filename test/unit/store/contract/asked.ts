/**
 * Contract of what is asked for while an attempt is under way: done when it ends without delivery.
 *
 * @module
 */
import { expect } from 'chai';
import type { Bench } from '../contract.js';
import { getDelivery, lease, reach } from '../lanes.js';
import { act, notice, outcome, RECIPIENT, T0 } from '../samples.js';

export function askedContract(bench: Bench): void {
  async function asked(name: 'hold' | 'cancel', more: Parameters<typeof act>[2] = {}) {
    const store = bench.store();
    const { id, sent, leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    await store.actOnDeliveries(act(name, [id], { reason: 'vì lý do A', now: T0 + 5, ...more }));
    return { store, id, sent, leased };
  }

  it('a noted hold holds what would be tried again, and release goes on', async () => {
    const { store, id, sent, leased } = await asked('hold');
    const more = { code: 'delivery.timeout', dueAt: T0 + 60_000 };
    expect(await store.finishAttempt(outcome(leased, 'deferred', more))).to.equal(true);
    const after = await getDelivery(store, id);
    expect(after).to.include({ state: 'held', attempts: 1, lastCode: 'delivery.timeout' });
    expect(after).to.not.have.any.keys('asked', 'finishedAt');
    const events = await store.listEvents(sent.message.messageId);
    expect(events.slice(-3).map(({ event, detail }) => [event, detail['act']])).to.deep.equal([
      ['operator', 'hold'],
      ['attempt', undefined],
      ['operator', 'hold'],
    ]);
    await store.actOnDeliveries(act('release', [id]));
    expect((await lease(store, T0 + 100)).attempt).to.equal(2);
  });

  it('a noted cancel cancels what would be tried again, for its reason, and tells the sender', async () => {
    const { store, id, sent, leased } = await asked('cancel');
    const ended = outcome(leased, 'deferred', { code: 'delivery.timeout', dueAt: T0 + 60_000 });
    // The notice is made by the caller: nothing is recorded without it.
    expect(await store.finishAttempt(ended)).to.deep.equal({ cancel: 'vì lý do A' });
    expect(await getDelivery(store, id)).to.include({ state: 'active', attempts: 0 });
    expect(await store.listAttempts(id)).to.deep.equal([]);
    const tell = notice(sent, RECIPIENT);
    expect(await store.finishAttempt({ ...ended, cancelNotice: tell })).to.equal(true);
    const told = await store.getMessage(tell.message.messageId);
    expect(told?.statusCode).to.equal('02');
    const events = await store.listEvents(sent.message.messageId);
    expect(events.slice(-3).map(({ event }) => event)).to.deep.equal([
      'attempt',
      'operator',
      'notice',
    ]);
    const after = await getDelivery(store, id);
    expect(after).to.include({
      state: 'cancelled',
      lastCode: 'delivery.cancelled',
      lastReason: 'vì lý do A',
      finishedAt: T0 + 10,
    });
    expect(after).to.not.have.property('asked');
    expect(await store.finishAttempt({ ...ended, cancelNotice: tell })).to.equal(false);
  });

  it('keeps back the notice of a cancel that a hold took the place of', async () => {
    const { store, id, sent, leased } = await asked('cancel');
    const tell = notice(sent, RECIPIENT);
    await store.actOnDeliveries(act('hold', [id], { now: T0 + 6 }));
    const ended = outcome(leased, 'deferred', { dueAt: T0 + 60, cancelNotice: tell });
    expect(await store.finishAttempt(ended)).to.equal(true);
    expect((await getDelivery(store, id)).state).to.equal('held');
    expect(await store.getMessage(tell.message.messageId)).to.equal(undefined);
  });

  for (const name of ['hold', 'cancel'] as const) {
    for (const state of ['delivered', 'dead'] as const) {
      it(`a noted ${name} gives way when the attempt ends ${state}`, async () => {
        const { store, id, leased } = await asked(name);
        await store.finishAttempt(outcome(leased, state));
        const after = await getDelivery(store, id);
        expect(after.state).to.equal(state);
        expect(after).to.not.have.property('asked');
      });
    }

    it(`a noted ${name} gives way to the recipient's confirmation`, async () => {
      const { store, id, sent } = await asked(name);
      const { messageId } = sent.message;
      const done = { messageId, outcome: 'done' as const, confirmedAt: T0 + 9 };
      await store.confirm(messageId, RECIPIENT, done, undefined);
      const after = await getDelivery(store, id);
      expect(after.state).to.equal('delivered');
      expect(after).to.not.have.property('asked');
    });
  }

  const runOut = { now: T0 + 5000, limit: 9, perRecipient: 9, leaseMs: 1000 };

  it('a noted hold is done when the lease runs out', async () => {
    const { store, id } = await asked('hold');
    expect(await store.leaseDue(runOut)).to.deep.equal([]);
    const after = await getDelivery(store, id);
    expect(after).to.include({ state: 'held', attempts: 1 });
    expect(after).to.not.have.property('asked');
    expect(await store.listNotedCancels(9)).to.deep.equal([]);
  });

  it('a noted cancel is held when the lease runs out, until it ends with its notice', async () => {
    const { store, id, sent } = await asked('cancel');
    expect(await store.listNotedCancels(9)).to.deep.equal([]);
    expect(await store.leaseDue(runOut)).to.deep.equal([]);
    expect(await getDelivery(store, id)).to.include({ state: 'held', asked: 'cancel' });
    expect(await store.leaseDue({ ...runOut, now: T0 + 9_000_000 })).to.deep.equal([]);
    const [noted] = await store.listNotedCancels(9);
    expect([noted?.delivery.id, noted?.reason]).to.deep.equal([id, 'vì lý do A']);
    const tell = notice(sent, RECIPIENT);
    const end = {
      id,
      cause: 'cancel',
      code: 'delivery.cancelled',
      reason: 'vì lý do A',
      now: T0 + 6000,
      notice: tell,
    } as const;
    expect(await store.endDelivery(end)).to.equal(true);
    const after = await getDelivery(store, id);
    expect(after).to.include({
      state: 'cancelled',
      lastCode: 'delivery.cancelled',
      lastReason: 'vì lý do A',
      finishedAt: T0 + 6000,
    });
    expect(after).to.not.have.property('asked');
    expect((await store.getMessage(tell.message.messageId))?.statusCode).to.equal('02');
    expect(await store.endDelivery(end)).to.equal(false);
    expect(await store.listNotedCancels(9)).to.deep.equal([]);
  });

  it('a cancel noted in a lost attempt gives way to a later release', async () => {
    const { store, id } = await asked('cancel');
    await store.leaseDue(runOut);
    await store.actOnDeliveries(act('release', [id], { now: T0 + 6000 }));
    const end = { id, cause: 'cancel', code: 'delivery.cancelled', reason: 'x' } as const;
    expect(await store.endDelivery({ ...end, now: T0 + 7000 })).to.equal(false);
    const again = await getDelivery(store, id);
    expect(again.state).to.equal('queued');
    expect(again).to.not.have.property('asked');
  });

  it('ends as cancelled only what was asked for', async () => {
    const store = bench.store();
    const { id } = await reach(store, 'held');
    const end = { id, cause: 'cancel', code: 'delivery.cancelled', reason: 'x' } as const;
    expect(await store.endDelivery({ ...end, now: T0 + 7000 })).to.equal(false);
  });

  it('the later of two acts stands, the same one twice is written once', async () => {
    const { store, id, sent, leased } = await asked('cancel');
    const hold = act('hold', [id], { now: T0 + 6 });
    expect(await store.actOnDeliveries(hold)).to.deep.equal([{ id, result: 'noted' }]);
    expect(await store.actOnDeliveries(hold)).to.deep.equal([{ id, result: 'noted' }]);
    const events = await store.listEvents(sent.message.messageId);
    expect(events.filter(({ event }) => event === 'operator')).to.have.length(2);
    await store.finishAttempt(outcome(leased, 'deferred', { dueAt: T0 + 60 }));
    expect((await getDelivery(store, id)).state).to.equal('held');
  });

  it('keeps back the notice of a cancel that is only noted', async () => {
    const { store, id, sent } = await reach(bench.store(), 'active').then((reached) => ({
      store: bench.store(),
      ...reached,
    }));
    const tell = notice(sent, RECIPIENT);
    await store.actOnDeliveries(act('cancel', [id], { notices: [{ id, notice: tell }] }));
    expect(await store.getMessage(tell.message.messageId)).to.equal(undefined);
  });

  it('holds a delivery whose copy is damaged until an operator releases it', async () => {
    const store = bench.store();
    const { id, leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    await store.finishAttempt(outcome(leased, 'held', { code: 'store.damaged' }));
    const after = await getDelivery(store, id);
    expect(after).to.include({ state: 'held', lastCode: 'store.damaged', attempts: 1 });
    expect(after).to.not.have.property('finishedAt');
    expect((await store.listAttempts(id))[0]?.outcome).to.equal('held');
    await store.actOnDeliveries(act('release', [id]));
    expect((await getDelivery(store, id)).state).to.equal('queued');
  });

  it('a noted cancel ends also a delivery whose copy is damaged', async () => {
    const { store, id, leased } = await asked('cancel');
    const ended = outcome(leased, 'held', { code: 'store.damaged', cancelNotice: 'none' });
    expect(await store.finishAttempt(ended)).to.equal(true);
    expect((await getDelivery(store, id)).state).to.equal('cancelled');
  });

  it('keeps the breaker that an attempt brings along, and closes it', async () => {
    const store = bench.store();
    const { leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    const breaker = {
      organId: RECIPIENT,
      failures: 5,
      lastCode: 'delivery.timeout',
      openedAt: T0 + 10,
      openUntil: T0 + 5000,
    };
    await store.finishAttempt(outcome(leased, 'deferred', { dueAt: T0 + 60, breaker }));
    expect(await store.getBreaker(RECIPIENT)).to.deep.equal(breaker);
    const probe = await lease(store, T0 + 5000);
    await store.finishAttempt(outcome(probe, 'delivered', { breaker: 'closed' }));
    expect(await store.getBreaker(RECIPIENT)).to.equal(undefined);
  });

  it('takes no confirmation of what was cancelled before it was fetched', async () => {
    const store = bench.store();
    const { id, sent } = await reach(store, 'pending');
    const { messageId } = sent.message;
    await store.actOnDeliveries(act('cancel', [id]));
    const done = { messageId, outcome: 'done' as const, confirmedAt: T0 + 200 };
    expect(await store.confirm(messageId, RECIPIENT, done, undefined)).to.equal(undefined);
    expect(await store.listCollections(messageId)).to.deep.equal([]);
    const events = await store.listEvents(messageId);
    expect(events.some(({ event }) => event === 'confirmed')).to.equal(false);
  });

  it('records the confirmation of what was cancelled after it was fetched; it stays cancelled', async () => {
    const store = bench.store();
    const { id, sent } = await reach(store, 'pending');
    const { messageId } = sent.message;
    await store.recordAccess(messageId, RECIPIENT, 'token-1', 'soap', T0 + 7);
    await store.actOnDeliveries(act('cancel', [id]));
    const fail = { messageId, outcome: 'fail' as const, confirmedAt: T0 + 200 };
    const tell = notice(sent, RECIPIENT);
    expect(await store.confirm(messageId, RECIPIENT, fail, tell)).to.deep.equal(fail);
    expect(
      await store.confirm(messageId, RECIPIENT, { ...fail, outcome: 'done' }, undefined),
    ).to.deep.equal(fail);
    expect((await getDelivery(store, id)).state).to.equal('cancelled');
    expect(await store.getMessage(tell.message.messageId)).to.equal(undefined);
    const events = await store.listEvents(messageId);
    expect(events.filter(({ event }) => event === 'confirmed')).to.have.length(1);
  });
}
