/**
 * The trust of the installation: loaded from the operator's files, and shown with the ages of lists
 * and the ends of certificates.
 *
 * @module
 */
import { type Clock, utc } from '../clock.js';
import type { TrustConfig } from '../config/config.js';
import {
  type AgencyTrust,
  findTrustFiles,
  readAgencyTrustFiles,
  type TrustBlock,
  type TrustFile,
} from '../config/trust-files.js';
import { refuse } from '../model/issue.js';
import type { Store } from '../store/store.js';
import type { Certificate } from '../xml/certificates.js';
import type { RevocationList } from '../xml/revocation.js';
import type { RevocationCache } from '../xml/revocation-cache.js';
import { TrustStore } from '../xml/trust.js';
import { expiryLevel, expiryWarning, registeredCertificates } from './certificate-warnings.js';

/**
 * Reads every file; nothing of before is kept, so that a reload takes effect as a whole or not at all.
 *
 * @param cache what was fetched; the same one over every reload
 * @throws GatewayError `file.unreadable`, `trust.empty`, `trust.broken` or `trust.agency`, naming the file
 */
export function loadTrust(config: TrustConfig, cache?: RevocationCache): TrustStore {
  const { anchors, crls, agencyAnchors, revocation = 'soft', fetch } = config;
  const anchorFiles = findTrustFiles(anchors, 'CERTIFICATE');
  const crlFiles = findTrustFiles(crls, 'X509 CRL');
  const agencies: ReadonlyMap<string, AgencyTrust> =
    agencyAnchors === undefined ? new Map() : readAgencyTrustFiles(agencyAnchors);
  const own = [...agencies.values()];
  refuseBroken([...anchorFiles, ...own.flatMap((one) => one.anchors)], 'CERTIFICATE');
  refuseBroken([...crlFiles, ...own.flatMap((one) => one.crls)], 'X509 CRL');
  return TrustStore.from(anchorFiles.map(bytesOf), crlFiles.map(bytesOf), {
    agencies: new Map(
      [...agencies].map(([organId, files]) => [
        organId,
        { anchors: files.anchors.map(bytesOf), crls: files.crls.map(bytesOf) },
      ]),
    ),
    rules: {
      revocation,
      ocsp: fetch?.ocsp ?? 'off',
      ocspHosts: new Set(fetch?.ocspHosts ?? []),
    },
    ...(cache === undefined ? {} : { cache }),
  });
}

function bytesOf({ bytes }: TrustFile): Buffer {
  return bytes;
}

function refuseBroken(files: readonly TrustFile[], block: TrustBlock): void {
  for (const { file, bytes } of files) {
    try {
      if (block === 'CERTIFICATE') TrustStore.from([bytes], []);
      else TrustStore.from([], [bytes]);
    } catch {
      throw refuse('trust.broken', { file, block });
    }
  }
}

/** One line of `trust list`. Times in ISO 8601, UTC. */
export type TrustView =
  | {
      readonly kind: 'anchor' | 'certificate';
      /** Absent: counts for every agency. */
      readonly organId?: string;
      readonly subject: string;
      /** SHA-256 of the DER bytes, lower-case hex. */
      readonly fingerprint: string;
      readonly notAfter: string;
      /** `ended`, `ends-in-7-days`, `ends-in-30-days`, `ends-in-60-days`, `agency-unknown`. */
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'crl';
      /** `files`, or the address that it was fetched from. */
      readonly source: string;
      readonly issuer: string;
      readonly thisUpdate: string;
      readonly nextUpdate?: string;
      readonly ageSeconds: number;
      /** Number of certificates on it. */
      readonly size: number;
      /** `stale`; `unverified`: its issuer is not known yet; `missing`: never fetched. */
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'crl-url';
      readonly source: string;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'ocsp';
      readonly hosts: readonly string[];
      readonly answers: number;
      readonly fresh: number;
      readonly warnings: readonly string[];
    };

export interface TrustQuestion {
  readonly trust: TrustStore;
  readonly cache: RevocationCache;
  readonly config: TrustConfig;
  readonly clock: Pick<Clock, 'now'>;
  /** Without one registered certificates are left out. */
  readonly store?: Store;
}

/** Anchors, those of single agencies, registered certificates that end soon, lists, answers; in this order. */
export async function* listTrust(question: TrustQuestion): AsyncGenerator<TrustView> {
  const { trust, cache, config, clock, store } = question;
  const now = clock.now();
  for (const anchor of trust.anchors) yield certificateView('anchor', anchor, now);
  for (const [organId, anchors] of trust.agencyAnchors) {
    const isKnown = store === undefined || (await store.getAgency(organId))?.organId === organId;
    for (const anchor of anchors) {
      const view = certificateView('anchor', anchor, now, organId);
      yield isKnown ? view : { ...view, warnings: [...view.warnings, 'agency-unknown'] };
    }
  }
  if (store !== undefined) {
    for await (const { organId, subject, fingerprint, notAfter } of registeredCertificates(store)) {
      const view = certificateView('certificate', { subject, fingerprint, notAfter }, now, organId);
      if (view.warnings.length > 0) yield view;
    }
  }
  for (const list of trust.lists) yield listView('files', list, true, now);
  for (const { source, list, isVerified } of cache.fetched) {
    yield listView(source, list, isVerified, now);
  }
  for (const source of config.fetch?.crlUrls ?? []) {
    if (cache.fetched.some((one) => one.source === source)) continue;
    yield { kind: 'crl-url', source, warnings: ['missing'] };
  }
  if (config.fetch !== undefined && config.fetch.ocsp !== 'off') {
    const { held, fresh } = cache.countAnswers(now);
    const hosts = config.fetch.ocspHosts;
    yield { kind: 'ocsp', hosts, answers: held, fresh, warnings: held > fresh ? ['stale'] : [] };
  }
}

function certificateView(
  kind: 'anchor' | 'certificate',
  { subject, fingerprint, notAfter }: Pick<Certificate, 'subject' | 'fingerprint' | 'notAfter'>,
  now: number,
  organId?: string,
): Extract<TrustView, { kind: 'anchor' | 'certificate' }> {
  const level = expiryLevel(notAfter, now);
  return {
    kind,
    ...(organId === undefined ? {} : { organId }),
    subject,
    fingerprint,
    notAfter: utc(notAfter),
    warnings: level === undefined ? [] : [expiryWarning(level)],
  };
}

function listView(
  source: string,
  list: RevocationList,
  isVerified: boolean,
  now: number,
): TrustView {
  const { issuer, thisUpdate, nextUpdate, size } = list;
  return {
    kind: 'crl',
    source,
    issuer,
    thisUpdate: utc(thisUpdate),
    ...(nextUpdate === undefined ? {} : { nextUpdate: utc(nextUpdate) }),
    ageSeconds: Math.max(0, Math.round((now - thisUpdate) / 1000)),
    size,
    warnings: [...(list.isStale(now) ? ['stale'] : []), ...(isVerified ? [] : ['unverified'])],
  };
}
