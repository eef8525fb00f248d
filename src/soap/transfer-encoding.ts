/**
 * Content-Transfer-Encoding of MIME parts (RFC 2045 §6).
 *
 * @module
 */
import { decodeBase64Strict } from '../xml/base64.js';

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const EQUALS = 61;

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  if (byte >= 65 && byte <= 70) return byte - 55;
  if (byte >= 97 && byte <= 102) return byte - 87;
  return -1;
}

/** One pass; @returns undefined when an escape is not one. */
function decodeQuotedPrintable(bytes: Buffer): Buffer | undefined {
  const out = Buffer.allocUnsafe(bytes.length);
  let used = 0;
  /** Blanks after this point were added on the way and end with the line. */
  let solid = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === EQUALS) {
      const high = hexDigit(bytes[at + 1]);
      const low = hexDigit(bytes[at + 2]);
      if (high >= 0 && low >= 0) {
        out[used++] = high * 16 + low;
        solid = used;
        at += 2;
        continue;
      }
      let end = at + 1;
      while (bytes[end] === SPACE || bytes[end] === TAB) end++;
      if (bytes[end] === CR && bytes[end + 1] === LF) end++;
      else if (bytes[end] !== LF && end !== bytes.length) return undefined;
      solid = used;
      at = end;
      continue;
    }
    if (byte === LF || (byte === CR && bytes[at + 1] === LF)) used = solid;
    out[used++] = byte;
    if (byte !== SPACE && byte !== TAB) solid = used;
  }
  return out.subarray(0, used);
}

const UNENCODED: ReadonlySet<string> = new Set(['binary', '8bit', '7bit']);

/** The bytes are the content. @param encoding lower case */
export function isUnencoded(encoding: string): boolean {
  return UNENCODED.has(encoding);
}

/**
 * @param encoding lower case
 * @returns the bytes (the same view when nothing was encoded); undefined when the encoding is unknown
 *   or the content does not follow it.
 */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer | undefined {
  if (isUnencoded(encoding)) return bytes;
  switch (encoding) {
    case 'base64':
      return decodeBase64Strict(bytes);
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes);
    default:
      return undefined;
  }
}
