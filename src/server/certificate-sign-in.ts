/**
 * Certificates as a sign-in: which agency one speaks for, and which registered ones a message may mean.
 * The proof that the caller holds the key is made elsewhere: by the handshake or by a signature.
 *
 * A certificate speaks for the agency for which exactly this one is registered; else, when it leads to
 * an anchor, for the agency whose organ id is its subject's UID, else CN (design: Signatures).
 *
 * @module
 */
import type { X509Certificate } from 'node:crypto';
import type { Clock } from '../clock.js';
import { type Agency, takesPart } from '../model/agency.js';
import type { Store } from '../store/store.js';
import { type Certificate, loadRegistered, readCertificate } from '../xml/certificates.js';
import type { TrustStore } from '../xml/trust.js';
import { keyNames } from '../xml/ws-key-reference.js';

export interface CertificateSignIn {
  /**
   * @param others certificates that came along; they only help to find a path
   * @param trustFor anchors and revocation lists that count for an agency
   */
  agencyOf(
    certificate: Certificate,
    others: readonly X509Certificate[],
    trustFor: (organId: string) => TrustStore,
  ): Promise<Agency | undefined>;
  /** Registered certificates that go by one of their `keyNames`. */
  named(name: string): Promise<readonly Certificate[]>;
}

/** What was registered meanwhile is found by its name after so long. */
const RENEW_MS = 30_000;
/** Equal serial numbers of different issuers; each costs a verification. */
const MAX_NAMED = 8;

export function createCertificateSignIn(store: Store, clock: Clock): CertificateSignIn {
  let names = new Map<string, Certificate[]>();
  let readAt = Number.NEGATIVE_INFINITY;

  const readNames = async (): Promise<void> => {
    readAt = clock.monotonic();
    const found = new Map<string, Certificate[]>();
    for (const { pem } of await store.liveCertificates(clock.now())) {
      for (const x509 of loadRegistered([pem])) {
        const certificate = readCertificate(x509.raw);
        if (certificate === undefined) continue;
        for (const name of keyNames(x509)) {
          const same = found.get(name);
          if (same === undefined) found.set(name, [certificate]);
          else if (!same.includes(certificate)) same.push(certificate);
        }
      }
    }
    names = found;
  };

  const registeredFor = async ({ fingerprint, identity }: Certificate) => {
    const now = clock.now();
    const live = (await store.findCertificates(fingerprint)).filter(
      ({ expiredAt }) => expiredAt === undefined || expiredAt > now,
    );
    // Registered for several, it speaks for the one that it names.
    return live.length > 1 ? live.filter(({ organId }) => organId === identity) : live;
  };

  return {
    async agencyOf(certificate, others, trustFor) {
      const now = clock.now();
      const [registered, ...more] = await registeredFor(certificate);
      if (more.length > 0) return undefined;
      const organId = registered?.organId ?? certificate.identity;
      if (organId === undefined || organId === '') return undefined;
      const agency = await store.getAgency(organId);
      // An old organ id finds the agency too, but here only the exact one counts.
      if (agency?.organId !== organId || !takesPart(agency, now)) return undefined;
      const trust = trustFor(organId);
      const answer =
        registered === undefined
          ? trust.check(certificate.x509, others, now)
          : trust.checkRegistered(certificate.x509, now);
      return answer.ok ? agency : undefined;
    },
    async named(name) {
      if (!names.has(name) && clock.monotonic() - readAt > RENEW_MS) await readNames();
      return (names.get(name) ?? []).slice(0, MAX_NAMED);
    },
  };
}
