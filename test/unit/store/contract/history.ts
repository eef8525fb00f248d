/**
 * Contract under random histories: whatever happens in whatever order, counters equal a recount, no
 * delivery is lost, states only move along allowed paths, order and bounds hold.
 *
 * @module
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { isFinal } from '../../../../src/model/delivery-state.js';
import type { LeasedDelivery } from '../../../../src/model/message.js';
import type { QueueAct, Store } from '../../../../src/store/store.js';
import type { Bench } from '../contract.js';
import { act, document, organ, outcome, T0 } from '../samples.js';

type Step =
  | {
      readonly kind: 'accept';
      readonly to: readonly number[];
      readonly doc: number;
      readonly urgent: boolean;
    }
  | { readonly kind: 'lease'; readonly limit: number }
  | {
      readonly kind: 'finish';
      readonly which: number;
      readonly state: 'delivered' | 'deferred' | 'dead';
    }
  | { readonly kind: 'confirm'; readonly which: number; readonly fail: boolean }
  | { readonly kind: 'act'; readonly which: number; readonly act: QueueAct }
  | { readonly kind: 'wait'; readonly ms: number };

/** All but those that begin again: they break the order of before, which is checked here. */
const ACTS: readonly QueueAct[] = ['retry', 'hold', 'release', 'cancel', 'reroute'];

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('accept' as const),
    to: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
    doc: fc.integer({ min: 0, max: 2 }),
    urgent: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('lease' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('finish' as const),
    which: fc.nat(20),
    state: fc.constantFrom('delivered' as const, 'deferred' as const, 'dead' as const),
  }),
  fc.record({ kind: fc.constant('confirm' as const), which: fc.nat(20), fail: fc.boolean() }),
  fc.record({
    kind: fc.constant('act' as const),
    which: fc.nat(20),
    act: fc.constantFrom(...ACTS),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1500 }) }),
);

const PER_RECIPIENT = 2;
const LEASE_MS = 1000;

/** Recipients 0 to 3 are pushed to, 4 and 5 collect. A new prefix for each history: the store stays. */
async function play(store: Store, prefix: string, steps: readonly Step[]): Promise<number> {
  let now = T0;
  let made = 0;
  const leases: LeasedDelivery[] = [];
  const sent: { readonly document: ReturnType<typeof document>; readonly to: readonly number[] }[] =
    [];
  const name = (n: number) => organ(`${prefix}.${n}`);
  for (const one of steps) {
    now += 1;
    if (one.kind === 'accept') {
      const to = one.to.map((n) => [name(n), n < 4 ? 'queued' : 'pending'] as const);
      const priority = one.urgent ? 1 : 0;
      const next = document({ to, documentId: `${prefix}-${one.doc}`, priority, at: now });
      await store.acceptMessage(next);
      sent.push({ document: next, to: one.to });
      made += to.length;
    } else if (one.kind === 'lease') {
      const request = { now, limit: one.limit, perRecipient: PER_RECIPIENT, leaseMs: LEASE_MS };
      leases.push(...(await store.leaseDue(request)));
    } else if (one.kind === 'finish') {
      const leased = leases[one.which];
      if (leased === undefined) continue;
      const more = one.state === 'deferred' ? { dueAt: now + 500 } : {};
      await store.finishAttempt(outcome(leased, one.state, { at: now, ...more }));
    } else if (one.kind === 'confirm') {
      const target = sent[one.which];
      const to = target?.to[0];
      if (target === undefined || to === undefined) continue;
      const { messageId } = target.document.message;
      const confirmation = {
        messageId,
        outcome: one.fail ? ('fail' as const) : ('done' as const),
        confirmedAt: now,
      };
      await store.confirm(messageId, name(to), confirmation, undefined);
    } else if (one.kind === 'act') {
      const leased = leases[one.which];
      if (leased !== undefined) await store.actOnDeliveries(act(one.act, [leased.id], { now }));
    } else {
      now += one.ms;
    }
    await checkNow(store, prefix, now);
  }
  return made;
}

async function all(store: Store) {
  return (await store.listDeliveries({}, { limit: 10_000 })).items;
}

async function checkNow(store: Store, prefix: string, now: number): Promise<void> {
  const mine = (await all(store)).filter((one) => one.toOrganId.startsWith(`${prefix}.`));
  const active = mine.filter((one) => one.state === 'active');
  for (const one of active) {
    const elders = mine.filter(
      (other) =>
        other.id < one.id &&
        other.toOrganId === one.toOrganId &&
        other.documentId === one.documentId,
    );
    expect(
      elders.every((other) => isFinal(other.state)),
      `order of ${one.id} at ${now}`,
    ).to.equal(true);
    const beside = active.filter((other) => other.toOrganId === one.toOrganId);
    expect(beside.length).to.be.at.most(PER_RECIPIENT);
  }
}

async function recount(store: Store): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  for (const { toOrganId, state } of await all(store)) {
    const key = `${toOrganId} ${state}`;
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  return counted;
}

export function historyContract(bench: Bench): void {
  it('keeps counters, order and bounds through any history', async function () {
    this.timeout(60_000);
    let history = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const store = bench.store();
        const prefix = `T${history++}`;
        const before = (await all(store)).length;
        const made = await play(store, prefix, steps);
        expect((await all(store)).length).to.equal(before + made);
        const { deliveries, messages } = await store.counts();
        const told = new Map(deliveries.map((one) => [`${one.organId} ${one.state}`, one.count]));
        expect(told).to.deep.equal(await recount(store));
        const listed = (await store.listMessages({}, { limit: 10_000 })).items;
        expect(messages).to.equal(listed.length);
        // What is left over does not take part in the next history.
        for (const one of await all(store)) {
          if (isFinal(one.state)) continue;
          const { messageId, toOrganId } = one;
          const confirmation = { messageId, outcome: 'done' as const, confirmedAt: T0 };
          await store.confirm(messageId, toOrganId, confirmation, undefined);
        }
        expect((await all(store)).filter((one) => one.asked !== undefined)).to.deep.equal([]);
        expect(await store.nextDueAt()).to.equal(undefined);
      }),
      { numRuns: 25 },
    );
  });
}
