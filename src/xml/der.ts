/**
 * DER, as far as certificates, revocation lists and OCSP need it: read with every bound checked, and write.
 *
 * node:crypto reads certificates, but hands out neither critical extensions, key usage and path
 * length nor revocation lists. Only definite lengths in their shortest form and tags of one byte are
 * taken (X.690 §10.1, DER).
 *
 * @module
 */

export interface DerNode {
  readonly tag: number;
  readonly content: Buffer;
  /** Header and content. */
  readonly raw: Buffer;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Bytes that are no DER of the expected shape. Never leaves src/xml/. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

function readAt(bytes: Buffer, offset: number): DerNode {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError('the value ends early');
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several bytes');
  let start = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first - 0x80;
    if (count === 0 || count > 4) throw new DerError('no definite length of at most four bytes');
    length = 0;
    for (let i = 0; i < count; i++) {
      const next = bytes[start++];
      if (next === undefined) throw new DerError('the length ends early');
      length = length * 256 + next;
    }
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('a length too long');
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError('the content ends early');
  return { tag, content: bytes.subarray(start, end), raw: bytes.subarray(offset, end) };
}

/** The one value that fills the bytes. */
export function readDer(bytes: Buffer): DerNode {
  const node = readAt(bytes, 0);
  if (node.raw.length !== bytes.length) throw new DerError('bytes after the value');
  return node;
}

/** The values inside a constructed value. */
export function derChildren(node: DerNode): DerNode[] {
  if ((node.tag & 0x20) === 0) throw new DerError('not a constructed value');
  const children: DerNode[] = [];
  for (let at = 0; at < node.content.length; ) {
    const child = readAt(node.content, at);
    children.push(child);
    at += child.raw.length;
  }
  return children;
}

/** The same, one at a time: for lists too long to be held at once. */
export function* derWalk(node: DerNode): Generator<DerNode> {
  if ((node.tag & 0x20) === 0) throw new DerError('not a constructed value');
  for (let at = 0; at < node.content.length; ) {
    const child = readAt(node.content, at);
    yield child;
    at += child.raw.length;
  }
}

export function expectTag(node: DerNode | undefined, tag: number): DerNode {
  if (node === undefined || node.tag !== tag) throw new DerError('not the expected value');
  return node;
}

/** Dotted form of an object identifier. */
export function readOid(node: DerNode | undefined): string {
  const { content } = expectTag(node, TAG.oid);
  const parts: number[] = [];
  let value = 0;
  for (const [i, byte] of content.entries()) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new DerError('an object identifier too big');
    if ((byte & 0x80) !== 0) {
      if (i === content.length - 1) throw new DerError('an object identifier ends early');
      continue;
    }
    if (parts.length === 0) {
      const root = value < 40 ? 0 : value < 80 ? 1 : 2;
      parts.push(root, value - 40 * root);
    } else {
      parts.push(value);
    }
    value = 0;
  }
  return parts.join('.');
}

/** UTCTime or GeneralizedTime in UTC (RFC 5280 §4.1.2.5). @returns milliseconds since 1970 */
export function readTime(node: DerNode | undefined): number {
  const text = node?.content.toString('latin1') ?? '';
  const short = node?.tag === TAG.utcTime;
  if (!short && node?.tag !== TAG.generalizedTime) throw new DerError('not a time');
  const match = (short ? /^(\d{2})(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text);
  const [, yearText = '', rest = ''] = match ?? [];
  if (match === null) throw new DerError('not a time in UTC to the second');
  const year = short ? Number(yearText) + (Number(yearText) < 50 ? 2000 : 1900) : Number(yearText);
  const pair = (i: number): number => Number(rest.slice(2 * i, 2 * i + 2));
  return Date.UTC(year, pair(0) - 1, pair(1), pair(2), pair(3), pair(4));
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A DirectoryString or IA5String; undefined when it is of another type or not decodable. */
export function readText(node: DerNode): string | undefined {
  switch (node.tag) {
    case TAG.utf8String:
      try {
        return UTF8.decode(node.content);
      } catch {
        return undefined;
      }
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.t61String:
      return node.content.toString('latin1');
    case TAG.bmpString:
      return node.content.length % 2 === 0
        ? Buffer.from(node.content).swap16().toString('utf16le')
        : undefined;
    default:
      return undefined;
  }
}

/** Writes one value. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + size.length, ...size];
  return Buffer.concat([Buffer.from(head), ...parts]);
}

/** Writes an object identifier given in dotted form. */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes: number[] = [];
  for (const part of [first * 40 + second, ...rest]) {
    const digits = [part % 128];
    for (let more = Math.floor(part / 128); more > 0; more = Math.floor(more / 128)) {
      digits.unshift((more % 128) + 0x80);
    }
    bytes.push(...digits);
  }
  return der(TAG.oid, Buffer.from(bytes));
}
