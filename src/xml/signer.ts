/**
 * Who signed: which key made the signature value, and whether that key speaks for the agency.
 *
 * KeyInfo only selects. Its certificates are tried when there are any, else those registered for the
 * agency; a bare KeyValue never gives a key (CVE-2024-32962, CVE-2021-21239).
 *
 * @module
 */
import type { X509Certificate } from 'node:crypto';
import type { RevocationFacts } from '../model/signature.js';
import { type Certificate, certificateOf } from './certificates.js';
import { type SignatureMethod, verifyBytes } from './signature-algorithms.js';
import type { TrustStore } from './trust.js';

export interface SignatureTrust {
  readonly store: TrustStore;
  /** Organ id in From, as written. */
  readonly from: string;
  /** Certificates registered for that agency. */
  readonly registered: readonly X509Certificate[];
  /** Any subject will do; the chain must still lead to an anchor. */
  readonly anySigner?: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly allowSha1: boolean;
}

export type SignerAnswer =
  | { readonly ok: true; readonly signer: Certificate }
  | { readonly ok: false; readonly reason: string };

/** An agency changes its certificate now and then; nobody has more in use. Bounds the work. */
const MAX_REGISTERED = 16;

/**
 * @param certificates those of KeyInfo
 * @param data canonical form of SignedInfo
 * @returns the certificate whose key made the value; reasons `key.none`, `key.weak`, `key.type`,
 *   `value.mismatch`
 */
export function findSigner(
  certificates: readonly Certificate[],
  registered: readonly X509Certificate[],
  method: SignatureMethod,
  data: Uint8Array,
  value: Uint8Array,
): SignerAnswer {
  const candidates =
    certificates.length > 0
      ? certificates
      : registered.slice(0, MAX_REGISTERED).flatMap((one) => certificateOf(one) ?? []);
  if (candidates.length === 0) return { ok: false, reason: 'key.none' };
  const fit = candidates.filter((one) => one.keyProblem === undefined);
  if (fit.length === 0) return { ok: false, reason: candidates[0]?.keyProblem ?? 'key.none' };
  const signer = fit.find(
    (one) => one.key !== undefined && verifyBytes(method, one.key, data, value),
  );
  return signer === undefined ? { ok: false, reason: 'value.mismatch' } : { ok: true, signer };
}

export interface SignerJudgement {
  /** Why the signer does not speak for the agency: of trust.ts, or `certificate.identity`. */
  readonly reason: string | undefined;
  /** What was known about its certificate having been taken back; absent when no path was found. */
  readonly revocation?: RevocationFacts;
}

/** Whether the signer speaks for the agency. */
export function judgeSigner(
  signer: Certificate,
  certificates: readonly Certificate[],
  trust: SignatureTrust,
): SignerJudgement {
  const { store, at } = trust;
  const isRegistered = trust.registered.some(
    (one) => certificateOf(one)?.fingerprint === signer.fingerprint,
  );
  const others = certificates.filter((one) => one !== signer).map((one) => one.x509);
  const answer = isRegistered
    ? store.checkRegistered(signer.x509, at)
    : store.check(signer.x509, others, at);
  const known = answer.revocation === undefined ? {} : { revocation: answer.revocation };
  if (!answer.ok) return { reason: answer.reason, ...known };
  if (isRegistered || trust.anySigner === true) return { reason: undefined, ...known };
  // An empty organ id speaks for nobody, whatever stands in a subject.
  const isMeant = trust.from !== '' && signer.identity === trust.from;
  return { reason: isMeant ? undefined : 'certificate.identity', ...known };
}

/** @returns the reason alone */
export function distrustReason(
  signer: Certificate,
  certificates: readonly Certificate[],
  trust: SignatureTrust,
): string | undefined {
  return judgeSigner(signer, certificates, trust).reason;
}
