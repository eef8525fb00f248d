import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  guessUnit,
  parseDuration,
  parseSchedule,
  parseSize,
  writeDuration,
  writeSize,
} from '../../../src/config/units.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

describe('units', () => {
  it('reads durations with their unit', () => {
    expect(parseDuration('500ms')).to.equal(500);
    expect(parseDuration('30s')).to.equal(30_000);
    expect(parseDuration('15m')).to.equal(15 * MINUTE);
    expect(parseDuration('6h')).to.equal(6 * HOUR);
    expect(parseDuration('90d')).to.equal(90 * 24 * HOUR);
    expect(parseDuration(' 2 h ')).to.equal(2 * HOUR);
  });

  it('takes no duration without a unit, below zero, broken or too long', () => {
    for (const text of ['', '30', '-1s', '1.5h', '1y', '30S', 's', '1e3s', `${'9'.repeat(20)}d`]) {
      expect(parseDuration(text), text).to.equal(undefined);
    }
    expect(parseDuration(`${'9'.repeat(12)}d`), 'beyond exact numbers').to.equal(undefined);
  });

  it('reads sizes in powers of 1024', () => {
    expect(parseSize('512B')).to.equal(512);
    expect(parseSize('64KiB')).to.equal(65_536);
    expect(parseSize('96MiB')).to.equal(96 * 1_048_576);
    expect(parseSize('1GiB')).to.equal(1_073_741_824);
    for (const text of ['64MB', '64', '1 TiB', '64mib']) {
      expect(parseSize(text), text).to.equal(undefined);
    }
  });

  it('unfolds a retry schedule into its waits', () => {
    const waits = parseSchedule('1m, 5m, 15m, 1h*6, 6h*20');
    expect(waits).to.have.length(29);
    expect(waits?.slice(0, 4)).to.deep.equal([MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR]);
    expect(waits?.at(-1)).to.equal(6 * HOUR);
  });

  it('takes no schedule with an empty, zero, endless or broken step', () => {
    for (const text of [
      '',
      '1m,',
      '0s',
      '1m*0',
      '1m*',
      '1m*2*3',
      '1m*1001',
      '1m*600,1m*600',
      'x',
    ]) {
      expect(parseSchedule(text), text).to.equal(undefined);
    }
  });

  it('writes durations and sizes that read back the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (n) => {
        expect(parseDuration(writeDuration(n))).to.equal(n);
        expect(parseSize(writeSize(n))).to.equal(n);
      }),
    );
    expect(writeDuration(90_000)).to.equal('90s');
    expect(writeSize(96 * 1_048_576)).to.equal('96MiB');
  });

  it('guesses what was meant', () => {
    expect(guessUnit('64MB', 'size')).to.equal('64MiB');
    expect(guessUnit('64MBit', 'size')).to.equal('64MiB');
    expect(guessUnit('90', 'duration')).to.equal('90s');
    expect(guessUnit('3 days', 'duration')).to.equal('3d');
    expect(guessUnit('soon', 'duration')).to.equal(undefined);
  });
});
