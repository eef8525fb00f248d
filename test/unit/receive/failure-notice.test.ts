import { expect } from 'chai';
import type { MessageId } from '../../../src/model/message-id.js';
import { addAgency } from '../../../src/operate/agencies.js';
import { actOnQueue } from '../../../src/operate/queue-acts.js';
import type { ReceiveContext } from '../../../src/receive/context.js';
import { makeFailureNotice } from '../../../src/receive/failure-notice.js';
import { TrustStore } from '../../../src/xml/trust.js';
import { all, type Fixture, openFixture, organ, storeDocument } from '../operate/fixture.js';

describe('failure notices', () => {
  let fixture: Fixture;
  let context: ReceiveContext;

  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.03']) {
      await addAgency(fixture, { organId, organName: organId });
    }
    const route = { kind: 'push', pushKind: 'receiver', url: 'https://b.example/nhan' } as const;
    await addAgency(fixture, { organId: 'T99.02', organName: 'T99.02', route });
    const { store, clock, lifetimes } = fixture;
    context = {
      store,
      clock,
      organId: organ('T99.00'),
      version: '0',
      signaturePolicy: 'verify',
      maxAttachments: 10,
      lifetimes,
      trust: () => TrustStore.empty,
      makeReceipt: () => Buffer.from('<Receipt/>'),
      makeCertificate: () => Buffer.from('<DeliveryCertificate/>'),
      signFor: (_agency, xml) => xml,
      wake: () => undefined,
      documentStored: () => undefined,
    };
  });
  afterEach(() => fixture.close());

  const laneOf = async (messageId: MessageId) => {
    const found = await fixture.store.findDelivery(messageId, organ('T99.02'));
    if (found === undefined) throw new Error('no delivery');
    return found;
  };
  const act = async (name: 'cancel' | 'requeue', messageId: MessageId) => {
    const { id } = await laneOf(messageId);
    const makeNotice = (delivery: Parameters<typeof makeFailureNotice>[1], reason: string) =>
      makeFailureNotice(context, delivery, reason);
    const order = { act: name, references: [String(id)], reason: 'gửi nhầm' };
    return all(actOnQueue({ ...fixture, makeNotice }, order));
  };
  const die = async (messageId: MessageId) => {
    const { clock, store } = fixture;
    const [leased] = await store.leaseDue({
      now: clock.now(),
      limit: 1,
      perRecipient: 9,
      leaseMs: 9000,
    });
    if (leased === undefined) throw new Error('nothing is due');
    const notice = await makeFailureNotice(context, await laneOf(messageId), 'bị từ chối');
    const now = clock.now();
    await store.finishAttempt({
      deliveryId: leased.id,
      lease: leased.lease,
      state: 'dead',
      attempt: {
        number: leased.attempt,
        startedAt: now,
        finishedAt: now,
        outcome: 'dead',
        code: 'delivery.refused',
      },
      ...(notice === undefined ? {} : { notice }),
    });
  };
  const told = async (): Promise<string[]> => {
    const { items } = await fixture.store.listMessages({ kind: 'status' }, { limit: 100 });
    return items.flatMap(({ read }) => (read.kind === 'status' ? (read.description ?? '') : []));
  };

  it('come once for each end: cancelled, requeued, cancelled, requeued, dead', async () => {
    const messageId = await storeDocument(fixture);
    await act('cancel', messageId);
    expect(await told()).to.have.length(1);
    await act('requeue', messageId);
    await act('cancel', messageId);
    expect(await told()).to.have.length(2);
    await act('requeue', messageId);
    await die(messageId);
    const all = await told();
    expect(all).to.have.length(3);
    expect(all.filter((text) => text.includes('bị từ chối'))).to.have.length(1);
    expect((await laneOf(messageId)).restarts).to.equal(2);
  });

  it('of the same end are one, however often it is told', async () => {
    const messageId = await storeDocument(fixture);
    const lane = await laneOf(messageId);
    for (const text of ['một', 'hai']) {
      const notice = await makeFailureNotice(context, lane, text);
      if (notice === undefined) throw new Error('no notice');
      await fixture.store.acceptMessage(notice);
    }
    expect(await told()).to.have.length(1);
  });

  it('are not written about notices', async () => {
    const messageId = await storeDocument(fixture);
    const lane = await laneOf(messageId);
    expect(await makeFailureNotice(context, { ...lane, kind: 'status' }, 'x')).to.equal(undefined);
  });
});
