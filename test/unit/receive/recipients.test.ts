import { expect } from 'chai';
import type { Agency } from '../../../src/model/agency.js';
import type { Issue } from '../../../src/model/issue.js';
import type { FirstDelivery } from '../../../src/model/message.js';
import { findRecipients, firstDeliveries, newDeliveries } from '../../../src/receive/recipients.js';
import type { Store } from '../../../src/store/store.js';
import { sampleDocument, sampleStatus } from '../../support/sample-document.js';

const NOW = Date.UTC(2026, 10, 24);
const DAY = 86_400_000;

/** Agencies that have ended, have not begun, or are switched off. */
const SPECIAL: Readonly<Record<string, object>> = {
  X: { active: false },
  Off: { active: false, validUntil: NOW + DAY, successor: 'N5' },
  Merged: { active: false, successor: 'N5' },
  Gone: { validUntil: NOW },
  Ended: { validUntil: NOW - DAY, successor: 'N5' },
  Twice: { validUntil: NOW - DAY, successor: 'Ended' },
  Circle: { validUntil: NOW, successor: 'Circle2' },
  Circle2: { validUntil: NOW, successor: 'Circle' },
  Next: { validFrom: NOW + DAY },
  Waits: { validUntil: NOW, successor: 'Next' },
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((i) => [
      `S${i}`,
      { validUntil: NOW, successor: i < 6 ? `S${i + 1}` : 'N5' },
    ]),
  ),
};

/** A directory by name: `N<i>` has the old code `O<i>`. */
const store = {
  getAgency: async (organId: string) => {
    const special = SPECIAL[organId];
    if (special !== undefined) {
      return { organId, active: true, route: { kind: 'collect' }, ...special } as unknown as Agency;
    }
    const number = /^[NO](\d+)$/.exec(organId)?.[1];
    if (number === undefined) return undefined;
    const route = number === '1' ? { kind: 'push' } : { kind: 'collect' };
    return { organId: `N${number}`, active: true, route } as unknown as Agency;
  },
} as Pick<Store, 'getAgency'> as Store;

async function find(...to: string[]) {
  const issues: Issue[] = [];
  const document = sampleDocument({ to: to.map((organId) => ({ organId })) });
  const found = await findRecipients(store, document, issues, NOW);
  return {
    found: found.map((one) => one.agency.organId as string),
    predecessors: found.map((one) => one.predecessors as readonly string[]),
    issues: issues.map((one) => `${one.code} ${one.path.split('/').slice(-2).join('/')}`),
    deliveries: firstDeliveries(found.map((one) => one.agency)).map(
      (one) => `${one.organId} ${one.state}`,
    ),
  };
}

describe('recipients of a package', () => {
  it('are found by present and by old code, each agency once', async () => {
    const { found, issues } = await find('N1', 'O2', 'O1', 'N3');
    expect(found).to.deep.equal(['N1', 'N2', 'N3']);
    expect(issues).to.deep.equal(['recipient.repeated To[3]/OrganId']);
  });

  it('are all named when they are not there or not active', async () => {
    const { issues } = await find('T', 'N1', 'X', 'U');
    expect(issues).to.deep.equal([
      'recipient.unknown To[1]/OrganId',
      'recipient.inactive To[3]/OrganId',
      'recipient.unknown To[4]/OrganId',
    ]);
  });

  it('are never cut off by warnings, however many', async () => {
    const twice = Array.from({ length: 300 }, (_, i) => [`N${i + 1}`, `O${i + 1}`]).flat();
    const { found, issues } = await find(...twice, 'N1000');
    expect(found).to.have.length(301);
    expect(found.at(-1)).to.equal('N1000');
    expect(issues).to.have.length(300);
  });

  it('are no longer looked up once the package is refused by 200 of them', async () => {
    const { issues } = await find(...Array.from({ length: 1000 }, (_, i) => `U${i}`));
    expect(issues).to.have.length(200);
  });

  it('get a push where they have an address, else wait for collection', async () => {
    expect((await find('N1', 'N2')).deliveries).to.deep.equal(['N1 queued', 'N2 pending']);
  });

  it('of a status is the agency of ResponseFor', async () => {
    const issues: Issue[] = [];
    const status = sampleStatus({ responseFor: { organId: 'O7', code: '1/A' } });
    const found = await findRecipients(store, status, issues, NOW);
    expect(found.map((one) => one.agency.organId as string)).to.deep.equal(['N7']);
  });

  it('that have ended are followed to the successor that takes part', async () => {
    for (const [written, predecessors] of [
      ['Ended', ['Ended']],
      ['Twice', ['Twice', 'Ended']],
      ['Merged', ['Merged']],
      ['S2', ['S2', 'S3', 'S4', 'S5', 'S6']],
    ] as const) {
      const result = await find(written);
      expect(result.found, written).to.deep.equal(['N5']);
      expect(result.predecessors, written).to.deep.equal([predecessors]);
      expect(result.issues, written).to.deep.equal(['recipient.succeeded To/OrganId']);
    }
  });

  it('and their successor are one recipient, in either order', async () => {
    const after = await find('Ended', 'N5', 'Twice');
    expect(after.found).to.deep.equal(['N5']);
    expect(after.predecessors).to.deep.equal([['Ended', 'Twice']]);
    expect(after.issues).to.deep.equal([
      'recipient.succeeded To[1]/OrganId',
      'recipient.succeeded To[3]/OrganId',
    ]);
    const before = await find('N5', 'Ended', 'O5');
    expect(before.deliveries).to.deep.equal(['N5 pending']);
    expect(before.issues).to.deep.equal([
      'recipient.succeeded To[2]/OrganId',
      'recipient.repeated To[3]/OrganId',
    ]);
  });

  it('are refused when the line of successors ends nowhere, in a circle, or after five steps', async () => {
    for (const written of ['Gone', 'Circle', 'Waits', 'S1']) {
      const { found, issues } = await find(written);
      expect(found, written).to.deep.equal([]);
      expect(issues, written).to.deep.equal(['recipient.dissolved To/OrganId']);
    }
  });

  it('are refused before their time, and while only switched off', async () => {
    expect((await find('Next')).issues).to.deep.equal(['recipient.not-yet To/OrganId']);
    expect((await find('Off')).issues).to.deep.equal(['recipient.inactive To/OrganId']);
    expect((await find('Off')).found).to.deep.equal([]);
  });

  it('get deliveries that end after the lifetime of their kind', () => {
    const lifetimes = { push: [10, 20, 30, 40, 50], collect: 1000 } as const;
    const first = [
      { organId: 'N1', state: 'queued' },
      { organId: 'N2', state: 'pending' },
    ] as unknown as FirstDelivery[];
    const ends = (priority: number) =>
      newDeliveries(first, lifetimes, priority, NOW).map((one) => (one.expiresAt ?? 0) - NOW);
    expect(ends(0)).to.deep.equal([10, 1000]);
    expect(ends(4)).to.deep.equal([50, 1000]);
    expect(ends(9)).to.deep.equal([50, 1000]);
    const forever = newDeliveries(first, { push: lifetimes.push }, 0, NOW)[1];
    expect(forever).to.deep.equal({ organId: 'N2', state: 'pending' });
  });
});
