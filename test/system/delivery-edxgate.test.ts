import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { resultOf } from '../support/answers.js';
import { deliveryTools, documentFor } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { call, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

/** Design 2.3, Push: another edxgate is fed through SendPackage and lists us with may-act-for. */
describe('delivery to another edxgate', () => {
  let gateway: TestGateway;
  let far: TestGateway;

  beforeEach(async () => {
    gateway = await openGateway({ delivery: { attemptTimeoutMs: 2000 } });
    far = await openGateway();
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.02' });
    await far.agency({ organId: 'T99.01' });
    await far.agency({ organId: 'T99.05' });
  });
  afterEach(async () => {
    await gateway.close();
    await far.close();
  });
  const { attempts, send, untilState } = deliveryTools(() => gateway);

  const connect = async (mayActFor: readonly string[], active = true) => {
    const token = await far.agency({ organId: 'T99.00', mayActFor });
    const tokenFile = join(gateway.folder, 'far.token');
    writeFileSync(tokenFile, active ? token : 'wrong');
    chmodSync(tokenFile, 0o600);
    await gateway.agency({
      organId: 'T99.05',
      route: { kind: 'push', pushKind: 'edxgate', url: far.soapUrl, tokenFile },
    });
  };
  const farPending = async () => {
    const options = { organId: 'T99.05', token: far.tokenOf('T99.05') };
    return resultOf(await call(far.soapUrl, operation('ListPending'), options)).all('Item');
  };

  it('passes through byte for byte, the other lists us with may-act-for', async () => {
    await connect(['T99.01']);
    const bytes = documentFor('T99.05');
    const messageId = await send(bytes);
    await untilState(messageId, 'delivered');
    const [item] = await farPending();
    expect(item?.get('FromOrganId')).to.equal('T99.01');
    const children = `<MessageId>${item?.get('MessageId')}</MessageId>`;
    const got = await call(far.soapUrl, operation('GetPackage', children), {
      organId: 'T99.05',
      token: far.tokenOf('T99.05'),
    });
    expect(Buffer.from(resultOf(got).get('Package'), 'base64').equals(bytes)).to.equal(true);
  });

  it('a repeat there counts as delivered and makes no second message', async () => {
    await connect(['T99.01']);
    const bytes = documentFor('T99.05');
    const early = await sendPackage(far.soapUrl, bytes, {
      organId: 'T99.01',
      token: far.tokenOf('T99.01'),
    });
    resultOf(early);
    const messageId = await send(bytes);
    await untilState(messageId, 'delivered');
    expect(await farPending()).to.have.lengthOf(1);
  });

  it('its refusal of the package is final, with its code in the notice', async () => {
    await connect(['T99.01']);
    const messageId = await send(
      samplePackage({ to: [{ organId: 'T99.05' }, { organId: 'T99.02' }] }),
    );
    // T99.02 is not in the other directory.
    await until(async () => {
      const all = await gateway.store.deliveriesOf(messageId);
      return all.some((one) => one.state === 'dead');
    });
    const all = await gateway.store.deliveriesOf(messageId);
    const dead = all.find((one) => one.state === 'dead');
    expect(dead?.toOrganId).to.equal('T99.05');
    expect(dead?.lastCode).to.equal('delivery.refused');
    expect(dead?.lastReason).to.include('recipient.unknown');
  });

  for (const [what, mayActFor, rightToken] of [
    ['a missing may-act-for', [], true],
    ['a wrong token', ['T99.01'], false],
  ] as const) {
    it(`${what} is a fault of the channel: tried again`, async () => {
      await connect(mayActFor, rightToken);
      const messageId = await send(documentFor('T99.05'));
      await until(async () => (await attempts(messageId)).length > 0);
      const [first] = await attempts(messageId);
      expect(first?.outcome).to.equal('deferred');
      expect(first?.rawAnswer ?? '').to.not.include('wrong');
    });
  }
});
