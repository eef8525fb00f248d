/**
 * What was learnt of revocation while the gateway runs: lists and OCSP answers that somebody fetched,
 * and the signers about whom it is worth asking. Look-ups only; a request never waits for more.
 *
 * What is believed was verified when it came in. A newer list or answer takes the place of an older
 * one, never the other way round, and never that of another issuer: whoever stands between us and an
 * authority can at most keep news from us, which shows as age.
 *
 * @module
 */
import type { Certificate } from './certificates.js';
import { isFresh, type OcspAnswer, readOcspAnswer } from './ocsp.js';
import { CLOCK_SKEW_MS, type ParsedRevocationList } from './revocation.js';

/**
 * `taken`; `stale`: taken, but past its time; `unverified`: its issuer is not known yet, so it counts
 * only once a path shows the issuer. Not taken: `older`, `future`, `signature`, `crowded`.
 */
export type ListOutcome =
  | 'taken'
  | 'stale'
  | 'unverified'
  | 'older'
  | 'future'
  | 'signature'
  | 'crowded';

/** A certificate, and the one whose key signed it. */
export interface Issued {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

export interface FetchedList {
  readonly source: string;
  readonly list: ParsedRevocationList;
  readonly isVerified: boolean;
}

/** Authorities whose lists come from one address. */
const MAX_ISSUERS = 8;
/** Certificates that signers showed; the one not seen for the longest time is forgotten first. */
const MAX_SEEN = 500;
const MAX_ANSWERS = 2000;

export class RevocationCache {
  /** By address, then by the name of the issuer. */
  readonly #verified = new Map<string, Map<string, ParsedRevocationList>>();
  readonly #unverified = new Map<string, ParsedRevocationList>();
  /** By fingerprints of certificate and issuer. */
  readonly #answers = new Map<string, OcspAnswer>();
  readonly #seen = new Map<string, Issued>();
  #lists: readonly ParsedRevocationList[] = [];

  /** Lists that were fetched, verified or not. */
  get lists(): readonly ParsedRevocationList[] {
    return this.#lists;
  }

  /** The same with their addresses. */
  get fetched(): readonly FetchedList[] {
    const verified = [...this.#verified].flatMap(([source, lists]) =>
      [...lists.values()].map((list) => ({ source, list, isVerified: true })),
    );
    const others = [...this.#unverified].map(([source, list]) => ({
      source,
      list,
      isVerified: false,
    }));
    return [...verified, ...others];
  }

  /** Certificates of signers and their authorities, each with its issuer, that were seen on a path. */
  get seen(): readonly Issued[] {
    return [...this.#seen.values()];
  }

  /** The two stood together on a path that leads to an anchor. */
  hasSeen(one: Issued): boolean {
    return this.#seen.has(pairOf(one));
  }

  /** @returns the answer at hand, fresh or not */
  answerFor(certificate: Certificate, issuer: Certificate): OcspAnswer | undefined {
    return this.#answers.get(pairOf({ certificate, issuer }));
  }

  /** Remembers a path that leads to an anchor, from the signer upwards. */
  note(chain: readonly Certificate[]): void {
    for (const [depth, certificate] of chain.entries()) {
      const issuer = chain[depth + 1];
      if (issuer !== undefined) this.#remember({ certificate, issuer });
    }
  }

  #remember(one: Issued): void {
    const pair = pairOf(one);
    this.#seen.delete(pair);
    this.#seen.set(pair, one);
    forgetOldest(this.#seen, MAX_SEEN);
  }

  /**
   * @param source address that the operator configured
   * @param issuers certificates of authorities that are trusted or were seen on a path
   * @param at milliseconds since 1970
   */
  offerList(
    source: string,
    list: ParsedRevocationList,
    issuers: readonly Certificate[],
    at: number,
  ): ListOutcome {
    if (list.thisUpdate > at + CLOCK_SKEW_MS) return 'future';
    const named = issuers.filter((one) => one.subjectKey === list.issuerKey);
    if (named.length === 0) {
      this.#unverified.set(source, list);
      this.#collect();
      return 'unverified';
    }
    if (!named.some((one) => list.isSignedBy(one))) return 'signature';
    const known = this.#verified.get(source) ?? new Map<string, ParsedRevocationList>();
    const before = known.get(list.issuerKey);
    if (before === undefined && known.size >= MAX_ISSUERS) return 'crowded';
    if (before !== undefined && before.thisUpdate > list.thisUpdate) return 'older';
    known.set(list.issuerKey, list);
    this.#verified.set(source, known);
    if (this.#unverified.get(source)?.issuerKey === list.issuerKey) this.#unverified.delete(source);
    this.#collect();
    return list.isStale(at) ? 'stale' : 'taken';
  }

  /**
   * @returns `taken`, `older`, or a reason of readOcspAnswer
   * @param at milliseconds since 1970
   */
  offerAnswer(bytes: Buffer, one: Issued, at: number): string {
    const reading = readOcspAnswer(bytes, one.certificate, one.issuer, at);
    if (!reading.ok) return reading.reason;
    const pair = pairOf(one);
    const before = this.#answers.get(pair);
    if (before !== undefined && before.thisUpdate > reading.answer.thisUpdate) return 'older';
    this.#answers.delete(pair);
    this.#answers.set(pair, reading.answer);
    forgetOldest(this.#answers, MAX_ANSWERS);
    return 'taken';
  }

  /** How many OCSP answers are at hand, and how many of them still count. */
  countAnswers(at: number): { readonly held: number; readonly fresh: number } {
    const held = [...this.#answers.values()];
    return { held: held.length, fresh: held.filter((one) => isFresh(one, at)).length };
  }

  /** Lists of addresses that are no longer configured are forgotten. */
  keepSources(sources: readonly string[]): void {
    for (const source of [...this.#verified.keys(), ...this.#unverified.keys()]) {
      if (sources.includes(source)) continue;
      this.#verified.delete(source);
      this.#unverified.delete(source);
    }
    this.#collect();
  }

  #collect(): void {
    const verified = [...this.#verified.values()].flatMap((lists) => [...lists.values()]);
    this.#lists = [...verified, ...this.#unverified.values()];
  }
}

function pairOf({ certificate, issuer }: Issued): string {
  return `${certificate.fingerprint} ${issuer.fingerprint}`;
}

function forgetOldest(map: Map<string, unknown>, max: number): void {
  const oldest = map.size > max ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}
