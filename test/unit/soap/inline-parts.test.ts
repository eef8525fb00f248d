import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { canonicalWithParts } from '../../../src/soap/inline-parts.js';
import { childOf } from '../../../src/xml/tree.js';
import { envelope, GATEWAY, read, SOAP_11 } from './soap-support.js';

const XOP = 'http://www.w3.org/2004/08/xop/include';
const FIRST = Buffer.from('bytes of the first file\u0000\u00ff', 'latin1');
const SECOND = Buffer.alloc(300_000, 'second');

function include(id: string): string {
  return `<xop:Include xmlns:xop="${XOP}" href="cid:${id}"/>`;
}

function documentWith(first: string, second: string): string {
  return `<e:edXML xmlns:e="urn:e" xmlns:noise="urn:n"><e:Name>a &lt; b &amp; c</e:Name><!-- gone --><e:File>${first}</e:File><File xmlns="">${second}</File></e:edXML>`;
}

/** A request as a stack with MTOM writes it. */
function mtom(document: string, parts: Readonly<Record<string, Buffer>>): Buffer {
  const root = envelope(SOAP_11, `<SendDocument xmlns="${GATEWAY}">${document}</SendDocument>`);
  const chunks = [Buffer.from('--b\r\nContent-Type: application/xop+xml\r\n\r\n'), root];
  for (const [id, bytes] of Object.entries(parts)) {
    const head = `\r\n--b\r\nContent-ID: <${id}>\r\nContent-Type: application/octet-stream\r\n\r\n`;
    chunks.push(Buffer.from(head), bytes);
  }
  return Buffer.concat([...chunks, Buffer.from('\r\n--b--\r\n')]);
}

async function bytesOf(body: Buffer, contentType: string): Promise<string> {
  const request = read(body, contentType);
  try {
    const element = childOf(request.body, 'edXML');
    if (element === undefined) throw new Error('there is no edXML');
    return (await canonicalWithParts(request, element)).toString('utf8');
  } finally {
    request.dispose();
  }
}

const MULTIPART = 'multipart/related; boundary=b; type="application/xop+xml"';

async function refusalOf(document: string, parts: Record<string, Buffer>): Promise<GatewayError> {
  try {
    await bytesOf(mtom(document, parts), MULTIPART);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('canonicalWithParts', () => {
  it('gives the bytes of the same document sent inline', async () => {
    const inline = documentWith(FIRST.toString('base64'), SECOND.toString('base64'));
    const plain = envelope(SOAP_11, `<SendDocument xmlns="${GATEWAY}">${inline}</SendDocument>`);
    const expected = await bytesOf(plain, 'text/xml');
    expect(expected).to.include(SECOND.toString('base64')).and.not.include('gone');
    const carried = mtom(documentWith(include('1@x'), include('2%40x')), {
      '2@x': SECOND,
      '1@x': FIRST,
    });
    expect(await bytesOf(carried, MULTIPART)).to.equal(expected);
  });

  it('takes a part for one value and text for another, in any prefix', async () => {
    const bare = `\n  <Include xmlns="${XOP}" href="cid:1@x"></Include>\n`;
    const carried = mtom(documentWith(bare, 'YWJj'), { '1@x': FIRST });
    expect(await bytesOf(carried, MULTIPART)).to.equal(
      `<e:edXML xmlns:e="urn:e"><e:Name>a &lt; b &amp; c</e:Name><e:File>\n  ${FIRST.toString('base64')}\n</e:File><File>YWJj</File></e:edXML>`,
    );
  });

  it('refuses a part that is not there, and an Include among other content', async () => {
    const missing = await refusalOf(documentWith(include('3@x'), ''), { '1@x': FIRST });
    expect(missing.issues.map((one) => one.code)).to.deep.equal(['soap.part']);
    const mixed = await refusalOf(documentWith(`text${include('1@x')}`, ''), { '1@x': FIRST });
    expect(mixed.issues.map((one) => [one.code, one.path])).to.deep.equal([
      ['soap.base64', '/Envelope/Body/SendDocument/edXML/File'],
    ]);
  });

  it('refuses many references to one part before the package grows', async () => {
    const twice = await refusalOf(documentWith(include('2@x'), include('2@x')), { '2@x': SECOND });
    expect(twice.issues.map((one) => [one.code, one.path])).to.deep.equal([
      ['soap.multipart', '/Envelope/Body/SendDocument/edXML/File/Include'],
    ]);
  });
});
