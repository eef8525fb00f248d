/**
 * A mark in browsers in which somebody has signed in: there the wait after wrong passwords is counted
 * apart, so that a stranger who guesses at a name does not keep its owner out. It signs nobody in.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UserName } from '../model/user.js';

const KNOWN_MS = 180 * 86_400_000;

function mac(name: UserName, made: string, key: Buffer): string {
  return createHmac('sha256', key).update(`browser ${name} ${made}`).digest('base64url');
}

/** The value of the cookie. */
export function knownBrowser(name: UserName, now: number, key: Buffer): string {
  return `${now}.${mac(name, String(now), key)}`;
}

/** @returns under what its failures are counted; undefined where this name has not signed in. */
export function browserOf(
  shown: string | undefined,
  name: UserName | undefined,
  now: number,
  key: Buffer,
): string | undefined {
  const [made = '', code = ''] = (shown ?? '').slice(0, 100).split('.');
  if (name === undefined || !/^\d+$/.test(made) || now - Number(made) > KNOWN_MS) return undefined;
  const right = Buffer.from(mac(name, made, key));
  const given = Buffer.from(code);
  return given.length === right.length && timingSafeEqual(given, right)
    ? `${name} ${code}`
    : undefined;
}

export function knownCookieName(secure: boolean): string {
  return secure ? '__Host-edxgate-known' : 'edxgate-known';
}

export function knownCookie(value: string, secure: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${KNOWN_MS / 1000}`;
  return `${knownCookieName(secure)}=${value}; ${flags}${secure ? '; Secure' : ''}`;
}
