/**
 * Multipart requests over HTTP, in the shapes of the stacks in the field: small ones that are read in
 * memory, and the same ones large and chunked, whose parts go to a file.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { faultOf, resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { type Request, SHAPES, type Shape } from '../support/multipart-corpus.js';
import { samplePackage } from '../support/sample-document.js';
import { type Answer, basic, envelope, operation, readAnswer } from '../support/soap.js';
import { until } from '../support/until.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const XOP = 'http://www.w3.org/2004/08/xop/include';

/** `Package` as the stack refers to its part. */
function packageXml({ reference, contentId }: Shape): string {
  switch (reference) {
    case 'xop':
      return `<Package><xop:Include xmlns:xop="${XOP}" href="cid:${contentId}"/></Package>`;
    case 'xop-percent':
      return `<Package><xop:Include xmlns:xop="${XOP}" href="cid:${encodeURIComponent(contentId)}"/></Package>`;
    case 'text':
      return `<Package>cid:${contentId}</Package>`;
    case 'href':
      return `<Package href="cid:${contentId}"/>`;
    case 'none':
      return '<Package/>';
  }
}

function requestOf(shape: Shape, content: Buffer): Request {
  const soap = envelope(operation('SendPackage', packageXml(shape)), shape.version);
  return shape.write(soap, content);
}

describe('multipart requests in memory and streamed', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  });
  after(() => gateway.close());

  const headersOf = (organId: string, contentType: string) => ({
    'content-type': contentType.replaceAll('\t', ' '),
    authorization: basic(organId, gateway.tokenOf(organId)),
  });
  const read = async (response: Response): Promise<Answer> =>
    readAnswer(response.status, response.headers, Buffer.from(await response.arrayBuffer()));
  /** With its length. */
  const post = async ({ contentType, body }: Request, more = {}): Promise<Answer> =>
    read(
      await fetch(gateway.soapUrl, {
        method: 'POST',
        headers: { ...headersOf('T99.01', contentType), ...more },
        body,
      }),
    );
  /** Chunked, without a length. */
  const stream = async ({ contentType, body }: Request, size = 30_000): Promise<Answer> => {
    const chunks = async function* () {
      for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
    };
    return read(
      await fetch(gateway.soapUrl, {
        method: 'POST',
        headers: headersOf('T99.01', contentType),
        body: chunks(),
        duplex: 'half',
      } as RequestInit),
    );
  };
  const expectStored = async (answer: Answer, bytes: Buffer, shape: Shape): Promise<void> => {
    const result = resultOf(answer);
    const listed = await gateway.store.listMessages({}, { limit: 1 });
    const [message] = listed.items;
    if (message === undefined) throw new Error('nothing is stored');
    expect(message.messageId).to.equal(result.get('MessageId'));
    expect(message.submission.carrier).to.equal(shape.reference.startsWith('xop') ? 'mtom' : 'swa');
    expect((await gateway.store.getContent(message.messageId))?.equals(bytes)).to.equal(true);
  };
  const incoming = (): string => join(gateway.folder, 'store', 'incoming');
  /** Open files of the folder; they have no name. */
  const openFiles = (): number =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(incoming());
      } catch {
        return false;
      }
    }).length;
  const expectNothingLeft = async (): Promise<void> => {
    await until(() => openFiles() === 0);
    expect(readdirSync(incoming())).to.deep.equal([]);
  };

  for (const shape of SHAPES) {
    it(`small: ${shape.name}`, async () => {
      const bytes = samplePackage();
      await expectStored(await post(requestOf(shape, bytes)), bytes, shape);
    });

    it(`small and chunked: ${shape.name}`, async () => {
      const bytes = samplePackage();
      await expectStored(await stream(requestOf(shape, bytes), 100), bytes, shape);
    });

    it(`large and chunked: ${shape.name}`, async () => {
      const bytes = samplePackage({}, randomBytes(300 * KIB));
      await expectStored(await stream(requestOf(shape, bytes)), bytes, shape);
      await expectNothingLeft();
    });

    it(`large: ${shape.name}`, async () => {
      const bytes = samplePackage({}, randomBytes(800 * KIB));
      await expectStored(await post(requestOf(shape, bytes)), bytes, shape);
      await expectNothingLeft();
    });
  }

  const [first] = SHAPES;
  if (first === undefined) throw new Error('there is no shape');

  it('a header folded with TAB, as only a socket can send it', async () => {
    const shape = SHAPES.find(({ name }) => name.includes('folded with TAB')) ?? first;
    const { contentType, body } = requestOf(shape, samplePackage());
    expect(contentType).to.include('\t');
    const status = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(gateway.soapUrl);
      const socket = connect(Number(port), hostname);
      socket.once('error', reject);
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString('latin1').slice(0, 12));
      });
      const headers = headersOf('T99.01', '');
      socket.write(
        `POST /soap HTTP/1.1\r\nHost: a\r\nAuthorization: ${headers.authorization}\r\n` +
          `Content-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      socket.write(body);
    });
    expect(status).to.equal('HTTP/1.1 200');
  });

  it('gzip', async () => {
    const bytes = samplePackage({}, randomBytes(800 * KIB));
    const { contentType, body } = requestOf(first, bytes);
    const packed = { contentType, body: gzipSync(body) };
    await expectStored(await post(packed, { 'content-encoding': 'gzip' }), bytes, first);
    await expectNothingLeft();
  });

  it('refusals are the same either way, and no file stays', async () => {
    const bytes = samplePackage({}, randomBytes(300 * KIB));
    const good = requestOf(first, bytes);
    const without = (text: string, by: string): Request => ({
      ...good,
      body: Buffer.from(good.body.toString('latin1').replaceAll(text, by), 'latin1'),
    });
    const cases: readonly (readonly [code: string, request: Request])[] = [
      ['soap.multipart', { ...good, body: good.body.subarray(0, good.body.length - 80) }],
      ['soap.multipart', { ...good, contentType: 'multipart/related' }],
      ['soap.multipart', without('Content-Transfer-Encoding: binary', 'Content-ID: <x>\r\nX: y')],
      ['soap.part', without('cid:e3b0', 'cid:nothing')],
      ['soap.not-xml', without('</s:Envelope>', '</s:Envelop>')],
      ['soap.operation', without('SendPackage', 'SendParcel')],
      ['http.content-type', without('application/xop+xml;charset', 'image/png;charset')],
      ['soap.empty', { ...good, body: Buffer.alloc(0) }],
      ['package.malformed', requestOf(first, Buffer.alloc(300 * KIB, 'x'))],
    ];
    for (const [expected, request] of cases) {
      const [whole, streamed] = [await post(request), await stream(request)];
      // Whatever the code of the last one is, it is the same.
      if (expected !== 'package.malformed') expect(whole.code).to.equal(expected);
      expect(streamed.status).to.equal(whole.status);
      const told = (answer: Answer) => [answer.code, answer.codes, answer.faultString];
      expect(told(streamed)).to.deep.equal(told(whole));
      await expectNothingLeft();
    }
  });

  it('keeps of a refused body its start, and says how large it was', async () => {
    const bytes = samplePackage({}, randomBytes(300 * KIB));
    const good = requestOf(first, bytes);
    const body = good.body.subarray(0, good.body.length - 80);
    faultOf(await stream({ ...good, body }), 'soap.multipart');
    const [kept] = (await gateway.store.listRefusals({ limit: 1 })).items;
    if (kept === undefined) throw new Error('no refusal is kept');
    expect(kept.sizeBytes).to.equal(body.length);
    const whole = await gateway.store.getRefusal(kept.correlationId);
    expect(whole?.contentDigest).to.equal(undefined);
    expect(whole?.content && body.subarray(0, whole.content.length).equals(whole.content)).to.equal(
      true,
    );
  });

  it('a body beyond the limit is refused while it comes, and the refusal arrives', async () => {
    const tight = await openGateway({ limits: { requestBytes: 300 * KIB } });
    try {
      const token = await tight.agency({ organId: 'T99.01' });
      const { contentType, body } = requestOf(first, Buffer.alloc(500 * KIB));
      const headers = { 'content-type': contentType, authorization: basic('T99.01', token) };
      const chunks = async function* () {
        for (let at = 0; at < body.length; at += 20_000) yield body.subarray(at, at + 20_000);
      };
      const init = { method: 'POST', headers, body: chunks(), duplex: 'half' } as RequestInit;
      const answer = await read(await fetch(tight.soapUrl, init));
      expect(answer.status).to.equal(413);
      expect(answer.code).to.equal('http.too-large');
    } finally {
      await tight.close();
    }
  });

  it('a sender that goes away in the middle leaves nothing, and others are served', async () => {
    const before = (await gateway.store.counts()).messages;
    const { contentType, body } = requestOf(first, samplePackage({}, randomBytes(800 * KIB)));
    const { hostname, port } = new URL(gateway.soapUrl);
    const headers = headersOf('T99.01', contentType);
    const sockets = Array.from({ length: 5 }, () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(
        `POST /soap HTTP/1.1\r\nHost: a\r\nAuthorization: ${headers.authorization}\r\n` +
          `Content-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      socket.write(body.subarray(0, body.length - 100_000));
      return socket;
    });
    await until(() => openFiles() === 5 && readdirSync(incoming()).length === 0);
    for (const socket of sockets) socket.destroy();
    await expectNothingLeft();
    expect((await gateway.store.counts()).messages).to.equal(before);
    const bytes = samplePackage();
    await expectStored(await post(requestOf(first, bytes)), bytes, first);
  });

  it('what an earlier process left is removed at the start', async () => {
    mkdirSync(join(incoming(), 'folder'));
    writeFileSync(join(incoming(), 'folder', 'file'), 'x');
    writeFileSync(join(incoming(), 'left-over'), Buffer.alloc(MIB));
    gateway = await gateway.restart();
    expect(readdirSync(incoming())).to.deep.equal([]);
    expect(statSync(incoming()).mode & 0o777).to.equal(0o700);
    const bytes = samplePackage({}, randomBytes(800 * KIB));
    await expectStored(await post(requestOf(first, bytes)), bytes, first);
  });
});
