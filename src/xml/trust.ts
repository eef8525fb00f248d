/**
 * Trust: whether a certificate leads to an anchor of the operator (RFC 5280 §6), at a given time and
 * with the revocation lists and answers at hand. Which agency it speaks for is asked elsewhere
 * (signer.ts).
 *
 * Anchors are those of the installation, and for one agency also its own: they never vouch for another.
 *
 * Reasons, in the order in which they are looked for: `certificate.unreadable`,
 * `certificate.unknown-issuer`, then from the signer upwards `certificate.not-yet-valid`,
 * `certificate.expired`, `certificate.weak-key`, `certificate.unknown-extension`,
 * `certificate.weak-algorithm`, `certificate.not-authority`, `certificate.path-length`,
 * `certificate.key-usage`, `certificate.revoked`; last, where the rules are hard, `revocation.unknown`.
 *
 * Left out on purpose: policies, and name constraints, whose presence refuses the path. Nothing is
 * fetched here: see revocation-cache.ts.
 *
 * @module
 */
import type { X509Certificate } from 'node:crypto';
import type { RevocationFacts } from '../model/signature.js';
import { type Certificate, certificateOf, KEY_USAGE, readCertificate } from './certificates.js';
import { derChildren, readDer } from './der.js';
import { isStrong, readSignatureMethod } from './der-signature.js';
import { readBlocks } from './pem.js';
import { ParsedRevocationList, type RevocationList } from './revocation.js';
import type { RevocationCache } from './revocation-cache.js';
import {
  type RevocationRules,
  type RevocationStatus,
  revocationStatus,
  SOFT_RULES,
} from './revocation-status.js';

export type TrustAnswer =
  | {
      readonly ok: true;
      /** From the signer to the anchor, both included. */
      readonly chain: readonly X509Certificate[];
      /** `crl.stale`, `crl.missing`: what an operator may want to know; refuses nothing. */
      readonly notes: readonly string[];
      /** Of the signer's certificate. */
      readonly revocation: RevocationFacts;
    }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Of the signer's certificate; absent when no path was found. */
      readonly revocation?: RevocationFacts;
    };

/** Anchors and lists of one agency, as files. */
export interface AgencyTrustFiles {
  readonly anchors: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

export interface TrustOptions {
  /** By organ id. */
  readonly agencies?: ReadonlyMap<string, AgencyTrustFiles>;
  readonly rules?: RevocationRules;
  /** What was fetched; the same one over every reload. */
  readonly cache?: RevocationCache;
}

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

/** What all views of one store share. */
interface Shared {
  readonly general: readonly Certificate[];
  /** By organ id. */
  readonly agencies: ReadonlyMap<string, readonly Certificate[]>;
  readonly lists: readonly ParsedRevocationList[];
  readonly rules: RevocationRules;
  readonly cache: RevocationCache | undefined;
  /** `child issuer` fingerprints → the issuer's key signed the child. */
  readonly issued: Map<string, boolean>;
  /** Views by organ id; only of agencies that have anchors. */
  readonly views: Map<string, TrustStore>;
}

function sharedBy(
  general: Shared['general'],
  agencies: Shared['agencies'],
  lists: Shared['lists'],
  { rules = SOFT_RULES, cache }: TrustOptions,
): Shared {
  return { general, agencies, lists, rules, cache, issued: new Map(), views: new Map() };
}

export class TrustStore {
  static readonly empty = new TrustStore([], sharedBy([], new Map(), [], {}));

  readonly #anchors: readonly Certificate[];
  readonly #shared: Shared;

  private constructor(anchors: readonly Certificate[], shared: Shared) {
    this.#anchors = anchors;
    this.#shared = shared;
  }

  /**
   * @param anchorFiles PEM (only CERTIFICATE blocks are read) or DER
   * @param crlFiles PEM (only X509 CRL blocks are read) or DER
   * @throws Error naming the kind and index of a file without any usable block, or with a broken one
   */
  static from(
    anchorFiles: readonly Uint8Array[],
    crlFiles: readonly Uint8Array[],
    options: TrustOptions = {},
  ): TrustStore {
    const general = readAnchors(anchorFiles, '');
    const agencies = [...(options.agencies ?? [])].map(
      ([organId, files]): [string, readonly Certificate[]] => [
        organId,
        readAnchors(files.anchors, ` of ${organId}`),
      ],
    );
    const lists = [
      ...readLists(crlFiles, ''),
      ...[...(options.agencies ?? [])].flatMap(([organId, { crls }]) =>
        readLists(crls, ` of ${organId}`),
      ),
    ];
    return new TrustStore(general, sharedBy(general, new Map(agencies), lists, options));
  }

  /**
   * The trust for packages of one agency: the anchors of the installation and its own.
   *
   * @param organId as in the directory, exactly
   */
  forAgency(organId: string): TrustStore {
    const { general, agencies, views } = this.#shared;
    const own = agencies.get(organId);
    if (own === undefined) {
      return this.#anchors === general ? this : new TrustStore(general, this.#shared);
    }
    const known = views.get(organId);
    if (known !== undefined) return known;
    const view = new TrustStore([...general, ...own], this.#shared);
    views.set(organId, view);
    return view;
  }

  /** Of the installation; of a view for an agency also its own. */
  get anchors(): readonly Certificate[] {
    return this.#anchors;
  }

  /** Anchors that count for one agency only, by organ id. */
  get agencyAnchors(): ReadonlyMap<string, readonly Certificate[]> {
    return this.#shared.agencies;
  }

  /** From the operator's files. */
  get lists(): readonly RevocationList[] {
    return this.#shared.lists;
  }

  /** Authorities known by now: every anchor, and those seen on a path. For verifying what was fetched. */
  get issuers(): readonly Certificate[] {
    const { general, agencies, cache } = this.#shared;
    const all = [
      ...general,
      ...[...agencies.values()].flat(),
      ...(cache?.seen ?? []).map(({ issuer }) => issuer),
    ];
    return [...new Map(all.map((one) => [one.fingerprint, one])).values()];
  }

  /**
   * Does the certificate lead to an anchor?
   *
   * @param intermediates certificates that came along; they only help to find a path
   * @param at milliseconds since 1970
   */
  check(leaf: X509Certificate, intermediates: readonly X509Certificate[], at: number): TrustAnswer {
    const first = certificateOf(leaf);
    if (first === undefined) return { ok: false, reason: 'certificate.unreadable' };
    const others = intermediates.flatMap((one) => certificateOf(one) ?? []);
    let reason: string | undefined;
    let revocation: RevocationFacts | undefined;
    const seen = { steps: 0 };
    for (const chain of this.#paths([first], others, seen)) {
      const problem = this.#problemOf(chain, at);
      const judged = problem === undefined ? this.#judgeRevocation(chain, at) : undefined;
      // Also when too little is known: then somebody should ask.
      if (judged !== undefined) this.#shared.cache?.note(chain);
      if (judged?.reason === undefined && judged !== undefined) {
        const { notes, facts } = judged;
        return { ok: true, chain: chain.map((one) => one.x509), notes, revocation: facts };
      }
      reason ??= problem ?? judged?.reason;
      revocation ??= judged?.facts;
    }
    return {
      ok: false,
      reason: reason ?? 'certificate.unknown-issuer',
      ...(revocation === undefined ? {} : { revocation }),
    };
  }

  /**
   * For a certificate that the operator registered: it needs no anchor, but must be in date, fit to
   * sign, and not taken back by its issuer, as far as that issuer is an anchor here.
   */
  checkRegistered(leaf: X509Certificate, at: number): TrustAnswer {
    const first = certificateOf(leaf);
    if (first === undefined) return { ok: false, reason: 'certificate.unreadable' };
    const reason = inItself(first, at) ?? signerProblem(first);
    if (reason !== undefined) return { ok: false, reason };
    const issuer = this.issuerOf(first);
    const chain = issuer === undefined ? [first] : [first, issuer];
    this.#shared.cache?.note(chain);
    const judged = this.#judgeRevocation(chain, at);
    return judged.reason === undefined
      ? { ok: true, chain: [first.x509], notes: [], revocation: judged.facts }
      : { ok: false, reason: judged.reason, revocation: judged.facts };
  }

  /** @returns the anchor whose key signed the certificate */
  issuerOf(certificate: Certificate): Certificate | undefined {
    return this.#anchors.find(
      (one) => one.fingerprint !== certificate.fingerprint && this.#isIssuer(one, certificate),
    );
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
    const { issued } = this.#shared;
    const known = issued.get(pair);
    if (known !== undefined) return known;
    const holds = verifiedBy(child, issuer);
    if (issued.size >= MAX_REMEMBERED) issued.clear();
    issued.set(pair, holds);
    return holds;
  }

  #problemOf(chain: readonly Certificate[], at: number): string | undefined {
    const anchor = chain.length - 1;
    for (const [depth, certificate] of chain.entries()) {
      const problem =
        inItself(certificate, at) ??
        (depth < anchor && !isStronglySigned(certificate)
          ? 'certificate.weak-algorithm'
          : undefined) ??
        (depth === 0 ? signerProblem(certificate) : authorityProblem(certificate, chain, depth));
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** Everything below the anchor; of a chain of one nothing is known, and nothing is asked. */
  #judgeRevocation(chain: readonly Certificate[], at: number): Judged {
    const { lists, cache, rules } = this.#shared;
    const all = cache === undefined ? lists : [...lists, ...cache.lists];
    const statuses: RevocationStatus[] = [];
    for (const [depth, certificate] of chain.entries()) {
      const issuer = chain[depth + 1];
      if (issuer === undefined) break;
      statuses.push(revocationStatus(certificate, issuer, all, cache, rules, at));
    }
    const isRevoked = statuses.some((one) => one.isRevoked);
    const isEnough = statuses.every((one) => one.isEnough);
    return {
      reason: isRevoked ? 'certificate.revoked' : isEnough ? undefined : 'revocation.unknown',
      notes: [...new Set(statuses.flatMap(({ note }) => note ?? []))],
      facts: statuses[0]?.facts ?? { source: 'none' },
    };
  }
}

interface Judged {
  readonly reason: string | undefined;
  readonly notes: readonly string[];
  readonly facts: RevocationFacts;
}

function readAnchors(files: readonly Uint8Array[], whose: string): Certificate[] {
  const anchors = files.flatMap((file, index) =>
    usable(
      readBlocks(file, 'CERTIFICATE').map(readCertificate),
      `trust anchor file ${index}${whose}`,
    ),
  );
  return [...new Map(anchors.map((anchor) => [anchor.fingerprint, anchor])).values()];
}

function readLists(files: readonly Uint8Array[], whose: string): ParsedRevocationList[] {
  return files.flatMap((file, index) =>
    usable(readBlocks(file, 'X509 CRL').map(readList), `revocation list file ${index}${whose}`),
  );
}

/** RSASSA-PSS too, as far as its parameters are strong and named. */
function isStronglySigned({ isStronglySigned: isKnown, x509 }: Certificate): boolean {
  if (isKnown) return true;
  try {
    return isStrong(readSignatureMethod(derChildren(readDer(x509.raw))[1]));
  } catch {
    return false;
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
    return ParsedRevocationList.read(bytes);
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
