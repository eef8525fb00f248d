import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.js';
import { REQUIREMENTS } from '../../src/conformance/partner/requirements.js';
import type { PartnerState } from '../../src/conformance/partner/state.js';
import { readPublicKeys } from '../../src/evidence/kept-keys.js';
import { readPassReport } from '../../src/evidence/pass-report.js';
import { PASS_ACT } from '../../src/model/partner-pass.js';
import { listActs } from '../../src/operate/acts.js';
import { setAgency } from '../../src/operate/agencies.js';
import { faultOf, resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { sampleDocument, samplePackage } from '../support/sample-document.js';
import { basic, call, operation, sendPackage } from '../support/soap.js';
import { openShell, type Shell } from '../unit/cli/terminal.js';

/** Each look at it is later than the one before. */
function steppingClock() {
  const start = systemClock.now();
  let looks = 0;
  return {
    now: () => {
      looks += 1;
      return start + looks;
    },
    monotonic: systemClock.monotonic,
  };
}

const PARTNER = { organId: 'T99.05', organName: 'Sở Mẫu E' };
const PEER = { organId: 'T99.06', organName: 'Sở Mẫu F' };
const EARNEST = { organId: 'T99.01', organName: 'Sở Mẫu A' };

describe('the sandbox lane and the partner suite', () => {
  let gateway: TestGateway;
  let shell: Shell;
  const as = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });
  const ask = (name: string, children: string, organId = PARTNER.organId) =>
    call(gateway.soapUrl, operation(name, children), as(organId));
  const send = (bytes: Buffer, organId = PARTNER.organId) =>
    sendPackage(gateway.soapUrl, bytes, as(organId));
  const state = async (organId = PARTNER.organId): Promise<PartnerState> => {
    const url = `${gateway.exchangeUrl}/conformance`;
    const authorization = basic(organId, gateway.tokenOf(organId));
    const response = await fetch(url, { headers: { authorization } });
    expect(response.status).to.equal(200);
    return (await response.json()) as PartnerState;
  };
  const met = async (): Promise<string[]> =>
    (await state()).requirements.filter((one) => one.met).map((one) => one.id);
  const partner = (...more: string[]) => {
    const file = shell.write('token', gateway.tokenOf(PARTNER.organId));
    const args = ['--target', gateway.soapUrl, '--as', PARTNER.organId, '--token-file', file];
    return shell.run(['conformance', 'partner', ...args, ...more]);
  };

  beforeEach(async () => {
    shell = openShell();
    gateway = await openGateway({ clock: steppingClock() });
    await gateway.agency(EARNEST);
    for (const one of [PARTNER, PEER]) await gateway.agency({ ...one, lane: 'sandbox' });
  });
  afterEach(async () => {
    shell.remove();
    await gateway.close();
  });

  it('refuses a package from one lane to the other, and stores nothing', async () => {
    const across = samplePackage({ from: PARTNER, to: [PEER, EARNEST] });
    faultOf(await send(across), 'recipient.lane');
    faultOf(await send(samplePackage({ to: [PEER] }), EARNEST.organId), 'recipient.lane');
    const status =
      '<ResponseFor><OrganId>T99.01</OrganId><Code>1/SMA-VP</Code>' +
      '<PromulgationDate>2026/11/20</PromulgationDate></ResponseFor><StatusCode>01</StatusCode>';
    faultOf(await ask('SendStatus', status), 'recipient.lane');
    expect((await gateway.store.counts()).messages).to.equal(0);
    resultOf(await send(samplePackage({ from: PARTNER, to: [PEER] })));
  });

  it('lets nobody act for an agency of the other lane', async () => {
    await setAgency(gateway.operator, PARTNER.organId, { mayActFor: ['T99.01', 'T99.06'] });
    const toPeer = (from: typeof PEER, to: typeof PEER) => samplePackage({ from, to: [to] });
    faultOf(await send(toPeer(EARNEST, EARNEST)), 'auth.from');
    resultOf(await send(toPeer(PEER, PARTNER)));
  });

  it('shows each caller the directory of its own lane', async () => {
    const list = async (organId: string) =>
      resultOf(await ask('GetOrganizations', '', organId))
        .all('Organization')
        .map((one) => one.get('OrganId'));
    expect(await list(EARNEST.organId)).to.deep.equal(['T99.01']);
    expect(await list(PARTNER.organId)).to.deep.equal(['T99.05', 'T99.06']);
  });

  it('answers as JSON who is not signed in', async () => {
    for (const headers of [{}, { authorization: basic('T99.05', 'wrong') }]) {
      const response = await fetch(`${gateway.exchangeUrl}/conformance`, { headers });
      expect(response.status).to.equal(401);
      expect(response.headers.get('www-authenticate')).to.contain('Basic');
      const { error } = (await response.json()) as { error: Record<string, string> };
      expect(error['code']).to.match(/^auth\./);
      expect(error).to.have.all.keys('code', 'text', 'textVi', 'correlationId');
    }
  });

  it('does not judge what is done in production', async () => {
    resultOf(await send(samplePackage({ to: [EARNEST] }), EARNEST.organId));
    const shown = await state(EARNEST.organId);
    expect(shown).to.include({ lane: 'production', passed: false });
    expect(shown.requirements.some((one) => one.met)).to.equal(false);
  });

  it('counts only what was shown since the agency came into the lane', async () => {
    const bytes = samplePackage({ from: PARTNER, to: [PEER] });
    const messageId = resultOf(await send(bytes)).get('MessageId');
    expect(await met()).to.deep.equal(['send.document']);
    await ask('GetPackage', `<MessageId>${messageId}</MessageId>`, PEER.organId);
    const done = `<MessageId>${messageId}</MessageId><Outcome>done</Outcome>`;
    resultOf(await ask('ConfirmReceived', done, PEER.organId));
    await setAgency(gateway.operator, PARTNER.organId, { lane: 'production' });
    await setAgency(gateway.operator, PARTNER.organId, { lane: 'sandbox' });
    expect(await met()).to.deep.equal([]);
  });

  it('takes neither refusals nor documents of another for the agency', async () => {
    await setAgency(gateway.operator, PEER.organId, { mayActFor: [PARTNER.organId] });
    const unknown = [{ organId: 'T99.77' }];
    faultOf(
      await send(samplePackage({ from: PEER, to: unknown }), PEER.organId),
      'recipient.unknown',
    );
    const onBehalf = samplePackage({ from: PARTNER, to: [PEER] });
    resultOf(await send(onBehalf, PEER.organId));
    expect(await met()).to.deep.equal([]);
    // A question that was refused is no refused package.
    await ask('ListPending', '<MaxItems>0</MaxItems>');
    resultOf(await send(samplePackage({ from: PARTNER, to: [PEER] })));
    expect(await met()).to.deep.equal(['send.document']);
  });

  it('requires a valid signature when the policy does', async () => {
    await setAgency(gateway.operator, PARTNER.organId, { signaturePolicy: 'record' });
    resultOf(await send(samplePackage({ from: PARTNER, to: [PEER] })));
    expect(await met()).to.deep.equal(['send.document']);
    await setAgency(gateway.operator, PARTNER.organId, { signaturePolicy: 'require' });
    expect(await met()).to.deep.equal([]);
  });

  /** Everything that the suite asks for, by requirement, as a document system would do it. */
  async function showAll(): Promise<void> {
    const first = sampleDocument({ from: PARTNER, to: [PEER] });
    const bytes = samplePackage(first);
    resultOf(await send(bytes));
    expect(await met()).to.deep.equal(['send.document']);
    expect(resultOf(await send(bytes)).get('Duplicate')).to.equal('true');
    expect(await met()).to.include('send.duplicate');
    const large = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(4_000_000, '%')]);
    resultOf(await send(samplePackage({ from: PARTNER, to: [PEER] }, large)));
    expect(await met()).to.include('send.large');
    resultOf(await send(samplePackage({ from: PARTNER, to: [PEER, PARTNER] })));
    expect(await met())
      .to.include('send.recipients')
      .and.not.include('send.after-refusal');
    faultOf(
      await send(samplePackage({ from: PARTNER, to: [{ organId: 'T99.77' }] })),
      'recipient.unknown',
    );
    expect(await met()).to.not.include('send.after-refusal');
    for (const type of ['revoke', 'update'] as const) {
      const info = { documentChanged: true, receiversChanged: false, receivers: [] };
      const business = { ...first.business, type, ...(type === 'update' ? { info } : {}) };
      resultOf(await send(samplePackage({ ...first, business })));
      expect(await met()).to.include(`follow-up.${type}`);
    }
    expect(await met()).to.include('send.after-refusal');
    for (const [outcome, requirement] of [
      ['done', 'receive.document'],
      ['fail', 'answer.refused'],
    ] as const) {
      const sent = resultOf(await send(samplePackage({ from: PEER, to: [PARTNER] }), PEER.organId));
      const name = `<MessageId>${sent.get('MessageId')}</MessageId>`;
      resultOf(await ask('GetPackage', name));
      expect(await met()).to.not.include(requirement);
      resultOf(await ask('ConfirmReceived', `${name}<Outcome>${outcome}</Outcome>`));
      expect(await met()).to.include(requirement);
    }
    const theirs = sampleDocument({ from: PEER, to: [PARTNER] });
    resultOf(await send(samplePackage(theirs), PEER.organId));
    for (const code of ['01', '03']) {
      const status =
        `<ResponseFor><OrganId>${PEER.organId}</OrganId><Code>${theirs.codeNumber}/SMA-VP</Code>` +
        `<DocumentId>${theirs.documentId}</DocumentId><PromulgationDate>2026/11/20</PromulgationDate>` +
        `</ResponseFor><StatusCode>${code}</StatusCode>`;
      resultOf(await ask('SendStatus', status));
    }
  }

  it('is passed step by step; the report is signed once, stands, and is saved by the command', async () => {
    const open = await partner('--json');
    expect(open.status).to.equal(3);
    expect(JSON.parse(open.out)).to.include({ passed: false, lane: 'sandbox' });
    const textBefore = (await partner()).out;
    expect(textBefore).to.contain('chưa đạt / not yet: send.large').and.contain('not passed yet');

    await showAll();
    const [one, two] = await Promise.all([state(), state()]);
    expect(one.requirements.map(({ id, met: isMet }) => [id, isMet])).to.deep.equal(
      REQUIREMENTS.map(({ id }) => [id, true]),
    );
    expect(one).to.deep.equal(two);
    expect(await state()).to.deep.equal(one);
    const acts = [];
    for await (const act of listActs(gateway.store, { subject: PARTNER.organId })) {
      if (act.act === PASS_ACT) acts.push(act);
    }
    expect(acts).to.have.length(1);
    const report = Buffer.from(one.report ?? '', 'base64').toString('utf8');
    expect(acts[0]?.detail).to.include({ report });
    const reading = readPassReport(report, readPublicKeys(join(gateway.folder, 'store', 'keys')));
    expect(reading.ok && reading.pass).to.include({ organId: 'T99.05', gateway: 'T99.00' });
    expect(reading.ok && reading.pass.shown.map((each) => each.requirementId)).to.deep.equal(
      REQUIREMENTS.map(({ id }) => id),
    );

    const key = join(gateway.folder, 'store', 'keys', 'receipt-1.pub.pem');
    for (const more of [[], ['--key', key]]) {
      const file = `pass${more.length}.xml`;
      const saved = await partner('--out', file, ...more);
      expect(saved.status, saved.err).to.equal(0);
      expect(saved.out.includes('the key that the gateway shows')).to.equal(more.length === 0);
    }
    const other = openShell();
    other.write('edxgate.yaml', 'organ_id: T99.00\nconformance:\n  require_pass: true\n');
    expect(
      (await other.run(['agency', 'add', 'T99.05', '--name', 'E', '--lane', 'sandbox'])).status,
    ).to.equal(0);
    const set = (...more: string[]) =>
      other.run(['agency', 'set', 'T99.05', '--lane', 'production', '--json', ...more]);
    const given = ['--pass-report', join(shell.folder, 'pass0.xml')];
    const codes = [];
    for (const more of [[], given, [...given, '--pass-key', join(shell.folder, 'none')]]) {
      const refused = await set(...more);
      codes.push(JSON.parse(refused.err).error.code);
    }
    expect(codes).to.deep.equal(['agency.not-qualified', 'agency.pass-report', 'file.unreadable']);
    const taken = await set(...given, '--pass-key', key);
    expect(taken.status, taken.err).to.equal(0);
    expect(JSON.parse(taken.out)).to.include({ lane: 'production' });
    other.remove();

    writeFileSync(join(shell.folder, 'wrong.pem'), 'x');
    expect((await partner('--key', 'wrong.pem')).status).to.equal(1);
  }).timeout(20_000);
});
