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
