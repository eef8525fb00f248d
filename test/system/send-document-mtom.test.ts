/**
 * SendDocument from stacks with MTOM switched on (JAX-WS, WCF): the attachments inside the typed
 * document come as parts.
 */
import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { basic, call, envelope, operation } from '../support/soap.js';

const XOP = 'http://www.w3.org/2004/08/xop/include';

describe('SendDocument with MTOM', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  });
  after(() => gateway.close());

  const as = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });

  const inlineOf = (file: Buffer, documentId: string): string =>
    samplePackage({ documentId }, file)
      .toString('utf8')
      .replace(/^<\?xml[^>]*\?>\s*/, '');

  /** @returns the HTTP status: the answer may come as parts, which is not the matter here. */
  const sendCarried = async (element: string, file: Buffer): Promise<number> => {
    const carried = element.replace(
      file.toString('base64'),
      `<xop:Include xmlns:xop="${XOP}" href="cid:file%40client.example"/>`,
    );
    const body = Buffer.concat([
      Buffer.from('--b\r\nContent-Type: application/xop+xml; type="text/xml"\r\n\r\n'),
      Buffer.from(envelope(operation('SendDocument', carried))),
      Buffer.from('\r\n--b\r\nContent-ID: <file@client.example>\r\n\r\n'),
      file,
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const contentType = 'multipart/related; type="application/xop+xml"; boundary=b';
    const authorization = basic('T99.01', gateway.tokenOf('T99.01'));
    const headers = { 'content-type': contentType, authorization };
    const response = await fetch(gateway.soapUrl, { method: 'POST', body, headers });
    await response.arrayBuffer();
    return response.status;
  };

  for (const [name, size] of [
    ['small', 100],
    ['large', 3_000_000],
  ] as const) {
    it(`a ${name} attachment: stored as if it had come inline`, async () => {
      const file = randomBytes(size);
      const element = inlineOf(file, `mtom-${name}`);
      expect(await sendCarried(element, file)).to.equal(200);
      const { items } = await gateway.store.listMessages({}, { limit: 10 });
      const message = items.find((one) => one.documentId === `mtom-${name}`);
      expect(message?.submission.carrier).to.equal('mtom');

      const again = await call(gateway.soapUrl, operation('SendDocument', element), as('T99.01'));
      expect(again.body.get('SendResult', 'Duplicate')).to.equal('true');
      expect(again.body.get('SendResult', 'MessageId')).to.equal(message?.messageId);

      const children = `<MessageId>${message?.messageId}</MessageId>`;
      const got = await call(gateway.soapUrl, operation('GetPackage', children), as('T99.02'));
      const bytes = Buffer.from(got.body.get('PackageContent', 'Package'), 'base64');
      expect(bytes.includes(file.toString('base64'))).to.equal(true);
      const digest = createHash('sha256').update(bytes).digest('hex');
      expect(got.body.get('PackageContent', 'ContentDigest')).to.equal(digest);
    });
  }
});
