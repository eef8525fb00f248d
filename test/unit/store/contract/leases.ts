/**
 * Contract of leasing: what is due, fairness, order, bounds, leases that run out.
 *
 * @module
 */
import { expect } from 'chai';
import type { LeasedDelivery, NewMessage } from '../../../../src/model/message.js';
import type { OrganId } from '../../../../src/model/organ-id.js';
import type { Bench } from '../contract.js';
import { document, OTHER, organ, outcome, RECIPIENT, SENDER, status, T0 } from '../samples.js';

export function leaseContract(bench: Bench): void {
  function lease(more: { now?: number; limit?: number; perRecipient?: number } = {}) {
    return bench
      .store()
      .leaseDue({ now: T0 + 1, limit: 100, perRecipient: 100, leaseMs: 1000, ...more });
  }

  async function accept(...all: NewMessage[]): Promise<void> {
    for (const one of all) await bench.store().acceptMessage(one);
  }

  function toRecipient(organId: OrganId, more: Parameters<typeof document>[0] = {}): NewMessage {
    return document({ to: [[organId, 'queued']], ...more });
  }

  function recipients(leased: readonly LeasedDelivery[]): string {
    return leased.map((one) => one.toOrganId).join(' ');
  }

  it('leases what is queued, with everything a worker needs', async () => {
    const sent = document({ priority: 2 });
    await accept(sent);
    const [one, ...more] = await lease();
    expect(more).to.deep.equal([]);
    expect(one).to.deep.include({
      messageId: sent.message.messageId,
      kind: 'document',
      fromOrganId: SENDER,
      toOrganId: RECIPIENT,
      documentId: sent.message.documentId,
      contentDigest: sent.message.contentDigest,
      sizeBytes: sent.message.sizeBytes,
      priority: 2,
      state: 'active',
      attempts: 0,
      attempt: 1,
      leasedUntil: T0 + 1001,
      createdAt: T0,
    });
  });

  it('leases a delivery once', async () => {
    await accept(document(), document());
    const [first, second] = await Promise.all([lease({ limit: 1 }), lease()]);
    expect(first).to.have.length(1);
    expect(second).to.have.length(1);
    expect(first[0]?.id).to.not.equal(second[0]?.id);
    expect(await lease()).to.deep.equal([]);
  });

  it('leases nothing that is collected, not yet due or final', async () => {
    await accept(document({ to: [[RECIPIENT, 'pending']] }), document({ at: T0 + 500 }));
    expect(await lease()).to.deep.equal([]);
    const [one] = await lease({ now: T0 + 500 });
    if (one === undefined) throw new Error('nothing leased');
    await bench.store().finishAttempt(outcome(one, 'delivered', { at: T0 + 510 }));
    expect(await lease({ now: T0 + 9_999_999 })).to.deep.equal([]);
  });

  it('goes round the recipients', async () => {
    const [a, b, c] = [organ('T1'), organ('T2'), organ('T3')];
    await accept(...Array.from({ length: 10 }, () => toRecipient(a)));
    await accept(toRecipient(b), toRecipient(b), toRecipient(c));
    expect(recipients(await lease({ limit: 4 }))).to.equal('T1 T2 T3 T1');
  });

  it('begins after the recipient where the last call ended', async () => {
    const names = ['T1', 'T2', 'T3', 'T4'].map(organ);
    await accept(...names.flatMap((one) => [toRecipient(one), toRecipient(one)]));
    const got: string[] = [];
    for (let i = 0; i < 4; i++) got.push(recipients(await lease({ limit: 2 })));
    expect(got).to.deep.equal(['T1 T2', 'T3 T4', 'T1 T2', 'T3 T4']);
  });

  it('is not starved by a recipient with a long queue of its own', async () => {
    await accept(...Array.from({ length: 50 }, () => toRecipient(organ('T1'))));
    await accept(toRecipient(organ('T2'), { at: T0 + 1 }));
    expect(recipients(await lease({ limit: 3, perRecipient: 2 }))).to.equal('T1 T2 T1');
  });

  it('takes urgent deliveries before all others', async () => {
    await accept(toRecipient(organ('T1')), toRecipient(organ('T1')));
    await accept(toRecipient(organ('T1'), { priority: 1 }));
    await accept(toRecipient(organ('T2'), { priority: 4 }));
    const leased = await lease({ limit: 3 });
    expect(leased.map((one) => one.priority)).to.deep.equal([1, 4, 0]);
  });

  it('takes the oldest of a recipient first', async () => {
    const all = [3, 1, 2].map((n) => document({ at: T0 - n }));
    await accept(...all);
    const leased = await lease();
    expect(leased.map((one) => one.createdAt)).to.deep.equal([T0 - 3, T0 - 2, T0 - 1]);
  });

  it('keeps to the bound per recipient, those leased before included', async () => {
    await accept(...Array.from({ length: 5 }, () => document()));
    await accept(toRecipient(OTHER));
    expect(await lease({ perRecipient: 2 })).to.have.length(3);
    expect(await lease({ perRecipient: 2 })).to.have.length(0);
    expect(recipients(await lease({ perRecipient: 3 }))).to.equal(RECIPIENT);
  });

  it('counts urgent and other deliveries of a recipient together', async () => {
    await accept(document({ priority: 1 }), document(), document());
    expect(await lease({ perRecipient: 2 })).to.have.length(2);
  });

  it('gives room again when an attempt ends', async () => {
    await accept(document(), document());
    const [one] = await lease({ perRecipient: 1 });
    if (one === undefined) throw new Error('nothing leased');
    expect(await lease({ perRecipient: 1 })).to.have.length(0);
    await bench.store().finishAttempt(outcome(one, 'dead'));
    expect(await lease({ perRecipient: 1 })).to.have.length(1);
  });

  it('keeps the order per recipient and document key', async () => {
    const [first, second] = [document({ documentId: 'A' }), document({ documentId: 'A' })];
    await accept(first, second);
    const [one, ...more] = await lease();
    expect(more).to.deep.equal([]);
    if (one === undefined) throw new Error('nothing leased');
    expect(one.messageId).to.equal(first.message.messageId);
    await bench.store().finishAttempt(outcome(one, 'deferred', { dueAt: T0 + 5000 }));
    expect(await lease({ now: T0 + 100 })).to.deep.equal([]);
    const [again] = await lease({ now: T0 + 5000 });
    if (again === undefined) throw new Error('nothing leased');
    expect(again.messageId).to.equal(first.message.messageId);
    await bench.store().finishAttempt(outcome(again, 'dead', { at: T0 + 5001 }));
    expect((await lease({ now: T0 + 5001 }))[0]?.messageId).to.equal(second.message.messageId);
  });

  it('keeps the order against priority', async () => {
    const elder = document({ documentId: 'A' });
    await accept(elder, document({ documentId: 'A', priority: 4 }));
    expect((await lease()).map((one) => one.messageId)).to.deep.equal([elder.message.messageId]);
  });

  it('waits for an elder that is collected', async () => {
    await accept(
      document({ documentId: 'A', to: [[RECIPIENT, 'pending']] }),
      document({ documentId: 'A' }),
    );
    expect(await lease()).to.deep.equal([]);
    expect(await bench.store().nextDueAt()).to.equal(undefined);
  });

  it('does not make deliveries wait that share only recipient, only key, or no key', async () => {
    await accept(
      document({ documentId: 'A' }),
      document({ documentId: 'B' }),
      toRecipient(OTHER, { documentId: 'A' }),
      // A stranger that uses the same document id must not hold up the lane.
      document({ documentId: 'A', from: OTHER }),
    );
    expect(await lease()).to.have.length(4);
    const keyless = [1, 2].map(() => {
      const one = status({ code: '7/TB-VP' });
      return { ...one, deliveries: [{ organId: SENDER, state: 'queued' as const }] };
    });
    await accept(...keyless);
    expect(await lease()).to.have.length(2);
  });

  it('takes back a lease that ran out and records the attempt as interrupted', async () => {
    const sent = document();
    await accept(sent);
    const [first] = await lease();
    expect(await lease({ now: T0 + 1000 })).to.deep.equal([]);
    const [second] = await lease({ now: T0 + 1001 });
    expect(second?.id).to.equal(first?.id);
    expect(second).to.include({ attempt: 2, attempts: 1, messageId: sent.message.messageId });
    expect(second?.lease).to.not.equal(first?.lease);
    const [attempt] = await bench.store().listAttempts(second?.id ?? 0);
    expect(attempt).to.deep.equal({
      number: 1,
      startedAt: T0 + 1,
      finishedAt: T0 + 1001,
      outcome: 'interrupted',
      code: 'delivery.interrupted',
    });
    const events = await bench.store().listEvents(sent.message.messageId);
    expect(events.at(-1)?.detail).to.include({ number: 1, outcome: 'interrupted' });
  });

  it('does not count leases that ran out against the bound per recipient', async () => {
    await accept(document(), document());
    await lease({ perRecipient: 1 });
    expect(await lease({ perRecipient: 1, now: T0 + 5000 })).to.have.length(1);
  });

  it('keeps a younger one of the document back while the elder is retried after a crash', async () => {
    const elder = document({ documentId: 'A' });
    await accept(elder, document({ documentId: 'A' }));
    await lease();
    const after = await lease({ now: T0 + 5000 });
    expect(after.map((one) => one.messageId)).to.deep.equal([elder.message.messageId]);
  });

  it('tells when something is due next', async () => {
    expect(await bench.store().nextDueAt()).to.equal(undefined);
    await accept(document({ at: T0 + 70 }), document({ at: T0 + 30 }));
    expect(await bench.store().nextDueAt()).to.equal(T0 + 30);
    await lease({ now: T0 + 100 });
    expect(await bench.store().nextDueAt()).to.equal(T0 + 1100);
  });
}
