import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { basic, call, envelope, operation, post, sendPackage } from '../support/soap.js';

/** Design 2.3, Refusals: GatewayFault on HTTP 500, the code first in faultstring, all issues named. */
describe('bad input gets a clear answer and leaves nothing stored as fact', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway({ limits: { requestBytes: 256 * 1024 } });
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) await gateway.agency({ organId });
  });
  after(() => gateway.close());
  afterEach(async () => {
    expect((await gateway.store.counts()).messages).to.equal(0);
  });
  const as = (organId = 'T99.01') => ({ organId, token: gateway.tokenOf(organId) });

  const edited = (from: string, to: string): Buffer => {
    const text = samplePackage().toString('utf8');
    expect(text, 'the sample holds what is to be changed').to.include(from);
    return Buffer.from(text.replaceAll(from, to));
  };

  const wholeRequests: readonly [what: string, code: string, body: () => Buffer | string][] = [
    ['an empty body', 'soap.empty', () => ''],
    ['not XML', 'soap.not-xml', () => 'Kính gửi quý cơ quan'],
    ['cut XML', 'soap.not-xml', () => envelope(operation('Ping')).slice(0, -20)],
    ['XML that is not SOAP', 'soap.not-soap', () => '<a/>'],
    [
      'a DOCTYPE',
      'xml.doctype',
      () =>
        `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${envelope(operation('Ping')).slice(38)}`,
    ],
    [
      'a processing instruction',
      'xml.processing-instruction',
      () => `<?go now?>${envelope(operation('Ping')).slice(38)}`,
    ],
    [
      'a wrong namespace in the body',
      'soap.operation',
      () => envelope('<Ping xmlns="urn:other"/>'),
    ],
    ['an unknown operation', 'soap.operation', () => envelope(operation('Explode'))],
    [
      'a request that is not of the schema',
      'soap.request',
      () => envelope(operation('ConfirmReceived', '<Outcome>maybe</Outcome>')),
    ],
    [
      'UTF-16',
      'xml.encoding',
      () => Buffer.from(`\ufeff${envelope(operation('Ping'))}`, 'utf16le'),
    ],
    [
      'bytes that are not UTF-8',
      'xml.encoding',
      () => Buffer.concat([Buffer.from('<a>'), Buffer.from([0xc3, 0x28]), Buffer.from('</a>')]),
    ],
  ];
  for (const version of ['1.1', '1.2'] as const) {
    for (const [what, code, body] of wholeRequests) {
      it(`SOAP ${version}: ${what} → ${code}`, async () => {
        const answer = await post(gateway.soapUrl, body(), { ...as(), version });
        expect(answer.status).to.equal(500);
        expect(answer.code).to.equal(code);
        expect(answer.faultString).to.match(new RegExp(`^${code.replaceAll('.', '\\.')}: \\S`));
        expect(
          answer.body.get('detail', 'GatewayFault', 'CorrelationId') ||
            answer.body.get('Detail', 'GatewayFault', 'CorrelationId'),
        ).to.match(/^[0-9a-f-]{36}$/);
      });
    }
  }

  const packages: readonly [what: string, codes: readonly string[], bytes: () => Buffer][] = [
    ['an empty package', ['package.empty'], () => Buffer.alloc(0)],
    ['a package that is not XML', ['xml.malformed'], () => Buffer.from('văn bản')],
    [
      'a zipped package',
      ['package.compressed'],
      () => Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(100)]),
    ],
    ['a gzipped package', ['package.compressed'], () => gzipSync(samplePackage())],
    [
      'a DOCTYPE in the package',
      ['xml.doctype'],
      () =>
        Buffer.from(
          `<!DOCTYPE edXML>${samplePackage()
            .toString('utf8')
            .replace(/^<\?xml[^>]*\?>/, '')}`,
        ),
    ],
    ['another root', ['package.root'], () => Buffer.from('<edXML xmlns="urn:other"/>')],
    [
      'three faults of the schema at once',
      ['schema.missing', 'schema.missing', 'schema.value'],
      () =>
        Buffer.from(
          samplePackage()
            .toString('utf8')
            .replace(/<edXML:Subject>[\s\S]*?<\/edXML:Subject>/, '')
            .replace(/<edXML:CodeNotation>[\s\S]*?<\/edXML:CodeNotation>/, '')
            .replace('>2026/11/20</edXML:PromulgationDate>', '>hôm qua</edXML:PromulgationDate>'),
        ),
    ],
    [
      'an unknown recipient',
      ['recipient.unknown'],
      () => samplePackage({ to: [{ organId: 'T99.77', organName: 'Không có' }] }),
    ],
    [
      'From of another agency',
      ['auth.from'],
      () => samplePackage({ from: { organId: 'T99.03', organName: 'Sở Mẫu C' } }),
    ],
    [
      'an attachment that is not in the manifest',
      ['manifest.missing'],
      () =>
        Buffer.from(
          samplePackage()
            .toString('utf8')
            .replace(/<edXML:Reference>[\s\S]*<\/edXML:Reference>/, ''),
        ),
    ],
    [
      'damaged base64',
      ['attachment.base64'],
      () => Buffer.from(samplePackage().toString('utf8').replace('JVBERi0x', 'JVBE*i0x')),
    ],
    [
      'a secrecy mark as a value of OtherInfo',
      ['document.secrecy'],
      () =>
        edited(
          '<edXML:Priority>0</edXML:Priority>',
          '<edXML:Priority>0</edXML:Priority><edXML:SphereOfPromulgation>TỐI MẬT</edXML:SphereOfPromulgation>',
        ),
    ],
    [
      'a secrecy mark as an element',
      ['document.secrecy'],
      () =>
        edited(
          '<edXML:Priority>0</edXML:Priority>',
          '<edXML:Priority>0</edXML:Priority><edXML:Secret>1</edXML:Secret>',
        ),
    ],
  ];
  for (const [what, codes, bytes] of packages) {
    it(`${what} → ${codes.join(', ')}`, async () => {
      const answer = await sendPackage(gateway.soapUrl, bytes(), as());
      expect(answer.status, answer.bytes.toString('utf8')).to.equal(500);
      expect(answer.codes).to.include.members([...codes]);
      expect(answer.faultString).to.match(new RegExp(`^${codes[0]?.replaceAll('.', '\\.')}: \\S`));
      for (const one of answer.body.get('detail') === ''
        ? (answer.body.children
            .find((child) => child.name === 'detail')
            ?.children[0]?.all('Issue') ?? [])
        : []) {
        expect(one.get('Text')).to.not.equal('');
        expect(one.get('TextVi')).to.not.equal('');
        expect(one.get('Hint')).to.include(' / ');
      }
    });
  }

  it('names every fault of a package at once, whatever part it is in', async () => {
    const text = samplePackage({
      from: { organId: 'T99.03', organName: 'Sở Mẫu C' },
      to: [
        { organId: 'T99.77', organName: 'Không có' },
        { organId: 'T99.78', organName: 'Cũng không có' },
      ],
    });
    const answer = await sendPackage(gateway.soapUrl, text, as());
    expect(answer.codes).to.deep.equal(['auth.from', 'recipient.unknown', 'recipient.unknown']);
  });

  it('answers base64 damage of the request itself', async () => {
    const answer = await call(
      gateway.soapUrl,
      operation('SendPackage', '<Package>ABC*</Package>'),
      as(),
    );
    expect(answer.status).to.equal(500);
    expect(answer.code).to.be.oneOf(['soap.base64', 'soap.request']);
  });

  it('answers gzip garbage, and takes honest gzip', async () => {
    const bad = await post(gateway.soapUrl, Buffer.from('not gzip at all'), {
      ...as(),
      headers: { 'content-encoding': 'gzip' },
    });
    expect([bad.status, bad.code]).to.deep.equal([500, 'http.gzip']);
    const good = await post(gateway.soapUrl, gzipSync(envelope(operation('Ping'))), {
      ...as(),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(good.status).to.equal(200);
  });

  it('refuses a gzip bomb by the size it unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    const answer = await post(gateway.soapUrl, bomb, {
      ...as(),
      headers: { 'content-encoding': 'gzip' },
    });
    expect([answer.status, answer.code]).to.deep.equal([413, 'http.too-large']);
  });

  it('answers 413 above the limit, declared or not', async () => {
    const large = await post(gateway.soapUrl, Buffer.alloc(300 * 1024, 32), as());
    expect([large.status, large.code]).to.deep.equal([413, 'http.too-large']);
    const chunked = await fetch(gateway.soapUrl, {
      method: 'POST',
      duplex: 'half',
      headers: {
        'content-type': 'text/xml',
        authorization: basic('T99.01', gateway.tokenOf('T99.01')),
      },
      body: new ReadableStream({
        start(controller) {
          for (let i = 0; i < 40; i++) controller.enqueue(new Uint8Array(10 * 1024).fill(32));
          controller.close();
        },
      }),
    } as RequestInit);
    expect(chunked.status).to.equal(413);
  });

  it('answers 401 with a challenge for no or wrong sign-in, whatever the body', async () => {
    for (const headers of [
      {},
      { authorization: basic('T99.01', 'wrong') },
      { authorization: 'Bearer wrong' },
      { authorization: 'Digest x' },
    ]) {
      const answer = await post(gateway.soapUrl, envelope(operation('Ping')), {
        headers: headers as Record<string, string>,
      });
      expect(answer.status).to.equal(401);
      expect(answer.headers.get('www-authenticate')).to.match(/^Basic realm=/);
      expect(answer.code).to.match(/^auth\./);
    }
  });

  it('does not take the token of one agency under the name of another', async () => {
    const answer = await post(gateway.soapUrl, envelope(operation('Ping')), {
      organId: 'T99.02',
      token: gateway.tokenOf('T99.01'),
    });
    expect(answer.status).to.equal(401);
  });

  it('answers 405, 404 and 415 as such', async () => {
    const put = await fetch(gateway.soapUrl, { method: 'PUT', body: 'x' });
    expect([put.status, put.headers.get('allow')]).to.deep.equal([405, 'POST, GET']);
    expect((await fetch(`${gateway.exchangeUrl}/nothing`)).status).to.equal(404);
    const json = await post(gateway.soapUrl, '{}', {
      ...as(),
      headers: { 'content-type': 'application/json' },
    });
    expect([json.status, json.code]).to.deep.equal([415, 'http.content-type']);
    const latin = await post(gateway.soapUrl, '<a/>', {
      ...as(),
      headers: { 'content-type': 'text/xml; charset=iso-8859-1' },
    });
    expect([latin.status, latin.code]).to.deep.equal([415, 'http.charset']);
    const brotli = await post(gateway.soapUrl, 'x', {
      ...as(),
      headers: { 'content-encoding': 'br' },
    });
    expect([brotli.status, brotli.code]).to.deep.equal([415, 'http.content-encoding']);
  });

  it('keeps the refused bytes and issues of signed-in callers for the operator', async () => {
    const bytes = samplePackage({ to: [{ organId: 'T99.77', organName: 'Không có' }] });
    const answer = await sendPackage(gateway.soapUrl, bytes, as());
    const correlationId =
      answer.body.children
        .find((one) => one.name === 'detail')
        ?.children[0]?.get('CorrelationId') ?? '';
    const refusal = await gateway.store.getRefusal(correlationId);
    expect(refusal?.code).to.equal('recipient.unknown');
    expect(Buffer.from(refusal?.content ?? []).equals(bytes)).to.equal(true);
    expect(refusal?.checks.find((one) => one.name === 'recipients')?.verdict).to.equal('fail');
  });

  it('keeps nothing of those who did not sign in', async () => {
    const before = (await gateway.store.listRefusals({ limit: 1000 })).items.length;
    await post(gateway.soapUrl, 'x');
    expect((await gateway.store.listRefusals({ limit: 1000 })).items.length).to.equal(before);
  });
});
