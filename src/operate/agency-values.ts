/**
 * Checks of what an operator writes about an agency: names, addresses, files.
 *
 * @module
 */
import { isAbsolute } from 'node:path';
import type { Route } from '../model/agency.js';
import { type GatewayError, refuse } from '../model/issue.js';

/** As in the schema: OrganName. */
export const MAX_NAME_CHARS = 200;
const MAX_URL_CHARS = 2_000;

function unusable(element: string, reason: string): GatewayError {
  return refuse('agency.value', { element, reason });
}

/** Without surrounding white space, in NFC; no control characters. '' is allowed. */
export function checkedText(element: string, text: string): string {
  const trimmed = text.trim().normalize('NFC');
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(trimmed)) {
    throw unusable(element, 'it holds a control character');
  }
  if (trimmed.length > MAX_NAME_CHARS) {
    throw unusable(element, `it is longer than ${MAX_NAME_CHARS} characters`);
  }
  return trimmed;
}

/** http or https, with a host, without user, password or fragment. */
export function checkedUrl(text: string): string {
  if (text.length > MAX_URL_CHARS || !URL.canParse(text)) {
    throw unusable('url', 'write an address such as https://gateway.example/soap');
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw unusable('url', 'only http and https are spoken');
  }
  if (url.username !== '' || url.password !== '') {
    throw unusable('url', 'user and password must not stand in an address; use --push-token-file');
  }
  if (url.hash !== '') throw unusable('url', 'an address has no #fragment');
  return url.href;
}

const MAX_PER_RECIPIENT = 100;

/** Attempts at once; as `delivery.per_recipient`. */
export function checkedCount(count: number | null | undefined): number | null | undefined {
  if (count === undefined || count === null) return count;
  if (Number.isInteger(count) && count >= 1 && count <= MAX_PER_RECIPIENT) return count;
  throw unusable('perRecipient', `write a number from 1 to ${MAX_PER_RECIPIENT}`);
}

const DAY_OR_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const VIETNAM = '+07:00';

/**
 * `2026-07-01` (the beginning of that day), `2026-07-01T08:00`, both in Vietnam time unless a zone is
 * named; `none` removes it. @returns milliseconds since 1970, or null.
 */
export function checkedTime(element: string, text: string): number | null {
  if (text === 'none') return null;
  const [, day = '', minute = '00:00', second = '00', zone = VIETNAM] =
    DAY_OR_TIME.exec(text.trim()) ?? [];
  const ms = Date.parse(`${day}T${minute}:${second}${zone}`);
  // 30 February is read as a day in March.
  const exists = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  if (Number.isNaN(ms) || !exists) {
    throw unusable(element, `"${text}" is not a date; write 2026-07-01, or none`);
  }
  return ms;
}

/** Absolute, since whoever reads it later may stand in another folder. */
export function checkedRoute(route: Route): Route {
  if (route.kind === 'collect') return route;
  for (const [element, file] of [
    ['tokenFile', route.tokenFile],
    ['caFile', route.caFile],
  ] as const) {
    if (file !== undefined && !isAbsolute(file)) throw unusable(element, 'write the whole path');
  }
  return { ...route, url: checkedUrl(route.url) };
}
