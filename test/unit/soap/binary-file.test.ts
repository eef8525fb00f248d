import { expect } from 'chai';
import { binaryContent, loadContent } from '../../../src/soap/binary.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { readEnvelopeOf, type SoapRequest } from '../../../src/soap/envelope.js';
import { childOf, type XmlElement } from '../../../src/xml/tree.js';
import { streamed } from '../../support/multipart-corpus.js';
import { envelope, refusal, SOAP_11 } from './soap-support.js';

const TYPE = 'multipart/related; boundary=b; type="application/xop+xml"';
const CONTENT = Buffer.alloc(400_000, 'gói tin ');

function bodyOf(packageXml: string, content: Buffer): Buffer {
  const soap = envelope(SOAP_11, `<SendPackage xmlns="urn:x">${packageXml}</SendPackage>`);
  return Buffer.concat([
    Buffer.from(`--b\r\nContent-Type: application/xop+xml\r\n\r\n${soap}\r\n--b\r\n`),
    Buffer.from('Content-ID: <p@example>\r\n\r\n'),
    content,
    Buffer.from('\r\n--b--'),
  ]);
}

describe('the content of a part that lies in a file', () => {
  let open: SoapRequest | undefined;

  afterEach(() => open?.dispose());

  async function requestOf(packageXml: string, content = CONTENT): Promise<XmlElement> {
    const parts = await streamed(TYPE, [bodyOf(packageXml, content)]);
    open = readEnvelopeOf(parts, parseContentType(TYPE));
    const element = childOf(open.body, 'Package');
    if (element === undefined) throw new Error('Package is missing');
    return element;
  }
  const request = (): SoapRequest => {
    if (open === undefined) throw new Error('there is no request');
    return open;
  };

  for (const [what, xml] of [
    [
      'xop:Include',
      '<Package><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:p@example"/></Package>',
    ],
    ['href', '<Package href="cid:p%40example"/>'],
    ['text', '<Package>cid:p@example</Package>'],
    ['nothing', '<Package/>'],
  ] as const) {
    it(`is loaded when it is asked for: ${what}`, async () => {
      const element = await requestOf(xml);
      expect(request().carrier).to.equal('mtom');
      expect(request().attachments[0]?.content).to.equal(undefined);
      expect((await loadContent(request(), element)).equals(CONTENT)).to.equal(true);
      expect(() => binaryContent(request(), element)).to.throw('lies in a file');
    });
  }

  it('is there at once when it is in memory, or base64', async () => {
    const small = await requestOf('<Package href="cid:p@example"/>', Buffer.from('x'));
    expect((await loadContent(request(), small)).toString()).to.equal('x');
    expect(binaryContent(request(), small).toString()).to.equal('x');
    request().dispose();
    const inline = await requestOf('<Package>eA==</Package>');
    expect((await loadContent(request(), inline)).toString()).to.equal('x');
  });

  it('is refused before it is loaded when nothing has its name', async () => {
    const element = await requestOf('<Package href="cid:other"/>');
    expect(refusal(() => binaryContent(request(), element)).code).to.equal('soap.part');
  });
});
