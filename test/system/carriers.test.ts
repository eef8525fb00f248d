import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { faultOf, resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import {
  type Multipart,
  mtomRequest,
  type Reference,
  readParts,
  sendPackageRequest,
} from '../support/mime.js';
import { rawRequest } from '../support/raw-http.js';
import { samplePackage } from '../support/sample-document.js';
import {
  type Answer,
  basic,
  envelope,
  operation,
  post,
  readAnswer,
  sendPackage,
  type Version,
} from '../support/soap.js';

const SOAP_TYPE = { '1.1': 'text/xml', '1.2': 'application/soap+xml' } as const;

/** Breaks base64 into lines as soap4r (60, LF) and Delphi (76, CR LF) do. */
function wrapped(text: string, width: number, end: string): string {
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width));
  return `${end}${lines.join(end)}${end}`;
}

/** Design 2.3: SendPackage inline, MTOM/XOP or SwA, in both versions; behaviour on the wire. */
describe('carriers: how packages travel', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  });
  after(() => gateway.close());
  const as = (organId: string, version: Version = '1.1') => ({
    organId,
    token: gateway.tokenOf(organId),
    version,
  });
  const auth = (organId: string) => basic(organId, gateway.tokenOf(organId));
  const storedBytes = async (answer: Answer): Promise<Buffer> => {
    const messageId = resultOf(answer).get('MessageId');
    const got = await post(
      gateway.soapUrl,
      envelope(operation('GetPackage', `<MessageId>${messageId}</MessageId>`)),
      as('T99.02'),
    );
    return Buffer.from(resultOf(got).get('Package'), 'base64');
  };
  const postParts = (request: Multipart, organId: string) =>
    post(gateway.soapUrl, request.body, {
      ...as(organId),
      headers: { 'content-type': request.contentType },
    });

  for (const version of ['1.1', '1.2'] as const) {
    describe(`SOAP ${version}`, () => {
      for (const [what, width, end] of [
        ['60 columns with LF', 60, '\n'],
        ['76 columns with CR LF', 76, '\r\n'],
      ] as const) {
        it(`inline, base64 broken at ${what}`, async () => {
          const bytes = samplePackage();
          const text = wrapped(bytes.toString('base64'), width, end);
          const body = envelope(operation('SendPackage', `<Package>${text}</Package>`), version);
          const answer = await post(gateway.soapUrl, body, as('T99.01', version));
          expect((await storedBytes(answer)).equals(bytes)).to.equal(true);
        });
      }

      const references: readonly [what: string, reference: Reference][] = [
        ['MTOM', 'xop'],
        ['MTOM with a percent-encoded cid', 'xop-percent'],
        ['SwA with the cid as text', 'text'],
        ['SwA with an href attribute', 'href'],
        ['SwA without a reference', 'none'],
      ];
      for (const [what, reference] of references) {
        it(what, async () => {
          const bytes = samplePackage();
          const answer = await postParts(sendPackageRequest(bytes, reference, version), 'T99.01');
          expect(answer.headers.get('content-type')).to.include(SOAP_TYPE[version]);
          expect((await storedBytes(answer)).equals(bytes)).to.equal(true);
          const messageId = resultOf(answer).get('MessageId');
          const listed = await gateway.store.listMessages({}, { limit: 1 });
          expect(listed.items[0]?.messageId).to.equal(messageId);
          expect(listed.items[0]?.submission.carrier).to.equal(
            reference.startsWith('xop') ? 'mtom' : 'swa',
          );
        });
      }

      it('GetPackage answers inline to whoever did not use MTOM, whatever it accepts', async () => {
        const bytes = samplePackage();
        const sent = resultOf(await sendPackage(gateway.soapUrl, bytes, as('T99.01')));
        const messageId = sent.get('MessageId');
        const body = operation('GetPackage', `<MessageId>${messageId}</MessageId>`);
        const answer = await post(gateway.soapUrl, envelope(body, version), {
          ...as('T99.02', version),
          headers: {
            accept: 'multipart/related, application/xop+xml, text/xml',
            'content-type': `${SOAP_TYPE[version]}; charset=utf-8`,
          },
        });
        expect(answer.headers.get('content-type')).to.match(
          version === '1.1' ? /^text\/xml/ : /^application\/soap\+xml/,
        );
        expect(Buffer.from(resultOf(answer).get('Package'), 'base64').equals(bytes)).to.equal(true);
      });

      it('GetPackage answers as MTOM to whoever used it', async () => {
        const bytes = samplePackage();
        const sent = resultOf(await sendPackage(gateway.soapUrl, bytes, as('T99.01')));
        const body = operation('GetPackage', `<MessageId>${sent.get('MessageId')}</MessageId>`);
        const request = mtomRequest(body, version);
        const response = await fetch(gateway.soapUrl, {
          method: 'POST',
          headers: { 'content-type': request.contentType, authorization: auth('T99.02') },
          body: request.body,
        });
        expect(response.status).to.equal(200);
        const contentType = response.headers.get('content-type') ?? '';
        expect(contentType).to.match(/^multipart\/related/);
        expect(contentType).to.include('type="application/xop+xml"');
        expect(contentType).to.include(`start-info="${SOAP_TYPE[version]}`);
        const [root, part, ...more] = readParts(
          contentType,
          Buffer.from(await response.arrayBuffer()),
        );
        if (root === undefined || part === undefined) throw new Error('there are not two parts');
        expect(more).to.deep.equal([]);
        expect(part.content.equals(bytes)).to.equal(true);
        expect(root.headers.get('content-type')).to.include('application/xop+xml');
        const id = (part.headers.get('content-id') ?? '').replace(/^<|>$/g, '');
        const xml = root.content.toString('utf8');
        expect(decodeURIComponent(/href="cid:([^"]+)"/.exec(xml)?.[1] ?? '')).to.equal(id);
        const answer = readAnswer(200, new Headers(), root.content);
        expect(answer.body.children[0]?.get('ContentDigest')).to.equal(sent.get('ContentDigest'));
      });

      it('every answer to MTOM is MTOM: results without a part, and faults', async () => {
        const ask = async (body: string, authorization = auth('T99.01'), more = {}) => {
          const request = mtomRequest(body, version);
          const headers = { 'content-type': request.contentType, authorization, ...more };
          const init = { method: 'POST', headers, body: request.body };
          const response = await fetch(gateway.soapUrl, init);
          const bytes = Buffer.from(await response.arrayBuffer());
          const { headers: said } = response;
          const contentType = said.get('content-type') ?? '';
          const form = new RegExp(
            '^multipart/related; type="application/xop\\+xml"; start="<([^>]+)>"; ' +
              `start-info="${SOAP_TYPE[version].replace('+', '\\+')}"; boundary="[^"]+"$`,
          ).exec(contentType);
          expect(form, contentType).to.not.equal(null);
          const [root, ...parts] = readParts(contentType, bytes);
          expect(parts).to.deep.equal([]);
          expect(root?.headers.get('content-id')).to.equal(`<${form?.[1]}>`);
          expect(root?.headers.get('content-type')).to.equal(
            `application/xop+xml; charset=UTF-8; type="${SOAP_TYPE[version]}"`,
          );
          return readAnswer(response.status, said, bytes);
        };
        expect(resultOf(await ask(operation('Ping'))).name).to.equal('Pong');
        faultOf(await ask(operation('Pong')), 'soap.operation');
        const unknown = await ask(operation('Ping'), basic('T99.01', 'wrong'));
        expect([unknown.status, unknown.code]).to.deep.equal([401, 'auth.failed']);
        const packed = await ask(operation('Ping'), auth('T99.01'), { 'content-encoding': 'br' });
        expect([packed.status, packed.code]).to.deep.equal([415, 'http.content-encoding']);
      });

      it('an answer to SwA is none of it, be it a result or a fault', async () => {
        const request = sendPackageRequest(samplePackage(), 'text', version);
        const answer = await postParts(request, 'T99.01');
        expect(answer.headers.get('content-type')).to.match(/^(text|application)\/(soap\+)?xml;/);
        const fault = await postParts(
          sendPackageRequest(Buffer.from('x'), 'text', version),
          'T99.01',
        );
        expect(fault.status).to.equal(500);
        expect(fault.headers.get('content-type')).to.match(/^(text|application)\/(soap\+)?xml;/);
      });

      it('a byte order mark before the envelope', async () => {
        const bytes = samplePackage();
        const text = `<Package>${bytes.toString('base64')}</Package>`;
        const body = `\ufeff${envelope(operation('SendPackage', text), version)}`;
        const answer = await post(gateway.soapUrl, body, as('T99.01', version));
        expect((await storedBytes(answer)).equals(bytes)).to.equal(true);
      });

      it('gzip', async () => {
        const bytes = samplePackage();
        const text = `<Package>${bytes.toString('base64')}</Package>`;
        const body = gzipSync(envelope(operation('SendPackage', text), version));
        const answer = await post(gateway.soapUrl, body, {
          ...as('T99.01', version),
          headers: {
            'content-encoding': 'gzip',
            'content-type': `${SOAP_TYPE[version]}; charset=utf-8`,
          },
        });
        expect((await storedBytes(answer)).equals(bytes)).to.equal(true);
      });
    });
  }

  describe('HTTP', () => {
    const ping = envelope(operation('Ping', '<Echo>dây</Echo>'));
    const head = (line: string, more: readonly string[]) =>
      [
        line,
        'Host: gateway.example',
        'Content-Type: text/xml; charset=utf-8',
        `Authorization: ${auth('T99.01')}`,
        ...more,
        '',
        '',
      ].join('\r\n');

    it('a chunked body, even in chunks of one byte, split inside a letter', async () => {
      const bytes = Buffer.from(ping);
      const pieces = [...bytes].map((byte) => Buffer.from([0x31, 13, 10, byte, 13, 10]));
      const reply = await rawRequest(gateway.soapUrl, [
        head('POST /soap HTTP/1.1', ['Transfer-Encoding: chunked', 'Connection: close']),
        Buffer.concat(pieces),
        '0\r\n\r\n',
      ]);
      expect(reply.statusLine).to.equal('HTTP/1.1 200 OK');
      expect(reply.body.toString('utf8')).to.include('<Echo>dây</Echo>');
    });

    it('Expect: 100-continue gets its 100 before the body is sent', async () => {
      const bytes = Buffer.from(ping);
      const reply = await rawRequest(gateway.soapUrl, [
        head('POST /soap HTTP/1.1', [
          `Content-Length: ${bytes.length}`,
          'Expect: 100-continue',
          'Connection: close',
        ]),
        { afterAnswer: bytes },
      ]);
      expect(reply.interim).to.deep.equal(['HTTP/1.1 100 Continue']);
      expect(reply.statusLine).to.equal('HTTP/1.1 200 OK');
    });

    for (const connection of [['Connection: close'], []] as const) {
      it(`HTTP/1.0 ${connection.join('')} is answered with a length and without chunks`, async () => {
        const bytes = Buffer.from(ping);
        const reply = await rawRequest(gateway.soapUrl, [
          head('POST /soap HTTP/1.0', [`Content-Length: ${bytes.length}`, ...connection]),
          bytes,
        ]);
        expect(reply.statusLine).to.match(/ 200 OK$/);
        expect(reply.headers.has('transfer-encoding')).to.equal(false);
        expect(Number(reply.headers.get('content-length'))).to.equal(reply.body.length);
        expect(reply.body.toString('utf8')).to.include('<Echo>dây</Echo>');
      });
    }

    it('HTTP/1.0 faults come without chunks too', async () => {
      const reply = await rawRequest(gateway.soapUrl, [
        head('POST /soap HTTP/1.0', ['Content-Length: 4']),
        '<a/>',
      ]);
      expect(reply.statusLine).to.match(/ 500 /);
      expect(reply.headers.has('transfer-encoding')).to.equal(false);
      expect(Number(reply.headers.get('content-length'))).to.equal(reply.body.length);
    });

    it('answers are compressed for nobody who did not ask', async () => {
      const bytes = Buffer.from(ping);
      const reply = await rawRequest(gateway.soapUrl, [
        head('POST /soap HTTP/1.1', [`Content-Length: ${bytes.length}`, 'Connection: close']),
        bytes,
      ]);
      expect(reply.headers.has('content-encoding')).to.equal(false);
    });

    it('whoever accepts gzip can read the answer', async () => {
      const bytes = Buffer.from(ping);
      const reply = await rawRequest(gateway.soapUrl, [
        head('POST /soap HTTP/1.1', [
          `Content-Length: ${bytes.length}`,
          'Accept-Encoding: gzip',
          'Connection: close',
        ]),
        bytes,
      ]);
      const zipped = reply.headers.get('content-encoding') === 'gzip';
      const body = zipped ? gunzipSync(reply.body) : reply.body;
      expect(body.toString('utf8')).to.include('<Echo>dây</Echo>');
    });

    it('either version goes to the same path, whatever SOAPAction says', async () => {
      for (const [version, action] of [
        ['1.1', '""'],
        ['1.1', 'urn:wrong'],
        ['1.2', '"urn:edxgate:gateway:1/SendPackage"'],
      ] as const) {
        const answer = await post(gateway.soapUrl, envelope(operation('Ping'), version), {
          ...as('T99.01', version),
          headers: { soapaction: action, 'content-type': `${SOAP_TYPE[version]}; charset=utf-8` },
        });
        expect(resultOf(answer).name).to.equal('Pong');
      }
    });

    it('a 1.2 envelope under text/xml, as PHP sends it, is answered in 1.2', async () => {
      const answer = await post(gateway.soapUrl, envelope(operation('Ping'), '1.2'), as('T99.01'));
      expect(answer.headers.get('content-type')).to.match(/^application\/soap\+xml/);
      expect(resultOf(answer).name).to.equal('Pong');
    });
  });

  describe('the WSDL', () => {
    const get = async (url: string) => {
      const response = await fetch(url);
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
    const locations = (text: string): string[] =>
      [...text.matchAll(/schemaLocation="([^"]+)"/g)].map((found) =>
        (found[1] ?? '').replaceAll('&amp;', '&'),
      );

    for (const [query, soap, other] of [
      ['wsdl', 'http://schemas.xmlsoap.org/wsdl/soap/', 'http://schemas.xmlsoap.org/wsdl/soap12/'],
      ['WSDL', 'http://schemas.xmlsoap.org/wsdl/soap/', 'http://schemas.xmlsoap.org/wsdl/soap12/'],
      [
        'wsdl=1.2',
        'http://schemas.xmlsoap.org/wsdl/soap12/',
        'http://schemas.xmlsoap.org/wsdl/soap/',
      ],
    ] as const) {
      it(`?${query} has one binding, the address asked, and imports that resolve`, async () => {
        const { status, text, headers } = await get(`${gateway.soapUrl}?${query}`);
        expect(status).to.equal(200);
        expect(headers.get('content-type')).to.match(/^text\/xml/);
        expect(text).to.include(`"${soap}"`).and.not.include(`"${other}"`);
        expect(text.match(/<wsdl:port /g)).to.have.lengthOf(1);
        expect(text).to.include(`location="${gateway.soapUrl}"`);
        const seen = new Set<string>();
        const open = locations(text).map((one) => new URL(one, gateway.soapUrl).href);
        expect(open).to.not.deep.equal([]);
        for (let url = open.pop(); url !== undefined; url = open.pop()) {
          if (seen.has(url)) continue;
          seen.add(url);
          const schema = await get(url);
          expect(schema.status, url).to.equal(200);
          expect(schema.text, url).to.match(/<xs:schema|<schema/);
          for (const next of locations(schema.text)) open.push(new URL(next, url).href);
        }
        expect(seen.size).to.be.greaterThan(1);
        // Document and status both define a global edXML: a client must never meet both.
        expect([...seen].some((one) => one.includes('edxml-status'))).to.equal(false);
      });
    }

    it('points to the host the client asked, and not to one that is no host', async () => {
      const asked = async (host: string) => {
        const reply = await rawRequest(gateway.soapUrl, [
          `GET /soap?wsdl HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        ]);
        return reply.body.toString('utf8');
      };
      expect(await asked('truc.example:8443')).to.include('"http://truc.example:8443/soap"');
      expect(await asked('a"><evil')).to.not.include('evil');
    });

    it('?xsd of a name that is none of ours is 404', async () => {
      for (const name of ['', '../package.json', '..%2F..%2Fpackage.json', 'constructor']) {
        expect((await get(`${gateway.soapUrl}?xsd=${name}`)).status, name).to.equal(404);
      }
      expect((await get(`${gateway.soapUrl}?wsdl=2.0`)).status).to.equal(404);
    });
  });
});
