import { expect } from 'chai';
import { dayExists, instantOf, readDate, readTime } from '../../../src/edxml/times.js';

describe('edxml/times', () => {
  const dates: [string, string | undefined][] = [
    ['20/11/2026', '2026/11/20'],
    ['1/2/2026', '2026/02/01'],
    ['20-11-2026', '2026/11/20'],
    ['2026-11-20', '2026/11/20'],
    ['2026/1/2', '2026/01/02'],
    ['2026-11-20T09:15:00', '2026/11/20'],
    ['20/11/2026 09:15:00', '2026/11/20'],
    // Half past eleven at night in London is the next day in Vietnam.
    ['2026-11-20T23:30:00Z', '2026/11/21'],
    ['30/02/2026', '2026/02/30'],
    ['11/20/2026', undefined],
    ['2026/13/01', undefined],
    ['00/11/2026', undefined],
    ['20/11/26', undefined],
    ['hôm nay', undefined],
    [`2026-11-20${' '.repeat(100_000)}`, undefined],
    ['', undefined],
  ];
  for (const [text, read] of dates) {
    it(`reads the date ${JSON.stringify(text.slice(0, 30))} as ${read}`, () => {
      expect(readDate(text)).to.equal(read);
    });
  }

  const times: [string, string | undefined][] = [
    ['20/11/2026 09:15:00', '2026/11/20 09:15:00'],
    ['20/11/2026 9:15', '2026/11/20 09:15:00'],
    ['2026-11-20T09:15:00.123', '2026/11/20 09:15:00'],
    ['2026-11-20T02:15:00Z', '2026/11/20 09:15:00'],
    ['2026-11-20T09:15:00+07:00', '2026/11/20 09:15:00'],
    ['2026-11-20T01:15:00-0100', '2026/11/20 09:15:00'],
    ['20/11/2026', '2026/11/20 00:00:00'],
    ['2026/11/20 24:00:00', undefined],
    ['2026/11/20 09:60:00', undefined],
    ['2026/11/20 09:15:00 PM', undefined],
  ];
  for (const [text, read] of times) {
    it(`reads the time ${text} as ${read}`, () => {
      expect(readTime(text)).to.equal(read);
    });
  }

  it('knows which days are in the calendar', () => {
    expect(dayExists('2024/02/29')).to.equal(true);
    expect(dayExists('2026/02/29')).to.equal(false);
    expect(dayExists('2026/11/31 10:00:00')).to.equal(false);
    expect(dayExists('0099/01/01')).to.equal(true);
    expect(dayExists('0000/01/01')).to.equal(false);
  });

  it('takes the times of packages as Vietnam time', () => {
    expect(instantOf('2026/11/20 07:00:00')).to.equal(Date.UTC(2026, 10, 20));
    expect(instantOf('2026/11/20')).to.equal(Date.UTC(2026, 10, 19, 17));
  });
});
