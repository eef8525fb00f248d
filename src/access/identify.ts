/**
 * Who calls the admin listener: a person by the session in a cookie, a program by its API token.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { Store } from '../store/store.js';
import type { Caller } from './route.js';
import { findSession, secretHash } from './sessions.js';

const MAX_HEADER_CHARS = 512;

/** The prefix makes browsers refuse the cookie unless it is for this host alone and came over TLS. */
function cookieName(secure: boolean): string {
  return secure ? '__Host-edxgate' : 'edxgate';
}

export function sessionCookie(token: string, secure: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return `${cookieName(secure)}=${token}; ${flags}`;
}

export function endedCookie(secure: boolean): string {
  return `${sessionCookie('', secure)}; Max-Age=0`;
}

export interface Shown {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly cookies: ReadonlyMap<string, string>;
  readonly secure: boolean;
}

export interface Identified {
  readonly caller: Caller | undefined;
  /** To be set with the answer. */
  readonly cookies: readonly string[];
}

type Context = { readonly store: Store; readonly clock: Clock };

async function byToken({ store, clock }: Context, header: string): Promise<Caller | undefined> {
  const [scheme = '', secret = ''] = header.slice(0, MAX_HEADER_CHARS).split(' ', 2);
  if (scheme.toLowerCase() !== 'bearer' || secret === '') return undefined;
  const token = await store.findApiToken(secretHash(secret));
  if (token === undefined || token.revokedAt !== undefined || token.expiresAt <= clock.now()) {
    return undefined;
  }
  const user = await store.getUser(token.userName);
  if (user === undefined || user.locked) return undefined;
  return { user, token, actor: `api:${user.name}` };
}

/** A request with an Authorization header is a program's; its cookies are not looked at. */
export async function identify(context: Context, shown: Shown): Promise<Identified> {
  const { authorization } = shown.headers;
  if (authorization !== undefined) {
    return { caller: await byToken(context, authorization), cookies: [] };
  }
  const cookie = shown.cookies.get(cookieName(shown.secure));
  if (cookie === undefined || cookie === '') return { caller: undefined, cookies: [] };
  const found = await findSession(context, cookie.slice(0, MAX_HEADER_CHARS));
  if (found === undefined) return { caller: undefined, cookies: [endedCookie(shown.secure)] };
  const { user, session, token } = found;
  return {
    caller: { user, session, actor: `console:${user.name}` },
    cookies: token === undefined ? [] : [sessionCookie(token, shown.secure)],
  };
}
