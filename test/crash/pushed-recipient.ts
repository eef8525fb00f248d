/**
 * The pushed recipient: keeps message ids. Its ledger is on disk before it answers.
 *
 * @module
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { childOf } from '../../src/xml/tree.js';
import { answerXml } from '../support/recipient.js';
import { onOrders, sha256, tell } from './actor.js';
import { LedgerFile, type Taken } from './ledger.js';

let ledger: LedgerFile<Taken> | undefined;
let run = 0;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function readDelivery(body: Buffer): Taken {
  const document = parseXml(scanXml(body));
  try {
    const delivery = childOf(document.root, 'Body')?.children[0];
    const text = (name: string): string => childOf(delivery, name)?.text ?? '';
    const content = childOf(delivery, 'Package');
    const bytes = content === undefined ? undefined : document.base64(content);
    return {
      organId: text('ToOrganId'),
      messageId: text('MessageId'),
      digest: sha256(bytes ?? ''),
      contentDigest: text('ContentDigest'),
      documentId: text('DocumentId'),
      run,
    };
  } finally {
    document.dispose();
  }
}

const server = createServer((request, response) => {
  // A body that breaks off was no delivery.
  bodyOf(request).then(
    (body) => {
      ledger?.append(readDelivery(body));
      response.setHeader('content-type', 'text/xml; charset=utf-8').end(answerXml(true));
    },
    () => response.destroy(),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  tell({ kind: 'listening', port: (server.address() as AddressInfo).port });
});

onOrders((order) => {
  if (order.kind === 'chain') {
    ledger?.close();
    ledger = new LedgerFile(order.ledger);
  } else if (order.kind === 'run') run = order.run;
});
