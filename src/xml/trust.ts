/**
 * Trust: whether a certificate leads to an anchor of the operator (RFC 5280 §6), at a given time and
 * with the revocation lists at hand. Which agency it speaks for is asked elsewhere (signer.ts).
 *
 * Reasons, in the order in which they are looked for: `certificate.unreadable`,
 * `certificate.unknown-issuer`, then from the signer upwards `certificate.not-yet-valid`,
 * `certificate.expired`, `certificate.weak-key`, `certificate.weak-algorithm`,
 * `certificate.unknown-extension`, `certificate.not-authority`, `certificate.path-length`,
 * `certificate.key-usage`, `certificate.revoked`.
 *
 * Left out on purpose: OCSP and fetching of lists (nothing in a message makes the gateway open a
 * connection), policies, and name constraints, whose presence refuses the path.
 *
 * @module
 */
import type { X509Certificate } from 'node:crypto';
import { type Certificate, KEY_USAGE, readCertificate } from './certificates.js';
import { readBlocks } from './pem.js';
import { ParsedRevocationList, type RevocationList } from './revocation.js';

export type TrustAnswer =
  | {
      readonly ok: true;
      /** From the signer to the anchor, both included. */
      readonly chain: readonly X509Certificate[];
      /** `crl.stale`, `crl.missing`: what an operator may want to know; refuses nothing. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/** Signer, anchor and what is between them. Real chains have two to four. */
const MAX_CHAIN = 6;
/** Signatures of certificates that one question may compute; bounds crafted sets of look-alikes. */
const MAX_STEPS = 24;
const MAX_REMEMBERED = 2000;

/**
 * Purposes of which one must be named when a signer's certificate names any: any, client
 * authentication, e-mail, document signing (RFC 9336, Microsoft, Adobe), smart card logon. A
 * certificate of a web server or of a time stamp authority signs no package.
 */
const SIGNER_PURPOSES: ReadonlySet<string> = new Set([
  '2.5.29.37.0',
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.36',
  '1.3.6.1.4.1.311.10.3.12',
  '1.3.6.1.4.1.311.20.2.2',
  '1.2.840.113583.1.1.5',
]);

export class TrustStore {
  static readonly empty = new TrustStore([], []);

  readonly #anchors: readonly Certificate[];
  readonly #lists: readonly ParsedRevocationList[];
  /** `child issuer` fingerprints → the issuer's key signed the child. */
  readonly #issued = new Map<string, boolean>();

  private constructor(anchors: readonly Certificate[], lists: readonly ParsedRevocationList[]) {
    this.#anchors = anchors;
    this.#lists = lists;
  }

  /**
   * @param anchorFiles PEM (only CERTIFICATE blocks are read) or DER
   * @param crlFiles PEM (only X509 CRL blocks are read) or DER
   * @throws Error naming the kind and index of a file without any usable block, or with a broken one
   */
  static from(anchorFiles: readonly Uint8Array[], crlFiles: readonly Uint8Array[]): TrustStore {
    const anchors = anchorFiles.flatMap((file, index) =>
      usable(readBlocks(file, 'CERTIFICATE').map(readCertificate), `trust anchor file ${index}`),
    );
    const lists = crlFiles.flatMap((file, index) =>
      usable(readBlocks(file, 'X509 CRL').map(readList), `revocation list file ${index}`),
    );
    const distinct = new Map(anchors.map((anchor) => [anchor.fingerprint, anchor]));
    return new TrustStore([...distinct.values()], lists);
  }

  get anchors(): readonly Certificate[] {
    return this.#anchors;
  }

  get lists(): readonly RevocationList[] {
    return this.#lists;
  }

  /**
   * Does the certificate lead to an anchor?
   *
   * @param intermediates certificates that came along; they only help to find a path
   * @param at milliseconds since 1970
   */
  check(leaf: X509Certificate, intermediates: readonly X509Certificate[], at: number): TrustAnswer {
    const first = readCertificate(leaf.raw);
    if (first === undefined) return { ok: false, reason: 'certificate.unreadable' };
    const others = intermediates.flatMap((one) => readCertificate(one.raw) ?? []);
    let reason: string | undefined;
    const seen = { steps: 0 };
    for (const chain of this.#paths([first], others, seen)) {
      const problem = this.#problemOf(chain, at);
      if (problem === undefined) {
        return { ok: true, chain: chain.map((one) => one.x509), notes: this.#notes(chain, at) };
      }
      reason ??= problem;
    }
    return { ok: false, reason: reason ?? 'certificate.unknown-issuer' };
  }

  /**
   * For a certificate that the operator registered: it needs no anchor, but must be in date, fit to
   * sign, and not be on a list of its issuer, as far as that issuer is an anchor here.
   */
  checkRegistered(leaf: X509Certificate, at: number): TrustAnswer {
    const first = readCertificate(leaf.raw);
    if (first === undefined) return { ok: false, reason: 'certificate.unreadable' };
    const issuer = this.#anchors.find((one) => this.#isIssuer(one, first));
    const reason =
      inItself(first, at) ??
      signerProblem(first) ??
      (issuer !== undefined && this.#isRevoked(first, issuer, at)
        ? 'certificate.revoked'
        : undefined);
    return reason === undefined
      ? { ok: true, chain: [first.x509], notes: [] }
      : { ok: false, reason };
  }

  /** Paths from the signer to an anchor, the shortest branches first. */
  *#paths(
    chain: readonly Certificate[],
    others: readonly Certificate[],
    seen: { steps: number },
  ): Generator<readonly Certificate[]> {
    const last = chain.at(-1);
    if (last === undefined) return;
    if (this.#anchors.some((one) => one.fingerprint === last.fingerprint)) {
      yield chain;
      return;
    }
    if (chain.length >= MAX_CHAIN) return;
    for (const issuer of [...this.#anchors, ...others]) {
      if (chain.includes(issuer) || issuer.subjectKey !== last.issuerKey) continue;
      if (seen.steps++ >= MAX_STEPS) return;
      if (this.#isIssuer(issuer, last)) yield* this.#paths([...chain, issuer], others, seen);
    }
  }

  #isIssuer(issuer: Certificate, child: Certificate): boolean {
    if (issuer.subjectKey !== child.issuerKey || issuer.key === undefined) return false;
    const pair = `${child.fingerprint} ${issuer.fingerprint}`;
    const known = this.#issued.get(pair);
    if (known !== undefined) return known;
    const holds = verifiedBy(child, issuer);
    if (this.#issued.size >= MAX_REMEMBERED) this.#issued.clear();
    this.#issued.set(pair, holds);
    return holds;
  }

  #problemOf(chain: readonly Certificate[], at: number): string | undefined {
    const anchor = chain.length - 1;
    for (const [depth, certificate] of chain.entries()) {
      const issuer = chain[depth + 1];
      const problem =
        inItself(certificate, at) ??
        (depth < anchor && !certificate.isStronglySigned
          ? 'certificate.weak-algorithm'
          : undefined) ??
        (depth === 0 ? signerProblem(certificate) : authorityProblem(certificate, chain, depth)) ??
        (issuer !== undefined && this.#isRevoked(certificate, issuer, at)
          ? 'certificate.revoked'
          : undefined);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #isRevoked(certificate: Certificate, issuer: Certificate, at: number): boolean {
    return this.#lists.some((list) => list.isRevoked(certificate, at) && list.isSignedBy(issuer));
  }

  #notes(chain: readonly Certificate[], at: number): string[] {
    const notes = new Set<string>();
    for (const issuer of chain.slice(1)) {
      const lists = this.#lists.filter((list) => list.isSignedBy(issuer));
      if (lists.length === 0) notes.add('crl.missing');
      else if (lists.every((list) => list.isStale(at))) notes.add('crl.stale');
    }
    return [...notes];
  }
}

function inItself(certificate: Certificate, at: number): string | undefined {
  if (at < certificate.notBefore) return 'certificate.not-yet-valid';
  if (at > certificate.notAfter) return 'certificate.expired';
  if (certificate.keyProblem !== undefined) return 'certificate.weak-key';
  return certificate.hasUnknownCritical ? 'certificate.unknown-extension' : undefined;
}

/** Key usage and purpose of a signer, where the certificate names any (RFC 5280 §4.2.1.3, §4.2.1.12). */
function signerProblem({ keyUsage, purposes }: Certificate): string | undefined {
  const signs = KEY_USAGE.digitalSignature | KEY_USAGE.nonRepudiation;
  if (keyUsage !== undefined && (keyUsage & signs) === 0) return 'certificate.key-usage';
  return purposes === undefined || purposes.some((one) => SIGNER_PURPOSES.has(one))
    ? undefined
    : 'certificate.key-usage';
}

function authorityProblem(
  certificate: Certificate,
  chain: readonly Certificate[],
  depth: number,
): string | undefined {
  if (!certificate.isAuthority) return 'certificate.not-authority';
  if (certificate.keyUsage !== undefined && (certificate.keyUsage & KEY_USAGE.keyCertSign) === 0) {
    return 'certificate.key-usage';
  }
  // Authorities between this one and the signer; those that issued themselves do not count.
  const below = chain.slice(1, depth).filter((one) => one.subjectKey !== one.issuerKey).length;
  return certificate.pathLength !== undefined && below > certificate.pathLength
    ? 'certificate.path-length'
    : undefined;
}

function verifiedBy(child: Certificate, issuer: Certificate): boolean {
  try {
    return issuer.key !== undefined && child.x509.verify(issuer.key);
  } catch {
    return false;
  }
}

function readList(bytes: Buffer): ParsedRevocationList | undefined {
  try {
    return new ParsedRevocationList(bytes);
  } catch {
    return undefined;
  }
}

/** A broken block among good ones stops as well: an anchor or list that silently falls out is worse. */
function usable<T>(blocks: readonly (T | undefined)[], what: string): T[] {
  const good = blocks.filter((one) => one !== undefined);
  if (good.length === 0) throw new Error(`${what} holds no usable block`);
  if (good.length < blocks.length) throw new Error(`${what} holds a block that cannot be read`);
  return good as T[];
}
