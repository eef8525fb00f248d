import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { PASS_ACT, type VerifiedPass } from '../../../src/model/partner-pass.js';
import { successionOf } from '../../../src/model/successor.js';
import { addAgency, setAgency } from '../../../src/operate/agencies.js';
import { importAgencies } from '../../../src/operate/agency-import.js';
import { createSuccessors } from '../../../src/operate/successors.js';
import { type Fixture, NOON, openFixture, organ, storeDocument } from './fixture.js';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
  return 'none';
}

const PASS: VerifiedPass = {
  organId: organ('T99.05'),
  suiteVersion: 1,
  since: '2026-11-20T01:00:00.000Z',
  issuedAt: '2026-11-24T03:04:05.678Z',
  shown: [],
  gateway: 'T99.90',
  report: '<PartnerPass/>',
};

describe('lanes of agencies', () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) {
      await addAgency(fixture, { organId, organName: organId });
    }
    await addAgency(fixture, { organId: 'T99.05', organName: 'Sở Mẫu E', lane: 'sandbox' });
  });
  afterEach(() => fixture.close());
  const toLane = (lane: 'production' | 'sandbox', organId = 'T99.05') =>
    setAgency(fixture, organId, { lane });
  const recordPass = (time = fixture.clock.now()) =>
    fixture.store.recordAct({
      time,
      actor: 'gateway',
      act: PASS_ACT,
      subject: 'T99.05',
      detail: {},
    });

  it('production by default; the time of a change is kept', async () => {
    const before = await setAgency(fixture, 'T99.01', { organName: 'x' });
    expect(before).to.include({ lane: 'production' }).and.not.have.property('laneSince');
    fixture.pass(1000);
    const at = new Date(NOON + 1000).toISOString();
    expect(await toLane('sandbox', 'T99.01')).to.include({ lane: 'sandbox', laneSince: at });
    fixture.pass(1000);
    // Named again, it is no change.
    expect(await toLane('sandbox', 'T99.01')).to.include({ lane: 'sandbox', laneSince: at });
    const back = new Date(NOON + 2000).toISOString();
    expect(await toLane('production', 'T99.01')).to.include({
      lane: 'production',
      laneSince: back,
    });
    expect(await fixture.store.getAgency('T99.01')).to.not.have.property('lane');
  });

  it('pages of the directory hold one lane', async () => {
    const list = async (lane: 'production' | 'sandbox', changedSince?: number) => {
      const ids: string[] = [];
      let after: string | undefined;
      do {
        const page = await fixture.store.listAgencies({ after, limit: 1, lane, changedSince });
        ids.push(...page.items.map((one) => one.organId));
        after = page.next;
      } while (after !== undefined);
      return ids;
    };
    for (const since of [undefined, 0]) {
      expect(await list('sandbox', since)).to.deep.equal(['T99.05']);
      expect(await list('production', since)).to.deep.equal(['T99.01', 'T99.02', 'T99.03']);
    }
    expect((await fixture.store.listAgencies({ limit: 9 })).items).to.have.length(4);
  });

  it('a lane is not left while deliveries to or from the agency wait', async () => {
    await storeDocument(fixture);
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) {
      expect(await codeOf(toLane('sandbox', organId)), organId).to.equal('agency.waiting');
    }
    expect(await codeOf(toLane('production'))).to.equal('none');
  });

  it('successors are of the same lane', async () => {
    const heir = (organId: string, successor: string) => setAgency(fixture, organId, { successor });
    expect(await codeOf(heir('T99.01', 'T99.05'))).to.equal('agency.successor');
    expect(await codeOf(heir('T99.01', 'T99.02'))).to.equal('none');
    const find = () => createSuccessors(fixture).of(organ('T99.01'));
    expect(await find()).to.equal('T99.02');
    await toLane('sandbox', 'T99.02');
    expect(await find()).to.equal(undefined);
  });

  it('mail of an agency that has ended does not go to a successor in the other lane', async () => {
    await setAgency(fixture, 'T99.01', { successor: 'T99.02', active: false });
    const heir = async () => {
      const agency = await fixture.store.getAgency('T99.01');
      if (agency === undefined) throw new Error('T99.01');
      const find = (organId: string) => fixture.store.getAgency(organId);
      return (await successionOf(agency, NOON, find)).agency?.organId;
    };
    expect(await heir()).to.equal('T99.02');
    await toLane('sandbox', 'T99.02');
    expect(await heir()).to.equal(undefined);
  });

  it('an import leaves the lane as it is', async () => {
    await importAgencies(fixture, 'OrganId,OrganName\nT99.05,Sở khác\n');
    expect(await fixture.store.getAgency('T99.05')).to.include({
      organName: 'Sở khác',
      lane: 'sandbox',
    });
  });

  describe('conformance.require_pass', () => {
    const qualify = (pass?: VerifiedPass, organId = 'T99.05') =>
      setAgency(
        fixture,
        organId,
        { lane: 'production' },
        { requirePass: true, ...(pass === undefined ? {} : { pass }) },
      );

    it('keeps an agency without a pass in the sandbox lane', async () => {
      expect(await codeOf(qualify())).to.equal('agency.not-qualified');
      expect(await fixture.store.getAgency('T99.05')).to.include({ lane: 'sandbox' });
      expect(await codeOf(toLane('production'))).to.equal('none');
    });

    it('lets it go with a pass in the log, recorded since it came there', async () => {
      await recordPass();
      expect(await codeOf(qualify())).to.equal('none');
      fixture.pass(1000);
      await toLane('sandbox');
      expect(await codeOf(qualify())).to.equal('agency.not-qualified');
      fixture.pass(1000);
      await recordPass();
      expect(await codeOf(qualify())).to.equal('none');
    });

    it('takes a verified report of this agency, and records it', async () => {
      const other = { ...PASS, organId: organ('T99.06') };
      expect(await codeOf(qualify(other))).to.equal('agency.pass-report');
      expect(await codeOf(qualify(PASS))).to.equal('none');
      const acts = (await fixture.store.listActs('T99.05', { limit: 9 })).items;
      const recorded = acts.find(({ act }) => act === PASS_ACT);
      expect(recorded?.actor).to.equal('cli:test');
      expect(recorded?.detail).to.include({ gateway: 'T99.90', report: '<PartnerPass/>' });
      expect(recorded?.detail['digest']).to.match(/^[0-9a-f]{64}$/);
    });

    it('asks nothing of an agency that is in production', async () => {
      expect(await codeOf(qualify(undefined, 'T99.01'))).to.equal('none');
    });
  });
});
