import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { basic, envelope, operation } from '../../support/soap.js';
import { until } from '../../support/until.js';
import { expectNoInternals, raw, sample, useRig } from './rig.js';

const PING = envelope(operation('Ping'));
const LENGTH = Buffer.byteLength(PING);

/** Status of each answer on one connection. */
function statuses(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((one) => Number(one[1]));
}

describe('T: HTTP', () => {
  const rig = useRig();
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  const authorization = (organId = 'T99.01'): string =>
    `Authorization: ${basic(organId, rig.gateway.tokenOf(organId))}\r\n`;
  const start = 'POST /soap HTTP/1.1\r\nHost: a.example\r\n';
  const head = (more: string): string =>
    `${start}Content-Type: text/xml\r\nConnection: close\r\n${authorization()}${more}\r\n`;
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const chunk = `${LENGTH.toString(16)}\r\n${PING}\r\n0\r\n\r\n`;

  const byHand = (request: string): Promise<string> =>
    raw(rig.gateway.soapUrl, Buffer.from(request, 'latin1'), {
      quietMs: 2000,
      endAfterSend: true,
    });

  it('what is sent by hand here is answered when nothing is wrong with it', async () => {
    const whole = head(`Content-Length: ${LENGTH}\r\n`) + PING;
    for (const request of [whole, head(chunked) + chunk]) {
      expect(statuses(await byHand(request))).to.deep.equal([200]);
    }
  });

  const BROKEN: readonly [what: string, request: () => string][] = [
    ['Content-Length and chunked', () => head(`Content-Length: ${LENGTH}\r\n${chunked}`) + chunk],
    ['chunked and Content-Length', () => head(`${chunked}Content-Length: ${LENGTH}\r\n`) + chunk],
    [
      'two lengths that differ',
      () => head(`Content-Length: ${LENGTH}\r\nContent-Length: 5\r\n`) + PING,
    ],
    ['a list of lengths', () => head(`Content-Length: ${LENGTH}, ${LENGTH}\r\n`) + PING],
    ['a negative length', () => head('Content-Length: -1\r\n') + PING],
    ['a length with a sign', () => head(`Content-Length: +${LENGTH}\r\n`) + PING],
    ['a length in hex', () => head(`Content-Length: 0x${LENGTH.toString(16)}\r\n`) + PING],
    ['a length beyond numbers', () => head(`Content-Length: ${'9'.repeat(30)}\r\n`) + PING],
    ['an unknown transfer coding', () => head('Transfer-Encoding: xchunked\r\n') + chunk],
    ['chunked that is not last', () => head('Transfer-Encoding: chunked, identity\r\n') + chunk],
    ['chunked twice', () => head(`${chunked}${chunked}`) + chunk],
    ['a chunk size that is no number', () => `${head(chunked)}zz\r\n${PING}\r\n0\r\n\r\n`],
    [
      'a chunk size beyond numbers',
      () => `${head(chunked)}${'f'.repeat(20)}\r\n${PING}\r\n0\r\n\r\n`,
    ],
    ['a chunk longer than it says', () => `${head(chunked)}5\r\n${PING}\r\n0\r\n\r\n`],
    [
      'a chunk that ends with LF alone',
      () => `${head(chunked)}${LENGTH.toString(16)}\r\n${PING}\n0\r\n\r\n`,
    ],
    [
      'a chunk size that ends with LF alone',
      () => `${head(chunked)}${LENGTH.toString(16)}\n${PING}\r\n0\r\n\r\n`,
    ],
    [
      'headers that end with LF alone',
      () => head(`Content-Length: ${LENGTH}\r\n`).replaceAll('\r\n', '\n') + PING,
    ],
    [
      'one header that ends with LF alone',
      () => head(`X: a\nContent-Length: ${LENGTH}\r\n`) + PING,
    ],
    ['a CR alone in a header', () => head(`X: a\rb\r\nContent-Length: ${LENGTH}\r\n`) + PING],
    ['NUL in a header', () => head(`X: a\u0000b\r\nContent-Length: ${LENGTH}\r\n`) + PING],
    ['a space before the colon', () => head(`Content-Length : ${LENGTH}\r\n`) + PING],
    ['a header without a name', () => head(`: x\r\nContent-Length: ${LENGTH}\r\n`) + PING],
    ['a header name with a space', () => head(`X Y: x\r\nContent-Length: ${LENGTH}\r\n`) + PING],
    [
      'no Host',
      () => (head(`Content-Length: ${LENGTH}\r\n`) + PING).replace('Host: a.example\r\n', ''),
    ],
    [
      'a header of 64 kB',
      () => head(`X: ${'x'.repeat(65_536)}\r\nContent-Length: ${LENGTH}\r\n`) + PING,
    ],
    [
      '3,000 headers',
      () => head(`${'X-Header: xxxxxx\r\n'.repeat(3000)}Content-Length: ${LENGTH}\r\n`) + PING,
    ],
    [
      'a target of 64 kB',
      () =>
        head(`Content-Length: ${LENGTH}\r\n`).replace('/soap', `/soap?${'x'.repeat(65_536)}`) +
        PING,
    ],
    [
      'an unknown version',
      () => head(`Content-Length: ${LENGTH}\r\n`).replace('HTTP/1.1', 'HTTP/9.9') + PING,
    ],
    [
      'an unknown method',
      () => head(`Content-Length: ${LENGTH}\r\n`).replace('POST', 'POTS') + PING,
    ],
    [
      'no version',
      () =>
        head(`Content-Length: ${LENGTH}
`).replace(' HTTP/1.1', '') + PING,
    ],
    [
      'SOAP over TLS to a plain port',
      () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc',
    ],
  ];
  for (const [what, request] of BROKEN) {
    it(`${what}: refused, and nothing served`, async () => {
      const answer = await byHand(request());
      const [status, ...more] = statuses(answer);
      expect(status, answer).to.be.oneOf([400, 431]);
      expect(more).to.deep.equal([]);
      expectNoInternals(answer);
    });
  }

  it('CONNECT to elsewhere: closed without a word', async () => {
    expect(await byHand('CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n')).to.equal('');
  });

  it('a request hidden behind two framings is not run', async () => {
    const bytes = Buffer.from(sample()).toString('base64');
    const hidden = envelope(operation('SendPackage', `<Package>${bytes}</Package>`));
    const second = head(`Content-Length: ${Buffer.byteLength(hidden)}\r\n`) + hidden;
    const before = await rig.messages();
    for (const framing of [
      `Content-Length: ${second.length + 5}\r\n${chunked}`,
      `${chunked}Content-Length: 5\r\n`,
      `Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n`,
      'Content-Length: 0\r\nContent-Length: 5\r\n',
    ]) {
      const first = head(framing).replace('Connection: close\r\n', '');
      const answer = await byHand(`${first}0\r\n\r\n${second}`);
      expect(
        statuses(answer).filter((status) => status < 400),
        answer,
      ).to.deep.equal([]);
    }
    expect(await rig.messages()).to.equal(before);
  });

  it('what follows a body that was not read is not taken for a request', async () => {
    const first = `${start}Content-Type: text/plain\r\n${authorization()}Content-Length: 500\r\n\r\n`;
    const second = head(`Content-Length: ${LENGTH}\r\n`) + PING;
    const answer = await raw(rig.gateway.soapUrl, first + second, { quietMs: 3000 });
    expect(statuses(answer)).to.deep.equal([415]);
  });

  for (const [what, lines] of [
    ['another host', 'POST http://127.0.0.1:9/soap HTTP/1.1\r\nHost: 127.0.0.1:9\r\n'],
    [
      'a forwarded host',
      'POST /soap HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: 127.0.0.1:9\r\nForwarded: host=127.0.0.1:9\r\n',
    ],
  ] as const) {
    it(`${what} in a request is answered here, and passed on to nobody`, async () => {
      const request = head(`Content-Length: ${LENGTH}\r\n`).replace(start, lines) + PING;
      const answer = await raw(rig.gateway.soapUrl, request);
      expect(statuses(answer)).to.deep.equal([200]);
      expect(answer).to.contain('<OrganId>T99.01</OrganId>');
    });
  }

  it('a Host that is no host is not echoed into the contract', async () => {
    for (const host of ['a"><script>', 'a/../b', 'a@b', '<x/>', 'a b']) {
      const answer = await raw(
        rig.gateway.soapUrl,
        `GET /soap?wsdl HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).not.to.contain(host);
      expect(statuses(answer)).to.have.length(1);
    }
  });

  describe('paths', () => {
    const TARGETS = [
      '/soap?xsd=../../package.json',
      '/soap?xsd=..%2f..%2fpackage.json',
      '/soap?xsd=%2e%2e/%2e%2e/package.json',
      '/soap?xsd=..%5c..%5cpackage.json',
      '/soap?xsd=/etc/passwd',
      '/soap?xsd=file:///etc/passwd',
      '/soap?xsd=gateway.xsd%00.txt',
      '/soap?xsd=gateway%2f1%2f..%2f1%2fgateway.xsd',
      '/soap?xsd=',
      '/soap?wsdl=../../package.json',
      '/soap/../package.json',
      '/../../../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fetc/passwd',
      '//etc/passwd',
      '/package.json',
      '/src/gateway.ts',
      '/.git/config',
      '/store/edxgate.db',
    ];
    for (const target of TARGETS) {
      it(`${target}: nothing there`, async () => {
        const request = `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
        const answer = await raw(rig.gateway.soapUrl, request);
        expect(statuses(answer), answer).to.satisfy(
          ([status]: number[]) => status === 404 || status === 405 || status === 400,
        );
        expect(answer).not.to.match(/root:|"dependencies"|targetNamespace|\[core\]/);
        expectNoInternals(answer);
      });
    }

    it('and the documents that are there, are', async () => {
      const wsdl = await (await fetch(`${rig.gateway.soapUrl}?wsdl`)).text();
      const names = [...wsdl.matchAll(/\?xsd=([^"&]+)/g)].map((one) => one[1] ?? '');
      expect(names).not.to.have.length(0);
      for (const name of names) {
        expect((await fetch(`${rig.gateway.soapUrl}?xsd=${name}`)).status).to.equal(200);
      }
    });
  });

  it('methods that nobody needs: 4xx, and nothing is echoed', async () => {
    for (const method of ['TRACE', 'TRACK', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      const answer = await raw(
        rig.gateway.soapUrl,
        `${method} /soap HTTP/1.1\r\nHost: a\r\nX-Echo: marker-77\r\nConnection: close\r\n\r\n`,
        { quietMs: 1500 },
      );
      for (const status of statuses(answer)) expect(status, method).to.be.within(400, 499);
      expect(answer).not.to.contain('marker-77');
    }
  });

  /** Opens a connection, sends the text and leaves it there. */
  function hang(text: string): Promise<Socket> {
    const { hostname, port } = new URL(rig.gateway.exchangeUrl);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      socket.on('error', reject);
      socket.once('connect', () => socket.write(text, () => resolve(socket)));
    });
  }

  for (const [what, text] of [
    ['headers that never end', () => `${start}X: `],
    ['a body of which one byte has come', () => `${head(`Content-Length: ${LENGTH}\r\n`)}<`],
    ['a chunk of which one byte has come', () => `${head(chunked)}ff\r\n<`],
    ['connections that say nothing', () => ''],
  ] as const) {
    it(`others are served while there are 100 ${what}`, async () => {
      await Promise.all(Array.from({ length: 100 }, () => hang(text())));
      const answers = Array.from({ length: 5 }, () =>
        rig.call(operation('Ping'), rig.as('T99.02')),
      );
      for (const { status } of await Promise.all(answers)) expect(status).to.equal(200);
    });
  }

  it('a body that comes byte by byte is served in the end, and others meanwhile', async () => {
    const socket = await hang(head(`Content-Length: ${LENGTH}\r\n`));
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    for (let at = 0; at < LENGTH; at += 40) {
      socket.write(PING.slice(at, at + 40));
      expect((await rig.call(operation('Ping'), rig.as('T99.02'))).status).to.equal(200);
    }
    await until(() => answer !== '');
    expect(statuses(answer)).to.deep.equal([200]);
  });
});
