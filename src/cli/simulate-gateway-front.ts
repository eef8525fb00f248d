/**
 * The front of a simulated gateway: takes HTTP requests, sends each through the filters of the chosen
 * faults to the gateway behind, and answers what comes out.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendHttp } from '../soap/exchange.js';
import type { Filter } from './simulate-gateway-fault.js';
import type { Forward, FrontAnswer, FrontRequest } from './simulate-gateway-wire.js';

export interface FrontOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Origin of the gateway behind. */
  readonly gateway: string;
  /** The last one is nearest to the client. */
  readonly filters: readonly Filter[];
}

export interface RunningFront {
  /** `http://127.0.0.1:8090` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Above the gateway's own bound, which so gives its own answer. */
const MAX_REQUEST_BYTES = 128 * 1024 * 1024;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** They belong to one connection (RFC 9110, 7.6.1), or are written anew. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

class TooLarge extends Error {}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = chunk as Buffer;
    bytes += piece.length;
    if (bytes > MAX_REQUEST_BYTES) throw new TooLarge();
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

function headersOf(request: IncomingMessage): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || OF_CONNECTION.has(name)) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** To the gateway behind. @throws Error when that does not answer: there is nothing to tell then. */
function forwardTo(origin: string): Forward {
  return async ({ method, target, headers, body }) => {
    const answer = await sendHttp({
      url: origin + target,
      method,
      headers: Object.fromEntries(headers),
      ...(body.length === 0 && method !== 'POST' ? {} : { body }),
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    if (answer.kind !== 'answer') throw new Error(`the gateway behind: ${answer.reason}`);
    const kept = [...answer.headers].filter(([name]) => !OF_CONNECTION.has(name));
    return { status: answer.status, headers: new Map(kept), body: answer.body };
  };
}

function through(filters: readonly Filter[], forward: Forward): Forward {
  return filters.reduce<Forward>((next, filter) => (request) => filter(request, next), forward);
}

function send(response: ServerResponse, method: string, answer: FrontAnswer): void {
  const headers = Object.fromEntries(answer.headers);
  if (method === 'HEAD') response.writeHead(answer.status, headers).end();
  else {
    const length = { 'content-length': answer.body.length };
    response.writeHead(answer.status, { ...headers, ...length }).end(answer.body);
  }
}

async function handle(
  chain: Forward,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? 'GET';
  const target = request.url ?? '/';
  const read: FrontRequest = {
    method,
    // `*` and absolute targets are not of the contract.
    target: target.startsWith('/') ? target : '/',
    headers: headersOf(request),
    body: await readAll(request),
  };
  send(response, method, await chain(read));
}

/** @throws Error of the system, such as `EADDRINUSE`. */
export async function startFront(options: FrontOptions): Promise<RunningFront> {
  const chain = through(options.filters, forwardTo(options.gateway));
  const server = createServer((request, response) => {
    handle(chain, request, response).catch((error: unknown) => {
      if (error instanceof TooLarge && !response.headersSent) {
        response.writeHead(413, { connection: 'close' }).end();
      } else request.socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${host}:${port}`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
