/**
 * A server with the certificate of the run that passes every request on and remembers both sides of it.
 *
 * @module
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TlsFiles } from './bench.js';

export interface Exchange {
  /** Name of the first element of the body, where one was found. */
  readonly operation: string;
  readonly request: Message;
  readonly answer: Message;
}

export interface Message {
  /** The start line and the headers; no secrets. */
  readonly head: readonly string[];
  readonly body: Buffer;
}

export interface Recorder {
  readonly port: number;
  /** POSTs only, in the order of their answers. */
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

export interface Targets {
  /** Origins, such as `https://localhost:8080`. The host that the client named is passed on. */
  readonly get: string;
  readonly post: string;
}

/** Of a connection, not of a message. */
const HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'te',
  'transfer-encoding',
]);

function passedOn(message: IncomingMessage, body: Buffer): OutgoingHttpHeaders {
  const kept = Object.entries(message.headers).filter(([name]) => !HOP.has(name));
  return { ...Object.fromEntries(kept), 'content-length': body.length };
}

function headOf(startLine: string, { rawHeaders }: IncomingMessage): string[] {
  const lines = [startLine];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]];
    const shown = /^authorization$/i.test(name) ? `${value.split(' ')[0]} …` : value;
    lines.push(`${name}: ${shown}`);
  }
  return lines;
}

function operationOf(body: Buffer): string {
  const start = /<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)/;
  return start.exec(body.toString('latin1'))?.[1] ?? '';
}

async function passOn(
  message: IncomingMessage,
  body: Buffer,
  origin: string,
  ca: Buffer,
): Promise<IncomingMessage> {
  const { method = 'GET', url = '/' } = message;
  const options = { method, headers: passedOn(message, body), agent: false, timeout: 60_000 };
  const passed = origin.startsWith('https:')
    ? httpsRequest(new URL(url, origin), { ...options, ca })
    : httpRequest(new URL(url, origin), options);
  // A server may answer before it has read everything; errors before an answer reject below.
  passed.on('error', () => undefined);
  passed.end(body);
  const [answer] = (await once(passed, 'response')) as [IncomingMessage];
  return answer;
}

export async function openRecorder(tls: TlsFiles, targets: Targets): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const ca = readFileSync(tls.ca);
  const server = createServer(
    { cert: readFileSync(tls.cert), key: readFileSync(tls.key) },
    async (message, response) => {
      try {
        const body = await buffer(message);
        const origin = message.method === 'POST' ? targets.post : targets.get;
        const answer = await passOn(message, body, origin, ca);
        const answered = await buffer(answer);
        if (message.method === 'POST') {
          const line = `${message.method} ${message.url} HTTP/${message.httpVersion}`;
          const status = `HTTP/${answer.httpVersion} ${answer.statusCode} ${answer.statusMessage}`;
          exchanges.push({
            operation: operationOf(body),
            request: { head: headOf(line, message), body },
            answer: { head: headOf(status, answer), body: answered },
          });
        }
        response.writeHead(answer.statusCode ?? 502, passedOn(answer, answered)).end(answered);
      } catch (error) {
        response.writeHead(502).end(String(error));
      }
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    exchanges,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
