/**
 * Signing certificates of an agency: registered, listed, expired by an operator.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { utc } from '../clock.js';
import type { AgencyCertificate } from '../model/agency.js';
import { refuse } from '../model/issue.js';
import type { Store } from '../store/store.js';
import { findAgency, isCurrent, type OperatorContext } from './agencies.js';
import { expiryLevel, expiryWarning } from './certificate-warnings.js';

/** A certificate is a few kilobytes. */
const MAX_CERTIFICATE_BYTES = 64 * 1024;

export interface CertificateView {
  readonly organId: string;
  readonly fingerprint: string;
  readonly subject: string;
  readonly notAfter: string;
  readonly addedAt: string;
  readonly expiredAt?: string;
  /** Counts for new packages. */
  readonly current: boolean;
  /** `ended`, `ends-in-7-days`, `ends-in-30-days` or `ends-in-60-days`; absent when withdrawn or far from its end. */
  readonly warning?: string;
}

/**
 * @param bytes one certificate in PEM or DER; more than one, or a private key beside it, is refused.
 * @throws GatewayError `agency.unknown`, `certificate.unreadable`
 */
export async function addCertificate(
  { store, clock, logger, actor }: OperatorContext,
  organId: string,
  bytes: Uint8Array,
): Promise<CertificateView> {
  const agency = await findAgency(store, organId);
  const certificate = readCertificate(bytes);
  const now = clock.now();
  const entry: AgencyCertificate = {
    organId: agency.organId,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    pem: certificate.toString(),
    subject: certificate.subject.split('\n').join(', '),
    notAfter: Date.parse(certificate.validTo),
    addedAt: now,
  };
  if (entry.notAfter <= now) {
    throw refuse('certificate.unreadable', { reason: `it ended on ${utc(entry.notAfter)}` });
  }
  await store.addCertificate(entry, actor);
  const { fingerprint } = entry;
  logger.info('agency.certificate', { organId: agency.organId, act: 'added', fingerprint, actor });
  return viewCertificate(entry, now);
}

export async function listCertificates(
  store: Store,
  organId: string,
  now: number,
): Promise<CertificateView[]> {
  const agency = await findAgency(store, organId);
  return (await store.listCertificates(agency.organId)).map((one) => viewCertificate(one, now));
}

/**
 * From now on it no longer counts for new packages; what was accepted stays as it was judged.
 *
 * @param fingerprint SHA-256 in hex, whole or its first 8 or more digits when they name one only.
 * @throws GatewayError `agency.unknown`, `certificate.unknown`
 */
export async function expireCertificate(
  { store, clock, logger, actor }: OperatorContext,
  organId: string,
  fingerprint: string,
): Promise<CertificateView> {
  const agency = await findAgency(store, organId);
  const now = clock.now();
  const wanted = fingerprint.replaceAll(':', '').toLowerCase();
  const matches = (await store.listCertificates(agency.organId)).filter(
    (one) => wanted.length >= 8 && one.fingerprint.startsWith(wanted) && isCurrent(one, now),
  );
  const [match] = matches;
  if (match === undefined || matches.length > 1) {
    throw refuse('certificate.unknown', { value: agency.organId });
  }
  await store.expireCertificate(agency.organId, match.fingerprint, now, actor);
  logger.info('agency.certificate', {
    organId: agency.organId,
    act: 'expired',
    fingerprint: match.fingerprint,
    actor,
  });
  return viewCertificate({ ...match, expiredAt: now }, now);
}

function readCertificate(bytes: Uint8Array): X509Certificate {
  const reason = unreadable(bytes);
  if (reason !== undefined) throw refuse('certificate.unreadable', { reason });
  try {
    return new X509Certificate(bytes);
  } catch {
    throw refuse('certificate.unreadable', { reason: 'it is not an X.509 certificate' });
  }
}

function unreadable(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > MAX_CERTIFICATE_BYTES) return 'it is larger than 64 KiB';
  const text = Buffer.from(bytes).toString('latin1');
  if (text.includes('PRIVATE KEY-----'))
    return 'a private key stands in the file; give the certificate alone';
  if (text.split('-----BEGIN CERTIFICATE-----').length > 2)
    return 'it holds more than one certificate';
  return undefined;
}

function viewCertificate(one: AgencyCertificate, now: number): CertificateView {
  const level = expiryLevel(one.notAfter, now);
  return {
    organId: one.organId,
    fingerprint: one.fingerprint,
    subject: one.subject,
    notAfter: utc(one.notAfter),
    addedAt: utc(one.addedAt),
    ...(one.expiredAt === undefined ? {} : { expiredAt: utc(one.expiredAt) }),
    current: isCurrent(one, now),
    ...(level === undefined || one.expiredAt !== undefined
      ? {}
      : { warning: expiryWarning(level) }),
  };
}
