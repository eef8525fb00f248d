import { expect } from 'chai';
import { browserOf, knownBrowser } from '../../../src/access/known-browser.js';
import { OneAtATime } from '../../../src/access/one-at-a-time.js';
import { networkOf, Waits } from '../../../src/access/slow-guesses.js';
import { parseUserName } from '../../../src/model/user.js';
import { TestClock } from '../store/samples.js';

describe('slow guesses', () => {
  it('counts an IPv6 address as its network of 64 bits, an IPv4 address as itself', () => {
    expect(networkOf('192.0.2.7')).to.equal('192.0.2.7');
    expect(networkOf('::ffff:192.0.2.7')).to.equal('::ffff:192.0.2.7');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1:2');
    expect(networkOf('2001:db8:1:2::9')).to.equal('2001:db8:1:2');
    expect(networkOf('2001:db8::9')).to.equal('2001:db8:0:0');
    expect(networkOf('fe80::1%eth0')).to.equal('fe80:0:0:0');
    expect(networkOf('::1')).to.equal('0:0:0:0');
  });

  it('doubles the wait from the last free failure on, and forgets it after an hour', () => {
    const clock = new TestClock();
    const waits = new Waits(clock, 2);
    waits.failed('x');
    expect(waits.until('x')).to.equal(0);
    waits.failed('x');
    expect(waits.until('x')).to.equal(clock.now() + 2000);
    waits.failed('x');
    expect(waits.until('x')).to.equal(clock.now() + 4000);
    expect(waits.until('y')).to.equal(0);
    clock.time += 3_600_000 + 4001;
    waits.failed('x');
    expect(waits.until('x')).to.equal(0);
  });

  it('knows a browser only by its own mark, for its own name, for half a year', () => {
    const [lan, minh] = ['lan', 'minh'].map(parseUserName);
    if (lan === undefined || minh === undefined) throw new Error('no names');
    const key = Buffer.alloc(32, 1);
    const mark = knownBrowser(lan, 1000, key);
    expect(browserOf(mark, lan, 2000, key)).to.be.a('string');
    expect(browserOf(mark, minh, 2000, key)).to.equal(undefined);
    expect(browserOf(mark, lan, 2000, Buffer.alloc(32, 2))).to.equal(undefined);
    expect(browserOf(mark, lan, 181 * 86_400_000, key)).to.equal(undefined);
    for (const text of [undefined, '', '.', '1000.', `2000.${mark.split('.')[1]}`]) {
      expect(browserOf(text, lan, 2000, key), text).to.equal(undefined);
    }
  });

  it('lets work under one key run in turn, also after one that failed', async () => {
    const turns = new OneAtATime();
    const told: string[] = [];
    const step = async (name: string): Promise<void> => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`${name} ends`);
      if (name === 'a') throw new Error('a');
    };
    const both = [turns.run('k', () => step('a')), turns.run('k', () => step('b'))];
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled']);
    expect(told).to.deep.equal(['a begins', 'a ends', 'b begins', 'b ends']);
  });
});
