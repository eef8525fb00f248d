import { expect } from 'chai';
import type { Business } from '../../src/model/edxml.js';
import { fingerprint, resultOf } from '../support/answers.js';
import { type DeliveryTools, deliveryTools } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, type Node, operation, sendPackage } from '../support/soap.js';

const DOCUMENT = 'T99.01,2026/11/20,500/SMA-VP';
const CODE = '500/SMA-VP';
const REVOKE: Business = { type: 'revoke', documentId: DOCUMENT, replacements: [] };

/** A revoke, or a status 13, of DOCUMENT by T99.01. */
const RECALLS = {
  revoke: (to: readonly string[]) =>
    samplePackage({
      documentId: DOCUMENT,
      codeNumber: '500',
      to: to.map((organId) => ({ organId })),
      business: REVOKE,
    }),
  'status 13': ([to = '']: readonly string[]) =>
    sampleStatusPackage({
      from: { organId: 'T99.01' },
      statusCode: '13',
      responseFor: {
        organId: to,
        code: CODE,
        documentId: DOCUMENT,
        promulgationDate: '2026/11/20',
      },
    }),
} as const;

/** docs/decisions/recall.md, for recipients that collect. */
describe('a recall of what waits to be collected', () => {
  let gateway: TestGateway;
  let tools: DeliveryTools;

  beforeEach(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) await gateway.agency({ organId });
    tools = deliveryTools(() => gateway);
  });
  afterEach(() => gateway.close());

  const document = (to: readonly string[] = ['T99.02']) =>
    samplePackage({
      documentId: DOCUMENT,
      codeNumber: '500',
      to: to.map((organId) => ({ organId })),
    });
  const ask = (name: string, children: string, organId: string) =>
    call(gateway.soapUrl, operation(name, children), tools.as(organId));
  const id = (messageId: string) => `<MessageId>${messageId}</MessageId>`;
  const confirm = (messageId: string, organId = 'T99.02') =>
    ask('ConfirmReceived', `${id(messageId)}<Outcome>done</Outcome>`, organId);
  const fetchPackage = (messageId: string, organId = 'T99.02') =>
    ask('GetPackage', id(messageId), organId);
  const pending = async (organId: string) => {
    const page = resultOf(await ask('ListPending', '', organId));
    return page.all('Item').map((one) => one.get('MessageId'));
  };
  const lanes = async (messageId: string) => {
    const page = resultOf(await ask('GetTraces', id(messageId), 'T99.01'));
    return page
      .all('Trace')
      .map((one) => `${one.get('ToOrganId')} ${one.get('State')} ${one.get('LastCode')}`.trim());
  };
  /** Notices that the gateway wrote to T99.01. */
  const notices = async () => {
    const page = resultOf(await ask('ListPending', '<Kind>status</Kind>', 'T99.01'));
    return page.all('Item').filter((one) => one.get('FromOrganId') === 'T99.00');
  };
  const packageText = (result: Node) =>
    Buffer.from(result.get('Package'), 'base64').toString('utf8');

  for (const [name, recall] of Object.entries(RECALLS)) {
    describe(`by ${name}`, () => {
      it('takes it from the list, tells the sender with 15, and stays here', async () => {
        const sent = await tools.send(document());
        const recalled = await tools.send(recall(['T99.02']));
        expect(await pending('T99.02')).to.deep.equal([]);
        expect(await lanes(sent)).to.deep.equal(['T99.02 cancelled delivery.recalled']);
        expect(await lanes(recalled)).to.deep.equal(['T99.02 cancelled delivery.not-needed']);
        const [notice] = await notices();
        const told = packageText(
          resultOf(await fetchPackage(notice?.get('MessageId') ?? '', 'T99.01')),
        );
        expect(told)
          .to.include('StatusCode>15<')
          .and.include('taken back before delivery to T99.02');
        expect(told).to.include(DOCUMENT);
      });

      it('once listed, but not fetched, is answered to its recipient as unknown', async () => {
        const sent = await tools.send(document());
        expect(await pending('T99.02')).to.deep.equal([sent]);
        await tools.send(recall(['T99.02']));
        const unknown = '0'.repeat(26);
        for (const one of [fetchPackage, confirm]) {
          expect(fingerprint(await one(sent))).to.deep.equal(fingerprint(await one(unknown)));
        }
        const traces = (messageId: string) => ask('GetTraces', id(messageId), 'T99.02');
        expect(fingerprint(await traces(sent))).to.deep.equal(fingerprint(await traces(unknown)));
        expect(await lanes(sent)).to.deep.equal(['T99.02 cancelled delivery.recalled']);
      });

      it('once fetched, goes to the recipient, who may fetch and confirm as before', async () => {
        const sent = await tools.send(document());
        const before = packageText(resultOf(await fetchPackage(sent)));
        const recalled = await tools.send(recall(['T99.02']));
        expect(await pending('T99.02')).to.deep.equal([recalled]);
        expect(await lanes(sent)).to.deep.equal(['T99.02 cancelled delivery.recalled']);
        expect(await notices()).to.deep.equal([]);
        expect(packageText(resultOf(await fetchPackage(sent)))).to.equal(before);
        expect(resultOf(await confirm(sent)).get('Outcome')).to.equal('done');
        expect(await lanes(sent)).to.deep.equal(['T99.02 cancelled delivery.recalled']);
      });

      it('once confirmed, is unchanged and the recall goes to the recipient', async () => {
        const sent = await tools.send(document());
        await fetchPackage(sent);
        await confirm(sent);
        const recalled = await tools.send(recall(['T99.02']));
        expect(await lanes(sent)).to.deep.equal(['T99.02 delivered']);
        expect(await pending('T99.02')).to.deep.equal([recalled]);
        expect(await notices()).to.deep.equal([]);
      });

      it('sent again gets the first answer and does nothing more', async () => {
        await tools.send(document());
        const bytes = recall(['T99.02']);
        const first = resultOf(await sendPackage(gateway.soapUrl, bytes, tools.as('T99.01')));
        const second = resultOf(await sendPackage(gateway.soapUrl, bytes, tools.as('T99.01')));
        expect(second.get('Duplicate')).to.equal('true');
        expect(second.get('MessageId')).to.equal(first.get('MessageId'));
        expect(await notices()).to.have.lengthOf(1);
      });

      it('before the document came changes nothing', async () => {
        const recalled = await tools.send(recall(['T99.02']));
        const sent = await tools.send(document());
        expect(await pending('T99.02')).to.deep.equal([recalled, sent]);
        expect(await notices()).to.deep.equal([]);
      });

      it('survives a restart', async () => {
        const sent = await tools.send(document());
        await tools.send(recall(['T99.02']));
        gateway = await gateway.restart();
        expect(await pending('T99.02')).to.deep.equal([]);
        expect(await lanes(sent)).to.deep.equal(['T99.02 cancelled delivery.recalled']);
        expect(await notices()).to.have.lengthOf(1);
      });
    });
  }

  it('decides for each recipient by itself', async () => {
    const sent = await tools.send(document(['T99.02', 'T99.03']));
    await confirm(sent, 'T99.03');
    const recalled = await tools.send(RECALLS.revoke(['T99.02', 'T99.03']));
    expect(await lanes(sent)).to.deep.equal([
      'T99.02 cancelled delivery.recalled',
      'T99.03 delivered',
    ]);
    expect(await pending('T99.02')).to.deep.equal([]);
    expect(await pending('T99.03')).to.deep.equal([recalled]);
    expect(await notices()).to.have.lengthOf(1);
  });

  it('leaves recipients alone that it does not name', async () => {
    const sent = await tools.send(document(['T99.02', 'T99.03']));
    await tools.send(RECALLS['status 13'](['T99.03']));
    expect(await lanes(sent)).to.deep.equal([
      'T99.02 pending',
      'T99.03 cancelled delivery.recalled',
    ]);
  });

  it('of somebody else is delivered, marked, and changes nothing', async () => {
    const sent = await tools.send(document());
    const foreign = samplePackage({
      from: { organId: 'T99.03', organName: 'Sở Mẫu C' },
      documentId: 'T99.03,2026/11/20,1/SMC-VP',
      business: REVOKE,
    });
    const result = resultOf(await sendPackage(gateway.soapUrl, foreign, tools.as('T99.03')));
    expect(result.all('Warning').map((one) => one.get('Code'))).to.include('document.unmatched');
    expect(await pending('T99.02')).to.deep.equal([sent, result.get('MessageId')]);
    expect(await lanes(sent)).to.deep.equal(['T99.02 pending']);
  });

  it('by SendStatus with number and notation takes back the document of that date only', async () => {
    const older = await tools.send(
      samplePackage({
        documentId: 'T99.01,2025/11/20,500/SMA-VP',
        codeNumber: '500',
        promulgationDate: '2025/11/20',
      }),
    );
    const sent = await tools.send(document());
    const about =
      `<ResponseFor><OrganId>T99.02</OrganId><Code>${CODE}</Code>` +
      '<PromulgationDate>2026/11/20</PromulgationDate></ResponseFor><StatusCode>13</StatusCode>';
    resultOf(await ask('SendStatus', about, 'T99.01'));
    expect(await pending('T99.02')).to.deep.equal([older]);
    expect(await lanes(sent)).to.deep.equal(['T99.02 cancelled delivery.recalled']);
  });

  it('leaves the document known: sent again it gets its first answer', async () => {
    const bytes = document();
    const sent = await tools.send(bytes);
    await tools.send(RECALLS.revoke(['T99.02']));
    const again = resultOf(await sendPackage(gateway.soapUrl, bytes, tools.as('T99.01')));
    expect([again.get('MessageId'), again.get('Duplicate')]).to.deep.equal([sent, 'true']);
    expect(await pending('T99.02')).to.deep.equal([]);
  });
});
