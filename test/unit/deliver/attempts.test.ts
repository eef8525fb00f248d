import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { cancelNoted } from '../../../src/deliver/cancel-noted.js';
import { expireWaiting } from '../../../src/deliver/expire.js';
import type { PushOutcome } from '../../../src/deliver/push-outcome.js';
import type { Delivery, NewMessage } from '../../../src/model/message.js';
import { openWriting } from '../../../src/store/sqlite/database.js';
import type { QueueAct } from '../../../src/store/store.js';
import { agency, document, notice, OTHER, RECIPIENT, SENDER, T0 } from '../store/samples.js';
import { type DeliverBench, DOWN, openDeliverBench, pushed } from './bench.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const DAY = 86_400_000;
const LIFETIMES = { push: [DAY, DAY, DAY, DAY, DAY], collect: DAY } as const;

describe('attempts, from lease to record', () => {
  let bench: DeliverBench;

  beforeEach(async () => {
    bench = await openDeliverBench();
  });
  afterEach(() => bench.end());

  async function laneOf(message: NewMessage): Promise<Delivery> {
    const [delivery] = await bench.store.deliveriesOf(message.message.messageId);
    if (delivery === undefined) throw new Error('no delivery');
    return delivery;
  }

  function act(name: QueueAct, ids: readonly number[]) {
    const now = bench.clock.time;
    const who = { actor: 'cli:mau', reason: 'thử', lifetimes: LIFETIMES };
    return bench.store.actOnDeliveries({ act: name, ids, now, ...who });
  }

  function expiring(expiresAt: number): NewMessage {
    const sent = document();
    return { ...sent, deliveries: [{ organId: RECIPIENT, state: 'queued', expiresAt }] };
  }

  it('spends no attempts while the breaker is open, probes with one, and resumes', async () => {
    const all = Array.from({ length: 6 }, () => document());
    await bench.accept(...all.slice(0, 3));
    expect(await bench.round(DOWN)).to.equal(3);
    await bench.accept(...all.slice(3));
    bench.clock.time = T0 + 999;
    expect(await bench.round()).to.equal(0);
    expect((await laneOf(all[5] as NewMessage)).attempts).to.equal(0);

    bench.clock.time = T0 + 1000;
    expect(await bench.round(DOWN)).to.equal(1);
    bench.clock.time = T0 + 2999;
    expect(await bench.round()).to.equal(0);

    bench.clock.time = T0 + 3000;
    expect(await bench.round({ kind: 'accepted' })).to.equal(1);
    expect(await bench.store.getBreaker(RECIPIENT)).to.equal(undefined);
    expect(await bench.round()).to.be.greaterThan(3);
    const changes = bench.events().filter((event) => event.startsWith('recipient.'));
    expect(changes).to.deep.equal(['recipient.paused', 'recipient.paused', 'recipient.resumed']);
  });

  it('counts failures that come at the same time one by one', async () => {
    await bench.accept(document(), document());
    await bench.round(DOWN);
    expect((await bench.store.getBreaker(RECIPIENT))?.failures).to.equal(2);
    expect((await bench.store.getBreaker(RECIPIENT))?.openUntil).to.equal(undefined);
  });

  it('Retry-After pauses the recipient at once, and nobody else', async () => {
    await bench.accept(document());
    const asked: PushOutcome = { kind: 'http', status: 503, retryAfterMs: 5000 };
    await bench.round(asked);
    await bench.accept(document(), document({ to: [[OTHER, 'queued']] }));
    bench.clock.time = T0 + 4999;
    const leased = await bench.lease();
    expect(leased.map((one) => one.toOrganId)).to.deep.equal([OTHER]);
    bench.clock.time = T0 + 5000;
    expect(await bench.lease()).to.have.length(1);
  });

  it('goes by the schedule of the agency, else by the general one as it is now', async () => {
    await bench.store.putAgency(pushed(OTHER, { retryMs: [70] }), 'test');
    const [general, own] = [document(), document({ to: [[OTHER, 'queued']] })];
    await bench.accept(general, own);
    bench.retryMs = [30, 500];
    await bench.round(DOWN);
    expect((await laneOf(general)).dueAt).to.equal(T0 + 30);
    expect((await laneOf(own)).dueAt).to.equal(T0 + 70);
    // Shorter by one wait while it waited: the next failure is the last.
    bench.retryMs = [30];
    bench.clock.time = T0 + 100;
    await bench.round(DOWN);
    expect(await laneOf(general)).to.include({ state: 'dead', lastCode: 'delivery.exhausted' });
    expect(await laneOf(own)).to.include({ state: 'dead', lastCode: 'delivery.exhausted' });
  });

  it('a dead letter that starts again has a whole schedule', async () => {
    const sent = document();
    await bench.accept(sent);
    bench.retryMs = [30];
    await bench.round(DOWN);
    bench.clock.time = T0 + 30;
    await bench.round(DOWN);
    const { id, state } = await laneOf(sent);
    expect(state).to.equal('dead');
    await act('requeue', [id]);
    await bench.round({ kind: 'timeout' });
    expect(await laneOf(sent)).to.include({ state: 'deferred', attempts: 3, dueAt: T0 + 60 });
  });

  it('ends an attempt that fails too late as expired, with a notice', async () => {
    const sent = expiring(T0 + 999);
    await bench.end();
    bench = await openDeliverBench({ makeNotice: async () => notice(sent, RECIPIENT) });
    await bench.accept(sent);
    await bench.round(DOWN);
    expect(await laneOf(sent)).to.include({ state: 'dead', lastCode: 'delivery.expired' });
    const told = await bench.store.listPending(SENDER, 'status', { limit: 9 }, T0);
    expect(told.items).to.have.length(1);
  });

  it('ends what waits past its lifetime, pushed or collected, each with a notice', async () => {
    await bench.end();
    bench = await openDeliverBench({
      makeNotice: async (delivery) =>
        delivery.messageId === queued.message.messageId ? notice(queued, RECIPIENT) : undefined,
    });
    const queued = expiring(T0 + 100);
    const collected = document({ to: [[OTHER, 'pending']] });
    const deliveries = [{ organId: OTHER, state: 'pending' as const, expiresAt: T0 + 200 }];
    await bench.accept(queued, { ...collected, deliveries }, document());
    bench.clock.time = T0 + 99;
    expect(await expireWaiting(bench.context)).to.equal(0);
    bench.clock.time = T0 + 200;
    expect(await expireWaiting(bench.context)).to.equal(2);
    expect(await expireWaiting(bench.context)).to.equal(0);
    for (const one of [queued, collected]) {
      expect(await laneOf(one)).to.include({ state: 'dead', lastCode: 'delivery.expired' });
    }
    const told = await bench.store.listPending(SENDER, 'status', { limit: 9 }, T0 + 200);
    expect(told.items).to.have.length(1);
    expect(bench.events()).to.deep.equal(['delivery.expired', 'delivery.expired']);
    expect(await bench.context.metrics.text()).to.match(/^edxgate_expired_total 2$/m);
  });

  it('expires more than one batch', async () => {
    await Promise.all(
      Array.from({ length: 120 }, () => bench.store.acceptMessage(expiring(T0 + 1))),
    );
    bench.clock.time = T0 + 2;
    expect(await expireWaiting(bench.context)).to.equal(120);
  });

  function change(sql: string, ...values: Buffer[]): void {
    const db = openWriting(bench.folder);
    db.prepare(sql).run(...values);
    db.close();
  }

  function damage(bytes: string): void {
    change('UPDATE content SET bytes = ?', Buffer.from(bytes));
  }

  it('a damaged copy is held with an alert; repaired and released it is delivered', async () => {
    const sent = document({ content: Buffer.from('<edXML>nguyên</edXML>') });
    await bench.accept(sent);
    damage('<edXML>hỏng</edXML>');
    await bench.round({ kind: 'accepted' });
    const held = await laneOf(sent);
    expect(held).to.include({ state: 'held', lastCode: 'store.damaged', attempts: 1 });
    expect(bench.events()).to.deep.equal(['alert.content-damaged']);
    expect(await bench.store.getBreaker(RECIPIENT)).to.equal(undefined);
    expect(await bench.round()).to.equal(0);
    damage('<edXML>nguyên</edXML>');
    await act('release', [held.id]);
    await bench.round();
    expect((await laneOf(sent)).state).to.equal('delivered');
  });

  it('content that retention deleted ends the delivery at once', async () => {
    const sent = document();
    await bench.accept(sent);
    change('DELETE FROM content');
    change('UPDATE message SET purged_at = 1');
    await bench.round();
    expect(await laneOf(sent)).to.include({ state: 'dead', lastCode: 'delivery.purged' });
  });

  it('an agency that collects now is no failure of its channel', async () => {
    await bench.store.putAgency(agency(RECIPIENT), 'test');
    await bench.accept(document());
    await bench.round();
    expect(await bench.store.getBreaker(RECIPIENT)).to.equal(undefined);
  });

  for (const [name, state] of [
    ['hold', 'held'],
    ['cancel', 'cancelled'],
  ] as const) {
    it(`a crash during an attempt does what was noted: ${name}`, async () => {
      const reasons = await telling();
      const sent = document();
      await bench.accept(sent);
      const [one] = await bench.lease();
      expect((await act(name, [one?.id ?? 0]))[0]?.result).to.equal('noted');
      bench.clock.time = T0 + 60_000;
      expect(await bench.lease()).to.deep.equal([]);
      expect((await laneOf(sent)).state).to.equal('held');
      expect(await cancelNoted(bench.context)).to.equal(name === 'cancel' ? 1 : 0);
      expect(await cancelNoted(bench.context)).to.equal(0);
      const lane = await laneOf(sent);
      expect(lane).to.include({ state, attempts: 1 });
      expect(lane).to.not.have.property('asked');
      const [attempt] = await bench.store.listAttempts(lane.id);
      expect(attempt?.outcome).to.equal('interrupted');
      expect(await told()).to.equal(name === 'cancel' ? 1 : 0);
      expect(reasons).to.have.length(name === 'cancel' ? 1 : 0);
    });
  }

  /** Every notice is made, and what is said in it noted. */
  async function telling(): Promise<string[]> {
    const reasons: string[] = [];
    await bench.end();
    bench = await openDeliverBench({
      makeNotice: async (delivery, reason) => {
        reasons.push(reason);
        const about = document({ documentId: delivery.documentId });
        return notice(about, delivery.toOrganId);
      },
    });
    return reasons;
  }

  async function told(): Promise<number> {
    const { items } = await bench.store.listPending(SENDER, 'status', { limit: 9 }, T0);
    return items.length;
  }

  /** A cancel comes in while the recipient is being asked. */
  function cancelMeanwhile(result: PushOutcome): void {
    bench.push = async (_agency, { id }) => {
      await act('cancel', [id]);
      return result;
    };
  }

  it('a cancel during an attempt that fails tells the sender in the same commit', async () => {
    const reasons = await telling();
    const sent = document();
    await bench.accept(sent);
    cancelMeanwhile(DOWN);
    await bench.round();
    expect(await laneOf(sent)).to.include({ state: 'cancelled', attempts: 1 });
    expect(reasons).to.deep.equal(['An operator cancelled the delivery: thử']);
    expect(await told()).to.equal(1);
    // The failure counts for the recipient all the same.
    expect((await bench.store.getBreaker(RECIPIENT))?.failures).to.equal(1);
  });

  it('a cancel during an attempt that delivers, or of a status notice, tells nobody', async () => {
    const reasons = await telling();
    const sent = document();
    await bench.accept(sent);
    cancelMeanwhile({ kind: 'accepted' });
    await bench.round();
    expect((await laneOf(sent)).state).to.equal('delivered');
    expect(reasons).to.deep.equal([]);
    await bench.end();
    bench = await openDeliverBench();
    const other = document();
    await bench.accept(other);
    cancelMeanwhile(DOWN);
    await bench.round();
    expect((await laneOf(other)).state).to.equal('cancelled');
    expect(await told()).to.equal(0);
  });

  it('certifies a push that was taken, and the answer as it is kept', async () => {
    const sent = document();
    await bench.accept(sent);
    await bench.round({ kind: 'timeout' });
    const { id, messageId } = await laneOf(sent);
    expect(await bench.store.getDeliveryCertificate(id)).to.equal(undefined);
    bench.clock.time = T0 + 1000;
    const rawAnswer = `${'x'.repeat(16_383)}😀 đã nhận`;
    await bench.round({ kind: 'accepted', endpoint: 'mau.example', rawAnswer });
    const kept = (await bench.store.listAttempts(id))[1]?.rawAnswer ?? '';
    expect(kept).to.have.length(16_383);
    const certificate = await bench.store.getDeliveryCertificate(id);
    expect(certificate).to.include({ number: 1, toOrganId: RECIPIENT, madeAt: T0 + 1000 });
    const text = Buffer.from(certificate?.certificate ?? []).toString('utf8');
    expect(JSON.parse(text)).to.deep.equal({
      messageId,
      kind: 'document',
      fromOrganId: SENDER,
      toOrganId: RECIPIENT,
      documentId: sent.message.documentId,
      contentDigest: sent.message.contentDigest,
      deliveredAt: new Date(T0 + 1000).toISOString(),
      how: { kind: 'push', attempt: 2, endpoint: 'mau.example', answerDigest: sha256(kept) },
    });
  });
});
