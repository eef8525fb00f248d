import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import {
  type InteropJob,
  type InteropReport,
  runClient,
  typedDocument,
} from '../support/interop.js';
import { runNodeSoap } from '../support/node-soap-client.js';
import { samplePackage } from '../support/sample-document.js';

const SCRIPTS = join(PACKAGE_ROOT, 'test', 'interop');
const INSTALL = {
  zeep: 'apt-get install --no-install-recommends python3-zeep',
  php: 'apt-get install --no-install-recommends php-cli php-soap php-xml',
} as const;

const CLIENTS: readonly [name: string, run: (job: InteropJob) => Promise<InteropReport>][] = [
  [
    'zeep (Python)',
    (job) => runClient('/usr/bin/python3', [join(SCRIPTS, 'zeep_client.py')], job, INSTALL.zeep),
  ],
  [
    'PHP ext/soap',
    (job) =>
      runClient(
        'php',
        ['-d', 'soap.wsdl_cache_enabled=0', join(SCRIPTS, 'php_client.php')],
        job,
        INSTALL.php,
      ),
  ],
  ['node-soap', (job) => runNodeSoap(job, false)],
  ['node-soap with MTOM', (job) => runNodeSoap(job, true)],
];

function sha256(base64: string): string {
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
}

/** Clients that know nothing of us but the served WSDL (reference: what foreign SOAP stacks demand). */
describe('foreign clients made from the served WSDL', function () {
  this.timeout(60_000);
  let gateway: TestGateway;
  let serial = 0;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  });
  after(() => gateway.close());

  const jobFor = (version: '1.1' | '1.2'): InteropJob => {
    serial += 1;
    const codeNumber = String(8000 + serial);
    return {
      wsdl: `${gateway.soapUrl}?wsdl${version === '1.2' ? '=1.2' : ''}`,
      version,
      sender: { organId: 'T99.01', token: gateway.tokenOf('T99.01') },
      recipient: { organId: 'T99.02', token: gateway.tokenOf('T99.02') },
      echo: 'Kính gửi <Sở Mẫu> & "bạn"',
      package: samplePackage().toString('base64'),
      largePackage: samplePackage({}, randomBytes(1024 * 1024)).toString('base64'),
      document: typedDocument(`T99.01,2026/11/20,${codeNumber}/SMA-VP`, codeNumber),
      responseFor: {
        OrganId: 'T99.01',
        Code: `${codeNumber}/SMA-VP`,
        PromulgationDate: '2026/11/20',
      },
    };
  };

  for (const [name, run] of CLIENTS) {
    for (const version of ['1.1', '1.2'] as const) {
      describe(`${name}, SOAP ${version}`, () => {
        let job: InteropJob;
        let report: InteropReport;

        before(async () => {
          job = jobFor(version);
          report = await run(job);
        });

        it('Ping: Vietnamese letters and escaped characters come back', () => {
          expect(report.ping).to.deep.equal({ echo: job.echo, organId: 'T99.01' });
        });

        it('SendPackage: digest of the exact bytes, recipients, a signed receipt', () => {
          const { sendPackage } = report;
          expect(sendPackage.duplicate).to.equal(false);
          expect(sendPackage.contentDigest).to.equal(sha256(job.package));
          expect(sendPackage.recipients).to.deep.equal(['T99.02']);
          const receipt = Buffer.from(sendPackage.receipt, 'base64').toString('utf8');
          expect(receipt).to.include(sendPackage.messageId).and.include('<SignatureValue');
        });

        it('SendDocument: a document of the generated types is stored as a package', async () => {
          const { sendDocument } = report;
          expect(sendDocument.documentId).to.match(/^T99\.01,2026\/11\/20,8\d+\/SMA-VP$/);
          const { items } = await gateway.store.listMessages({}, { limit: 1000 });
          const stored = items.find((one) => one.messageId === sendDocument.messageId);
          expect(stored?.subject).to.equal('Về việc gửi văn bản có kiểu');
          expect(stored?.submission.operation).to.equal('SendDocument');
          expect(stored?.submission.soapVersion).to.equal(version);
        });

        it('ListPending, GetPackage, ConfirmReceived: the same bytes, then gone from the list', () => {
          expect(report.listPending).to.include(report.sendPackage.messageId);
          expect(report.listPending).to.include(report.sendDocument.messageId);
          expect(report.getPackage).to.deep.equal({
            kind: 'document',
            sha256: sha256(job.package),
          });
          expect(report.confirm).to.deep.equal({
            messageId: report.sendPackage.messageId,
            outcome: 'done',
          });
        });

        it('SendStatus and GetTraces: the status shows in the trace of its document', () => {
          expect(report.sendStatus.duplicate).to.equal(false);
          expect(report.traces).to.deep.equal([
            { state: 'delivered', statuses: ['03'], description: [job.echo] },
          ]);
        });

        it('GetOrganizations', () => {
          expect(report.organizations).to.have.members(['T99.01', 'T99.02']);
        });

        it('a fault keeps its detail, and its code in the text', () => {
          const { fault } = report;
          expect(fault?.code).to.equal('message.unknown');
          expect(fault?.text).to.match(/^message\.unknown: \S/);
          expect(fault?.correlationId).to.match(/^[0-9a-f-]{36}$/);
          expect(fault?.temporary).to.equal(false);
          const [issue] = fault?.issues ?? [];
          expect(issue?.[0]).to.equal('message.unknown');
          expect(issue?.[2]).to.include('thông điệp');
          expect(issue?.[3]).to.include(' / ');
        });

        it('a package of more than 1 MB comes through unchanged', () => {
          const digest = sha256(job.largePackage);
          expect(report.large).to.deep.equal({ contentDigest: digest, sha256: digest });
        });

        it('travelled as it should', async () => {
          const { items } = await gateway.store.listMessages({}, { limit: 1000 });
          const stored = items.find((one) => one.messageId === report.sendPackage.messageId);
          expect(stored?.submission.soapVersion).to.equal(version);
          expect(stored?.submission.carrier).to.equal(name.includes('MTOM') ? 'mtom' : 'inline');
        });
      });
    }
  }
});
