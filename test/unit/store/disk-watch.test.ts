import { expect } from 'chai';
import { type DiskState, nextDiskState, startDiskWatch } from '../../../src/store/disk-watch.js';
import { until } from '../../support/until.js';

describe('the watch over the disk', () => {
  it('is low below the watermark, and over it only from a tenth above', () => {
    let state: DiskState = { low: false, freeBytes: undefined };
    const lows = [1001, 1000, 999, 1000, 1099, 1100, 1050, 999].map((free) => {
      state = nextDiskState(state, free, 1000);
      return state.low;
    });
    expect(lows).to.deep.equal([false, false, true, true, true, false, false, true]);
  });

  it('keeps its mind when the disk cannot be asked, and is never low without a watermark', () => {
    const low = { low: true, freeBytes: 5 };
    expect(nextDiskState(low, undefined, 1000)).to.deep.equal({ low: true, freeBytes: undefined });
    expect(nextDiskState({ low: false, freeBytes: 5 }, 0, 0).low).to.equal(false);
  });

  it('knows the disk from the start and tells each change once', async () => {
    let free = 10;
    let asked = 0;
    const told: boolean[] = [];
    const watch = await startDiskWatch({
      folder: '/nowhere',
      minFreeBytes: 100,
      everyMs: 2,
      onChange: ({ low }) => told.push(low),
      free: async () => {
        asked++;
        return free;
      },
    });
    expect(watch.state()).to.deep.equal({ low: true, freeBytes: 10 });
    free = 200;
    await until(() => told.length === 2);
    const before = asked;
    await until(() => asked > before + 3);
    watch.stop();
    expect(told).to.deep.equal([true, false]);
  });

  it('asks the real disk', async () => {
    const watch = await startDiskWatch({
      folder: '.',
      minFreeBytes: Number.MAX_SAFE_INTEGER,
      onChange: () => undefined,
    });
    expect(watch.state().freeBytes).to.be.greaterThan(0);
    expect(watch.state().low).to.equal(true);
    watch.stop();
  });
});
