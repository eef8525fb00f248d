/**
 * Revocation lists (RFC 5280 §5): which certificates their issuer has taken back. Bytes in, answers
 * out: where they come from is not known here.
 *
 * A list is believed when it refuses, even one that is stale or weakly signed: that only ever refuses
 * more. To vouch that a certificate was not taken back it must be whole, strong and in date.
 *
 * @module
 */
import { setImmediate as pause } from 'node:timers/promises';
import { type Certificate, KEY_USAGE, nameKeyOf, nameTextOf } from './certificates.js';
import {
  type DerNode,
  derChildren,
  derWalk,
  expectTag,
  readDer,
  readOid,
  readTime,
  TAG,
} from './der.js';
import { type DerSignatureMethod, holds, isStrong, readSignatureMethod } from './der-signature.js';

export interface RevocationList {
  /** For people. */
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  /** Absent when the issuer did not say. */
  readonly nextUpdate: number | undefined;
  /** Number of certificates on it. */
  readonly size: number;
  /** @param at milliseconds since 1970 */
  isStale(at: number): boolean;
}

const OID_REASON_CODE = '2.5.29.21';
/** `removeFromCRL`: the entry says that a hold has ended. */
const REASON_REMOVED = 8;
/** How long a list counts whose issuer did not say; RFC 5280 §5.1.2.5 wants it said. Ours. */
const DEFAULT_LIFE_MS = 7 * 86_400_000;
/** How much the clocks of an issuer and of this machine may differ. */
export const CLOCK_SKEW_MS = 5 * 60_000;
/** Entries that are read without letting anything else run; about 5 ms. */
const STEP = 2000;

/** Everything but the entries, which may be hundreds of thousands. */
interface Head {
  readonly issuerName: DerNode;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly entries: DerNode | undefined;
  readonly isComplete: boolean;
  readonly signed: Buffer;
  readonly method: DerSignatureMethod | undefined;
  readonly signature: Buffer;
}

function readHead(bytes: Buffer): Head {
  const [tbs, algorithm, signature] = derChildren(expectTag(readDer(bytes), TAG.sequence));
  const fields = derChildren(expectTag(tbs, TAG.sequence));
  if (fields[0]?.tag === TAG.integer) fields.shift();
  const [inner, issuer, thisUpdate, ...rest] = fields;
  const next = rest[0];
  const hasNext = next?.tag === TAG.utcTime || next?.tag === TAG.generalizedTime;
  const entries = rest[hasNext ? 1 : 0];
  const outer = expectTag(algorithm, TAG.sequence);
  return {
    issuerName: expectTag(issuer, TAG.sequence),
    thisUpdate: readTime(thisUpdate),
    nextUpdate: hasNext ? readTime(next) : undefined,
    entries: entries?.tag === TAG.sequence ? entries : undefined,
    isComplete: !hasCritical(rest.find((one) => one.tag === 0xa0)),
    signed: expectTag(tbs, TAG.sequence).raw,
    method: inner?.raw.equals(outer.raw) === true ? readSignatureMethod(outer) : undefined,
    signature: expectTag(signature, TAG.bitString).content,
  };
}

/** Critical extensions of a list narrow it: to changes, to some certificates, to some reasons (RFC 5280 §5.2). */
function hasCritical(extensions: DerNode | undefined): boolean {
  if (extensions === undefined) return false;
  return derChildren(expectTag(derChildren(extensions)[0], TAG.sequence)).some((one) => {
    const flag = derChildren(expectTag(one, TAG.sequence))[1];
    return flag?.tag === TAG.boolean && flag.content[0] !== 0;
  });
}

export class ParsedRevocationList implements RevocationList {
  readonly issuer: string;
  readonly issuerKey: string;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly #head: Head;
  readonly #revokedAt: ReadonlyMap<string, number>;
  /** By fingerprint of the certificate whose key was tried. */
  readonly #verified = new Map<string, boolean>();

  private constructor(head: Head, revokedAt: ReadonlyMap<string, number>) {
    this.issuer = nameTextOf(head.issuerName);
    this.issuerKey = nameKeyOf(head.issuerName);
    this.thisUpdate = head.thisUpdate;
    this.nextUpdate = head.nextUpdate;
    this.#head = { ...head, entries: undefined };
    this.#revokedAt = revokedAt;
  }

  /** @throws DerError when the bytes are not exactly one list */
  static read(bytes: Buffer): ParsedRevocationList {
    const head = readHead(bytes);
    const revokedAt = new Map<string, number>();
    for (const entry of entriesOf(head)) addEntry(revokedAt, entry);
    return new ParsedRevocationList(head, revokedAt);
  }

  /** The same in small steps, so that requests are served in between. */
  static async readInSteps(bytes: Buffer): Promise<ParsedRevocationList> {
    const head = readHead(bytes);
    const revokedAt = new Map<string, number>();
    let count = 0;
    for (const entry of entriesOf(head)) {
      addEntry(revokedAt, entry);
      if (++count % STEP === 0) await pause();
    }
    return new ParsedRevocationList(head, revokedAt);
  }

  get size(): number {
    return this.#revokedAt.size;
  }

  /** The list is really of this issuer. Asked once per issuer: a list may have megabytes. */
  isSignedBy(issuer: Certificate): boolean {
    if (issuer.subjectKey !== this.issuerKey) return false;
    const known = this.#verified.get(issuer.fingerprint);
    if (known !== undefined) return known;
    const { method, signed, signature } = this.#head;
    const answer = holds(method, signed, issuer.key, signature);
    this.#verified.set(issuer.fingerprint, answer);
    return answer;
  }

  isRevoked(certificate: Certificate, at: number): boolean {
    const since = this.#revokedAt.get(certificate.serial);
    return since !== undefined && since <= at;
  }

  isStale(at: number): boolean {
    return (this.nextUpdate ?? this.thisUpdate + DEFAULT_LIFE_MS) < at;
  }

  /** A certificate of this issuer that is not on it was not taken back. The signature is asked for elsewhere. */
  vouches(issuer: Certificate, at: number): boolean {
    const { keyUsage } = issuer;
    const mayIssue = keyUsage === undefined || (keyUsage & KEY_USAGE.crlSign) !== 0;
    return (
      mayIssue &&
      this.#head.isComplete &&
      isStrong(this.#head.method) &&
      this.thisUpdate <= at + CLOCK_SKEW_MS &&
      !this.isStale(at)
    );
  }
}

function* entriesOf({ entries }: Head): Generator<DerNode> {
  if (entries !== undefined) yield* derWalk(entries);
}

function addEntry(revokedAt: Map<string, number>, entry: DerNode): void {
  const [serial, time, extensions] = derChildren(expectTag(entry, TAG.sequence));
  if (extensions !== undefined && readReason(extensions) === REASON_REMOVED) return;
  revokedAt.set(expectTag(serial, TAG.integer).content.toString('hex'), readTime(time));
}

function readReason(extensions: DerNode): number | undefined {
  for (const extension of derChildren(extensions)) {
    const parts = derChildren(extension);
    if (readOid(parts[0]) !== OID_REASON_CODE) continue;
    return readDer(expectTag(parts.at(-1), TAG.octetString).content).content[0];
  }
  return undefined;
}
