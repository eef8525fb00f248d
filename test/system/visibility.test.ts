import { expect } from 'chai';
import { faultOf, fingerprint, resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { call, type Node, operation, sendPackage, type Version } from '../support/soap.js';

const UNKNOWN_ID = '01JDZZZZZZZZZZZZZZZZZZZZZZ';

/** Design 2.3, Who may see what: an id that the caller may not see is answered as an unknown one. */
describe('who may see what', () => {
  let gateway: TestGateway;
  let messageId: string;
  let documentId: string;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) await gateway.agency({ organId });
    const bytes = samplePackage({ to: [{ organId: 'T99.02' }, { organId: 'T99.01' }] });
    const sent = await send(bytes);
    messageId = sent.get('MessageId');
    documentId = sent.get('DocumentId');
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

  it('the sender sees all lanes, a recipient its own', async () => {
    const filter = `<MessageId>${messageId}</MessageId>`;
    const lanes = async (organId: string) =>
      resultOf(await ask('GetTraces', filter, organId))
        .all('Trace')
        .map((one) => one.get('ToOrganId'));
    expect(await lanes('T99.01')).to.have.members(['T99.01', 'T99.02']);
    expect(await lanes('T99.02')).to.deep.equal(['T99.02']);
  });

  it('a sender that is no recipient may not collect', async () => {
    const own = await idOf(samplePackage());
    for (const [name, more] of [
      ['GetPackage', ''],
      ['ConfirmReceived', '<Outcome>done</Outcome>'],
    ] as const) {
      const answer = await ask(name, `<MessageId>${own}</MessageId>${more}`, 'T99.01');
      faultOf(answer, 'message.unknown');
    }
  });

  for (const version of ['1.1', '1.2'] as const) {
    for (const [name, more] of [
      ['GetPackage', ''],
      ['ConfirmReceived', '<Outcome>done</Outcome>'],
      ['ConfirmReceived', '<Outcome>fail</Outcome><Reason>x</Reason>'],
      ['GetTraces', ''],
    ] as const) {
      it(`SOAP ${version}: ${name}${more} of a third agency: unseen is as unknown`, async () => {
        const children = (id: string) => `<MessageId>${id}</MessageId>${more}`;
        const unseen = await ask(name, children(messageId), 'T99.03', version);
        const unknown = await ask(name, children(UNKNOWN_ID), 'T99.03', version);
        faultOf(unseen, 'message.unknown');
        expect(fingerprint(unseen)).to.deep.equal(fingerprint(unknown));
      });
    }

    it(`SOAP ${version}: GetTraces by DocumentId: unseen is as unknown`, async () => {
      const children = (id: string) => `<DocumentId>${id}</DocumentId>`;
      const unseen = await ask('GetTraces', children(documentId), 'T99.03', version);
      const unknown = await ask('GetTraces', children('T99.01,2026/11/20,0/X'), 'T99.03', version);
      faultOf(unseen, 'message.unknown');
      expect(fingerprint(unseen)).to.deep.equal(fingerprint(unknown));
    });
  }

  it('the try of a third agency changes nothing', async () => {
    const [lane] = resultOf(
      await ask('GetTraces', `<MessageId>${messageId}</MessageId>`, 'T99.02'),
    ).all('Trace');
    expect(lane?.get('State')).to.equal('pending');
  });

  it('an agency is the same under its old organ id: one lane, one caller', async () => {
    const token = await gateway.agency({ organId: 'T99.07', oldOrganId: '000.00.07.T99' });
    const to = [{ organId: 'T99.07' }, { organId: '000.00.07.T99' }];
    const sent = await send(samplePackage({ to }));
    expect(sent.all('Delivery').map((one) => one.get('OrganId'))).to.deep.equal(['T99.07']);
    expect(sent.all('Warning').map((one) => one.get('Code'))).to.include('recipient.repeated');
    const options = { organId: '000.00.07.T99', token };
    const page = resultOf(await call(gateway.soapUrl, operation('ListPending'), options));
    expect(page.all('Item').map((one) => one.get('MessageId'))).to.deep.equal([
      sent.get('MessageId'),
    ]);
    const pong = resultOf(await call(gateway.soapUrl, operation('Ping'), options));
    expect(pong.get('OrganId')).to.equal('T99.07');
  });

  it('may-act-for lends no list, trace or collection', async () => {
    await gateway.agency({ organId: 'T99.09', mayActFor: ['T99.02'] });
    const listed = resultOf(await ask('ListPending', '', 'T99.09'));
    expect(listed.all('Item')).to.deep.equal([]);
    faultOf(
      await ask('GetPackage', `<MessageId>${messageId}</MessageId>`, 'T99.09'),
      'message.unknown',
    );
    faultOf(
      await ask('GetTraces', `<MessageId>${messageId}</MessageId>`, 'T99.09'),
      'message.unknown',
    );
  });
});
