/**
 * What stands before the first markup of an XML text: byte order mark, encoding, XML declaration.
 *
 * Only UTF-8 is taken, declared or not (`us-ascii` is a part of it). Nothing is guessed and nothing
 * converted: another encoding is refused, so that no two readers of the same bytes can disagree.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { type GatewayError, refuse } from '../model/issue.js';

export interface Prolog {
  readonly bom: boolean;
  /** Where the text begins: after the byte order mark. */
  readonly start: number;
  /** Where the content begins: after the XML declaration. */
  readonly content: number;
}

/** First bytes of files that are sent in place of XML. */
const ARCHIVES: readonly (readonly [string, readonly number[]])[] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['gzip', [0x1f, 0x8b]],
  ['PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['RAR', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
];

/** First bytes of other encodings (XML 1.0 appendix F). */
const ENCODINGS: readonly (readonly [string, readonly number[]])[] = [
  ['UTF-32', [0x00, 0x00, 0xfe, 0xff]],
  ['UTF-32', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-16', [0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-32', [0x00, 0x00, 0x00, 0x3c]],
  ['UTF-32', [0x3c, 0x00, 0x00, 0x00]],
  ['UTF-16', [0x00, 0x3c]],
  ['UTF-16', [0x3c, 0x00]],
  ['EBCDIC', [0x4c, 0x6f, 0xa7, 0x94]],
];

/** An XML declaration is short; a longer one is not looked through for its end. */
const MAX_DECLARATION_BYTES = 256;

const DECLARATION =
  /^<\?xml[ \t\r\n]{1,20}version[ \t\r\n]{0,20}=[ \t\r\n]{0,20}(?:"([^"<&]{1,20})"|'([^'<&]{1,20})')(?:[ \t\r\n]{1,20}encoding[ \t\r\n]{0,20}=[ \t\r\n]{0,20}(?:"([A-Za-z][A-Za-z0-9._-]{0,40})"|'([A-Za-z][A-Za-z0-9._-]{0,40})'))?(?:[ \t\r\n]{1,20}standalone[ \t\r\n]{0,20}=[ \t\r\n]{0,20}(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]{0,20}\?>/;

/**
 * @throws GatewayError package.empty, package.compressed, xml.encoding, xml.malformed
 */
export function readProlog(bytes: Uint8Array): Prolog {
  for (const [value, magic] of ARCHIVES) {
    if (begins(bytes, magic)) throw refuse('package.compressed', { value });
  }
  for (const [name, magic] of ENCODINGS) {
    if (begins(bytes, magic))
      throw refuse('xml.encoding', { reason: `it is ${name}` }, { line: 1 });
  }
  const bom = begins(bytes, [0xef, 0xbb, 0xbf]);
  const start = bom ? 3 : 0;
  if (isBlank(bytes, start)) throw refuse('package.empty');
  if (!isUtf8(bytes)) throw notUtf8(bytes);
  return { bom, start, content: start + declaration(bytes, start) };
}

function begins(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

function isBlank(bytes: Uint8Array, start: number): boolean {
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return true;
}

/** @returns the length of the XML declaration; 0 when there is none. */
function declaration(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== 0x3c || bytes[start + 1] !== 0x3f) return 0;
  const head = Buffer.from(bytes.subarray(start, start + MAX_DECLARATION_BYTES)).toString('latin1');
  // Another target than "xml" is a processing instruction: the scan says so.
  if (!/^<\?xml[\s?]/.test(head)) return 0;
  const place = { line: 1 };
  const found = DECLARATION.exec(head);
  if (found === null) {
    throw refuse('xml.malformed', { reason: 'the XML declaration cannot be read' }, place);
  }
  const version = found[1] ?? found[2] ?? '';
  if (version !== '1.0') {
    throw refuse('xml.malformed', { reason: `XML version ${version}; only 1.0 is taken` }, place);
  }
  const encoding = (found[3] ?? found[4] ?? 'utf-8').toLowerCase();
  if (encoding === 'us-ascii') {
    const high = bytes.findIndex((byte, i) => i >= start && byte >= 0x80);
    if (high !== -1) {
      const reason = 'it declares us-ascii but holds other characters';
      throw refuse('xml.encoding', { reason }, place);
    }
  } else if (encoding !== 'utf-8') {
    throw refuse('xml.encoding', { reason: `it declares ${encoding}` }, place);
  }
  return found[0].length;
}

/** The line of the first byte that is not UTF-8: no multi-byte character spans a line feed. */
function notUtf8(bytes: Uint8Array): GatewayError {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, from);
    const to = end === -1 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(from, to)) || end === -1) break;
    from = to + 1;
  }
  return refuse('xml.encoding', { reason: 'a byte sequence is not UTF-8' }, { line });
}
