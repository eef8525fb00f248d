/**
 * A recipient that takes pushes, for tests: keeps message ids, and can be told to misbehave.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { childOf } from '../../src/xml/tree.js';

export interface Received {
  readonly bytes: Buffer;
  readonly attempt: number;
  readonly kind: string;
  readonly documentId: string;
  readonly contentDigest: string;
  readonly toOrganId: string;
  readonly authorization: string | undefined;
}

/** @returns true when it has answered by itself. */
export type Misbehaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  received: Received & { messageId: string },
) => boolean;

export interface TestRecipient {
  readonly url: string;
  /** By message id; the first one counts. */
  readonly received: ReadonlyMap<string, Received>;
  /** Every request, repeats included. */
  readonly requests: readonly string[];
  misbehave: Misbehaviour | undefined;
  close(): Promise<void>;
}

export function answerXml(accepted: boolean, reason?: string): string {
  const why = reason === undefined ? '' : `<Reason>${reason}</Reason>`;
  return (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
    '<DeliverPackageResponse xmlns="urn:edxgate:receiver:1"><DeliveryAnswer>' +
    `<Accepted>${accepted}</Accepted>${why}` +
    '</DeliveryAnswer></DeliverPackageResponse></s:Body></s:Envelope>'
  );
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function startRecipient(port = 0): Promise<TestRecipient> {
  const received = new Map<string, Received>();
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const document = parseXml(scanXml(await bodyOf(request)));
    const delivery = childOf(document.root, 'Body')?.children[0];
    const text = (name: string): string => childOf(delivery, name)?.text ?? '';
    const content = childOf(delivery, 'Package');
    const bytes = content === undefined ? undefined : document.base64(content);
    const messageId = text('MessageId');
    const one: Received = {
      bytes: bytes ?? Buffer.alloc(0),
      attempt: Number(text('Attempt')),
      kind: text('Kind'),
      documentId: text('DocumentId'),
      contentDigest: text('ContentDigest'),
      toOrganId: text('ToOrganId'),
      authorization: request.headers.authorization,
    };
    document.dispose();
    requests.push(messageId);
    if (recipient.misbehave?.(request, response, { ...one, messageId }) === true) return;
    if (!received.has(messageId)) received.set(messageId, one);
    response.setHeader('content-type', 'text/xml; charset=utf-8').end(answerXml(true));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const recipient: TestRecipient = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/deliver`,
    received,
    requests,
    misbehave: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return recipient;
}
