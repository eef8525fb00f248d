import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  closeConnections,
  type Exchange,
  type HttpResponse,
  postSoap,
} from '../../../src/soap/exchange.js';
import { FIXTURES, listen, type RunningServer } from './soap-support.js';

const BASE = {
  body: Buffer.from('<x/>'),
  contentType: 'text/xml; charset=utf-8',
  timeoutMs: 5000,
  maxAnswerBytes: 1000,
};

/** A server that says what it is told to and nothing else. */
async function listenRaw(
  onConnect: (write: (text: string) => void, end: () => void) => void,
): Promise<{ url: string; server: Server }> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      onConnect(
        (text) => socket.write(text),
        () => socket.destroy(),
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

async function answered(exchange: Exchange): Promise<HttpResponse> {
  const answer = await postSoap(exchange);
  if (answer.kind !== 'answer') throw new Error(`${answer.kind}: ${answer.reason}`);
  return answer;
}

describe('postSoap', () => {
  let running: RunningServer | undefined;
  let raw: Server | undefined;

  afterEach(async () => {
    await closeConnections();
    await running?.close();
    raw?.close();
    running = undefined;
    raw = undefined;
  });

  it('posts the bytes with type and headers, and offers no compression', async () => {
    let seen: unknown;
    running = await listen((request, body, response) => {
      const { headers, method, url } = request;
      seen = [
        method,
        url,
        body.toString(),
        headers['content-type'],
        headers['content-length'],
        headers['soapaction'],
        headers['accept-encoding'],
      ];
      response.writeHead(200, { 'content-type': 'text/xml', 'x-a': '1' }).end('<y/>');
    });
    const answer = await answered({ ...BASE, url: running.url, headers: { soapaction: '"a"' } });
    expect(seen).to.deep.equal(['POST', '/soap', '<x/>', BASE.contentType, '4', '"a"', undefined]);
    expect([answer.status, answer.body.toString(), answer.truncated]).to.deep.equal([
      200,
      '<y/>',
      false,
    ]);
    expect(answer.headers.get('x-a')).to.equal('1');
    expect(answer.connectMs).to.be.at.most(answer.totalMs);
  });

  it('uses a kept connection again and says so by naming no connect time', async () => {
    running = await listen((_request, _body, response) => response.end('ok'));
    await answered({ ...BASE, url: running.url });
    // The connection is free again a moment after its answer was read.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await answered({ ...BASE, url: running.url });
    expect(second.connectMs).to.equal(undefined);
  });

  it('does not follow redirects', async () => {
    let requests = 0;
    running = await listen((_request, _body, response) => {
      requests++;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const answer = await answered({ ...BASE, url: running.url });
    expect([answer.status, requests]).to.deep.equal([307, 1]);
  });

  it('hands out compressed bytes as they are', async () => {
    running = await listen((_request, _body, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from([0x1f, 0x8b, 8, 0]));
    });
    const answer = await answered({ ...BASE, url: running.url });
    expect([...answer.body]).to.deep.equal([0x1f, 0x8b, 8, 0]);
  });

  it('reads up to the limit and cuts the rest, even of an endless answer', async () => {
    running = await listen((_request, _body, response) => {
      const more = () => {
        if (!response.destroyed) response.write('x'.repeat(700), () => setImmediate(more));
      };
      more();
    });
    const answer = await answered({ ...BASE, url: running.url });
    expect([answer.body.length, answer.truncated]).to.deep.equal([1000, true]);
  });

  it('takes an answer of exactly the limit whole', async () => {
    running = await listen((_request, _body, response) => response.end('x'.repeat(1000)));
    const answer = await answered({ ...BASE, url: running.url });
    expect([answer.body.length, answer.truncated]).to.deep.equal([1000, false]);
  });

  it('says unreachable when nobody listens', async () => {
    running = await listen(() => undefined);
    const { url } = running;
    await running.close();
    const answer = await postSoap({ ...BASE, url });
    expect(answer).to.include({ kind: 'unreachable', phase: 'connect', reason: 'ECONNREFUSED' });
  });

  it('says unreachable for addresses it does not go to', async () => {
    const urls = ['', 'ftp://h.example/', 'file:///etc/passwd', 'http://user:pw@127.0.0.1/', 'x y'];
    for (const url of urls) {
      const answer = await postSoap({ ...BASE, url });
      expect(answer, url).to.include({ kind: 'unreachable', reason: 'address' });
    }
  });

  it('says timeout when the answer takes too long, also while it drips', async () => {
    running = await listen((_request, _body, response) => response.write('x'));
    const answer = await postSoap({ ...BASE, url: running.url, timeoutMs: 150 });
    expect(answer).to.include({ kind: 'timeout', phase: 'answer' });
  });

  it('says cut when the connection ends before the answer', async () => {
    const { url, server } = await listenRaw((_write, end) => end());
    raw = server;
    expect(await postSoap({ ...BASE, url })).to.include({ kind: 'cut', phase: 'answer' });
  });

  it('says cut when the answer is shorter than it promised', async () => {
    const { url, server } = await listenRaw((write, end) => {
      write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
      setTimeout(end, 20);
    });
    raw = server;
    expect(await postSoap({ ...BASE, url })).to.include({ kind: 'cut', phase: 'answer' });
  });

  it('says cut when the answer is no HTTP', async () => {
    const { url, server } = await listenRaw((write, end) => {
      write('220 mail.example ESMTP\r\n');
      end();
    });
    raw = server;
    expect(await postSoap({ ...BASE, url })).to.include({ kind: 'cut' });
  });

  it('says tls when the peer speaks no TLS', async () => {
    const { url, server } = await listenRaw((write, end) => {
      write('HTTP/1.1 400 Bad Request\r\n\r\n');
      end();
    });
    raw = server;
    const answer = await postSoap({ ...BASE, url: url.replace('http:', 'https:') });
    expect(answer).to.include({ kind: 'tls', phase: 'connect' });
  });

  it('says aborted when the caller gives up, before and during the exchange', async () => {
    running = await listen((_request, _body, response) => response.write('x'));
    const before = await postSoap({ ...BASE, url: running.url, signal: AbortSignal.abort() });
    expect(before.kind).to.equal('aborted');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    const during = await postSoap({ ...BASE, url: running.url, signal: stop.signal });
    expect(during).to.include({ kind: 'aborted', phase: 'answer' });
  });

  it('says unreachable for headers that would break the request', async () => {
    running = await listen((_request, _body, response) => response.end());
    const headers = { 'x-a': 'b\r\nx-evil: 1' };
    const answer = await postSoap({ ...BASE, url: running.url, headers });
    expect(answer).to.include({ kind: 'unreachable', reason: 'UND_ERR_INVALID_ARG' });
  });

  describe('over TLS', () => {
    const certificate = readFileSync(join(FIXTURES, 'tls', 'localhost.crt'), 'utf8');
    let port = 0;

    beforeEach(async () => {
      const key = readFileSync(join(FIXTURES, 'tls', 'localhost.key'), 'utf8');
      const server = createTlsServer({ key, cert: certificate }, (request, response) => {
        request.resume();
        response.end('<y/>');
      });
      server.on('tlsClientError', () => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
      raw = server;
    });

    it('goes to a peer whose certificate is trusted for this address', async () => {
      const url = `https://localhost:${port}/`;
      const answer = await answered({ ...BASE, url, ca: certificate });
      expect(answer.body.toString()).to.equal('<y/>');
    });

    it('says tls when nobody vouches for the certificate', async () => {
      const answer = await postSoap({ ...BASE, url: `https://localhost:${port}/` });
      expect(answer).to.include({ kind: 'tls', phase: 'connect' });
    });

    it('says tls when the certificate is for another name', async () => {
      const url = `https://127.0.0.1:${port}/`;
      const answer = await postSoap({ ...BASE, url, ca: certificate });
      expect(answer).to.include({ kind: 'tls', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    });
  });
});
