import { expect } from 'chai';
import type { Agency } from '../../../src/model/agency.js';
import type { Issue } from '../../../src/model/issue.js';
import { findRecipients, firstDeliveries } from '../../../src/receive/recipients.js';
import type { Store } from '../../../src/store/store.js';
import { sampleDocument, sampleStatus } from '../../support/sample-document.js';

/** A directory by name: `N<i>` has the old code `O<i>`; X is not active. */
const store = {
  getAgency: async (organId: string) => {
    if (organId === 'X') return { organId: 'X', active: false } as Agency;
    const number = /^[NO](\d+)$/.exec(organId)?.[1];
    if (number === undefined) return undefined;
    const route = number === '1' ? { kind: 'push' } : { kind: 'collect' };
    return { organId: `N${number}`, active: true, route } as unknown as Agency;
  },
} as Pick<Store, 'getAgency'> as Store;

async function find(...to: string[]) {
  const issues: Issue[] = [];
  const document = sampleDocument({ to: to.map((organId) => ({ organId })) });
  const found = await findRecipients(store, document, issues);
  return {
    found: found.map((one) => one.organId as string),
    issues: issues.map((one) => `${one.code} ${one.path.split('/').slice(-2).join('/')}`),
    deliveries: firstDeliveries(found).map((one) => `${one.organId} ${one.state}`),
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
    const found = await findRecipients(store, status, issues);
    expect(found.map((one) => one.organId as string)).to.deep.equal(['N7']);
  });
});
