/**
 * What is known about one certificate having been taken back: from the operator's lists, from lists
 * that were fetched, and from OCSP answers. Whatever says "taken back" is believed; that all is well
 * is believed only of something fresh.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { RevocationFacts } from '../model/signature.js';
import { ocspUrlOf } from './authority-information.js';
import type { Certificate } from './certificates.js';
import { isFresh, type OcspAnswer } from './ocsp.js';
import type { ParsedRevocationList } from './revocation.js';
import type { RevocationCache } from './revocation-cache.js';

export interface RevocationRules {
  /** `hard`: a certificate below the anchor of which nothing fresh is known is not trusted. */
  readonly revocation: 'soft' | 'hard';
  /** With `hard` a certificate that names a responder on the list needs its answer; a list is not enough. */
  readonly ocsp: 'off' | 'soft' | 'hard';
  /** `ocsp.example` or `ocsp.example:8080`, in lower case. */
  readonly ocspHosts: ReadonlySet<string>;
}

export const SOFT_RULES: RevocationRules = {
  revocation: 'soft',
  ocsp: 'off',
  ocspHosts: new Set(),
};

export interface RevocationStatus {
  readonly isRevoked: boolean;
  /** What the rules demand to be known is known. */
  readonly isEnough: boolean;
  readonly facts: RevocationFacts;
  /** `crl.missing`, `crl.stale`; absent when something fresh is at hand. */
  readonly note: string | undefined;
}

/**
 * @param lists of any issuer; those of another one are passed over
 * @param at milliseconds since 1970
 */
export function revocationStatus(
  certificate: Certificate,
  issuer: Certificate,
  lists: readonly ParsedRevocationList[],
  cache: RevocationCache | undefined,
  rules: RevocationRules,
  at: number,
): RevocationStatus {
  const own = lists.filter((list) => list.isSignedBy(issuer));
  const revoking = own.find((list) => list.isRevoked(certificate, at));
  const answer = rules.ocsp === 'off' ? undefined : cache?.answerFor(certificate, issuer);
  const isAnswered = answer !== undefined && isFresh(answer, at);
  const vouching = newest(own.filter((list) => list.vouches(issuer, at)));
  const answersRevoked = answer?.revokedAt !== undefined && answer.revokedAt <= at;
  const needsAnswer =
    rules.ocsp === 'hard' && ocspUrlOf(certificate, rules.ocspHosts) !== undefined;
  const isKnown = isAnswered || vouching !== undefined;
  const list = revoking ?? vouching ?? newest(own);
  const byAnswer = answersRevoked || (revoking === undefined && (isAnswered || list === undefined));
  return {
    isRevoked: revoking !== undefined || answersRevoked,
    isEnough: needsAnswer ? isAnswered : rules.revocation === 'soft' || isKnown,
    facts:
      byAnswer && answer !== undefined
        ? factsOf('ocsp', answer, !isAnswered)
        : list === undefined
          ? { source: 'none' }
          : factsOf('crl', list, list.isStale(at)),
    note: isAnswered ? undefined : noteOf(own, at),
  };
}

function noteOf(own: readonly ParsedRevocationList[], at: number): string | undefined {
  if (own.length === 0) return 'crl.missing';
  return own.every((list) => list.isStale(at)) ? 'crl.stale' : undefined;
}

function newest(lists: readonly ParsedRevocationList[]): ParsedRevocationList | undefined {
  let found = lists[0];
  for (const one of lists)
    if (found === undefined || one.thisUpdate > found.thisUpdate) found = one;
  return found;
}

function factsOf(
  source: 'crl' | 'ocsp',
  { thisUpdate, nextUpdate }: Pick<OcspAnswer, 'thisUpdate' | 'nextUpdate'>,
  stale: boolean,
): RevocationFacts {
  return {
    source,
    thisUpdate: utc(thisUpdate),
    ...(nextUpdate === undefined ? {} : { nextUpdate: utc(nextUpdate) }),
    ...(stale ? { stale } : {}),
  };
}
