import { expect } from 'chai';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { startRecipient, type TestRecipient } from '../support/recipient.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

describe('the main job: in, checked, stored, receipt, out', () => {
  let gateway: TestGateway;
  let recipient: TestRecipient;

  before(async () => {
    gateway = await openGateway();
    recipient = await startRecipient();
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.02' });
    await gateway.agency({
      organId: 'T99.03',
      route: { kind: 'push', pushKind: 'receiver', url: recipient.url },
    });
  });
  after(async () => {
    await gateway.close();
    await recipient.close();
  });
  const as = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });

  it('accepts a document, answers with a receipt, pushes it byte for byte', async () => {
    const bytes = samplePackage({ to: [{ organId: 'T99.03', organName: 'Sở Mẫu C' }] });
    const answer = await sendPackage(gateway.soapUrl, bytes, as('T99.01'));
    expect(answer.status, answer.bytes.toString('utf8')).to.equal(200);
    const result = answer.body.children[0];
    expect(result?.get('Duplicate')).to.equal('false');
    expect(result?.get('SignatureClass')).to.equal('absent');
    const messageId = result?.get('MessageId') ?? '';
    await until(() => recipient.received.has(messageId));
    expect(recipient.received.get(messageId)?.bytes.equals(bytes)).to.equal(true);
    await until(async () => {
      const traces = await call(
        gateway.soapUrl,
        operation('GetTraces', `<MessageId>${messageId}</MessageId>`),
        as('T99.01'),
      );
      return traces.body.children[0]?.all('Trace')[0]?.get('State') === 'delivered';
    });
  });

  it('lets a recipient list, get and confirm, and carries its status back', async () => {
    const bytes = samplePackage({ documentId: 'T99.01,2026/11/20,7/SMA-VP', codeNumber: '7' });
    const sent = await sendPackage(gateway.soapUrl, bytes, as('T99.01'));
    const messageId = sent.body.children[0]?.get('MessageId') ?? '';

    const listed = await call(gateway.soapUrl, operation('ListPending'), as('T99.02'));
    expect(listed.body.children[0]?.all('Item').map((one) => one.get('MessageId'))).to.include(
      messageId,
    );
    const got = await call(
      gateway.soapUrl,
      operation('GetPackage', `<MessageId>${messageId}</MessageId>`),
      as('T99.02'),
    );
    const content = got.body.children[0]?.get('Package') ?? '';
    expect(Buffer.from(content, 'base64').equals(bytes)).to.equal(true);
    const confirmed = await call(
      gateway.soapUrl,
      operation('ConfirmReceived', `<MessageId>${messageId}</MessageId><Outcome>done</Outcome>`),
      as('T99.02'),
    );
    expect(confirmed.body.children[0]?.get('Outcome')).to.equal('done');

    const status = sampleStatusPackage({
      responseFor: {
        organId: 'T99.01',
        code: '7/SMA-VP',
        documentId: 'T99.01,2026/11/20,7/SMA-VP',
        promulgationDate: '2026/11/20',
      },
    });
    const reported = await sendPackage(gateway.soapUrl, status, as('T99.02'));
    expect(reported.status, reported.bytes.toString('utf8')).to.equal(200);
    const traces = await call(
      gateway.soapUrl,
      operation('GetTraces', `<MessageId>${messageId}</MessageId>`),
      as('T99.01'),
    );
    const trace = traces.body.children[0]?.all('Trace')[0];
    expect(trace?.get('State')).to.equal('delivered');
    expect(trace?.all('Status').map((one) => one.get('StatusCode'))).to.deep.equal(['03']);
  });
});
