/**
 * Gives a new document another id in every run: `-{{unique}}` at the end of its `DocumentId`. Left alone
 * are packages with a signature, which would no longer hold, those that name another document, and those
 * that use variables already.
 *
 * @module
 */
import { textOf } from './variables.js';

const DOCUMENT_ID = /(<(?:[\w.-]+:)?DocumentId(?:\s[^<>]*)?>)([^<>{]{1,150})(<\/)/;
const SIGNED = /<(?:[\w.-]+:)?SignatureValue(?:\s[^<>]*)?>\s*[A-Za-z0-9+/]/;
const FOLLOW_UP = /<(?:[\w.-]+:)?BussinessDocType(?:\s[^<>]*)?>\s*[1-3]\s*</;
/** Status packages name the document of another. */
const STATUS = /<(?:[\w.-]+:)?Status(?:\s[^<>]*)?>|<(?:[\w.-]+:)?StatusCode(?:\s[^<>]*)?>/;

/** @returns undefined when the package is to stay as it is */
export function withUniqueId(bytes: Buffer): Buffer | undefined {
  const text = textOf(bytes);
  if (text === undefined || text.includes('{{')) return undefined;
  if (SIGNED.test(text) || FOLLOW_UP.test(text) || STATUS.test(text)) return undefined;
  if (!DOCUMENT_ID.test(text)) return undefined;
  const changed = text.replace(
    DOCUMENT_ID,
    (_whole, open: string, id: string, close: string) =>
      `${open}${id.trimEnd()}-{{unique}}${close}`,
  );
  return Buffer.from(changed, 'utf8');
}
