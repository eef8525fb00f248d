import { expect } from 'chai';
import { type Agency, hasEnded, isNotYet, takesPart } from '../../../src/model/agency.js';

const NOW = 1_000;
const agency = (more: Partial<Agency>) => ({ active: true, ...more }) as Agency;

describe('an agency', () => {
  it('takes part while it is active, from its first moment to before its end', () => {
    for (const [more, part] of [
      [{}, true],
      [{ active: false }, false],
      [{ validFrom: NOW }, true],
      [{ validFrom: NOW + 1 }, false],
      [{ validUntil: NOW + 1 }, true],
      [{ validUntil: NOW }, false],
      [{ validFrom: 1, validUntil: 2 }, false],
    ] as const) {
      expect(takesPart(agency(more), NOW), JSON.stringify(more)).to.equal(part);
    }
  });

  it('has ended after its end, or when it was switched off for good', () => {
    for (const [more, ended] of [
      [{}, false],
      [{ active: false }, true],
      [{ active: false, validUntil: NOW + 1 }, false],
      [{ validUntil: NOW }, true],
    ] as const) {
      expect(hasEnded(agency(more), NOW), JSON.stringify(more)).to.equal(ended);
    }
    expect(isNotYet(agency({ validFrom: NOW + 1 }), NOW)).to.equal(true);
    expect(isNotYet(agency({ validFrom: NOW }), NOW)).to.equal(false);
  });
});
