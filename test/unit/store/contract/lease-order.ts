/**
 * Contract of leasing: the share of those that are not urgent, the order of documents and their
 * follow-ups, and what is free behind a long row that waits.
 *
 * @module
 */
import { expect } from 'chai';
import { documentKey } from '../../../../src/model/document-id.js';
import type { LeasedDelivery, NewMessage } from '../../../../src/model/message.js';
import type { LeaseRequest } from '../../../../src/store/store.js';
import type { Bench } from '../contract.js';
import { document, OTHER, organ, outcome, RECIPIENT, T0 } from '../samples.js';

export function leaseOrderContract(bench: Bench): void {
  function lease(more: Partial<LeaseRequest> = {}): Promise<readonly LeasedDelivery[]> {
    return bench
      .store()
      .leaseDue({ now: T0 + 1, limit: 100, perRecipient: 100, leaseMs: 1000, ...more });
  }

  async function accept(...all: NewMessage[]): Promise<void> {
    for (const one of all) await bench.store().acceptMessage(one);
  }

  /** A revoke, update or replace under a document id of its own. */
  function followUp(names: readonly string[], wish: Parameters<typeof document>[0] = {}) {
    return { ...document(wish), actsOn: names.map(documentKey) };
  }

  /** Leases and delivers until nothing is left. @returns the message ids of each round. */
  async function rounds(): Promise<string[][]> {
    const all: string[][] = [];
    for (;;) {
      const leased = await lease();
      if (leased.length === 0) return all;
      all.push(leased.map((one) => one.messageId));
      for (const one of leased) await bench.store().finishAttempt(outcome(one, 'delivered'));
    }
  }

  async function leaseOneByOne(count: number): Promise<LeasedDelivery[]> {
    const got: LeasedDelivery[] = [];
    for (let i = 0; i < count; i++) got.push(...(await lease({ limit: 1 })));
    return got;
  }

  function id(one: NewMessage): string {
    return one.message.messageId;
  }

  it('gives one of four leases to the others while urgent ones keep coming', async () => {
    await accept(...Array.from({ length: 9 }, () => document({ priority: 3 })));
    await accept(...Array.from({ length: 4 }, () => document()));
    const inOneCall = (await lease({ limit: 5 })).map((one) => one.priority);
    const callByCall = (await leaseOneByOne(7)).map((one) => one.priority);
    expect([...inOneCall, ...callByCall]).to.deep.equal([3, 3, 3, 0, 3, 3, 3, 0, 3, 3, 3, 0]);
  });

  it('gives it over all recipients: the only one without urgent ones is not starved', async () => {
    for (const name of ['T1', 'T2', 'T3']) {
      const urgent = { priority: 1, to: [[organ(name), 'queued'] as const] };
      await accept(...Array.from({ length: 4 }, () => document(urgent)));
    }
    await accept(document({ to: [[OTHER, 'queued']] }));
    const first = (await leaseOneByOne(4)).map((one) => one.toOrganId);
    expect(first).to.deep.equal(['T1', 'T2', 'T3', OTHER]);
  });

  it('gives it to each recipient: its others are not starved by those of another', async () => {
    const other = { to: [[OTHER, 'queued'] as const] };
    await accept(...Array.from({ length: 8 }, () => document({ priority: 1 })), document());
    await accept(...Array.from({ length: 20 }, () => document(other)));
    const own = (await leaseOneByOne(12)).filter((one) => one.toOrganId === RECIPIENT);
    expect(own.slice(0, 4).map((one) => one.priority)).to.include(0);
  });

  it('leases no delivery twice when a recipient has both kinds due', async () => {
    await accept(...Array.from({ length: 12 }, (_, i) => document({ priority: i % 2 })));
    const leased = await lease();
    expect(new Set(leased.map((one) => one.id)).size).to.equal(12);
    expect(leased).to.have.length(12);
  });

  it('an update under its own id waits for its document, against priority', async () => {
    const first = document({ documentId: 'A' });
    const update = followUp(['A'], { priority: 4 });
    await accept(first, update);
    expect(await rounds()).to.deep.equal([[id(first)], [id(update)]]);
  });

  it('a replace that names two documents waits for both', async () => {
    const [a, b] = [document({ documentId: 'A' }), document({ documentId: 'B' })];
    const replace = followUp(['A', 'B']);
    await accept(a, b, replace);
    const leased = await lease();
    expect(leased.map((one) => one.messageId)).to.have.members([id(a), id(b)]);
    const [one, two] = leased;
    if (one === undefined || two === undefined) throw new Error('nothing leased');
    await bench.store().finishAttempt(outcome(one, 'delivered'));
    expect(await lease()).to.deep.equal([]);
    await bench.store().finishAttempt(outcome(two, 'dead'));
    expect((await lease()).map((next) => next.messageId)).to.deep.equal([id(replace)]);
  });

  it('a later package of the document waits for a follow-up on it', async () => {
    const update = followUp(['A']);
    const again = document({ documentId: 'A', priority: 2 });
    await accept(update, again);
    expect(await rounds()).to.deep.equal([[id(update)], [id(again)]]);
  });

  it('follow-ups on one document keep their order among each other', async () => {
    const all = [followUp(['A']), followUp(['B', 'A'], { priority: 1 }), followUp(['A'])];
    await accept(...all);
    expect(await rounds()).to.deep.equal(all.map((one) => [id(one)]));
  });

  it('a follow-up waits for nothing of other recipients, other senders or other documents', async () => {
    await accept(
      document({ documentId: 'A', to: [[OTHER, 'queued']] }),
      document({ documentId: 'A', from: OTHER }),
      document({ documentId: 'B' }),
      { ...document({ from: organ('T99.05') }), actsOn: [documentKey('C')] },
      followUp(['A', 'C']),
    );
    expect(await lease()).to.have.length(5);
  });

  it('a follow-up that waits is not due', async () => {
    await accept(document({ documentId: 'A', to: [[RECIPIENT, 'pending']] }), followUp(['A']));
    expect(await bench.store().nextDueAt()).to.equal(undefined);
    expect(await lease()).to.deep.equal([]);
  });

  it('collecting recipients are listed document and follow-up in the order they came', async () => {
    const to = [[RECIPIENT, 'pending'] as const];
    const all = [document({ documentId: 'A', to }), followUp(['A'], { to, priority: 4 })];
    await accept(...all);
    const { items } = await bench.store().listPending(RECIPIENT, undefined, { limit: 10 }, T0 + 1);
    expect(items.map((one) => one.messageId)).to.deep.equal(all.map(id));
  });

  it('finds what is free behind hundreds that wait for one elder', async () => {
    const elder = document({ documentId: 'A' });
    await accept(elder);
    const [held] = await lease();
    if (held === undefined) throw new Error('nothing leased');
    const waiting = Array.from({ length: 1200 }, () => document({ documentId: 'A' }));
    await Promise.all(waiting.map((one) => bench.store().acceptMessage(one)));
    const free = document({ at: T0 + 1 });
    await accept(free);
    // Not more than this: each call goes on where the last one ended.
    const found: string[] = [];
    for (let calls = 0; calls < 4 && found.length === 0; calls++) {
      expect(await bench.store().nextDueAt()).to.be.at.most(T0 + 1);
      found.push(...(await lease({ limit: 2 })).map((one) => one.messageId));
    }
    expect(found).to.deep.equal([id(free)]);
    await bench.store().finishAttempt(outcome(held, 'delivered'));
    expect((await lease()).map((one) => one.messageId)).to.deep.equal([
      waiting[0] && id(waiting[0]),
    ]);
  });
}
