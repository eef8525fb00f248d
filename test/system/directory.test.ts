import { expect } from 'chai';
import { setAgency } from '../../src/operate/agencies.js';
import { faultOf, resultOf } from '../support/answers.js';
import { type DeliveryTools, deliveryTools, documentFor } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, operation, sendPackage } from '../support/soap.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 24, 5);

/** docs/semantics.md, The directory: who takes part, and who follows whom. */
describe('agencies that begin, end and are followed', () => {
  let gateway: TestGateway;
  let tools: DeliveryTools;
  let now = NOW;

  beforeEach(async () => {
    now = NOW;
    gateway = await openGateway({ clock: { now: () => now, monotonic: () => performance.now() } });
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.03', oldOrganId: '000.00.03.T99' });
    await gateway.agency({ organId: 'T99.02', validUntil: NOW + DAY, successor: 'T99.03' });
    tools = deliveryTools(() => gateway);
  });
  afterEach(() => gateway.close());
  const send = (bytes: Buffer, organId = 'T99.01') =>
    sendPackage(gateway.soapUrl, bytes, tools.as(organId));
  const ask = (name: string, children: string, organId: string) =>
    call(gateway.soapUrl, operation(name, children), tools.as(organId));
  const pending = async (organId: string) => {
    const page = resultOf(await ask('ListPending', '', organId));
    return page.all('Item').map((one) => one.get('MessageId'));
  };

  it('until its end an agency gets its mail, then its successor does, with a warning', async () => {
    const before = await tools.send(documentFor('T99.02'));
    expect(await pending('T99.02')).to.deep.equal([before]);
    now += DAY;
    const result = resultOf(await send(documentFor('T99.02')));
    expect(result.all('Delivery').map((one) => one.get('OrganId'))).to.deep.equal(['T99.03']);
    const [warning] = result
      .all('Warning')
      .filter((one) => one.get('Code') === 'recipient.succeeded');
    expect(warning?.get('Text')).to.include('T99.02').and.include('T99.03');
    // What waited for the old one waits for an operator.
    expect(await pending('T99.03')).to.deep.equal([result.get('MessageId')]);
    const unseen = await ask('GetPackage', `<MessageId>${before}</MessageId>`, 'T99.03');
    faultOf(unseen, 'message.unknown');
  });

  it('an agency and the one it follows, under old and new code, get one delivery', async () => {
    now += DAY;
    const to = ['T99.02', 'T99.03', '000.00.03.T99'].map((organId) => ({ organId }));
    const result = resultOf(await send(samplePackage({ to })));
    expect(result.all('Delivery').map((one) => one.get('OrganId'))).to.deep.equal(['T99.03']);
    const codes = result.all('Warning').map((one) => one.get('Code'));
    expect(codes).to.include.members(['recipient.succeeded', 'recipient.repeated']);
  });

  it('without a successor mail is refused, and so it is before the first day', async () => {
    await setAgency(gateway.operator, 'T99.02', { successor: null });
    await gateway.agency({ organId: 'T99.05', validFrom: NOW + DAY });
    faultOf(await send(documentFor('T99.05')), 'recipient.not-yet');
    now += DAY;
    const fault = faultOf(await send(documentFor('T99.02')), 'recipient.dissolved');
    expect(fault.all('Issue')[0]?.get('Text')).to.include('2026-11-25T05:00:00.000Z');
    resultOf(await send(documentFor('T99.05')));
  });

  it('a status about a document of an ended agency goes to its successor', async () => {
    const document = resultOf(
      await send(
        samplePackage({
          from: { organId: 'T99.02' },
          to: [{ organId: 'T99.01' }],
          codeNumber: '9',
        }),
        'T99.02',
      ),
    );
    now += DAY;
    const about = {
      organId: 'T99.02',
      code: '9/SMA-VP',
      documentId: document.get('DocumentId'),
      promulgationDate: '2026/11/20',
    };
    const status = sampleStatusPackage({ from: { organId: 'T99.01' }, responseFor: about });
    const result = resultOf(await send(status));
    const codes = result.all('Warning').map((one) => one.get('Code'));
    expect(codes).to.include('recipient.succeeded').and.not.include('status.unmatched');
    const messageId = result.get('MessageId');
    expect(await pending('T99.03')).to.deep.equal([messageId]);
    resultOf(await ask('GetPackage', `<MessageId>${messageId}</MessageId>`, 'T99.03'));
  });

  it('a failure notice for an ended sender goes to its successor', async () => {
    const bytes = samplePackage({ from: { organId: 'T99.02' }, to: [{ organId: 'T99.01' }] });
    const messageId = resultOf(await send(bytes, 'T99.02')).get('MessageId');
    now += DAY;
    const failed = `<MessageId>${messageId}</MessageId><Outcome>fail</Outcome>`;
    resultOf(await ask('ConfirmReceived', failed, 'T99.01'));
    const page = resultOf(await ask('ListPending', '', 'T99.03'));
    const [notice] = page.all('Item');
    expect([notice?.get('Kind'), notice?.get('FromOrganId')]).to.deep.equal(['status', 'T99.00']);
  });

  it('a revoke to an ended agency takes back what waits for it, and stays here', async () => {
    const documentId = 'T99.01,2026/11/20,500/SMA-VP';
    const sent = await tools.send(documentFor('T99.02', { documentId, codeNumber: '500' }));
    now += DAY;
    const business = { type: 'revoke', documentId, replacements: [] } as const;
    await tools.send(documentFor('T99.02', { documentId, codeNumber: '500', business }));
    const trace = await tools.lane(sent);
    expect([trace?.get('State'), trace?.get('LastCode')]).to.deep.equal([
      'cancelled',
      'delivery.recalled',
    ]);
    expect(await pending('T99.03')).to.deep.equal([]);
  });

  it('a revoke by the old code of a recipient finds the lane of the new one', async () => {
    const documentId = 'T99.01,2026/11/20,501/SMA-VP';
    const sent = await tools.send(documentFor('T99.03', { documentId, codeNumber: '501' }));
    const business = { type: 'revoke', documentId, replacements: [] } as const;
    const bytes = documentFor('000.00.03.T99', { documentId, codeNumber: '501', business });
    await tools.send(bytes);
    expect((await tools.lane(sent))?.get('State')).to.equal('cancelled');
  });

  it('after its end an agency neither signs in nor is sent for', async () => {
    await setAgency(gateway.operator, 'T99.03', { mayActFor: ['T99.02'] });
    const bytes = samplePackage({ from: { organId: 'T99.02' }, to: [{ organId: 'T99.01' }] });
    resultOf(await send(bytes, 'T99.03'));
    expect((await ask('Ping', '', 'T99.02')).status).to.equal(200);
    now += DAY;
    expect((await ask('Ping', '', 'T99.02')).status).to.equal(401);
    const other = samplePackage({ from: { organId: 'T99.02' }, to: [{ organId: 'T99.01' }] });
    faultOf(await send(other, 'T99.03'), 'sender.dissolved');
  });

  it('GetOrganizations shows as active who takes part now', async () => {
    const active = async () => {
      const page = resultOf(await ask('GetOrganizations', '', 'T99.01'));
      return page
        .all('Organization')
        .filter((one) => one.get('Active') === 'true')
        .map((one) => one.get('OrganId'));
    };
    expect(await active()).to.deep.equal(['T99.01', 'T99.02', 'T99.03']);
    now += DAY;
    expect(await active()).to.deep.equal(['T99.01', 'T99.03']);
  });
});
