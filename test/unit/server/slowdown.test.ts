import { expect } from 'chai';
import { createSlowdown } from '../../../src/server/slowdown.js';

describe('slowing failed sign-ins', () => {
  const clockAt = (time: { now: number }) => ({ now: () => time.now, monotonic: () => time.now });
  const settles = async (promise: Promise<void>): Promise<boolean> =>
    Promise.race([
      promise.then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, 40, false)),
    ]);

  it('lets the first failures pass and makes the next ones wait', async () => {
    const slowdown = createSlowdown(clockAt({ now: 0 }));
    for (let i = 0; i < 5; i++)
      expect(await settles(slowdown.failed('192.0.2.1', 'T99.01'))).to.equal(true);
    expect(await settles(slowdown.failed('192.0.2.1', 'T99.01'))).to.equal(false);
  });

  it('counts per organ id over many addresses', async () => {
    const slowdown = createSlowdown(clockAt({ now: 0 }));
    for (let i = 0; i < 5; i++) await slowdown.failed(`192.0.2.${i}`, 'T99.01');
    expect(await settles(slowdown.failed('192.0.2.99', 'T99.01'))).to.equal(false);
    expect(await settles(slowdown.failed('192.0.2.98', 'T99.02'))).to.equal(true);
  });

  it('forgets after a while', async () => {
    const time = { now: 0 };
    const slowdown = createSlowdown(clockAt(time));
    for (let i = 0; i < 6; i++) void slowdown.failed('192.0.2.1', 'T99.01');
    time.now = 16 * 60_000;
    expect(await settles(slowdown.failed('192.0.2.1', 'T99.01'))).to.equal(true);
  });

  it('does not hold more than a bounded number of callers', async () => {
    const slowdown = createSlowdown(clockAt({ now: 0 }));
    for (let i = 0; i < 300; i++) void slowdown.failed('192.0.2.1', 'T99.01');
    expect(await settles(slowdown.failed('192.0.2.1', 'T99.01'))).to.equal(true);
  });
});
