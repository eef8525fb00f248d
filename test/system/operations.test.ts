import { expect } from 'chai';
import { faultOf, fingerprint, resultOf, textsOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, type Node, operation, sendPackage, type Version } from '../support/soap.js';

const UNKNOWN_ID = '01JDZZZZZZZZZZZZZZZZZZZZZZ';

/** The element of a package, without the declaration, to stand inside an envelope. */
function inline(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^<\?xml[^>]*\?>\s*/, '');
}

/** Design 2.3: nine operations, both SOAP versions, answers of the published schema. */
describe('the nine operations', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) await gateway.agency({ organId });
  });
  after(() => gateway.close());
  const as = (organId: string, version: Version = '1.1') => ({
    organId,
    token: gateway.tokenOf(organId),
    version,
  });
  const ask = (name: string, children: string, organId: string, version: Version = '1.1') =>
    call(gateway.soapUrl, operation(name, children), as(organId, version));
  const send = async (bytes: Buffer, organId = 'T99.01'): Promise<Node> =>
    resultOf(await sendPackage(gateway.soapUrl, bytes, as(organId)));
  const idOf = async (bytes: Buffer): Promise<string> => (await send(bytes)).get('MessageId');

  for (const version of ['1.1', '1.2'] as const) {
    describe(`in SOAP ${version}`, () => {
      it('Ping answers who is calling and echoes', async () => {
        const pong = resultOf(
          await ask('Ping', '<Echo> chào &amp; hỏi </Echo>', 'T99.02', version),
        );
        expect(pong.get('Echo')).to.equal(' chào & hỏi ');
        expect(pong.get('OrganId')).to.equal('T99.02');
        expect(pong.get('Version')).to.match(/^\d+\.\d+\.\d+/);
        expect(pong.get('Time')).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
      });

      it('answers in the version and with the content type of the request', async () => {
        const answer = await ask('Ping', '', 'T99.01', version);
        const namespace =
          version === '1.1'
            ? 'http://schemas.xmlsoap.org/soap/envelope/'
            : 'http://www.w3.org/2003/05/soap-envelope';
        expect(answer.bytes.toString('utf8')).to.include(namespace);
        expect(answer.headers.get('content-type')).to.match(
          version === '1.1' ? /^text\/xml/ : /^application\/soap\+xml/,
        );
      });

      it('SendDocument stores the inline element and answers a SendResult', async () => {
        const bytes = samplePackage();
        const answer = await ask('SendDocument', inline(bytes), 'T99.01', version);
        const result = resultOf(answer);
        expect(result.name).to.equal('SendResult');
        expect(result.get('Duplicate')).to.equal('false');
        expect(result.all('Delivery').map(textsOf)).to.deep.equal([
          [
            ['OrganId', 'T99.02'],
            ['State', 'pending'],
          ],
        ]);
        const stored = await ask(
          'GetPackage',
          `<MessageId>${result.get('MessageId')}</MessageId>`,
          'T99.02',
          version,
        );
        const content = Buffer.from(resultOf(stored).get('Package'), 'base64').toString('utf8');
        expect(content).to.match(/^<edXML/);
        expect(content).to.include('Về việc gửi văn bản mẫu');
      });

      it('SendDocument names faults inside the element', async () => {
        const broken = inline(samplePackage()).replace(/<edXML:Subject>[^<]*<\/edXML:Subject>/, '');
        const fault = faultOf(
          await ask('SendDocument', broken, 'T99.01', version),
          'schema.missing',
        );
        expect(fault.all('Issue')[0]?.get('Path')).to.include('/MessageHeader');
      });

      it('SendDocument refuses a status, which has another schema', async () => {
        const answer = await ask('SendDocument', inline(sampleStatusPackage()), 'T99.02', version);
        expect(answer.status).to.equal(500);
        expect(answer.code).to.match(/^(?:soap\.request|schema\.|package\.kind)/);
      });

      it('SendPackage takes a document and answers receipt, digest and deliveries', async () => {
        const answer = await sendPackage(
          gateway.soapUrl,
          samplePackage({ to: [{ organId: 'T99.02' }, { organId: 'T99.03' }] }),
          as('T99.01', version),
        );
        const result = resultOf(answer);
        expect(result.get('ContentDigest')).to.match(/^[0-9a-f]{64}$/);
        expect(result.all('Delivery').map((one) => one.get('OrganId'))).to.deep.equal([
          'T99.02',
          'T99.03',
        ]);
        const receipt = Buffer.from(result.get('Receipt'), 'base64').toString('utf8');
        expect(receipt).to.include(result.get('MessageId'));
        expect(receipt).to.include('http://www.w3.org/2000/09/xmldsig#');
      });

      it('SendPackage refuses what is no package', async () => {
        const bytes = Buffer.from('không phải gói tin');
        const answer = await sendPackage(gateway.soapUrl, bytes, as('T99.01', version));
        expect(faultOf(answer, 'xml.malformed').get('Temporary')).to.equal('false');
      });

      it('SendStatus writes a status package that its recipient can read', async () => {
        const sent = await send(samplePackage());
        const documentId = sent.get('DocumentId');
        const answer = await ask(
          'SendStatus',
          `<ResponseFor><OrganId>T99.01</OrganId><Code>1/SMA-VP</Code><DocumentId>${documentId}</DocumentId>` +
            '<PromulgationDate>2026/11/20</PromulgationDate></ResponseFor><StatusCode>03</StatusCode>' +
            '<Description>Đã tiếp nhận</Description><Timestamp>2026/11/20 10:00:00</Timestamp>' +
            '<StaffInfo><Staff>Trần Thị Mẫu</Staff></StaffInfo>',
          'T99.02',
          version,
        );
        const result = resultOf(answer);
        expect(result.get('DocumentId')).to.equal(documentId);
        expect(result.all('Warning').map((one) => one.get('Code'))).to.not.include(
          'status.unmatched',
        );
        const got = await ask(
          'GetPackage',
          `<MessageId>${result.get('MessageId')}</MessageId>`,
          'T99.01',
          version,
        );
        expect(resultOf(got).get('Kind')).to.equal('status');
        const xml = Buffer.from(resultOf(got).get('Package'), 'base64').toString('utf8');
        expect(xml).to.include('Đã tiếp nhận').and.include('2026/11/20 10:00:00');
      });

      it('SendStatus refuses a date that does not exist', async () => {
        const answer = await ask(
          'SendStatus',
          '<ResponseFor><OrganId>T99.01</OrganId><Code>1/SMA-VP</Code>' +
            '<PromulgationDate>2026/02/30</PromulgationDate></ResponseFor><StatusCode>03</StatusCode>',
          'T99.02',
          version,
        );
        faultOf(answer, 'document.date');
      });

      it('SendStatus to an agency that is not in the directory is refused', async () => {
        const answer = await ask(
          'SendStatus',
          '<ResponseFor><OrganId>T99.77</OrganId><Code>1/SMA-VP</Code>' +
            '<PromulgationDate>2026/11/20</PromulgationDate></ResponseFor><StatusCode>03</StatusCode>',
          'T99.02',
          version,
        );
        faultOf(answer, 'recipient.unknown');
      });

      it('ListPending lists, with every member of the item', async () => {
        const sent = await send(samplePackage({ priority: 3 }));
        const page = resultOf(
          await ask('ListPending', '<MaxItems>1000</MaxItems>', 'T99.02', version),
        );
        const item = page.all('Item').find((one) => one.get('MessageId') === sent.get('MessageId'));
        expect(item?.get('Kind')).to.equal('document');
        expect(item?.get('FromOrganId')).to.equal('T99.01');
        expect(item?.get('Subject')).to.equal('Về việc gửi văn bản mẫu');
        expect(item?.get('BussinessDocType')).to.equal('0');
        expect(item?.get('Priority')).to.equal('3');
        expect(item?.get('ContentDigest')).to.equal(sent.get('ContentDigest'));
      });

      for (const [what, children] of [
        ['MaxItems of 0', '<MaxItems>0</MaxItems>'],
        ['MaxItems of 1001', '<MaxItems>1001</MaxItems>'],
        ['another Kind', '<Kind>letter</Kind>'],
      ] as const) {
        it(`ListPending refuses ${what}`, async () => {
          faultOf(await ask('ListPending', children, 'T99.02', version), 'soap.request');
        });
      }

      it('GetPackage answers the exact bytes', async () => {
        const bytes = samplePackage();
        const messageId = await idOf(bytes);
        const answer = await ask(
          'GetPackage',
          `<MessageId>${messageId}</MessageId>`,
          'T99.02',
          version,
        );
        const content = resultOf(answer);
        expect(content.get('SignatureClass')).to.equal('absent');
        expect(Buffer.from(content.get('Package'), 'base64').equals(bytes)).to.equal(true);
      });

      for (const name of ['GetPackage', 'ConfirmReceived', 'GetTraces'] as const) {
        const more = name === 'ConfirmReceived' ? '<Outcome>done</Outcome>' : '';
        it(`${name} refuses an unknown id, and text that is no id, alike`, async () => {
          const unknown = await ask(
            name,
            `<MessageId>${UNKNOWN_ID}</MessageId>${more}`,
            'T99.02',
            version,
          );
          faultOf(unknown, 'message.unknown');
          const nonsense = await ask(
            name,
            `<MessageId>../../etc/passwd</MessageId>${more}`,
            'T99.02',
            version,
          );
          expect(fingerprint(nonsense)).to.deep.equal(fingerprint(unknown));
        });
      }

      it('ConfirmReceived takes it off the list; the first confirmation stands', async () => {
        const messageId = await idOf(samplePackage());
        const confirm = (outcome: string) =>
          ask(
            'ConfirmReceived',
            `<MessageId>${messageId}</MessageId><Outcome>${outcome}</Outcome>`,
            'T99.02',
            version,
          );
        const first = resultOf(await confirm('done'));
        expect(first.get('Outcome')).to.equal('done');
        expect(textsOf(resultOf(await confirm('fail')))).to.deep.equal(textsOf(first));
        const page = resultOf(
          await ask('ListPending', '<MaxItems>1000</MaxItems>', 'T99.02', version),
        );
        expect(page.all('Item').map((one) => one.get('MessageId'))).to.not.include(messageId);
        const again = await ask(
          'GetPackage',
          `<MessageId>${messageId}</MessageId>`,
          'T99.02',
          version,
        );
        expect(again.status).to.equal(200);
      });

      it('ConfirmReceived refuses an outcome of its own', async () => {
        const answer = await ask(
          'ConfirmReceived',
          `<MessageId>${UNKNOWN_ID}</MessageId><Outcome>maybe</Outcome>`,
          'T99.02',
          version,
        );
        faultOf(answer, 'soap.request');
      });

      it('GetTraces finds by MessageId, by DocumentId and by Since', async () => {
        const since = new Date().toISOString();
        const sent = await send(samplePackage());
        for (const filter of [
          `<MessageId>${sent.get('MessageId')}</MessageId>`,
          `<DocumentId>${sent.get('DocumentId')}</DocumentId>`,
          `<Since>${since}</Since>`,
        ]) {
          const page = resultOf(await ask('GetTraces', filter, 'T99.01', version));
          expect(
            page.all('Trace').map((one) => [one.get('MessageId'), one.get('State')]),
            filter,
          ).to.deep.include([sent.get('MessageId'), 'pending']);
        }
      });

      it('GetTraces without any filter is refused', async () => {
        faultOf(await ask('GetTraces', '', 'T99.01', version), 'request.value');
      });

      it('GetTraces refuses a Since that is no time', async () => {
        faultOf(
          await ask('GetTraces', '<Since>hôm qua</Since>', 'T99.01', version),
          'soap.request',
        );
      });

      it('GetOrganizations lists the directory', async () => {
        const page = resultOf(await ask('GetOrganizations', '', 'T99.03', version));
        const listed = page.all('Organization');
        expect(listed.map((one) => one.get('OrganId'))).to.include.members(['T99.01', 'T99.02']);
        expect(listed[0]?.get('Active')).to.equal('true');
        const none = '<ChangedSince>2999-01-01T00:00:00Z</ChangedSince>';
        expect(
          resultOf(await ask('GetOrganizations', none, 'T99.03', version)).all('Organization'),
        ).to.deep.equal([]);
      });

      it('GetOrganizations refuses a ChangedSince that is no time', async () => {
        const answer = await ask(
          'GetOrganizations',
          '<ChangedSince>20/11/2026</ChangedSince>',
          'T99.03',
          version,
        );
        faultOf(answer, 'soap.request');
      });
    });
  }
});
