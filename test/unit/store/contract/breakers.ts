/**
 * Contract of breakers: kept with outcomes, closed by hand, and what leasing makes of them; the
 * agency's own bound; the budget of content.
 *
 * @module
 */
import { expect } from 'chai';
import type { Breaker } from '../../../../src/model/breaker.js';
import type { LeasedDelivery } from '../../../../src/model/message.js';
import type { LeaseRequest } from '../../../../src/store/store.js';
import type { Bench } from '../contract.js';
import { agency, document, OTHER, outcome, RECIPIENT, T0 } from '../samples.js';

const OPEN: Breaker = {
  organId: RECIPIENT,
  failures: 5,
  lastCode: 'delivery.timeout',
  openedAt: T0 + 10,
  openUntil: T0 + 1000,
};

export function breakerContract(bench: Bench): void {
  function lease(more: Partial<LeaseRequest> = {}): Promise<readonly LeasedDelivery[]> {
    return bench
      .store()
      .leaseDue({ now: T0 + 1, limit: 100, perRecipient: 100, leaseMs: 60_000, ...more });
  }

  async function accept(count: number, wish: Parameters<typeof document>[0] = {}): Promise<void> {
    for (let i = 0; i < count; i++) await bench.store().acceptMessage(document(wish));
  }

  /** Leases one and ends it with this breaker. */
  async function fail(breaker: Breaker | 'closed', more: Partial<LeaseRequest> = {}) {
    const [one] = await lease({ limit: 1, ...more });
    if (one === undefined) throw new Error('nothing leased');
    await bench.store().finishAttempt(outcome(one, 'deferred', { dueAt: T0 + 90_000, breaker }));
  }

  it('keeps a breaker with the outcome of an attempt, and lists it while it is open', async () => {
    await accept(3);
    const counting: Breaker = { organId: RECIPIENT, failures: 1, lastCode: 'delivery.http' };
    await fail(counting);
    expect(await bench.store().getBreaker(RECIPIENT)).to.deep.equal(counting);
    expect(await bench.store().listBreakers()).to.deep.equal([]);
    await fail(OPEN);
    expect(await bench.store().getBreaker(RECIPIENT)).to.deep.equal(OPEN);
    expect(await bench.store().listBreakers()).to.deep.equal([OPEN]);
    await fail('closed', { now: T0 + 1000 });
    expect(await bench.store().getBreaker(RECIPIENT)).to.equal(undefined);
  });

  it('keeps nothing when the lease was lost', async () => {
    await accept(1);
    const [one] = await lease();
    if (one === undefined) throw new Error('nothing leased');
    const lost = outcome({ ...one, lease: 'another' }, 'deferred', { breaker: OPEN });
    expect(await bench.store().finishAttempt(lost)).to.equal(false);
    expect(await bench.store().getBreaker(RECIPIENT)).to.equal(undefined);
  });

  it('leases nothing to a recipient whose breaker is open, and everything to others', async () => {
    await accept(3);
    await accept(1, { to: [[OTHER, 'queued']] });
    await fail(OPEN);
    expect((await lease({ now: T0 + 999 })).map((one) => one.toOrganId)).to.deep.equal([OTHER]);
    expect((await bench.store().listDeliveries({ toOrganId: RECIPIENT }, { limit: 9 })).items)
      .to.have.length(3)
      .and.satisfy((all: { state: string }[]) => all.every((one) => one.state !== 'active'));
  });

  it('half open: one at a time, urgent ones too', async () => {
    await accept(3);
    await accept(2, { priority: 2 });
    await fail(OPEN);
    const now = T0 + 1000;
    const [probe, ...more] = await lease({ now });
    expect(more).to.deep.equal([]);
    expect(await lease({ now })).to.deep.equal([]);
    if (probe === undefined) throw new Error('nothing leased');
    await bench.store().finishAttempt(outcome(probe, 'delivered', { at: now, breaker: 'closed' }));
    expect(await lease({ now })).to.have.length(3);
  });

  it('is due when the pause is over', async () => {
    await accept(2);
    await fail(OPEN);
    expect(await bench.store().nextDueAt()).to.equal(T0 + 1000);
    bench.clock().time = T0 + 1000;
    expect(await bench.store().nextDueAt()).to.equal(T0 + 1000);
    await lease({ now: T0 + 1000 });
    // The probe is under way: nothing before its lease ends.
    expect(await bench.store().nextDueAt()).to.equal(T0 + 61_000);
  });

  it('is closed by hand, once, with an act', async () => {
    await accept(2);
    await fail(OPEN);
    const close = () => bench.store().closeBreaker(RECIPIENT, 'cli:mau', 'đã sửa', T0 + 20);
    expect(await close()).to.equal(true);
    expect(await close()).to.equal(false);
    expect(await lease({ now: T0 + 20 })).to.have.length(1);
    const { items } = await bench.store().listActs(RECIPIENT, { limit: 10 });
    expect(items.map(({ act, actor, detail }) => [act, actor, detail['reason']])).to.deep.equal([
      ['breaker.close', 'cli:mau', 'đã sửa'],
    ]);
  });

  it('has nothing to close by hand while failures are only counted', async () => {
    await accept(1);
    await fail({ organId: RECIPIENT, failures: 1, lastCode: 'delivery.http' });
    expect(await bench.store().closeBreaker(RECIPIENT, 'cli:mau', 'x', T0 + 20)).to.equal(false);
    expect((await bench.store().getBreaker(RECIPIENT))?.failures).to.equal(1);
  });

  it("keeps to the agency's own bound, narrower or wider", async () => {
    await bench.store().putAgency(agency(RECIPIENT, { perRecipient: 1 }), 'test');
    await bench.store().putAgency(agency(OTHER, { perRecipient: 4 }), 'test');
    await accept(5);
    await accept(5, { to: [[OTHER, 'queued']] });
    const leased = await lease({ perRecipient: 2 });
    const count = (organId: string) => leased.filter((one) => one.toOrganId === organId).length;
    expect([count(RECIPIENT), count(OTHER)]).to.deep.equal([1, 4]);
  });

  it('leases only what fits into the budget of content, in its turn', async () => {
    for (const size of [40, 70, 10]) await accept(1, { content: Buffer.alloc(size, `${size}`) });
    const sizes = async (free: number, idle: boolean) =>
      (await lease({ bytes: { free, idle } })).map((one) => one.sizeBytes);
    // What does not fit is not overtaken by something smaller.
    expect(await sizes(100, true)).to.deep.equal([40]);
    expect(await sizes(60, false)).to.deep.equal([]);
    // Larger than all, yet leased when nothing else runs, and alone.
    expect(await sizes(50, true)).to.deep.equal([70]);
    expect(await sizes(50, false)).to.deep.equal([10]);
  });
}
