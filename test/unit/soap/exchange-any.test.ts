import { expect } from 'chai';
import { closeConnections, sendHttp } from '../../../src/soap/exchange.js';
import { type AnsweringServer, answering } from '../../support/conformance.js';

describe('soap/exchange: any method', () => {
  let server: AnsweringServer;
  let seen: (string | undefined)[] = [];

  before(async () => {
    server = await answering((body, request, response) => {
      seen = [request.method, request.headers['content-type'], body];
      response.writeHead(405, { allow: 'POST' }).end('no');
    });
  });
  after(async () => {
    await closeConnections();
    await server.close();
  });
  const bounds = () => ({ url: server.url, timeoutMs: 5000, maxAnswerBytes: 100 });

  it('sends method, headers and body as they are, and adds no content type', async () => {
    const answer = await sendHttp({ ...bounds(), method: 'PUT', body: Buffer.from('a') });
    expect(seen).to.deep.equal(['PUT', undefined, 'a']);
    expect(answer).to.deep.include({ kind: 'answer', status: 405 });
    await sendHttp({ ...bounds(), method: 'DELETE', headers: { 'content-type': 'x/y' } });
    expect(seen).to.deep.equal(['DELETE', 'x/y', '']);
  });

  it('tells what it will not send as a value', async () => {
    const answer = await sendHttp({ ...bounds(), method: 'NO METHOD' });
    expect(answer).to.include({ kind: 'unreachable', phase: 'connect' });
  });
});
