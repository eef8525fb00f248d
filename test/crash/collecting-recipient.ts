/**
 * The collecting recipient: lists, fetches, writes its ledger, and only then confirms.
 *
 * @module
 */
import { type Answer, call, type Node, operation } from '../support/soap.js';
import { isConnectionLost, onOrders, pause, sha256, tell } from './actor.js';
import { LedgerFile, type Taken } from './ledger.js';
import { COLLECTORS } from './workload.js';

const AT_ONCE = 20;
const ANSWER_MS = 15_000;

let ledger: LedgerFile<Taken> | undefined;
let run = 0;
let soapUrl = '';
let working = false;
let tokens: Readonly<Record<string, string>> = {};

class NoResult extends Error {}

function resultOf(answer: Answer): Node {
  const [result] = answer.body.children;
  if (answer.status === 200 && result !== undefined) return result;
  // Taken back by its sender after it was listed.
  if (answer.code === 'message.unknown') throw new NoResult();
  if (!answer.bytes.includes('<Temporary>true</Temporary>')) {
    tell({ kind: 'refused', run, detail: `collection: ${answer.faultString ?? answer.status}` });
  }
  throw new NoResult();
}

async function ask(organId: string, name: string, children: string): Promise<Node> {
  const token = tokens[organId] ?? '';
  const signal = AbortSignal.timeout(ANSWER_MS);
  return resultOf(await call(soapUrl, operation(name, children), { organId, token, signal }));
}

async function collectOne(organId: string, item: Node): Promise<void> {
  const messageId = item.get('MessageId');
  const content = await ask(organId, 'GetPackage', `<MessageId>${messageId}</MessageId>`);
  ledger?.append({
    organId,
    messageId,
    digest: sha256(Buffer.from(content.get('Package'), 'base64')),
    contentDigest: content.get('ContentDigest'),
    documentId: item.get('DocumentId'),
    run,
  });
  const done = `<MessageId>${messageId}</MessageId><Outcome>done</Outcome>`;
  await ask(organId, 'ConfirmReceived', done);
}

async function collect(organId: string): Promise<never> {
  for (;;) {
    if (!working) {
      await pause(20);
      continue;
    }
    try {
      const page = await ask(organId, 'ListPending', `<MaxItems>${AT_ONCE}</MaxItems>`);
      for (const item of page.all('Item')) {
        if (!working) break;
        await collectOne(organId, item);
      }
      await pause(40);
    } catch (error) {
      if (!(error instanceof NoResult) && !isConnectionLost(error)) {
        tell({ kind: 'refused', run, detail: `collection: ${String(error)}` });
      }
      await pause(60);
    }
  }
}

onOrders((order) => {
  if (order.kind === 'chain') {
    ledger?.close();
    ledger = new LedgerFile(order.ledger);
    tokens = order.tokens;
    working = false;
  } else if (order.kind === 'run') {
    ({ run, soapUrl } = order);
    working = true;
  } else {
    working = false;
  }
});
for (const organId of COLLECTORS) void collect(organId);
