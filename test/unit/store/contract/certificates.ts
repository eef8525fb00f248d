/**
 * Contract of delivery certificates: stored with the end that they prove, never replaced.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Bench } from '../contract.js';
import { lease, reach } from '../lanes.js';
import { act, outcome, RECIPIENT, T0 } from '../samples.js';

const FIRST = Buffer.from('<DeliveryCertificate>đầu</DeliveryCertificate>');
const SECOND = Buffer.from('<DeliveryCertificate>hai</DeliveryCertificate>');

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function certificateContract(bench: Bench): void {
  it('keeps the certificate of a push with its end, byte for byte', async () => {
    const store = bench.store();
    const { id, sent, leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    expect(await store.getDeliveryCertificate(id)).to.equal(undefined);
    await store.finishAttempt(outcome(leased, 'delivered', { certificate: FIRST }));
    const kept = await store.getDeliveryCertificate(id);
    expect(Buffer.from(kept?.certificate ?? []).equals(FIRST)).to.equal(true);
    expect(kept).to.include({ deliveryId: id, toOrganId: RECIPIENT, number: 1, madeAt: T0 + 10 });
    expect(await store.listDeliveryCertificates(sent.message.messageId)).to.have.length(1);
    const events = await store.listEvents(sent.message.messageId);
    expect(events.at(-1)?.detail['certificate']).to.equal(digestOf(FIRST));
  });

  it('keeps none of an attempt that did not deliver or whose lease was lost', async () => {
    const store = bench.store();
    const { id, leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    const lost = outcome({ ...leased, lease: 'other' }, 'delivered', { certificate: FIRST });
    expect(await store.finishAttempt(lost)).to.equal(false);
    await store.finishAttempt(outcome(leased, 'deferred', { certificate: FIRST }));
    expect(await store.getDeliveryCertificate(id)).to.equal(undefined);
  });

  it('keeps that of the first confirmation only, and none of a failed one', async () => {
    const store = bench.store();
    const { id, sent } = await reach(store, 'pending');
    const { messageId } = sent.message;
    const done = { messageId, outcome: 'done' as const, confirmedAt: T0 + 9 };
    await store.confirm(messageId, RECIPIENT, done, undefined, FIRST);
    await store.confirm(messageId, RECIPIENT, { ...done, confirmedAt: T0 + 10 }, undefined, SECOND);
    const all = await store.listDeliveryCertificates(messageId);
    expect(all.map(({ number, madeAt }) => [number, madeAt])).to.deep.equal([[1, T0 + 9]]);
    expect(Buffer.from(all[0]?.certificate ?? []).equals(FIRST)).to.equal(true);
    expect((await store.getDeliveryCertificate(id))?.number).to.equal(1);

    const other = await reach(store, 'pending');
    const fail = { messageId: other.sent.message.messageId, outcome: 'fail' as const };
    await store.confirm(
      fail.messageId,
      RECIPIENT,
      { ...fail, confirmedAt: T0 + 9 },
      undefined,
      FIRST,
    );
    expect(await store.getDeliveryCertificate(other.id)).to.equal(undefined);
  });

  it('keeps that of a confirmation that ends what was still being pushed', async () => {
    const store = bench.store();
    const { id, sent, leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    const { messageId } = sent.message;
    const done = { messageId, outcome: 'done' as const, confirmedAt: T0 + 9 };
    await store.confirm(messageId, RECIPIENT, done, undefined, FIRST);
    const late = outcome(leased, 'delivered', { certificate: SECOND });
    expect(await store.finishAttempt(late)).to.equal(false);
    expect(await store.listDeliveryCertificates(messageId)).to.have.length(1);
    expect((await store.getDeliveryCertificate(id))?.madeAt).to.equal(T0 + 9);
  });

  it('a delivery that is resent gets another one and keeps the first', async () => {
    const store = bench.store();
    const { id, sent, leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    await store.finishAttempt(outcome(leased, 'delivered', { certificate: FIRST }));
    await store.actOnDeliveries(act('resend', [id]));
    expect((await store.getDelivery(id))?.restarts).to.equal(1);
    const again = await lease(store, T0 + 100);
    await store.finishAttempt(outcome(again, 'delivered', { at: T0 + 120, certificate: SECOND }));
    const all = await store.listDeliveryCertificates(sent.message.messageId);
    expect(
      all.map(({ number, certificate }) => [number, digestOf(Buffer.from(certificate))]),
    ).to.deep.equal([
      [1, digestOf(FIRST)],
      [2, digestOf(SECOND)],
    ]);
    expect((await store.getDeliveryCertificate(id))?.number).to.equal(2);
  });

  it('goes with its message when retention deletes that', async () => {
    const store = bench.store();
    const { sent, leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    await store.finishAttempt(outcome(leased, 'delivered', { certificate: FIRST }));
    const now = T0 + 1000;
    await store.purgeContent({ state: 'delivered', before: now, limit: 9, now });
    expect(await store.purgeMessages(now, 9, now)).to.equal(1);
    expect(await store.listDeliveryCertificates(sent.message.messageId)).to.deep.equal([]);
  });

  it('records acts that change nothing in the store', async () => {
    const store = bench.store();
    const done = {
      time: T0 + 1,
      actor: 'cli:an',
      act: 'quarantine.export',
      subject: 'c-1',
      detail: { keptBytes: 7 },
    };
    await store.recordAct(done);
    expect((await store.listActs('c-1', { limit: 9 })).items).to.deep.equal([done]);
  });
}
