import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { openGateway, type TestGateway } from '../support/gateway.js';

const SIZE = 20 * 1024 * 1024;
const PART = Buffer.alloc(256 * 1024, 32);

describe('a refusal before the body is read', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await openGateway();
  });
  after(() => gateway.close());

  it('reaches a client that sends its whole request before it reads', async () => {
    const { hostname, port } = new URL(gateway.soapUrl);
    const socket = connect(Number(port), hostname);
    socket.pause();
    await once(socket, 'connect');
    socket.write(
      `POST /soap HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: ${SIZE}\r\n\r\n`,
    );
    // As old stacks do that show credentials only when they were asked for them.
    for (let sent = 0; sent < SIZE; sent += PART.length) {
      if (!socket.write(PART)) await once(socket, 'drain');
    }
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).to.match(/^HTTP\/1\.1 401 /);
    expect(answer)
      .to.include('auth.required')
      .and.match(/Envelope>\s*$/);
  });
});
