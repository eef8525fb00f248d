/**
 * Multipart requests in the shapes of the stacks in the field (docs/clients.md), around any envelope and
 * package; and the two readers side by side.
 *
 * @module
 */
import type { GatewayError } from '../../src/model/issue.js';
import { parseContentType } from '../../src/soap/content-type.js';
import { readMultipart } from '../../src/soap/multipart.js';
import type { FilePart, MimePart, Multipart } from '../../src/soap/multipart-part.js';
import { MultipartStream, type PartStore } from '../../src/soap/multipart-stream.js';

export type Carried = 'xop' | 'xop-percent' | 'text' | 'href' | 'none';

/** How one stack writes a request. */
export interface Shape {
  readonly name: string;
  /** How the element refers to the part. */
  readonly reference: Carried;
  /** Of the part, as the element names it. */
  readonly contentId: string;
  readonly version: '1.1' | '1.2';
  write(envelope: string, content: Buffer): Request;
}

export interface Request {
  readonly contentType: string;
  readonly body: Buffer;
}

interface Written {
  readonly boundary: string;
  readonly parameters: string;
  /** Before the first boundary. */
  readonly preamble?: string;
  readonly rootHeaders: readonly string[];
  readonly partHeaders: readonly string[];
  /** Behind the closing boundary. */
  readonly epilogue?: string;
  readonly eol?: string;
  readonly encode?: (content: Buffer) => Buffer;
}

function written(form: Written, envelope: string, content: Buffer): Request {
  const { boundary, eol = '\r\n', preamble = '', epilogue = eol, encode = (one) => one } = form;
  const head = (headers: readonly string[]): string =>
    `--${boundary}${eol}${headers.map((one) => one + eol).join('')}${eol}`;
  return {
    contentType: form.parameters.replaceAll('BOUNDARY', boundary),
    body: Buffer.concat([
      Buffer.from(preamble + head(form.rootHeaders) + envelope + eol + head(form.partHeaders)),
      encode(content),
      Buffer.from(`${eol}--${boundary}--${epilogue}`),
    ]),
  };
}

type Form = Omit<Shape, 'write'> & Written;

function base64Lines(content: Buffer): Buffer {
  const lines = content.toString('base64').match(/.{1,76}/g) ?? [];
  return Buffer.from(lines.join('\r\n'));
}

function quotedPrintable(content: Buffer): Buffer {
  let text = '';
  for (const byte of content) text += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return Buffer.from(text.replace(/.{72}/g, '$&=\r\n'));
}

const BINARY = 'Content-Transfer-Encoding: binary';

const FORMS: readonly Form[] = [
  {
    name: 'JAX-WS 1.2 MTOM: nested quoting in start-info, boundary with a colon',
    reference: 'xop',
    contentId: 'e3b0-2@example.jaxws.sun.com',
    version: '1.2',
    boundary: 'uuid:6b1c7f30-6d5a-4d47-9f3d-9d4b6a2d1c11',
    parameters:
      'multipart/related;start="<rootpart*6b1c7f30@example.jaxws.sun.com>";type="application/xop+xml";boundary="BOUNDARY";start-info="application/soap+xml;action=\\"urn:edxgate:gateway:1/SendPackage\\""',
    rootHeaders: [
      'Content-Id: <rootpart*6b1c7f30@example.jaxws.sun.com>',
      'Content-Type: application/xop+xml;charset=utf-8;type="application/soap+xml;action=\\"urn:edxgate:gateway:1/SendPackage\\""',
      BINARY,
    ],
    partHeaders: [
      'Content-Id: <e3b0-2@example.jaxws.sun.com>',
      'Content-Type: application/octet-stream',
      BINARY,
    ],
    epilogue: '',
  },
  {
    name: 'SAAJ SwA: no start, boundary with = and _, bare',
    reference: 'text',
    contentId: 'package@example',
    version: '1.1',
    boundary: '----=_Part_0_1330400026.1763980000000',
    parameters: 'Multipart/Related; type="text/xml"; boundary="BOUNDARY"',
    rootHeaders: ['Content-Type: text/xml; charset=utf-8'],
    partHeaders: [
      'Content-Type: application/octet-stream',
      'Content-ID: package@example',
      'Content-Transfer-Encoding: 8bit',
    ],
  },
  {
    name: 'Axis 1.4: a Date header as preamble, a header folded with TAB, href',
    reference: 'href',
    contentId: '1F6B2C0E9D8A7B65@example',
    version: '1.1',
    boundary: '----=_Part_3_24130462.1763980000001',
    parameters:
      'multipart/related; type="text/xml"; start="<A6D1E3F2@example>"; \tboundary="BOUNDARY"',
    preamble: 'Date: Tue, 24 Nov 2026 08:00:00 +0700 (ICT)\r\n\r\n',
    rootHeaders: [
      'Content-Type: text/xml; charset=UTF-8',
      BINARY,
      'Content-Id: <A6D1E3F2@example>',
    ],
    partHeaders: [
      'Content-Type: application/octet-stream;',
      '\tname="goi.edxml"',
      BINARY,
      'Content-Id: <1F6B2C0E9D8A7B65@example>',
    ],
  },
  {
    name: 'Axis 1.4 addAttachment: no reference at all',
    reference: 'none',
    contentId: '7A@example',
    version: '1.1',
    boundary: '----=_Part_4_1.1763980000002',
    parameters: 'multipart/related; type="text/xml"; start="<B7@example>"; boundary="BOUNDARY"',
    rootHeaders: ['Content-Type: text/xml; charset=UTF-8', BINARY, 'Content-Id: <B7@example>'],
    partHeaders: ['Content-Type: text/plain', BINARY, 'Content-Id: <7A@example>'],
  },
  {
    name: 'gSOAP MTOM: start <SOAP-ENV:Envelope>, a boundary of 64 characters',
    reference: 'xop',
    contentId: 'id1',
    version: '1.1',
    boundary: '==a7Xk3mQ9vB2nL5pR8tW1yZ4cF6hJ0dG+sE/uK3oM7qN9xV2bT5wY8zA1jC4fH==',
    parameters:
      'multipart/related; boundary="BOUNDARY"; type="application/xop+xml"; start="<SOAP-ENV:Envelope>"; start-info="text/xml"',
    rootHeaders: [
      'Content-Type: application/xop+xml; charset=utf-8; type="text/xml"',
      BINARY,
      'Content-ID: <SOAP-ENV:Envelope>',
    ],
    partHeaders: ['Content-Type: application/octet-stream', BINARY, 'Content-ID: <id1>'],
  },
  {
    name: 'WCF MTOM: a line break as preamble, percent-encoded cid',
    reference: 'xop-percent',
    contentId: 'http://tempuri.org/1/639000000000000000',
    version: '1.1',
    boundary: 'uuid:5c4e0d6f-9c6b-4e57-a6c1-2b0f3f7a4d10+id=1',
    parameters:
      'multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="BOUNDARY";start-info="text/xml"',
    preamble: '\r\n',
    rootHeaders: [
      'Content-ID: <http://tempuri.org/0>',
      'Content-Transfer-Encoding: 8bit',
      'Content-Type: application/xop+xml;charset=utf-8;type="text/xml"',
    ],
    partHeaders: [
      'Content-ID: <http://tempuri.org/1/639000000000000000>',
      BINARY,
      'Content-Type: application/octet-stream',
    ],
  },
  {
    name: 'SOAP::Lite 1.2: charset behind the boundary, type text/xml, LF alone',
    reference: 'href',
    contentId: 'goi@example',
    version: '1.2',
    boundary: 'MIME_boundary',
    parameters:
      'Multipart/Related; boundary="BOUNDARY"; type="text/xml"; start="<main_envelope>"; charset=utf-8',
    rootHeaders: [
      'Content-Type: application/soap+xml; charset=utf-8',
      'Content-Disposition: inline',
      'Content-Transfer-Encoding: 8bit',
      'Content-Id: <main_envelope>',
    ],
    partHeaders: ['Content-Type: application/octet-stream', BINARY, 'Content-Id: <goi@example>'],
    eol: '\n',
  },
  {
    name: 'SOAP::Lite 1.1: the part in base64',
    reference: 'href',
    contentId: 'goi64@example',
    version: '1.1',
    boundary: 'MIME_boundary',
    parameters: 'multipart/related; boundary=BOUNDARY; type="text/xml"; start="<main_envelope>"',
    preamble: 'This is a multi-part message in MIME format.\r\n',
    rootHeaders: ['Content-Type: text/xml', 'Content-Id: <main_envelope>'],
    partHeaders: [
      'Content-Type: application/octet-stream',
      'Content-Transfer-Encoding: base64',
      'Content-Id: <goi64@example>',
    ],
    encode: base64Lines,
  },
  {
    name: 'Mail::Builder style: the part in quoted-printable',
    reference: 'text',
    contentId: 'qp@example',
    version: '1.1',
    boundary: 'qp/boundary=1',
    parameters: 'multipart/related; boundary="BOUNDARY"',
    rootHeaders: ['Content-Type: text/xml'],
    partHeaders: ['Content-Transfer-Encoding: quoted-printable', 'Content-ID: <qp@example>'],
    encode: quotedPrintable,
    epilogue: '\r\nepilogue --qp/boundary=1\r\n',
  },
  {
    name: 'node-soap MTOM: a fixed start, padding behind a boundary',
    reference: 'xop',
    contentId: 'goi-1',
    version: '1.1',
    boundary: 'c0ffee00-1111-4222-8333-444455556666',
    parameters:
      'multipart/related; type="application/xop+xml"; start="<root@example>"; start-info="text/xml"; boundary=BOUNDARY  ',
    rootHeaders: [
      'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"',
      'Content-ID: <root@example>',
    ],
    partHeaders: ['Content-Type: application/octet-stream', BINARY, 'Content-ID: <goi-1>'],
  },
];

export const SHAPES: readonly Shape[] = FORMS.map((form) => ({
  ...form,
  write: (envelope: string, content: Buffer) => written(form, envelope, content),
}));

/** What one reader made of a body, in a form that can be compared. */
export type Reading = { readonly refused: string } | { readonly parts: readonly string[] };

function told(part: MimePart | FilePart, content: Buffer): string {
  const headers = [...part.headers].map(([name, value]) => `${name}=${value}`);
  return JSON.stringify([part.contentId ?? null, headers, content.toString('latin1')]);
}

export function refusedOf(error: unknown): Reading {
  const { code, message } = error as GatewayError;
  if (code !== 'soap.multipart') throw error;
  return { refused: message };
}

export function readWhole(contentType: string, body: Buffer): Reading {
  try {
    const { root, parts, attachments } = readMultipart(body, parseContentType(contentType));
    return {
      parts: [
        told(root, root.content),
        ...attachments.map((one) => told(one, one.content)),
        ...parts.keys(),
      ],
    };
  } catch (error) {
    return refusedOf(error);
  }
}

/** A file in memory, and what was asked of it. */
export class MemoryStore implements PartStore {
  readonly #chunks: Buffer[] = [];
  held = 0;
  peak = 0;
  appended = 0;

  hold(bytes: number): void {
    this.held += bytes;
    this.peak = Math.max(this.peak, this.held);
  }

  free(bytes: number): void {
    this.held -= bytes;
  }

  async append(bytes: Buffer): Promise<void> {
    this.#chunks.push(Buffer.from(bytes));
    this.appended += bytes.length;
  }

  async load(at: number, length: number): Promise<Buffer> {
    return Buffer.concat(this.#chunks).subarray(at, at + length);
  }
}

export async function streamed(
  contentType: string,
  pieces: Iterable<Buffer>,
  store: PartStore = new MemoryStore(),
): Promise<Multipart<MimePart | FilePart>> {
  const stream = new MultipartStream(parseContentType(contentType), store);
  for (const piece of pieces) await stream.write(piece);
  return stream.end();
}

export async function readStreamed(
  contentType: string,
  pieces: Iterable<Buffer>,
  store?: PartStore,
): Promise<Reading> {
  try {
    const { root, parts, attachments } = await streamed(contentType, pieces, store);
    const all = [told(root, root.content)];
    for (const one of attachments) all.push(told(one, one.content ?? (await one.load())));
    return { parts: [...all, ...parts.keys()] };
  } catch (error) {
    return refusedOf(error);
  }
}

/** Cuts a body at the given places. */
export function* cutAt(body: Buffer, places: Iterable<number>): Generator<Buffer> {
  let from = 0;
  for (const place of places) {
    yield body.subarray(from, place);
    from = place;
  }
  yield body.subarray(from);
}
