/**
 * What tests say about answers again and again: valid against the published schema, a result, a fault.
 *
 * @module
 */
import { expect } from 'chai';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { childOf, type XmlElement } from '../../src/xml/tree.js';
import { type Answer, type CallOptions, call, type Node, operation } from './soap.js';

function named(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name === name) return element;
  for (const child of element.children) {
    const found = named(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Faults that the schema of the gateway finds in the answer: in the response, or in its detail. */
export function schemaFaults(answer: Answer): string[] {
  const document = parseXml(scanXml(answer.bytes, { cut: false }));
  try {
    const first = childOf(document.root, 'Body')?.children[0];
    const element =
      first === undefined || first.name !== 'Fault' ? first : named(first, 'GatewayFault');
    if (element === undefined) return ['there is nothing to validate'];
    return document.validate('gateway', element).map((one) => `${one.path}: ${one.text}`);
  } finally {
    document.dispose();
  }
}

/** What a failed expectation shows of the answer. */
function shown(answer: Answer): string {
  return answer.bytes.toString('utf8', 0, 2000);
}

/** The result element of an answer that must be 200 and valid. */
export function resultOf(answer: Answer): Node {
  expect(answer.status, shown(answer)).to.equal(200);
  expect(schemaFaults(answer)).to.deep.equal([]);
  const [result] = answer.body.children;
  if (result === undefined) throw new Error('the response is empty');
  return result;
}

function descendant(node: Node, name: string): Node | undefined {
  if (node.name === name) return node;
  for (const child of node.children) {
    const found = descendant(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The GatewayFault of an answer that must be a valid refusal with HTTP 500 and this code. */
export function faultOf(answer: Answer, code: string): Node {
  expect(answer.code, shown(answer)).to.equal(code);
  expect(answer.status).to.equal(500);
  expect(answer.faultString?.startsWith(`${code}: `), answer.faultString).to.equal(true);
  expect(schemaFaults(answer)).to.deep.equal([]);
  const fault = descendant(answer.body, 'GatewayFault');
  if (fault === undefined) throw new Error('there is no GatewayFault');
  return fault;
}

/** Names and texts of all that is inside, for deep comparison. */
export function textsOf(node: Node): unknown {
  return node.children.length === 0
    ? node.text
    : node.children.map((one) => [one.name, textsOf(one)]);
}

/**
 * All that a caller can tell one refusal from another by, but for the correlation id and the date.
 */
export function fingerprint(answer: Answer): unknown {
  const fault = descendant(answer.body, 'GatewayFault');
  const id = fault?.get('CorrelationId') ?? '';
  expect(id).to.match(/^[0-9a-f-]{36}$/);
  const headers = [...answer.headers].filter(([name]) => name !== 'date');
  return {
    status: answer.status,
    headers,
    text: answer.bytes.toString('utf8').replaceAll(id, 'ID'),
  };
}

/** Every page of a list; `request` gets `<After>…</After>` or ''. */
export async function allPages(
  url: string,
  options: CallOptions,
  request: (after: string) => string,
  item: string,
): Promise<{ items: Node[]; pages: number }> {
  const items: Node[] = [];
  let pages = 0;
  let after = '';
  do {
    const page: Node = resultOf(await call(url, request(after), options));
    items.push(...page.all(item));
    pages += 1;
    const next = page.get('Next');
    after = next === '' ? '' : `<After>${next}</After>`;
  } while (after !== '' && pages < 100);
  return { items, pages };
}

/** The state of the one lane of a message, as its sender sees it. */
export async function laneOf(
  url: string,
  options: CallOptions,
  messageId: string,
): Promise<Node | undefined> {
  const asked = operation('GetTraces', `<MessageId>${messageId}</MessageId>`);
  const answer = await call(url, asked, options);
  return resultOf(answer).all('Trace')[0];
}
