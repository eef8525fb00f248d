/** A judge that lets a wrong report pass proves nothing. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Store } from '../../../src/store/store.js';
import { isWrong, wayOf } from '../../interop-runner/campaign.js';
import { type Case, JUDGED, type Judged, problemOf } from '../../interop-runner/judge.js';
import type { ClientReport, InteropJob, InteropReport } from '../../support/interop.js';

const BYTES = Buffer.from('gói tin');
const DIGEST = createHash('sha256').update(BYTES).digest('hex');
const JOB: InteropJob = {
  wsdl: 'https://localhost:1/soap?wsdl',
  address: 'https://localhost:1/soap',
  ca: '/ca.pem',
  soap: '1.1',
  carrier: 'mtom',
  sender: { organId: 'T99.01', token: 'a' },
  recipient: { organId: 'T99.02', token: 'b' },
  echo: 'Kính gửi',
  package: BYTES.toString('base64'),
  largePackage: BYTES.toString('base64'),
  document: {},
  responseFor: { OrganId: 'T99.01', Code: '1/SMA-VP', PromulgationDate: '2026/11/20' },
};
const RIGHT: InteropReport = {
  ping: { echo: JOB.echo, organId: 'T99.01' },
  sendPackage: {
    messageId: 'm1',
    duplicate: false,
    contentDigest: DIGEST,
    recipients: ['T99.02'],
    receipt: Buffer.from('<r id="m1"><SignatureValue/></r>').toString('base64'),
  },
  sendDocument: { messageId: 'm2', documentId: 'T99.01,2026/11/20,1/SMA-VP' },
  listPending: ['m1', 'm2'],
  getPackage: { kind: 'document', sha256: DIGEST },
  confirm: { messageId: 'm1', outcome: 'done' },
  sendStatus: { messageId: 'm3', duplicate: false },
  traces: [{ state: 'delivered', statuses: ['03'], description: [JOB.echo] }],
  organizations: ['T99.02', 'T99.01'],
  fault: {
    text: 'message.unknown: None.',
    code: 'message.unknown',
    correlationId: '00000000-0000-4000-8000-000000000000',
    temporary: false,
    issues: [['message.unknown', 'None.', 'Không có thông điệp.', 'Ask. / Hỏi.']],
  },
  large: { contentDigest: DIGEST, sha256: DIGEST },
};
const SUBMISSION = { operation: 'SendDocument', soapVersion: '1.1', carrier: 'mtom' };
const STORE = {
  async listMessages() {
    const subject = 'Về việc gửi văn bản có kiểu';
    const items = ['m1', 'm2'].map((messageId) => ({ messageId, subject, submission: SUBMISSION }));
    return { items };
  },
} as unknown as Store;

const caseOf = (over: ClientReport, job: Partial<InteropJob> = {}): Case => ({
  job: { ...JOB, ...job },
  report: { ...RIGHT, ...over },
  store: STORE,
});

describe('judge of foreign clients', () => {
  it('lets a right report pass', async () => {
    for (const step of JUDGED) expect(await problemOf(step, caseOf({})), step).to.equal(undefined);
  });

  const WRONG: { readonly [J in Exclude<Judged, 'travelled'>]: ClientReport } = {
    ping: { ping: { echo: 'Kinh gui', organId: 'T99.01' } },
    sendPackage: { sendPackage: { ...RIGHT.sendPackage, contentDigest: '00' } },
    sendDocument: { sendDocument: { messageId: 'm9', documentId: 'T99.01,2026/11/20,1/SMA-VP' } },
    listPending: { listPending: ['m1'] },
    getPackage: { getPackage: { kind: 'document', sha256: '00' } },
    confirm: { confirm: { messageId: 'm2', outcome: 'done' } },
    sendStatus: { sendStatus: { messageId: '', duplicate: false } },
    traces: { traces: [{ state: 'delivered', statuses: [], description: [] }] },
    organizations: { organizations: ['T99.01'] },
    fault: { fault: null },
    large: { large: { contentDigest: DIGEST, sha256: '00' } },
  };
  for (const [step, over] of Object.entries(WRONG)) {
    it(`finds a wrong ${step}, one that failed and one that is missing`, async () => {
      const name = step as keyof typeof WRONG;
      expect(await problemOf(name, caseOf(over))).to.be.a('string');
      const failed = await problemOf(name, caseOf({ [name]: { failed: 'no such type' } }));
      expect(failed).to.equal('no such type');
      const { [name]: _left, ...rest } = RIGHT;
      const one = { ...caseOf({}), report: rest };
      expect(await problemOf(name, one)).to.equal('the client did not report it');
    });
  }

  it('finds another version or carrier than asked for', async () => {
    expect(await problemOf('travelled', caseOf({}, { carrier: 'inline' }))).to.include('inline');
    expect(await problemOf('travelled', caseOf({}, { soap: '1.2' }))).to.include('1.2');
  });

  it('takes a declared failure, and neither an undeclared nor a stale one', () => {
    expect(isWrong({ step: 'ping' })).to.equal(false);
    expect(isWrong({ step: 'ping', problem: 'x' })).to.equal(true);
    expect(isWrong({ step: 'ping', problem: 'x', own: 'y' })).to.equal(false);
    expect(isWrong({ step: 'ping', own: 'y' })).to.equal(true);
    expect(wayOf({ soap: '1.2', carrier: 'swa' })).to.equal('1.2/swa');
  });
});
