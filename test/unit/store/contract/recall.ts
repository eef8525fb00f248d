/**
 * Contract of recalls: what a revoke or a status 13 does to the documents it names, lane by lane, in
 * the commit that accepts it; and of what else a message brings along: lifetimes, documents acted on.
 *
 * @module
 */
import { expect } from 'chai';
import { documentKey } from '../../../../src/model/document-id.js';
import type { LeasedDelivery, NewMessage, Recall } from '../../../../src/model/message.js';
import type { OrganId } from '../../../../src/model/organ-id.js';
import type { Bench } from '../contract.js';
import {
  digestOf,
  document,
  GATEWAY,
  type MessageWish,
  OTHER,
  outcome,
  RECIPIENT,
  SENDER,
  status,
  T0,
} from '../samples.js';

const KEY = documentKey('A');
type States = readonly (readonly [OrganId, 'queued' | 'pending'])[];

/** A revoke of document A. */
function revoke(
  to: States,
  more: { readonly recall?: Recall; readonly wish?: MessageWish; readonly about?: NewMessage } = {},
): NewMessage {
  const made = document({ documentId: 'A', at: T0 + 100, ...more.wish, to });
  const { about } = more;
  const lanes = to.map(([organId]) => ({
    organId,
    ...(about === undefined ? {} : { notice: recallNotice(about, organId) }),
  }));
  return {
    ...made,
    message: { ...made.message, businessType: 'revoke' },
    recall: more.recall ?? { documents: [{ key: KEY }], lanes },
  };
}

function recallNotice(about: NewMessage, lane: OrganId): NewMessage {
  return status({
    from: GATEWAY,
    about: about.message.fromOrganId,
    documentId: about.message.documentId,
    code: about.message.documentCode,
    statusCode: '15',
    description: `taken back before ${lane}`,
    byGateway: true,
    at: T0 + 100,
  });
}

export function recallContract(bench: Bench): void {
  async function accept(one: NewMessage): Promise<NewMessage> {
    expect(await bench.store().acceptMessage(one)).to.deep.equal({ kind: 'stored' });
    return one;
  }
  async function lanes(one: NewMessage): Promise<string[]> {
    const all = await bench.store().deliveriesOf(one.message.messageId);
    return all.map((lane) => `${lane.state} ${lane.lastCode ?? '-'}`);
  }
  async function events(one: NewMessage, event: string) {
    const all = await bench.store().listEvents(one.message.messageId);
    return all.filter((each) => each.event === event);
  }
  async function lease(now = T0 + 1): Promise<LeasedDelivery> {
    const [one] = await bench.store().leaseDue({ now, limit: 1, perRecipient: 9, leaseMs: 60_000 });
    if (one === undefined) throw new Error('nothing leased');
    return one;
  }
  async function fail(code: string, state: 'deferred' | 'dead' = 'deferred'): Promise<void> {
    const leased = await lease();
    await bench.store().finishAttempt(outcome(leased, state, { code, dueAt: T0 + 10_000_000 }));
  }
  async function notices(): Promise<number> {
    const { items } = await bench.store().listMessages({ fromOrganId: GATEWAY }, { limit: 100 });
    return items.length;
  }
  const PUSHED: States = [[RECIPIENT, 'queued']];
  const COLLECTED: States = [[RECIPIENT, 'pending']];
  const send = (to: States, wish: MessageWish = {}) =>
    accept(document({ documentId: 'A', ...wish, to }));

  it('keeps the bytes of a large recall apart from those of its notices', async () => {
    const sent = await send(PUSHED);
    const content = Buffer.alloc(100_000, 'recall');
    const recall = await accept(revoke(PUSHED, { about: sent, wish: { content } }));
    expect(await notices()).to.equal(1);
    expect(await bench.store().getContent(recall.message.messageId)).to.deep.equal(content);
    const [told] = (await bench.store().listMessages({ fromOrganId: GATEWAY }, { limit: 9 })).items;
    if (told === undefined) throw new Error('no notice');
    const kept = await bench.store().getContent(told.messageId);
    expect(digestOf(kept ?? Buffer.alloc(0))).to.equal(told.contentDigest);
  });

  for (const [name, to] of [
    ['queued', PUSHED],
    ['pending', COLLECTED],
  ] as const) {
    it(`cancels what is ${name}, tells the sender, and is not passed on itself`, async () => {
      const sent = await send(to);
      const recall = await accept(revoke(to, { about: sent }));
      expect(await lanes(sent)).to.deep.equal(['cancelled delivery.recalled']);
      expect(await lanes(recall)).to.deep.equal(['cancelled delivery.not-needed']);
      const [lane] = await bench.store().deliveriesOf(sent.message.messageId);
      expect(lane).to.include({ finishedAt: T0 + 100, lastReason: recall.message.messageId });
      const [told] = await events(sent, 'recalled');
      expect(told).to.include({ organId: RECIPIENT, time: T0 + 100 });
      expect(told?.detail).to.deep.equal({ by: recall.message.messageId, was: name });
      expect(await events(recall, 'suppressed')).to.have.lengthOf(1);
      expect(await events(sent, 'notice')).to.have.lengthOf(1);
      expect(await notices()).to.equal(1);
      const filter = { messageId: sent.message.messageId, viewer: SENDER };
      const { items } = await bench.store().listTraces(filter, { limit: 9 });
      expect(items[0]?.statuses.map((one) => one.statusCode)).to.deep.equal(['15']);
      const pending = await bench.store().listPending(RECIPIENT, undefined, { limit: 9 }, T0);
      expect(pending.items).to.deep.equal([]);
      expect(await bench.store().nextDueAt()).to.equal(undefined);
    });
  }

  for (const [code, travels] of [
    ['delivery.unreachable', false],
    ['delivery.route', false],
    ['delivery.cut', true],
    ['delivery.timeout', true],
    ['delivery.http', true],
  ] as const) {
    it(`after ${code} cancels, and ${travels ? 'is passed on: it may have arrived' : 'stays here'}`, async () => {
      const sent = await send(PUSHED);
      await fail(code);
      const recall = await accept(revoke(PUSHED, { about: sent }));
      expect(await lanes(sent)).to.deep.equal(['cancelled delivery.recalled']);
      expect(await lanes(recall)).to.deep.equal([
        travels ? 'queued -' : 'cancelled delivery.not-needed',
      ]);
      expect(await notices()).to.equal(travels ? 0 : 1);
    });
  }

  it('cancels what an operator holds', async () => {
    const sent = await send(PUSHED);
    const [lane] = await bench.store().deliveriesOf(sent.message.messageId);
    const lifetimes = { push: [1, 1, 1, 1, 1] } as const;
    const act = { act: 'hold', actor: 'cli:test', reason: 'wait', now: T0 + 2, lifetimes } as const;
    await bench.store().actOnDeliveries({ ...act, ids: [lane?.id ?? 0] });
    expect(await lanes(sent)).to.deep.equal(['held -']);
    const recall = await accept(revoke(PUSHED, { about: sent }));
    expect(await lanes(sent)).to.deep.equal(['cancelled delivery.recalled']);
    expect(await lanes(recall)).to.deep.equal(['cancelled delivery.not-needed']);
  });

  it('one attempt that got through is enough to pass it on', async () => {
    const sent = await send(PUSHED);
    await fail('delivery.cut');
    const again = await lease(T0 + 20_000_000);
    await bench
      .store()
      .finishAttempt(
        outcome(again, 'deferred', { code: 'delivery.unreachable', dueAt: T0 + 30_000_000 }),
      );
    const recall = await accept(revoke(PUSHED, { about: sent }));
    expect(await lanes(recall)).to.deep.equal(['queued -']);
  });

  it('is passed on where the document was fetched, and kept from nobody who has it', async () => {
    const sent = await send(COLLECTED);
    const { messageId } = sent.message;
    const access = () => bench.store().recordAccess(messageId, RECIPIENT, 't', 'soap', T0 + 5);
    expect(await access()).to.equal(true);
    const recall = await accept(revoke(COLLECTED, { about: sent }));
    expect(await lanes(sent)).to.deep.equal(['cancelled delivery.recalled']);
    expect(await lanes(recall)).to.deep.equal(['pending -']);
    expect(await notices()).to.equal(0);
    expect(await access()).to.equal(true);
  });

  it('ends access for a recipient that was too late, and counts none', async () => {
    const sent = await send(COLLECTED);
    await accept(revoke(COLLECTED));
    const { messageId } = sent.message;
    const store = bench.store();
    expect(await store.recordAccess(messageId, RECIPIENT, 't', 'soap', T0 + 200)).to.equal(false);
    expect(await store.recordAccess(messageId, SENDER, 'u', 'console', T0 + 200)).to.equal(true);
    expect(await store.listCollections(messageId)).to.deep.equal([]);
    const confirmation = { messageId, outcome: 'done', confirmedAt: T0 + 201 } as const;
    expect(await store.confirm(messageId, RECIPIENT, confirmation, undefined)).to.equal(undefined);
    expect(await lanes(sent)).to.deep.equal(['cancelled delivery.recalled']);
  });

  it('during an attempt is noted once, waits behind it, and is done when that fails', async () => {
    const sent = await send(PUSHED);
    const leased = await lease();
    const recall = await accept(revoke(PUSHED, { about: sent }));
    expect(await lanes(sent)).to.deep.equal(['active -']);
    const [noted] = await events(sent, 'recalled');
    expect(noted?.detail).to.include({ noted: true, was: 'active' });
    await accept(revoke(PUSHED, { about: sent, wish: { at: T0 + 101 } }));
    expect(await events(sent, 'recalled')).to.have.lengthOf(1);
    expect(await bench.store().getDelivery(leased.id)).to.include({ asked: 'recall' });
    const due = { now: T0 + 200, limit: 9, perRecipient: 9, leaseMs: 60_000 };
    expect(await bench.store().leaseDue(due)).to.deep.equal([]);
    await bench
      .store()
      .finishAttempt(outcome(leased, 'deferred', { code: 'delivery.cut', dueAt: T0 }));
    expect(await lanes(sent)).to.deep.equal(['cancelled delivery.recalled']);
    const [next] = await bench.store().leaseDue(due);
    expect(next?.messageId).to.equal(recall.message.messageId);
    expect(await notices()).to.equal(0);
  });

  it('during an attempt that delivers leaves it delivered and follows', async () => {
    const sent = await send(PUSHED);
    const leased = await lease();
    const recall = await accept(revoke(PUSHED, { about: sent }));
    await bench.store().finishAttempt(outcome(leased, 'delivered'));
    expect(await lanes(sent)).to.deep.equal(['delivered -']);
    expect((await lease(T0 + 200)).messageId).to.equal(recall.message.messageId);
  });

  it('leaves final deliveries as they are and is passed on', async () => {
    const delivered = await send(PUSHED);
    await bench.store().finishAttempt(outcome(await lease(), 'delivered'));
    const first = await accept(revoke(PUSHED, { about: delivered }));
    expect(await lanes(delivered)).to.deep.equal(['delivered -']);
    expect(await lanes(first)).to.deep.equal(['queued -']);
    const dead = await accept(document({ documentId: 'B', to: [[OTHER, 'queued']] }));
    const request = { now: T0 + 1, limit: 9, perRecipient: 9, leaseMs: 1000 };
    const leased = (await bench.store().leaseDue(request)).find(
      (one) => one.messageId === dead.message.messageId,
    );
    if (leased === undefined) throw new Error('nothing leased');
    await bench.store().finishAttempt(outcome(leased, 'dead', { code: 'delivery.unreachable' }));
    const recall = await accept(
      revoke([[OTHER, 'queued']], {
        recall: { documents: [{ key: documentKey('B') }], lanes: [{ organId: OTHER }] },
      }),
    );
    expect(await lanes(dead)).to.deep.equal(['dead delivery.unreachable']);
    expect(await lanes(recall)).to.deep.equal(['queued -']);
    expect(await notices()).to.equal(0);
  });

  it('decides lane by lane, and only in the lanes it names', async () => {
    const both: States = [
      [RECIPIENT, 'queued'],
      [OTHER, 'pending'],
    ];
    const sent = await send(both);
    await bench.store().finishAttempt(outcome(await lease(), 'delivered'));
    const recall = await accept(revoke(both, { about: sent }));
    expect(await lanes(sent)).to.deep.equal(['delivered -', 'cancelled delivery.recalled']);
    expect(await lanes(recall)).to.deep.equal(['queued -', 'cancelled delivery.not-needed']);
    expect(await notices()).to.equal(1);
    const second = await accept(document({ documentId: 'C', to: both }));
    const documents = [{ key: documentKey('C') }];
    await accept(revoke(COLLECTED, { recall: { documents, lanes: [{ organId: OTHER }] } }));
    expect(await lanes(second)).to.deep.equal(['queued -', 'cancelled delivery.recalled']);
  });

  it('takes back updates of the document, under its id and under one of their own', async () => {
    const sent = await send(COLLECTED);
    const update = document({ documentId: 'A-2', to: COLLECTED, at: T0 + 1 });
    const own = await accept({
      ...update,
      message: { ...update.message, businessType: 'update' },
      actsOn: [KEY],
    });
    const same = await send(COLLECTED, { at: T0 + 2 });
    const replacing = document({ documentId: 'A-3', to: COLLECTED, at: T0 + 3 });
    const other = await accept({
      ...replacing,
      message: { ...replacing.message, businessType: 'replace' },
      actsOn: [KEY],
    });
    const recall = await accept(revoke(COLLECTED, { about: sent }));
    for (const one of [sent, own, same]) {
      expect(await lanes(one)).to.deep.equal(['cancelled delivery.recalled']);
    }
    expect(await lanes(other)).to.deep.equal(['pending -']);
    expect(await lanes(recall)).to.deep.equal(['cancelled delivery.not-needed']);
    expect(await notices()).to.equal(1);
  });

  it('is passed on when the recipient has the document and only an update was taken back', async () => {
    const sent = await send(PUSHED);
    await bench.store().finishAttempt(outcome(await lease(), 'delivered'));
    const update = await send(PUSHED, { at: T0 + 2 });
    const recall = await accept(revoke(PUSHED, { about: update }));
    expect(await lanes(sent)).to.deep.equal(['delivered -']);
    expect(await lanes(update)).to.deep.equal(['cancelled delivery.recalled']);
    expect(await lanes(recall)).to.deep.equal(['queued -']);
    expect(await notices()).to.equal(0);
  });

  it('does not take back another revoke, nor tell the sender twice', async () => {
    const sent = await send(COLLECTED);
    await bench.store().recordAccess(sent.message.messageId, RECIPIENT, 't', 'soap', T0 + 5);
    const first = await accept(revoke(COLLECTED, { about: sent }));
    const second = await accept(revoke(COLLECTED, { about: sent, wish: { at: T0 + 101 } }));
    expect(await lanes(first)).to.deep.equal(['pending -']);
    expect(await lanes(second)).to.deep.equal(['pending -']);
    expect(await events(sent, 'recalled')).to.have.lengthOf(1);
  });

  it('that comes twice does nothing more', async () => {
    const sent = await send(COLLECTED);
    const recall = await accept(revoke(COLLECTED, { about: sent }));
    expect((await bench.store().acceptMessage(recall)).kind).to.equal('duplicate');
    expect(await events(sent, 'recalled')).to.have.lengthOf(1);
    expect(await notices()).to.equal(1);
  });

  it('of somebody else, of an unknown document, or before it came, changes nothing', async () => {
    const early = await accept(revoke(COLLECTED));
    const sent = await send(COLLECTED);
    const foreign = await accept(revoke(COLLECTED, { wish: { from: OTHER }, about: sent }));
    const documents = [{ key: documentKey('nothing') }, { key: documentKey('') }];
    const unknown = await accept(
      revoke(COLLECTED, { recall: { documents, lanes: [{ organId: RECIPIENT }] } }),
    );
    expect(await lanes(sent)).to.deep.equal(['pending -']);
    for (const one of [early, foreign, unknown]) {
      expect(await lanes(one)).to.deep.equal(['pending -']);
    }
    expect(await events(sent, 'recalled')).to.deep.equal([]);
  });

  it('by status 13 finds documents by key or by number and notation', async () => {
    for (const target of [{ key: documentKey('D') }, { code: '7/TB-VP' }]) {
      const sent = await accept(document({ documentId: 'D', code: '7/TB-VP', to: COLLECTED }));
      const asked = status({ from: SENDER, about: RECIPIENT, statusCode: '13', at: T0 + 100 });
      const recall = await accept({
        ...asked,
        recall: {
          documents: [target],
          lanes: [{ organId: RECIPIENT, notice: recallNotice(sent, RECIPIENT) }],
        },
      });
      expect(await lanes(sent)).to.deep.equal(['cancelled delivery.recalled']);
      expect(await lanes(recall)).to.deep.equal(['cancelled delivery.not-needed']);
    }
  });

  it('is passed on when it took back what came too late for a notice', async () => {
    const sent = await send(COLLECTED);
    const recall = await accept(revoke(COLLECTED));
    expect(await lanes(sent)).to.deep.equal(['cancelled delivery.recalled']);
    expect(await lanes(recall)).to.deep.equal(['pending -']);
    expect(await notices()).to.equal(0);
  });

  it('goes to a successor unless all that it follows were emptied', async () => {
    const both: States = [
      [RECIPIENT, 'pending'],
      [OTHER, 'pending'],
    ];
    const recallOf = (about: NewMessage): Recall => ({
      documents: [{ key: about.message.documentKey }],
      lanes: [
        { organId: RECIPIENT, goesTo: OTHER, notice: recallNotice(about, RECIPIENT) },
        { organId: OTHER, notice: recallNotice(about, OTHER) },
      ],
    });
    const first = await accept(document({ documentId: 'E', to: both }));
    const toOther: States = [[OTHER, 'pending']];
    const all = await accept(revoke(toOther, { recall: recallOf(first) }));
    expect(await lanes(all)).to.deep.equal(['cancelled delivery.not-needed']);
    const second = await accept(document({ documentId: 'F', to: COLLECTED }));
    const one = await accept(revoke(toOther, { recall: recallOf(second) }));
    expect(await lanes(one)).to.deep.equal(['cancelled delivery.not-needed']);
    const had = await accept(document({ documentId: 'G', to: both }));
    await bench.store().recordAccess(had.message.messageId, RECIPIENT, 't', 'soap', T0 + 5);
    const some = await accept(revoke(toOther, { recall: recallOf(had) }));
    expect(await lanes(some)).to.deep.equal(['pending -']);
  });

  it('keeps when a delivery expires', async () => {
    const made = document({ to: PUSHED });
    const sent = await accept({
      ...made,
      deliveries: [{ organId: RECIPIENT, state: 'queued', expiresAt: T0 + 77 }],
    });
    const [lane] = await bench.store().deliveriesOf(sent.message.messageId);
    expect(lane?.expiresAt).to.equal(T0 + 77);
    const without = await accept(document({ to: PUSHED }));
    const [free] = await bench.store().deliveriesOf(without.message.messageId);
    expect(free).to.not.have.property('expiresAt');
  });
}
