/**
 * What holds the members of an evidence file together: a signed manifest, a list of checksums and the
 * signature of that list.
 *
 * ```text
 * META-INF/manifest.xml   names every member before it; ds:Signature by the receipt key, for xmlsec1
 * SHA256SUMS              names every member before it, the manifest included, for sha256sum
 * SHA256SUMS.sig          signature of SHA256SUMS by the same key (DER), for openssl
 * ```
 *
 * So every byte of every member is under both kinds of signature, but those of the three themselves,
 * which are under one. The elements of the manifest are those of an ASiCManifest of ETSI EN 319 162-1;
 * the signature inside of it is our addition, since receipt keys come without certificates.
 *
 * @module
 */
import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { receiptSignature, verifyReceiptSignature } from '../xml/sign.js';
import { DS, SHA256_DIGEST } from '../xml/signature-algorithms.js';
import type { ReceiptKey } from './receipt-keys.js';
import type { Member } from './zip-format.js';

/** Of an ASiC-E container: what opens those shows the members. */
export const MIME_TYPE = 'application/vnd.etsi.asic-e+zip';
export const MANIFEST = 'META-INF/manifest.xml';
export const SUMS = 'SHA256SUMS';
export const SUMS_SIGNATURE = 'SHA256SUMS.sig';

const ASIC = 'http://uri.etsi.org/02918/v1.2.1#';

const TYPES: Readonly<Record<string, string>> = {
  edxml: 'application/xml',
  html: 'text/html',
  json: 'application/json',
  pem: 'application/x-pem-file',
  xml: 'application/xml',
  crl: 'application/pkix-crl',
  ocsp: 'application/ocsp-response',
  txt: 'text/plain',
};

function typeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** In exclusive canonical form; names of members hold nothing that must be escaped. */
export function manifestText(members: readonly Member[]): string {
  const references = members.map(
    ({ name, bytes }) =>
      `<DataObjectReference MimeType="${typeOf(name)}" URI="${name}">` +
      `<DigestMethod xmlns="${DS}" Algorithm="${SHA256_DIGEST}"></DigestMethod>` +
      `<DigestValue xmlns="${DS}">${digestOf(bytes).toString('base64')}</DigestValue>` +
      '</DataObjectReference>',
  );
  return (
    `<ASiCManifest xmlns="${ASIC}">` +
    `<SigReference MimeType="application/xml" URI="${MANIFEST}"></SigReference>` +
    `${references.join('')}</ASiCManifest>`
  );
}

/** As `sha256sum` writes and checks it. */
export function sumsText(members: readonly Member[]): string {
  return members.map(({ name, bytes }) => `${digestOf(bytes).toString('hex')}  ${name}\n`).join('');
}

/** @returns the members and behind them the three that seal them */
export function seal(members: readonly Member[], key: ReceiptKey): Member[] {
  const manifest = {
    name: MANIFEST,
    bytes: Buffer.from(receiptSignature(manifestText(members), key)),
  };
  const named = [...members, manifest];
  const sums = Buffer.from(sumsText(named));
  return [
    ...named,
    { name: SUMS, bytes: sums },
    { name: SUMS_SIGNATURE, bytes: sign('sha256', sums, key.privateKey) },
  ];
}

export type KeyOf = (id: string) => KeyObject | undefined;

export interface SealAnswer {
  /** Names whose content is not what SHA256SUMS says, or that it does not name, or that are not there. */
  readonly changed: readonly string[];
  readonly manifest: 'holds' | 'unknown-key' | 'broken' | 'mismatch';
  /** KeyName in the manifest; absent when it is broken. */
  readonly keyId?: string;
  readonly sums: boolean;
}

function changedNames(members: readonly Member[], sums: string): string[] {
  const expected = new Set(sumsText(members).split('\n'));
  const written = new Set(sums.split('\n'));
  const differing = [...expected, ...written].filter(
    (line) => line !== '' && !(expected.has(line) && written.has(line)),
  );
  const names = [...new Set(differing.map((line) => line.slice(66, 66 + 120)))];
  // The same lines in another order, or one of them twice.
  return names.length === 0 && sums !== sumsText(members) ? [SUMS] : names;
}

/** @param members of which the last three are the seal */
export function checkSeal(members: readonly Member[], keyOf: KeyOf): SealAnswer {
  const [manifest, sums, signature] = members.slice(-3);
  const named = members.slice(0, -2);
  const sumsBytes = sums?.bytes ?? Buffer.alloc(0);
  const changed = changedNames(named, Buffer.from(sumsBytes).toString('utf8'));
  const read = verifyReceiptSignature(Buffer.from(manifest?.bytes ?? []).toString('utf8'), keyOf);
  if (read.kind === 'broken') return { changed, manifest: 'broken', sums: false };
  const isSame = read.text === manifestText(members.slice(0, -3));
  const key = keyOf(read.keyId);
  return {
    changed,
    manifest: read.kind === 'holds' && !isSame ? 'mismatch' : read.kind,
    keyId: read.keyId,
    sums:
      key !== undefined && verify('sha256', sumsBytes, key, signature?.bytes ?? new Uint8Array()),
  };
}
