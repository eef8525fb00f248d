/**
 * An agency, its tokens and its certificates as text for people.
 *
 * @module
 */
import { writeDuration } from '../config/units.js';
import type { AgencyView } from '../operate/agency-view.js';
import type { CertificateView } from '../operate/certificates.js';
import type { TokenView } from '../operate/tokens.js';
import { localTime, plain, table } from './table.js';

/** `1m, 1h*6`: as it is written with --retry. */
function scheduleText(waits: readonly number[]): string {
  const steps: { ms: number; times: number }[] = [];
  for (const ms of waits) {
    const last = steps.at(-1);
    if (last?.ms === ms) last.times += 1;
    else steps.push({ ms, times: 1 });
  }
  return steps
    .map(({ ms, times }) => `${writeDuration(ms)}${times === 1 ? '' : `*${times}`}`)
    .join(', ');
}

/** `active` = it takes part now. */
export function stateText({ active, validFrom, validUntil }: AgencyView, now: number): string {
  if (validUntil !== undefined && Date.parse(validUntil) <= now) return 'ended';
  if (!active) return 'inactive';
  return validFrom !== undefined && Date.parse(validFrom) > now ? 'not yet' : 'active';
}

export function routeText({ route }: AgencyView): string {
  if (route.kind !== 'push') return 'collects';
  const by = route.carrier === undefined ? '' : ` by ${route.carrier}`;
  return `${route.pushKind} ${route.url}${by}`;
}

export function agencyText(agency: AgencyView, now: number): string {
  const rows: (readonly [string, string | undefined])[] = [
    ['name', plain(agency.organName)],
    ['old organ id', agency.oldOrganId],
    ['in charge', agency.organizationInCharge],
    ['email', agency.email],
    ['state', stateText(agency, now)],
    ['lane', agency.lane],
    ['in it since', agency.laneSince && localTime(agency.laneSince)],
    ['valid from', agency.validFrom && localTime(agency.validFrom)],
    ['valid until', agency.validUntil && localTime(agency.validUntil)],
    ['successor', agency.successor],
    ['route', routeText(agency)],
    ['retry', agency.retryMs && scheduleText(agency.retryMs)],
    ['at once', agency.perRecipient === undefined ? undefined : `${agency.perRecipient} attempts`],
    ['profile', agency.profile],
    [
      'signature',
      agency.signaturePolicy ?? 'by default (require once a certificate is registered)',
    ],
    [
      'attachments',
      agency.attachmentPolicy === 'verify' ? 'their signatures must hold' : undefined,
    ],
    ['SHA-1', agency.allowSha1 ? 'allowed' : undefined],
    ['may act for', agency.mayActFor.length > 0 ? agency.mayActFor.join(', ') : undefined],
    ['changed', localTime(agency.changedAt)],
  ];
  const shown = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [[`  ${name}`, value]],
  );
  return `${agency.organId}\n${table(shown)}`;
}

export function tokenLine(token: TokenView): string {
  const state = token.live ? 'live until' : token.revokedAt === undefined ? 'expired' : 'revoked';
  return `  token ${token.id}  ${state} ${localTime(token.revokedAt ?? token.expiresAt)}`;
}

export function certificateLine(one: CertificateView): string {
  const until =
    one.expiredAt === undefined ? `until ${localTime(one.notAfter)}` : 'expired by an operator';
  return `  certificate ${one.fingerprint.slice(0, 16)}  ${plain(one.subject)}  ${until}`;
}
