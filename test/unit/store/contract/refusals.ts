/**
 * Contract of refusals and of the store's own facts.
 *
 * @module
 */
import { expect } from 'chai';
import { issue } from '../../../../src/model/issue.js';
import type { Bench } from '../contract.js';
import { OTHER, refusal, T0 } from '../samples.js';

export function refusalContract(bench: Bench): void {
  const stored = (at: number, bytes: number) =>
    refusal({ time: T0 + at, callerOrganId: OTHER, content: Buffer.alloc(bytes, 7) });

  it('gives a refusal back exactly as it was added', async () => {
    const one = refusal({
      callerOrganId: OTHER,
      remoteAddress: '192.0.2.7',
      operation: 'SendPackage',
      soapVersion: '1.2',
      issues: [issue('schema.invalid', { reason: 'x' }, { path: '/edXML', line: 3 })],
      checks: [{ name: 'schema', verdict: 'fail', ms: 1.5, codes: ['schema.invalid'] }],
      fromOrganId: 'T99.03',
      documentId: 'Số 1',
      contentDigest: 'ab',
      content: Buffer.from('<edXML>'),
    });
    await bench.store().addRefusal(one);
    expect(await bench.store().getRefusal(one.correlationId)).to.deep.equal(one);
    expect(await bench.store().getRefusal('other')).to.equal(undefined);
  });

  it('keeps no bytes of callers that did not sign in', async () => {
    const one = refusal({ content: Buffer.from('<edXML>') });
    await bench.store().addRefusal(one);
    expect(await bench.store().getRefusal(one.correlationId)).to.not.have.property('content');
  });

  it('lists refusals newest first without their bytes, page by page', async () => {
    const all = [1, 2, 3].map((n) => stored(n, 10));
    for (const one of all) await bench.store().addRefusal(one);
    const first = await bench.store().listRefusals({ limit: 2 });
    const second = await bench.store().listRefusals({ limit: 2, after: first.next });
    const seen = [...first.items, ...second.items];
    expect(seen.map((one) => one.time)).to.deep.equal([T0 + 3, T0 + 2, T0 + 1]);
    expect(seen.some((one) => one.content !== undefined)).to.equal(false);
  });

  it('adds a refusal once', async () => {
    const one = refusal();
    await bench.store().addRefusal(one);
    await bench.store().addRefusal({ ...one, code: 'xml.malformed' });
    const { items } = await bench.store().listRefusals({ limit: 9 });
    expect(items.map((item) => item.code)).to.deep.equal(['schema.invalid']);
  });

  it('drops the oldest bytes first when all grow past their bound', async () => {
    const all = [1, 2, 3, 4].map((n) => stored(n, 1500));
    for (const one of all) await bench.store().addRefusal(one);
    const kept = await Promise.all(
      all.map(async (one) => {
        const found = await bench.store().getRefusal(one.correlationId);
        return found === undefined ? 'gone' : (found.content?.byteLength ?? 0);
      }),
    );
    expect(kept).to.deep.equal([0, 0, 1500, 1500]);
  });

  it('then drops the oldest entries', async () => {
    const all = Array.from({ length: 40 }, (_, n) => refusal({ time: T0 + n }));
    for (const one of all) await bench.store().addRefusal(one);
    const { items } = await bench.store().listRefusals({ limit: 99 });
    expect(items.length).to.be.within(5, 30);
    expect(items[0]?.time).to.equal(T0 + 39);
    expect(items.at(-1)?.time).to.equal(T0 + 40 - items.length);
  });

  it('deletes refusals past their time at the sweep', async () => {
    const [old, young] = [refusal({ time: T0 }), refusal({ time: T0 + 5 })];
    await bench.store().addRefusal(old);
    await bench.store().addRefusal(young);
    await bench.store().sweep(T0 + bench.limits.keepMs + 1);
    const { items } = await bench.store().listRefusals({ limit: 9 });
    expect(items.map((one) => one.time)).to.deep.equal([T0 + 5]);
  });

  it('has room again after a sweep', async () => {
    await bench.store().addRefusal(stored(0, 4000));
    await bench.store().sweep(T0 + bench.limits.keepMs + 1);
    const next = stored(50_000, 4000);
    await bench.store().addRefusal(next);
    const found = await bench.store().getRefusal(next.correlationId);
    expect(found?.content?.byteLength).to.equal(4000);
  });

  it('keeps facts by name', async () => {
    expect(await bench.store().getFact('version')).to.equal(undefined);
    await bench.store().setFact('version', '0.1.0');
    await bench.store().setFact('version', '0.2.0');
    expect(await bench.store().getFact('version')).to.equal('0.2.0');
    expect(await bench.store().getFact('constructor')).to.equal(undefined);
  });

  it('answers a probe after a commit', async () => {
    await bench.store().probe();
    await bench.store().probe();
  });
}
