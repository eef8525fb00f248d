import { expect } from 'chai';
import { resultOf } from '../support/answers.js';
import { type DeliveryTools, deliveryTools } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { call, operation, sendPackage } from '../support/soap.js';

const DOCUMENT = 'T99.01,2026/11/20,500/SMA-VP';

describe('traces of a document of which some was taken back', () => {
  let gateway: TestGateway;
  let tools: DeliveryTools;

  beforeEach(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
    tools = deliveryTools(() => gateway);
  });
  afterEach(() => gateway.close());

  const BUSINESS = {
    revoke: { type: 'revoke', documentId: DOCUMENT, replacements: [] },
    update: {
      type: 'update',
      documentId: DOCUMENT,
      replacements: [],
      info: { documentChanged: true, receiversChanged: false, receivers: [] },
    },
  } as const;
  const send = async (type?: 'revoke' | 'update') => {
    const bytes = samplePackage({
      documentId: DOCUMENT,
      codeNumber: '500',
      to: [{ organId: 'T99.02' }],
      ...(type === undefined ? {} : { business: BUSINESS[type] }),
    });
    return resultOf(await sendPackage(gateway.soapUrl, bytes, tools.as('T99.01')));
  };
  const traces = (limit: number) =>
    call(
      gateway.soapUrl,
      operation('GetTraces', `<DocumentId>${DOCUMENT}</DocumentId><MaxItems>${limit}</MaxItems>`),
      tools.as('T99.02'),
    );

  it('shows the recipient what came later, however small its pages are', async () => {
    await send();
    await send('revoke');
    const later = await send('update');
    for (const limit of [1, 2, 9]) {
      const seen = resultOf(await traces(limit)).all('Trace');
      expect(seen.map((one) => one.get('MessageId'))).to.deep.equal([later.get('MessageId')]);
    }
  });
});
