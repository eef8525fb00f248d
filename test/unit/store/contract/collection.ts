/**
 * Contract of collection: lists of what is pending, access, confirmation.
 *
 * @module
 */
import { expect } from 'chai';
import type { Confirmation, NewMessage } from '../../../../src/model/message.js';
import type { Bench } from '../contract.js';
import { expectCode } from '../expect-code.js';
import {
  document,
  ids,
  notice,
  OTHER,
  outcome,
  RECIPIENT,
  SENDER,
  status,
  T0,
} from '../samples.js';

export function collectionContract(bench: Bench): void {
  const collect = (more: Parameters<typeof document>[0] = {}): NewMessage =>
    document({ to: [[RECIPIENT, 'pending']], ...more });

  async function accepted(sent: NewMessage): Promise<NewMessage> {
    await bench.store().acceptMessage(sent);
    return sent;
  }

  function done(sent: NewMessage, more: Partial<Confirmation> = {}): Confirmation {
    return {
      messageId: sent.message.messageId,
      outcome: 'done',
      confirmedAt: T0 + 50,
      ...more,
    };
  }

  function pending(limit = 9, after?: string, kind?: 'document' | 'status') {
    return bench.store().listPending(RECIPIENT, kind, { limit, after }, T0 + 5);
  }

  it('lists what is pending for this recipient, oldest first', async () => {
    const a = await accepted(collect());
    await accepted(document({ to: [[OTHER, 'pending']] }));
    await accepted(document());
    const b = await accepted(collect({ priority: 4 }));
    const page = await pending();
    expect(page.items).to.deep.equal([a.message, b.message]);
    expect(page).to.not.have.property('next');
  });

  it('lists one kind when asked', async () => {
    const a = await accepted(collect());
    const b = await accepted(status({ from: SENDER, to: RECIPIENT, about: OTHER }));
    expect(ids((await pending(9, undefined, 'document')).items)).to.deep.equal(ids([a.message]));
    expect(ids((await pending(9, undefined, 'status')).items)).to.deep.equal(ids([b.message]));
  });

  it('skips and repeats nothing when messages are confirmed and arrive between pages', async () => {
    const all = [];
    for (let i = 0; i < 5; i++) all.push(await accepted(collect()));
    const first = await pending(2);
    for (const one of first.items) {
      const { messageId } = one;
      await bench
        .store()
        .confirm(messageId, RECIPIENT, { messageId, outcome: 'done', confirmedAt: T0 }, undefined);
    }
    all.push(await accepted(collect()));
    const second = await pending(3, first.next);
    const third = await pending(3, second.next);
    const seen = [...first.items, ...second.items, ...third.items];
    expect(ids(seen)).to.deep.equal(ids(all.map((one) => one.message)));
  });

  it('remembers when a message was first listed, and only that', async () => {
    const sent = await accepted(collect());
    await accepted(collect());
    await pending(1);
    await bench.store().listPending(RECIPIENT, undefined, { limit: 9 }, T0 + 99);
    const [one] = await bench.store().listCollections(sent.message.messageId);
    expect(one).to.deep.equal({ organId: RECIPIENT, firstListedAt: T0 + 5, fetches: 0 });
    const events = await bench.store().listEvents(sent.message.messageId);
    expect(events.filter((event) => event.event === 'listed')).to.have.length(1);
  });

  it('counts fetches and notes the first as an event', async () => {
    const sent = await accepted(collect());
    const { messageId } = sent.message;
    await bench.store().recordAccess(messageId, RECIPIENT, 'token-1', 'soap', T0 + 7);
    await bench.store().recordAccess(messageId, RECIPIENT, 'token-1', 'soap', T0 + 8);
    await bench.store().recordAccess(messageId, SENDER, 'user an', 'console', T0 + 9);
    expect(await bench.store().listCollections(messageId)).to.deep.equal([
      { organId: RECIPIENT, firstFetchedAt: T0 + 7, lastFetchedAt: T0 + 8, fetches: 2 },
    ]);
    const events = await bench.store().listEvents(messageId);
    const fetched = events.filter((event) => event.event === 'fetched');
    expect(fetched.map((event) => [event.time, event.organId])).to.deep.equal([
      [T0 + 7, RECIPIENT],
    ]);
  });

  it('delivers on the confirmation', async () => {
    const sent = await accepted(collect());
    const { messageId } = sent.message;
    const given = done(sent);
    expect(await bench.store().confirm(messageId, RECIPIENT, given, undefined)).to.deep.equal(
      given,
    );
    expect(await bench.store().findDelivery(messageId, RECIPIENT)).to.include({
      state: 'delivered',
      finishedAt: T0 + 50,
    });
    expect((await pending()).items).to.deep.equal([]);
    const [collection] = await bench.store().listCollections(messageId);
    expect(collection?.confirmation).to.deep.equal(given);
    expect(await bench.store().getContent(messageId)).to.not.equal(undefined);
  });

  it('answers a repeated confirmation with the first, whatever it says now', async () => {
    const sent = await accepted(collect());
    const { messageId } = sent.message;
    const first = done(sent);
    await bench.store().confirm(messageId, RECIPIENT, first, undefined);
    const second = done(sent, { outcome: 'fail', reason: 'không đọc được', confirmedAt: T0 + 99 });
    const tell = notice(sent, RECIPIENT);
    expect(await bench.store().confirm(messageId, RECIPIENT, second, tell)).to.deep.equal(first);
    expect((await bench.store().findDelivery(messageId, RECIPIENT))?.state).to.equal('delivered');
    expect(await bench.store().getMessage(tell.message.messageId)).to.equal(undefined);
    const events = await bench.store().listEvents(messageId);
    expect(events.filter((event) => event.event === 'confirmed')).to.have.length(1);
  });

  it('lets one of two simultaneous confirmations win', async () => {
    const sent = await accepted(collect());
    const { messageId } = sent.message;
    const [a, b] = await Promise.all([
      bench.store().confirm(messageId, RECIPIENT, done(sent), undefined),
      bench.store().confirm(messageId, RECIPIENT, done(sent, { outcome: 'fail' }), undefined),
    ]);
    expect(a).to.deep.equal(b);
  });

  it('makes a dead letter and tells the sender when the recipient could not use it', async () => {
    const sent = await accepted(collect());
    const { messageId } = sent.message;
    const tell = notice(sent, RECIPIENT);
    const failed = done(sent, { outcome: 'fail', reason: 'sai nơi nhận' });
    await bench.store().confirm(messageId, RECIPIENT, failed, tell);
    expect(await bench.store().findDelivery(messageId, RECIPIENT)).to.include({
      state: 'dead',
      lastCode: 'delivery.rejected-by-recipient',
      lastReason: 'sai nơi nhận',
    });
    expect((await bench.store().findDelivery(tell.message.messageId, SENDER))?.state).to.equal(
      'pending',
    );
    const names = (await bench.store().listEvents(messageId)).map((event) => event.event);
    expect(names.slice(-3)).to.deep.equal(['confirmed', 'dead', 'notice']);
  });

  it('takes no confirmation from anybody else', async () => {
    const sent = await accepted(collect());
    const { messageId } = sent.message;
    for (const stranger of [OTHER, SENDER]) {
      expect(await bench.store().confirm(messageId, stranger, done(sent), undefined)).to.equal(
        undefined,
      );
    }
    expect((await bench.store().findDelivery(messageId, RECIPIENT))?.state).to.equal('pending');
  });

  it('ends a push that the recipient confirms meanwhile, so that it is not sent again', async () => {
    const sent = await accepted(document());
    const request = { now: T0 + 1, limit: 1, perRecipient: 1, leaseMs: 1000 };
    const [leased] = await bench.store().leaseDue(request);
    if (leased === undefined) throw new Error('nothing leased');
    await bench.store().confirm(sent.message.messageId, RECIPIENT, done(sent), undefined);
    const late = outcome(leased, 'deferred', { dueAt: T0 + 60 });
    expect(await bench.store().finishAttempt(late)).to.equal(false);
    expect((await bench.store().getDelivery(leased.id))?.state).to.equal('delivered');
    expect(await bench.store().leaseDue({ ...request, now: T0 + 9999 })).to.deep.equal([]);
  });

  it('keeps a final state when the confirmation comes after it', async () => {
    const sent = await accepted(document());
    const request = { now: T0 + 1, limit: 1, perRecipient: 1, leaseMs: 1000 };
    const [leased] = await bench.store().leaseDue(request);
    if (leased === undefined) throw new Error('nothing leased');
    await bench.store().finishAttempt(outcome(leased, 'delivered'));
    const failed = done(sent, { outcome: 'fail' });
    const { messageId } = sent.message;
    const tell = notice(sent, RECIPIENT);
    expect(await bench.store().confirm(messageId, RECIPIENT, failed, tell)).to.deep.equal(failed);
    expect((await bench.store().getDelivery(leased.id))?.state).to.equal('delivered');
    expect(await bench.store().getMessage(tell.message.messageId)).to.equal(undefined);
  });

  it('refuses a cursor of another list', async () => {
    await accepted(collect());
    await accepted(collect());
    const { next } = await bench.store().listMessages({}, { limit: 1 });
    expect(next).to.be.a('string');
    await expectCode(pending(1, next), 'request.value');
  });
}
