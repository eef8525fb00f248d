/**
 * Files of certificates and revocation lists: PEM blocks of one label, or the DER bytes themselves.
 * Other blocks (keys, for instance) are passed over, never read.
 *
 * @module
 */

/** RFC 7468. No label of ours has anything but letters, digits and blanks. */
export type PemLabel = 'CERTIFICATE' | 'X509 CRL';

const MAX_BLOCKS = 10_000;

/** @returns the bytes of each block, in order; the whole file when it is DER; [] when it is neither */
export function readBlocks(file: Uint8Array, label: PemLabel): Buffer[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes[0] === 0x30) return [bytes];
  const text = bytes.toString('latin1');
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const blocks: Buffer[] = [];
  for (let at = text.indexOf(begin); at >= 0 && blocks.length < MAX_BLOCKS; ) {
    const start = at + begin.length;
    const stop = text.indexOf(end, start);
    if (stop < 0) break;
    const base64 = text.slice(start, stop).replace(/[\t\n\r ]+/g, '');
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) blocks.push(Buffer.from(base64, 'base64'));
    at = text.indexOf(begin, stop);
  }
  return blocks;
}

export function writeBlock(bytes: Uint8Array, label: string): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
