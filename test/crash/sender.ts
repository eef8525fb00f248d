/**
 * The sender: sends until every document is acknowledged, the same bytes again after any lost or failed
 * answer, and writes down what it was told. Now and then it sends an acknowledged one again.
 *
 * @module
 */
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { type Answer, type Node, sendPackage } from '../support/soap.js';
import { isConnectionLost, onOrders, pause, sha256, tell } from './actor.js';
import { type Acknowledged, LedgerFile } from './ledger.js';
import { seeded } from './seeded.js';
import { type Prepared, SENDER, Workload } from './workload.js';

// Loaded before the first answer comes, not during it.
parseXml(scanXml(Buffer.from('<a/>'))).dispose();

const AT_ONCE = 4;
const KEPT = 24;
const REPEATS = 0.12;
const ANSWER_MS = 15_000;

let generation = 0;
let run = 0;
let soapUrl = '';
let fresh = false;
let working = false;
let token = '';
let random = seeded(0);
let workload = new Workload(random, 'NONE');
let ledger: LedgerFile<Acknowledged> | undefined;
/** Sent and not acknowledged, no worker at it. */
let waiting: Prepared[] = [];
let busy = 0;
/** Acknowledged lately, for repeats. */
let kept: Prepared[] = [];
/** Acknowledged new documents that no follow-up spoke about yet: two at once would have no order. */
let open: Prepared[] = [];
let acknowledged = 0;
let temporary = 0;
let codes = new Set<string>();
let wakeAll: (() => void)[] = [];

function report(): void {
  const all = waiting.length + busy;
  tell({ kind: 'state', acknowledged, waiting: all, temporary, codes: [...codes] });
}

function choose(): { one: Prepared; known: boolean } | undefined {
  const again = waiting.shift();
  if (again !== undefined) return { one: again, known: false };
  if (!fresh) return undefined;
  const [repeated] = random.next() < REPEATS ? random.shuffle(kept) : [];
  if (repeated !== undefined) return { one: repeated, known: true };
  const one = workload.next(open);
  if (one.type !== 'new') open = open.filter(({ documentId }) => documentId !== one.documentId);
  return { one, known: false };
}

function noteFault(answer: Answer, one: Prepared): void {
  const temporaryFault = answer.bytes.includes('<Temporary>true</Temporary>');
  codes.add(answer.code ?? `HTTP ${answer.status}`);
  if (temporaryFault) temporary += 1;
  else tell({ kind: 'refused', run, detail: `${one.documentId}: ${answer.faultString ?? ''}` });
}

function noteAnswer(result: Node, one: Prepared, known: boolean): void {
  ledger?.append({
    digest: one.digest,
    documentId: one.documentId,
    type: one.type,
    to: one.to,
    messageId: result.get('MessageId'),
    receiptDigest: sha256(result.get('Receipt')),
    duplicate: result.get('Duplicate') === 'true',
    run,
  });
  if (known) return;
  acknowledged += 1;
  kept = [...kept.slice(1 - KEPT), one];
  if (one.type === 'new') open = [...open.slice(1 - KEPT), one];
}

/** @returns false when there was no answer, or none that ends the matter. */
async function sendOne(one: Prepared, known: boolean, mine: number): Promise<boolean> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const answer = await sendPackage(soapUrl, one.bytes, { organId: SENDER, token, signal });
  if (mine !== generation) return true;
  const [result] = answer.body.children;
  if (answer.status === 200 && result !== undefined) {
    noteAnswer(result, one, known);
    return true;
  }
  noteFault(answer, one);
  return false;
}

/** Until the next run begins, or for a moment. */
function park(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wakeAll.push(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function worker(): Promise<never> {
  for (;;) {
    const chosen = working ? choose() : undefined;
    if (chosen === undefined) {
      await park(working ? 30 : 1000);
      continue;
    }
    const mine = generation;
    const { one, known } = chosen;
    if (!known) busy += 1;
    let ended = false;
    try {
      ended = await sendOne(one, known, mine);
      if (!ended) await pause(40);
    } catch (error) {
      if (!isConnectionLost(error)) tell({ kind: 'refused', run, detail: String(error) });
      if (working) await park(150);
    }
    if (mine !== generation) continue;
    if (!known) busy -= 1;
    if (!ended && !known) waiting.push(one);
    report();
  }
}

onOrders((order) => {
  if (order.kind === 'chain') {
    ledger?.close();
    ledger = new LedgerFile(order.ledger);
    generation += 1;
    random = seeded(order.seed);
    workload = new Workload(random, order.name);
    token = order.tokens[SENDER] ?? '';
    [waiting, kept, open, busy, acknowledged, temporary] = [[], [], [], 0, 0, 0];
    codes = new Set();
    working = false;
  } else if (order.kind === 'run') {
    ({ run, soapUrl, fresh } = order);
    working = true;
    for (const wake of wakeAll.splice(0)) wake();
  } else {
    working = false;
  }
  report();
});
wakeAll = [];
for (let i = 0; i < AT_ONCE; i++) void worker();
