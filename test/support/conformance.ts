/**
 * Conformance runs against a real gateway, and against a server that answers what a test wishes.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/clock.js';
import type { Player } from '../../src/conformance/run-case.js';
import type { RunOptions } from '../../src/conformance/run-suite.js';
import type { TestGateway } from './gateway.js';

/** Options of a run against a gateway, as the agencies given. */
export function runAgainst(
  gateway: TestGateway,
  sender: string,
  recipient: string,
  third: string,
): RunOptions {
  const player = (organId: string): Player => ({
    organId,
    name: `Cơ quan ${organId}`,
    token: gateway.tokenOf(organId),
  });
  return {
    target: { url: gateway.soapUrl, timeoutMs: 15_000 },
    sender: player(sender),
    recipient: player(recipient),
    third: player(third),
    clock: systemClock,
  };
}

export interface AnsweringServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A server that answers every request by the function given. */
export async function answering(
  answer: (body: string, request: IncomingMessage, response: ServerResponse) => void,
): Promise<AnsweringServer> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(Buffer.concat(chunks).toString('utf8'), request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/soap`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
