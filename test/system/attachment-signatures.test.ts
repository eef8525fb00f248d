import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { MessageId } from '../../src/model/message-id.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

const PDF_UNTRUSTED = 'untrusted/stranger.pdf';
const PDF_INVALID = 'invalid/tampered.pdf';

const fixture = (name: string) => readFileSync(join(PACKAGE_ROOT, 'fixtures/attachments', name));

describe('signatures inside attachments, after acceptance', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  });
  after(() => gateway.close());

  const send = async (file: Buffer): Promise<MessageId> => {
    const as = { organId: 'T99.01', token: gateway.tokenOf('T99.01') };
    const answer = await sendPackage(gateway.soapUrl, samplePackage({}, file), as);
    expect(answer.status, answer.bytes.toString('utf8')).to.equal(200);
    return answer.body.children[0]?.get('MessageId') as MessageId;
  };
  const eventsOf = async (id: MessageId, name: string) =>
    (await gateway.store.listEvents(id)).filter((one) => one.event === name);
  const checked = (id: MessageId) =>
    until(async () => (await eventsOf(id, 'attachments-checked')).length > 0);

  it('are recorded with signer and coverage, and refuse nothing', async () => {
    const id = await send(fixture(PDF_UNTRUSTED));
    await checked(id);
    const [found] = await eventsOf(id, 'attachment-signature');
    expect(found?.detail).to.include({ contentId: '1', format: 'pdf', verdict: 'untrusted' });
    expect(found?.detail['signer']).to.be.a('string');
    expect((await eventsOf(id, 'attachments-checked'))[0]?.detail).to.deep.equal({
      files: 1,
      signatures: 1,
    });
  });

  it('that do not hold are recorded as invalid; the document is accepted all the same', async () => {
    const id = await send(fixture(PDF_INVALID));
    await checked(id);
    expect((await eventsOf(id, 'attachment-signature'))[0]?.detail).to.include({
      verdict: 'invalid',
    });
  });

  it('are looked for after a restart where that was not done before', async () => {
    const id = await send(fixture(PDF_UNTRUSTED));
    gateway = await gateway.restart();
    await checked(id);
    await gateway.restart().then((again) => {
      gateway = again;
    });
    expect(await eventsOf(id, 'attachments-checked')).to.have.length(1);
  });

  it('refuse a document where the agency asks for it, when one does not hold', async () => {
    await gateway.agency({ organId: 'T99.05', attachmentPolicy: 'verify' });
    const as = { organId: 'T99.05', token: gateway.tokenOf('T99.05') };
    const from = { organId: 'T99.05', organName: 'Sở Mẫu E' };
    const sent = (name: string) =>
      sendPackage(gateway.soapUrl, samplePackage({ from }, fixture(name)), as);
    const refused = await sent(PDF_INVALID);
    expect([refused.status, refused.code]).to.deep.equal([500, 'attachment.signature']);
    expect((await sent(PDF_UNTRUSTED)).status).to.equal(200);
  });
});
