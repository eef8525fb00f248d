/**
 * Contract of deliveries: outcomes, notices, lists, acts of operators.
 *
 * @module
 */
import { expect } from 'chai';
import type { LeasedDelivery, NewMessage } from '../../../../src/model/message.js';
import type { Bench } from '../contract.js';
import { document, notice, OTHER, organ, outcome, RECIPIENT, SENDER, T0 } from '../samples.js';

export function deliveryContract(bench: Bench): void {
  async function leaseOne(sent: NewMessage, now = T0 + 1): Promise<LeasedDelivery> {
    await bench.store().acceptMessage(sent);
    return leaseAgain(now);
  }

  async function leaseAgain(now: number): Promise<LeasedDelivery> {
    const request = { now, limit: 1, perRecipient: 9, leaseMs: 1000 };
    const [one] = await bench.store().leaseDue(request);
    if (one === undefined) throw new Error('nothing leased');
    return one;
  }

  it('makes a delivery per recipient, in their order', async () => {
    const sent = document({
      to: [
        [RECIPIENT, 'queued'],
        [OTHER, 'pending'],
      ],
    });
    await bench.store().acceptMessage(sent);
    const all = await bench.store().deliveriesOf(sent.message.messageId);
    expect(all.map((one) => [one.toOrganId, one.state, one.attempts])).to.deep.equal([
      [RECIPIENT, 'queued', 0],
      [OTHER, 'pending', 0],
    ]);
    const found = await bench.store().findDelivery(sent.message.messageId, OTHER);
    expect(found).to.deep.equal(all[1]);
    expect(await bench.store().getDelivery(all[0]?.id ?? 0)).to.deep.equal(all[0]);
    expect(await bench.store().findDelivery(sent.message.messageId, SENDER)).to.equal(undefined);
    expect(await bench.store().getDelivery(999_999)).to.equal(undefined);
  });

  it('records a delivered attempt with all that was learned', async () => {
    const leased = await leaseOne(document());
    const attempt = {
      number: 1,
      startedAt: T0 + 1,
      finishedAt: T0 + 90,
      outcome: 'delivered' as const,
      endpoint: 'https://b.example/soap',
      httpStatus: 200,
      rawAnswer: 'HTTP/1.1 200 OK\r\n\r\n<ok/>',
      connectMs: 1.5,
      totalMs: 88.25,
    };
    const done = {
      deliveryId: leased.id,
      lease: leased.lease,
      state: 'delivered' as const,
      attempt,
    };
    expect(await bench.store().finishAttempt(done)).to.equal(true);
    expect(await bench.store().listAttempts(leased.id)).to.deep.equal([attempt]);
    const after = await bench.store().getDelivery(leased.id);
    expect(after).to.include({ state: 'delivered', attempts: 1, finishedAt: T0 + 90 });
    expect(after).to.not.have.property('lastCode');
  });

  it('defers until the time given and counts attempts', async () => {
    const leased = await leaseOne(document());
    const code = 'delivery.timeout';
    await bench.store().finishAttempt(outcome(leased, 'deferred', { code, dueAt: T0 + 60_000 }));
    const after = await bench.store().getDelivery(leased.id);
    expect(after).to.include({
      state: 'deferred',
      attempts: 1,
      lastCode: code,
      dueAt: T0 + 60_000,
    });
    expect(after).to.not.have.property('finishedAt');
    expect(await bench.store().nextDueAt()).to.equal(T0 + 60_000);
    expect((await leaseAgain(T0 + 60_000)).attempt).to.equal(2);
  });

  it('ends as a dead letter with its events', async () => {
    const sent = document();
    const leased = await leaseOne(sent);
    await bench.store().finishAttempt(outcome(leased, 'dead', { code: 'delivery.refused' }));
    expect(await bench.store().getDelivery(leased.id)).to.include({
      state: 'dead',
      lastCode: 'delivery.refused',
      finishedAt: T0 + 10,
    });
    const events = await bench.store().listEvents(sent.message.messageId);
    expect(events.slice(-2).map((one) => [one.event, one.organId])).to.deep.equal([
      ['attempt', RECIPIENT],
      ['dead', RECIPIENT],
    ]);
  });

  it('takes no outcome of a lease that is not held', async () => {
    const leased = await leaseOne(document());
    const late = outcome(leased, 'dead', { notice: notice(document(), RECIPIENT) });
    expect(await bench.store().finishAttempt({ ...late, lease: 'other' })).to.equal(false);
    expect(await bench.store().finishAttempt({ ...late, deliveryId: 999_999 })).to.equal(false);
    const second = await leaseAgain(T0 + 5000);
    expect(await bench.store().finishAttempt(late)).to.equal(false);
    expect((await bench.store().counts()).messages).to.equal(1);
    expect(await bench.store().finishAttempt(outcome(second, 'delivered'))).to.equal(true);
    expect(await bench.store().finishAttempt(outcome(second, 'delivered'))).to.equal(false);
    expect(await bench.store().listAttempts(leased.id)).to.have.length(2);
  });

  it('takes the outcome of a lease that ran out but that nobody took', async () => {
    const leased = await leaseOne(document());
    const late = outcome(leased, 'delivered', { at: T0 + 9000 });
    expect(await bench.store().finishAttempt(late)).to.equal(true);
  });

  it('cuts the answer of a partner at 16 KiB', async () => {
    const leased = await leaseOne(document());
    const done = outcome(leased, 'deferred', { dueAt: T0 + 99 });
    const attempt = { ...done.attempt, rawAnswer: 'x'.repeat(100_000), reason: 'y'.repeat(9000) };
    await bench.store().finishAttempt({ ...done, attempt });
    const [kept] = await bench.store().listAttempts(leased.id);
    expect(kept?.rawAnswer).to.have.length(16_384);
    expect(kept?.reason).to.have.length(2000);
  });

  it('stores a failure notice in the same commit, once', async () => {
    const sent = document();
    const leased = await leaseOne(sent);
    const tell = notice(sent, RECIPIENT);
    await bench.store().finishAttempt(outcome(leased, 'dead', { notice: tell }));
    expect(await bench.store().getMessage(tell.message.messageId)).to.deep.equal(tell.message);
    expect(await bench.store().findDelivery(tell.message.messageId, SENDER)).to.include({
      state: 'pending',
      kind: 'status',
    });
    const events = await bench.store().listEvents(sent.message.messageId);
    expect(events.at(-1)).to.deep.include({
      event: 'notice',
      organId: RECIPIENT,
      detail: { messageId: tell.message.messageId, code: '02' },
    });
    const copy = { ...notice(sent, RECIPIENT), duplicateKey: tell.duplicateKey };
    expect((await bench.store().acceptMessage(copy)).kind).to.equal('conflict');
  });

  it('lists deliveries newest first by every part of the filter', async () => {
    const store = bench.store();
    const a = document({
      to: [
        [RECIPIENT, 'queued'],
        [OTHER, 'pending'],
      ],
    });
    const b = document({ to: [[OTHER, 'queued']], at: T0 + 500 });
    const leased = await leaseOne(a);
    await store.acceptMessage(b);
    await store.finishAttempt(
      outcome(leased, 'deferred', { code: 'delivery.http', dueAt: T0 + 999 }),
    );
    const found = async (filter: Parameters<typeof store.listDeliveries>[0]): Promise<string[]> =>
      (await store.listDeliveries(filter, { limit: 9 })).items.map(
        (one) => `${one.toOrganId} ${one.state}`,
      );
    expect(await found({})).to.deep.equal([
      `${OTHER} queued`,
      `${OTHER} pending`,
      `${RECIPIENT} deferred`,
    ]);
    expect(await found({ states: ['queued', 'deferred'] })).to.have.length(2);
    expect(await found({ states: [] })).to.deep.equal([]);
    expect(await found({ toOrganId: OTHER })).to.have.length(2);
    expect(await found({ messageId: a.message.messageId })).to.have.length(2);
    expect(await found({ lastCode: 'delivery.http' })).to.deep.equal([`${RECIPIENT} deferred`]);
    expect(await found({ toOrganId: OTHER, states: ['pending'] })).to.have.length(1);
  });

  it('pages deliveries without gap or repeat', async () => {
    const to = Array.from({ length: 7 }, (_, i) => [organ(`T${i}`), 'queued'] as const);
    await bench.store().acceptMessage(document({ to }));
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const page = await bench.store().listDeliveries({}, { limit: 3, after });
      seen.push(...page.items.map((one) => one.id));
      after = page.next;
    } while (after !== undefined);
    expect(seen).to.have.length(7);
    expect(new Set(seen).size).to.equal(7);
  });

  it('counts messages and deliveries by recipient and state', async () => {
    const sent = document({
      to: [
        [RECIPIENT, 'queued'],
        [OTHER, 'pending'],
      ],
    });
    const leased = await leaseOne(sent);
    await bench.store().finishAttempt(outcome(leased, 'delivered'));
    await bench.store().acceptMessage(document());
    const { messages, deliveries } = await bench.store().counts();
    expect(messages).to.equal(2);
    expect(deliveries).to.have.deep.members([
      { organId: RECIPIENT, state: 'delivered', count: 1 },
      { organId: RECIPIENT, state: 'queued', count: 1 },
      { organId: OTHER, state: 'pending', count: 1 },
    ]);
  });
}
