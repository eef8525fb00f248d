import { expect } from 'chai';
import { addAgency, setAgency, showAgency } from '../../../src/operate/agencies.js';
import { importAgencies } from '../../../src/operate/agency-import.js';
import { waitingFor } from '../../../src/operate/agency-validity.js';
import { checkedTime } from '../../../src/operate/agency-values.js';
import { codeOf, type Fixture, NOON, openFixture, storeDocument } from './fixture.js';

const DAY = 86_400_000;

describe('times and successors of agencies', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) {
      await addAgency(fixture, {
        organId,
        organName: `Sở ${organId}`,
        ...(organId === 'T99.03' ? { oldOrganId: '000.00.03.T99' } : {}),
      });
    }
  });
  afterEach(() => fixture.close());
  const set = (organId: string, change: Parameters<typeof setAgency>[2]) =>
    setAgency(fixture, organId, change);

  it('are set, shown, and removed again', async () => {
    const shown = await set('T99.02', {
      validFrom: NOON,
      validUntil: NOON + DAY,
      successor: '000.00.03.T99',
      perRecipient: 4,
    });
    expect(shown).to.include({
      validFrom: '2026-11-24T05:00:00.000Z',
      validUntil: '2026-11-25T05:00:00.000Z',
      successor: 'T99.03',
      perRecipient: 4,
    });
    expect(await showAgency(fixture.store, 'T99.02')).to.deep.equal(shown);
    const renamed = await set('T99.02', { organName: 'Sở khác' });
    expect(renamed).to.include({ successor: 'T99.03', validUntil: '2026-11-25T05:00:00.000Z' });
    const cleared = await set('T99.02', {
      validFrom: null,
      validUntil: null,
      successor: null,
      perRecipient: null,
    });
    expect(cleared).to.not.have.any.keys('validFrom', 'validUntil', 'successor', 'perRecipient');
  });

  it('refuse an end that is not after the beginning', async () => {
    for (const validUntil of [NOON, NOON - 1]) {
      expect(await codeOf(set('T99.02', { validFrom: NOON, validUntil }))).to.equal(
        'agency.validity',
      );
    }
    await set('T99.02', { validUntil: NOON });
    expect(await codeOf(set('T99.02', { validFrom: NOON + 1 }))).to.equal('agency.validity');
    expect(await codeOf(set('T99.02', { perRecipient: 101 }))).to.equal('agency.value');
  });

  it('refuse a successor that is unknown, the agency itself, or one that follows it', async () => {
    expect(await codeOf(set('T99.02', { successor: 'T99.77' }))).to.equal('agency.successor');
    expect(await codeOf(set('T99.03', { successor: '000.00.03.T99' }))).to.equal(
      'agency.successor',
    );
    await set('T99.01', { successor: 'T99.02' });
    await set('T99.02', { successor: 'T99.03' });
    expect(await codeOf(set('T99.03', { successor: 'T99.01' }))).to.equal('agency.successor');
    expect((await showAgency(fixture.store, 'T99.03')).successor).to.equal(undefined);
  });

  it('tell how many deliveries wait for an agency', async () => {
    expect(await waitingFor(fixture.store, 'T99.02')).to.equal(0);
    await storeDocument(fixture);
    expect(await waitingFor(fixture.store, 'T99.02')).to.equal(1);
    expect(await waitingFor(fixture.store, 'T99.01')).to.equal(0);
  });

  it('come from an import, the successor above or below, and stay when the cell is empty', async () => {
    const header = 'OrganId,OrganName,valid_from,valid_until,Successor\n';
    const lines = 'T99.02,Sở B,2026-01-01,2026-07-01,T99.09\nT99.09,Sở Mới,2026-07-01,,\n';
    expect(await importAgencies(fixture, header + lines)).to.include({ added: 1, changed: 1 });
    const shown = await showAgency(fixture.store, 'T99.02');
    // 00:00 in Vietnam.
    expect(shown).to.include({
      validFrom: '2025-12-31T17:00:00.000Z',
      validUntil: '2026-06-30T17:00:00.000Z',
      successor: 'T99.09',
    });
    expect(await importAgencies(fixture, header + lines)).to.include({ unchanged: 2 });
    const empty = await importAgencies(fixture, `${header}T99.02,Sở B,,,\n`);
    expect(empty).to.include({ unchanged: 1 });
    await importAgencies(fixture, `${header}T99.02,,none,none,none\n`);
    expect(await showAgency(fixture.store, 'T99.02')).to.not.have.any.keys(
      'validFrom',
      'validUntil',
      'successor',
    );
  });

  it('of an import are refused as a whole, with the line named', async () => {
    const reasonOf = async (lines: string): Promise<string> => {
      const text = `organId,validFrom,valid_until,successor\n${lines}`;
      try {
        await importAgencies(fixture, text);
      } catch (error) {
        return String(error);
      }
      return 'taken';
    };
    expect(await reasonOf('T99.01,,2026-01-01,\nT99.02,,,T99.77\n')).to.include('line 3');
    expect(await reasonOf('T99.01,,,T99.02\nT99.02,,,T99.01\n')).to.include('line 2');
    expect(await reasonOf('T99.01,2026-02-30,,\n')).to.include('2026-02-30');
    expect(await reasonOf('T99.01,2026-02-02,2026-02-01,\n')).to.include('ends before');
    expect((await showAgency(fixture.store, 'T99.01')).validUntil).to.equal(undefined);
  });

  it('are read in Vietnam time unless a zone is named', () => {
    expect(checkedTime('validFrom', '2026-07-01')).to.equal(Date.UTC(2026, 5, 30, 17));
    expect(checkedTime('validFrom', '2026-07-01T08:30')).to.equal(Date.UTC(2026, 6, 1, 1, 30));
    expect(checkedTime('validFrom', '2026-07-01 08:30:15Z')).to.equal(
      Date.UTC(2026, 6, 1, 8, 30, 15),
    );
    expect(checkedTime('validFrom', 'none')).to.equal(null);
    for (const text of ['', '24h', '2026-13-01', '2026-02-30', '1/7/2026', '2026-07-01T25:00']) {
      expect(() => checkedTime('validFrom', text), text).to.throw('not a date');
    }
  });
});
