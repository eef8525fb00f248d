import { expect } from 'chai';
import { nextDelayMs } from '../../../src/deliver/retry.js';

const MINUTE = 60_000;
// 1m, 5m, 15m, 1h*2
const schedule = [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 60 * MINUTE];
const highest = () => 1 - Number.EPSILON;
const lowest = () => 0;

describe('nextDelayMs', () => {
  const table: readonly (readonly [attemptsMade: number, longest: number | undefined])[] = [
    [1, MINUTE],
    [2, 5 * MINUTE],
    [3, 15 * MINUTE],
    [5, 60 * MINUTE],
    [6, undefined],
    [60, undefined],
  ];
  for (const [made, longest] of table) {
    it(`after ${made} failed attempts waits at most ${longest ?? 'never again'}`, () => {
      expect(nextDelayMs(schedule, made, highest)).to.equal(longest);
    });
  }

  it('never waits less than half of the wait in the schedule', () => {
    expect(schedule.map((_, at) => nextDelayMs(schedule, at + 1, lowest))).to.deep.equal(
      schedule.map((wait) => wait / 2),
    );
  });

  it('waits as long as the peer asks, but not longer than the longest wait', () => {
    expect(nextDelayMs(schedule, 1, highest, 10 * MINUTE)).to.equal(10 * MINUTE);
    expect(nextDelayMs(schedule, 1, highest, 1)).to.equal(MINUTE);
    expect(nextDelayMs(schedule, 1, highest, 365 * 24 * 60 * MINUTE)).to.equal(60 * MINUTE);
  });

  it('does not let a peer prolong a delivery past its last attempt', () => {
    expect(nextDelayMs(schedule, 6, highest, MINUTE)).to.equal(undefined);
  });
});
