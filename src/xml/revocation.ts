/**
 * Revocation lists (RFC 5280 §5): which certificates their issuer has taken back. Lists come from the
 * operator's folder and are never fetched.
 *
 * @module
 */
import { type KeyObject, verify } from 'node:crypto';
import { type Certificate, nameKeyOf, nameTextOf } from './certificates.js';
import { type DerNode, derChildren, expectTag, readDer, readOid, readTime, TAG } from './der.js';

export interface RevocationList {
  /** For people. */
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  /** Absent when the issuer did not say. */
  readonly nextUpdate: number | undefined;
  /** Number of certificates on it. */
  readonly size: number;
}

/** SHA-1 is taken here: believing a list only ever refuses more. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.5', 'sha1'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.1', 'sha1'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
]);

const OID_REASON_CODE = '2.5.29.21';
/** `removeFromCRL`: the entry says that a hold has ended. */
const REASON_REMOVED = 8;

export class ParsedRevocationList implements RevocationList {
  readonly issuer: string;
  readonly issuerKey: string;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly #revokedAt: ReadonlyMap<string, number>;
  readonly #signed: Buffer;
  readonly #hash: string | undefined;
  readonly #signature: Buffer;
  /** By fingerprint of the certificate whose key was tried. */
  readonly #verified = new Map<string, boolean>();

  /** @throws DerError when the bytes are not exactly one list */
  constructor(bytes: Buffer) {
    const [tbs, algorithm, signature] = derChildren(expectTag(readDer(bytes), TAG.sequence));
    const fields = derChildren(expectTag(tbs, TAG.sequence));
    if (fields[0]?.tag === TAG.integer) fields.shift();
    const [, issuer, thisUpdate, ...rest] = fields;
    const name = expectTag(issuer, TAG.sequence);
    const next = rest[0];
    const hasNext = next?.tag === TAG.utcTime || next?.tag === TAG.generalizedTime;
    const entries = rest[hasNext ? 1 : 0];
    this.issuer = nameTextOf(name);
    this.issuerKey = nameKeyOf(name);
    this.thisUpdate = readTime(thisUpdate);
    this.nextUpdate = hasNext ? readTime(next) : undefined;
    this.#revokedAt = readEntries(entries?.tag === TAG.sequence ? entries : undefined);
    this.#signed = expectTag(tbs, TAG.sequence).raw;
    this.#hash = HASHES.get(readOid(derChildren(expectTag(algorithm, TAG.sequence))[0]));
    this.#signature = expectTag(signature, TAG.bitString).content.subarray(1);
  }

  get size(): number {
    return this.#revokedAt.size;
  }

  /** The list is really of this issuer. Asked once per issuer: a list may have megabytes. */
  isSignedBy(issuer: Certificate): boolean {
    if (issuer.subjectKey !== this.issuerKey) return false;
    const known = this.#verified.get(issuer.fingerprint);
    if (known !== undefined) return known;
    const holds = issuer.key !== undefined && this.#holds(issuer.key);
    this.#verified.set(issuer.fingerprint, holds);
    return holds;
  }

  #holds(key: KeyObject): boolean {
    if (this.#hash === undefined) return false;
    try {
      return verify(this.#hash, this.#signed, key, this.#signature);
    } catch {
      return false;
    }
  }

  isRevoked(certificate: Certificate, at: number): boolean {
    const since = this.#revokedAt.get(certificate.serial);
    return since !== undefined && since <= at;
  }

  isStale(at: number): boolean {
    return this.nextUpdate !== undefined && this.nextUpdate < at;
  }
}

function readEntries(list: DerNode | undefined): Map<string, number> {
  const revokedAt = new Map<string, number>();
  for (const entry of list === undefined ? [] : derChildren(list)) {
    const [serial, time, extensions] = derChildren(expectTag(entry, TAG.sequence));
    if (extensions !== undefined && readReason(extensions) === REASON_REMOVED) continue;
    revokedAt.set(expectTag(serial, TAG.integer).content.toString('hex'), readTime(time));
  }
  return revokedAt;
}

function readReason(extensions: DerNode): number | undefined {
  for (const extension of derChildren(extensions)) {
    const parts = derChildren(extension);
    if (readOid(parts[0]) !== OID_REASON_CODE) continue;
    return readDer(expectTag(parts.at(-1), TAG.octetString).content).content[0];
  }
  return undefined;
}
