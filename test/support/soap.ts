/**
 * A plain SOAP caller for tests: writes envelopes by hand, so that what is sent is what the test says,
 * and reads answers with our own reader.
 *
 * @module
 */
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { childOf, type XmlElement } from '../../src/xml/tree.js';
import { readParts } from './mime.js';

export const GATEWAY = 'urn:edxgate:gateway:1';
const ENVELOPE = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;
export type Version = keyof typeof ENVELOPE;

export interface Node {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Node[];
  /** Text of the first child of that name, or ''. */
  get(...path: string[]): string;
  all(name: string): readonly Node[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The envelope. */
  readonly bytes: Buffer;
  /** The first child of Body. */
  readonly body: Node;
  /** Code of the GatewayFault, or undefined. */
  readonly code: string | undefined;
  /** All codes of its issues. */
  readonly codes: readonly string[];
  readonly faultString: string | undefined;
}

export interface CallOptions {
  readonly version?: Version;
  readonly organId?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

function nodeOf(element: XmlElement): Node {
  const children = element.children.map(nodeOf);
  const node: Node = {
    name: element.name,
    text: element.text,
    children,
    get(...path) {
      let at: Node | undefined = node;
      for (const name of path) at = at?.children.find((one) => one.name === name);
      return at?.text ?? '';
    },
    all: (name) => children.filter((one) => one.name === name),
  };
  return node;
}

export function envelope(body: string, version: Version = '1.1'): string {
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${ENVELOPE[version]}"><s:Body>${body}</s:Body></s:Envelope>`;
}

export function basic(organId: string, token: string): string {
  return `Basic ${Buffer.from(`${organId}:${token}`).toString('base64')}`;
}

function find(node: Node, name: string): Node | undefined {
  if (node.name === name) return node;
  for (const child of node.children) {
    const found = find(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The envelope itself, also where the answer came as MTOM. */
function envelopeOf(headers: Headers, bytes: Buffer): Buffer {
  const contentType = headers.get('content-type') ?? '';
  if (!contentType.startsWith('multipart/related')) return bytes;
  const [root] = readParts(contentType, bytes);
  if (root === undefined) throw new Error('the answer has no part');
  return root.content;
}

export function readAnswer(status: number, headers: Headers, whole: Buffer): Answer {
  const bytes = envelopeOf(headers, whole);
  // Answers of tests are small; what was cut out for speed would read as empty.
  const document = parseXml(scanXml(bytes, { cut: false }));
  try {
    const bodyElement = childOf(document.root, 'Body');
    const first = bodyElement?.children[0];
    if (first === undefined) throw new Error(`no body element: ${bytes.toString('utf8')}`);
    const body = nodeOf(first);
    const fault = find(body, 'GatewayFault');
    return {
      status,
      headers,
      bytes,
      body,
      code: fault?.get('Code'),
      codes: fault?.all('Issue').map((one) => one.get('Code')) ?? [],
      faultString: find(body, 'faultstring')?.text ?? find(body, 'Text')?.text,
    };
  } finally {
    document.dispose();
  }
}

/** Posts bytes as they are. */
export async function post(
  url: string,
  bytes: Buffer | string,
  options: CallOptions = {},
): Promise<Answer> {
  const { version = '1.1', organId, token } = options;
  const response = await fetch(url, {
    method: 'POST',
    body: bytes,
    redirect: 'manual',
    headers: {
      'content-type':
        version === '1.1' ? 'text/xml; charset=utf-8' : 'application/soap+xml; charset=utf-8',
      ...(organId === undefined || token === undefined
        ? {}
        : { authorization: basic(organId, token) }),
      ...options.headers,
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return readAnswer(response.status, response.headers, Buffer.from(await response.arrayBuffer()));
}

export function call(url: string, body: string, options: CallOptions = {}): Promise<Answer> {
  return post(url, envelope(body, options.version), options);
}

/** `<name xmlns="urn:edxgate:gateway:1">children</name>` */
export function operation(name: string, children = ''): string {
  return `<${name} xmlns="${GATEWAY}">${children}</${name}>`;
}

export function sendPackage(url: string, bytes: Buffer, options: CallOptions): Promise<Answer> {
  const body = operation('SendPackage', `<Package>${bytes.toString('base64')}</Package>`);
  return call(url, body, options);
}
