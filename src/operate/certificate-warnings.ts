/**
 * Warnings before certificates end: those registered for agencies and the trust anchors. A signer whose
 * certificate has ended is refused from one package to the next, so an operator must hear of it early.
 *
 * @module
 */
import { type Clock, utc } from '../clock.js';
import type { Logger } from '../log.js';
import type { AgencyCertificate } from '../model/agency.js';
import type { Store } from '../store/store.js';
import type { TrustStore } from '../xml/trust.js';
import { walk } from './pages.js';

/** Days before the end; 0 = it has ended. */
export type ExpiryLevel = 60 | 30 | 7 | 0;

export interface CertificateWarning {
  readonly use: 'registered' | 'anchor';
  /** Absent for an anchor of the installation. */
  readonly organId?: string;
  /** SHA-256 of the DER bytes, lower-case hex. */
  readonly fingerprint: string;
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** Whole days, rounded down; negative once it has ended. */
  readonly daysLeft: number;
  readonly level: ExpiryLevel;
}

const DAY = 86_400_000;
/** Where the days stand on which each warning was last logged. */
const FACT = 'alert.certificate-expiry';

/** @returns the level reached, the nearest to the end; undefined when the end is further away */
export function expiryLevel(notAfter: number, now: number): ExpiryLevel | undefined {
  const left = notAfter - now;
  if (left < 0) return 0;
  return ([7, 30, 60] as const).find((days) => left <= days * DAY);
}

/** `ended`, `ends-in-7-days`, …: how lists show it */
export function expiryWarning(level: ExpiryLevel): string {
  return level === 0 ? 'ended' : `ends-in-${level}-days`;
}

/** Those that an operator has not withdrawn, also when they have ended by date. */
export async function* registeredCertificates(store: Store): AsyncGenerator<AgencyCertificate> {
  for await (const { organId } of walk((page) => store.listAgencies(page))) {
    for (const one of await store.listCertificates(organId)) {
      if (one.expiredAt === undefined) yield one;
    }
  }
}

/** Registered certificates and trust anchors that end within 60 days or have ended, the next to end first. */
export async function certificateWarnings(
  store: Store,
  trust: TrustStore,
  clock: Pick<Clock, 'now'>,
): Promise<CertificateWarning[]> {
  const now = clock.now();
  const found: CertificateWarning[] = [];
  const look = (
    use: CertificateWarning['use'],
    one: Pick<AgencyCertificate, 'fingerprint' | 'subject' | 'notAfter'>,
    organId?: string,
  ): void => {
    const level = expiryLevel(one.notAfter, now);
    if (level === undefined) return;
    const { fingerprint, subject, notAfter } = one;
    found.push({
      use,
      ...(organId === undefined ? {} : { organId }),
      fingerprint,
      subject,
      notAfter: utc(notAfter),
      daysLeft: Math.floor((notAfter - now) / DAY),
      level,
    });
  };
  for (const anchor of trust.anchors) look('anchor', anchor);
  for (const [organId, anchors] of trust.agencyAnchors) {
    for (const anchor of anchors) look('anchor', anchor, organId);
  }
  for await (const one of registeredCertificates(store)) look('registered', one, one.organId);
  return found.sort((a, b) => a.daysLeft - b.daysLeft);
}

/**
 * Logs `alert.certificate-expiry` for each warning, once a day and level, also over restarts. To be
 * called every hour or so.
 *
 * @returns how many were logged
 */
export async function alertCertificates(context: {
  readonly store: Store;
  readonly trust: TrustStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}): Promise<number> {
  const { store, trust, clock, logger } = context;
  const today = utc(clock.now()).slice(0, 10);
  const before = readDays(await store.getFact(FACT));
  const days = new Map<string, string>();
  let count = 0;
  for (const warning of await certificateWarnings(store, trust, clock)) {
    const { use, organId, fingerprint, notAfter, level, daysLeft } = warning;
    const key = `${use} ${organId ?? ''} ${fingerprint} ${level}`;
    days.set(key, today);
    if (before.get(key) === today) continue;
    count += 1;
    const write = level <= 7 ? logger.error : logger.warn;
    write('alert.certificate-expiry', {
      kind: use,
      organId,
      fingerprint,
      expiresAt: notAfter,
      count: daysLeft,
    });
  }
  if (count > 0 || days.size < before.size) {
    await store.setFact(FACT, JSON.stringify([...days]));
  }
  return count;
}

function readDays(fact: string | undefined): ReadonlyMap<string, string> {
  const days = new Map<string, string>();
  try {
    const list: unknown = JSON.parse(fact ?? '[]');
    for (const pair of Array.isArray(list) ? list : []) {
      const [key, day]: readonly unknown[] = Array.isArray(pair) ? pair : [];
      if (typeof key === 'string' && typeof day === 'string') days.set(key, day);
    }
  } catch {
    // At worst a warning is logged once more.
  }
  return days;
}
