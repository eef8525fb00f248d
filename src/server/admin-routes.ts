/**
 * Serves the routes of console and REST on the admin listener. Before a handler runs it is settled here,
 * from the route's own rule: who calls, whether the permission is held, for which agencies, and that a
 * change came from a form of ours. Nothing else is served.
 *
 * Errors: `http.too-large` (413), and what handlers throw.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response } from 'express';
import type { AdminAnswer, AdminRequest, AdminRoute, Caller } from '../access/route.js';
import { isFormToken } from '../access/sessions.js';
import type { Logger } from '../log.js';
import { covers, type Scope, scopeOf } from '../model/permission.js';
import type { Language } from '../model/user.js';
import { Aborted, readBody } from './body.js';

/** How a problem is told: as a page or as JSON, depending on who asked. */
export type ProblemKind =
  | 'not-found'
  | 'sign-in'
  | 'forbidden'
  | 'form'
  | 'too-large'
  | 'failed'
  | 'bad-request';

export interface RouteTable {
  readonly routes: readonly AdminRoute[];
  /** Who calls, by what the request shows; cookies to set besides. */
  identify(request: Asked): Promise<{ caller: Caller | undefined; cookies: readonly string[] }>;
  problem(kind: ProblemKind, request: AdminRequest, error?: unknown): AdminAnswer;
  /** Whether a message has to do with an agency that the scope covers. */
  reachesMessage(messageId: string, scope: Scope): Promise<boolean>;
}

/** What identifying may look at. */
export interface Asked {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly cookies: ReadonlyMap<string, string>;
  readonly address: string;
  readonly secure: boolean;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** The forms of those who have not signed in are short. */
const STRANGER_BODY_BYTES = 16 * 1024;
/** Nothing is loaded from elsewhere, nothing runs that is not a file of ours. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

function cookiesOf(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? '').slice(0, 8192).split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0) cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
  }
  return cookies;
}

function headersOf(request: Request): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

const NOBODY = { caller: undefined, cookies: [] } as const;

function languageOf(cookies: ReadonlyMap<string, string>, caller: Caller | undefined): Language {
  const chosen = cookies.get('lang');
  if (chosen === 'vi' || chosen === 'en') return chosen;
  return caller?.user.language ?? 'vi';
}

/** Browsers say where a request came from; one that says nothing is no browser or an old one. */
function isOwnOrigin({ headers, secure }: Pick<AdminRequest, 'headers' | 'secure'>): boolean {
  const site = headers['sec-fetch-site'];
  // This header is the browser's own judgement; `Origin` may be `null` or that of a proxy's address.
  if (site !== undefined) return site === 'same-origin';
  const origin = headers['origin'];
  return origin === undefined || origin === `${secure ? 'https' : 'http'}://${headers['host']}`;
}

function formOf(type: string | undefined, body: Buffer): URLSearchParams {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type ?? '');
  return new URLSearchParams(isForm ? body.toString('utf8') : '');
}

async function send(
  response: Response,
  answer: AdminAnswer,
  more: readonly string[],
): Promise<void> {
  const { status = 200, headers = {}, cookies = [], type, body } = answer;
  response.status(status).setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const set = [...more, ...cookies];
  if (set.length > 0) response.setHeader('Set-Cookie', set);
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(body);
    return;
  }
  await pipeline(Readable.from(body), response);
}

/** @param key of the console, for the tokens of forms. */
export function mountRoutes(table: RouteTable, key: Buffer, logger: Logger): express.Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use((_request, response, next) => {
    response.setHeader('Content-Security-Policy', CONTENT_POLICY);
    // With `no-referrer` browsers would send our own forms with `Origin: null`.
    response.setHeader('Referrer-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    next();
  });
  for (const route of table.routes) {
    router.all(route.path, async (request, response, next) => {
      if (methodOf(request) !== route.method) return next();
      await serve(table, route, key, logger, request, response);
    });
  }
  router.use(async (request, response) => {
    await serve(table, undefined, key, logger, request, response);
  });
  return router;
}

/** HEAD is GET without the body, which the server leaves out itself. */
function methodOf({ method }: Request): string {
  return method === 'HEAD' ? 'GET' : method;
}

async function serve(
  table: RouteTable,
  route: AdminRoute | undefined,
  key: Buffer,
  logger: Logger,
  request: Request,
  response: Response,
): Promise<void> {
  const headers = headersOf(request);
  const cookies = cookiesOf(headers['cookie']);
  const secure = 'encrypted' in request.socket;
  const address = request.socket.remoteAddress ?? '';
  const url = new URL(request.url, 'http://localhost');
  const blank: AdminRequest = {
    method: methodOf(request),
    path: url.pathname,
    params: request.params as Record<string, string>,
    query: url.searchParams,
    form: new URLSearchParams(),
    headers,
    body: Buffer.alloc(0),
    address,
    secure,
    language: languageOf(cookies, undefined),
    caller: undefined,
    scope: [],
    correlationId: randomUUID(),
  };
  let asked = blank;
  let set: readonly string[] = [];
  try {
    const asker = { headers, cookies, address, secure };
    const found = route?.forAll === true ? NOBODY : await table.identify(asker);
    set = found.cookies;
    const { caller } = found;
    asked = { ...blank, caller, language: languageOf(cookies, caller) };
    const refused = route === undefined ? 'not-found' : await refusal(table, route, asked);
    if (route === undefined || refused !== undefined) {
      // Strangers do not learn which paths there are.
      const kind = caller === undefined && refused === 'not-found' ? 'sign-in' : refused;
      await send(response, table.problem(kind ?? 'not-found', asked), set);
      return;
    }
    if (asked.method !== 'GET') {
      const limit = caller === undefined ? STRANGER_BODY_BYTES : MAX_BODY_BYTES;
      const body = await readBody(request, limit);
      asked = { ...asked, body, form: formOf(headers['content-type'], body) };
      if (!mayChange(route, asked, key)) {
        await send(response, table.problem('form', asked), set);
        return;
      }
    }
    await send(response, await route.handle({ ...asked, scope: scopeFor(route, asked) }), set);
  } catch (error) {
    // Nobody is there to answer, or half of the answer is gone.
    if (response.headersSent || error instanceof Aborted) {
      response.destroy();
      return;
    }
    const answer = table.problem('failed', asked, error);
    if ((answer.status ?? 200) >= 500) {
      logger.error('admin.failed', { correlationId: asked.correlationId, error });
    }
    await send(response, answer, set);
  }
}

/**
 * A program shows its token with every request; a browser must bring the token of a form of ours. What
 * is open asks for no session, so it does not ask for its token either: a sign-in page that was opened
 * before somebody signed in beside it still works.
 */
function mayChange({ rule }: AdminRoute, asked: AdminRequest, key: Buffer): boolean {
  if (asked.caller?.token !== undefined) return true;
  if (!isOwnOrigin(asked)) return false;
  const session = asked.caller?.session;
  if (session === undefined || rule === 'open') return true;
  const shown = asked.form.get('_form') ?? asked.headers['x-form-token'] ?? '';
  return isFormToken(shown, session, key);
}

function scopeFor({ rule }: AdminRoute, { caller }: AdminRequest): Scope {
  if (rule === 'open' || rule === 'signed-in' || caller === undefined) return [];
  const allowed = caller.token?.permissions.includes(rule) ?? true;
  return (allowed ? scopeOf(caller.user.grants, rule) : undefined) ?? [];
}

async function refusal(
  table: RouteTable,
  route: AdminRoute,
  asked: AdminRequest,
): Promise<ProblemKind | undefined> {
  const { rule, reach } = route;
  if (rule === 'open') return undefined;
  const { caller, params } = asked;
  if (caller === undefined) return 'sign-in';
  if (rule === 'signed-in') return undefined;
  if (caller.token !== undefined && !caller.token.permissions.includes(rule)) return 'forbidden';
  const scope = scopeOf(caller.user.grants, rule);
  if (scope === undefined) return 'forbidden';
  if (scope === 'all') return undefined;
  switch (reach) {
    case 'none':
    case 'filtered':
      return undefined;
    case 'everything':
      return 'forbidden';
    // What is out of sight is told like what is not there.
    case 'agency':
      return covers(scope, params['organId'] ?? '') ? undefined : 'not-found';
    case 'message':
      return (await table.reachesMessage(params['messageId'] ?? '', scope))
        ? undefined
        : 'not-found';
  }
}
