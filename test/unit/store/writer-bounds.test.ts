/**
 * What waits for the writer is bounded: beyond it new messages are refused for the time being, and a
 * little later everything else.
 */
import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import type { Store } from '../../../src/store/store.js';
import { openBench, type StoreBench } from './open-store.js';
import { document } from './samples.js';

describe('what waits for the writer', () => {
  let bench: StoreBench;
  let store: Store;
  beforeEach(async () => {
    bench = openBench();
    store = await bench.open();
  });
  afterEach(() => bench.end());

  async function outcomes(all: readonly Promise<unknown>[]): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const one of await Promise.allSettled(all)) {
      const code = one.status === 'fulfilled' ? 'done' : (one.reason as GatewayError).code;
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    return counts;
  }

  it('is bounded in number, with room for what is no new message', async () => {
    // All in one turn: nothing can be written meanwhile.
    const facts = Array.from({ length: 6000 }, (_, i) => store.setFact(`f${i}`, 'x'));
    const late = [document(), document()].map((one) => store.acceptMessage(one));
    const more = Array.from({ length: 6000 }, (_, i) => store.setFact(`m${i}`, 'x'));
    const counts = await Promise.all([facts, late, more].map(outcomes));
    expect(counts.map((one) => Object.fromEntries(one))).to.deep.equal([
      { done: 6000 },
      { 'server.busy': 2 },
      { done: 4000, 'server.busy': 2000 },
    ]);
    expect(await store.acceptMessage(document())).to.deep.equal({ kind: 'stored' });
  }).timeout(30_000);

  it('is bounded in bytes, is temporary, and says when to come again', async () => {
    const refusal = (i: number) => ({
      correlationId: `r${i}`,
      time: 1,
      callerOrganId: 'T99.01' as never,
      code: 'x',
      issues: [],
      checks: [],
      sizeBytes: 1,
      content: Buffer.alloc(1024 * 1024, i),
    });
    const all = Array.from({ length: 270 }, (_, i) => store.addRefusal(refusal(i)));
    const settled = await Promise.allSettled(all);
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.length).to.be.within(10, 20);
    const [first] = refused as GatewayError[];
    expect(first).to.be.instanceOf(GatewayError);
    expect([first?.code, first?.temporary]).to.deep.equal(['server.busy', true]);
    expect(first?.retryAfterSeconds).to.be.greaterThan(0);
  }).timeout(30_000);
});
