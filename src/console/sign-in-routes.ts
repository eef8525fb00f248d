/**
 * Signing in and out: name and password, code, the link that works once; language and theme.
 *
 * @module
 */
import { endedCookie, sessionCookie } from '../access/identify.js';
import { knownBrowser, knownCookie, knownCookieName } from '../access/known-browser.js';
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from '../access/password.js';
import { type AdminAnswer, type AdminRequest, type AdminRoute, seeOther } from '../access/route.js';
import {
  type From,
  ownerOfLink,
  type SignInOutcome,
  signIn,
  signInByLink,
  signInWithCode,
} from '../access/sign-in.js';
import { type ConsoleContext, showPage, textsOf } from './context.js';

/** A place of ours to go on at; anything else would lead people elsewhere. */
export function safeBack(text: string | null): string {
  const isOurs = text !== null && /^\/(?![/\\])[\x21-\x7e]*$/.test(text);
  return isOurs && text.length < 2000 ? text : '/';
}

const YEAR_S = 31_536_000;

function preference(name: 'lang' | 'theme', value: string, secure: boolean): string {
  return `${name}=${value}; Path=/; SameSite=Strict; HttpOnly; Max-Age=${YEAR_S}${secure ? '; Secure' : ''}`;
}

function from({ address, headers, secure }: AdminRequest): From {
  const name = `${knownCookieName(secure)}=`;
  const pairs = (headers['cookie'] ?? '').split(';').map((pair) => pair.trim());
  const browser = pairs.find((pair) => pair.startsWith(name))?.slice(name.length);
  return { address, browser };
}

interface Field {
  readonly error?: string;
  readonly name?: string;
  readonly back: string;
  readonly ticket?: string;
}

function form(
  context: ConsoleContext,
  request: AdminRequest,
  data: Field,
  status = 200,
): AdminAnswer {
  const { t } = textsOf(request);
  const allowed = request.secure || context.clearPasswords;
  return showPage(context, request, 'sign-in', t('signin.title'), { ...data, allowed }, status);
}

async function answer(
  context: ConsoleContext,
  request: AdminRequest,
  outcome: SignInOutcome,
  shown: Field,
): Promise<AdminAnswer> {
  const { t, duration } = textsOf(request);
  switch (outcome.kind) {
    case 'signed-in': {
      const { user, token } = outcome;
      const { store, clock, key } = context;
      // Whoever was signed in here before no longer is.
      const before = request.caller?.session;
      if (before !== undefined) await store.endSession(before.id);
      const cookies = [
        sessionCookie(token, request.secure),
        knownCookie(knownBrowser(user.name, clock.now(), key), request.secure),
      ];
      const language = preference('lang', user.language, request.secure);
      return seeOther(shown.back, [...cookies, language]);
    }
    case 'code':
      return form(context, request, { ...shown, ticket: outcome.ticket });
    case 'wrong':
      return form(context, request, { ...shown, error: t('signin.failed') }, 422);
    case 'wait': {
      const wait = duration(outcome.until - context.clock.now());
      const error = t('signin.delayed', { duration: wait });
      return form(context, request, { ...shown, error }, 429);
    }
  }
}

export function signInRoutes(context: ConsoleContext): AdminRoute[] {
  const { signIn: signing } = context;
  const route = (
    method: 'GET' | 'POST',
    path: string,
    handle: AdminRoute['handle'],
    rule: 'open' | 'signed-in' = 'open',
  ): AdminRoute => ({ method, path, rule, reach: 'none', handle });
  return [
    route('GET', '/sign-in', async (request) => {
      const back = safeBack(request.query.get('back'));
      if (request.caller?.session !== undefined) return seeOther(back);
      return form(context, request, { back });
    }),
    route('POST', '/sign-in', async (request) => {
      const { form: fields, secure } = request;
      const back = safeBack(fields.get('back'));
      const name = (fields.get('name') ?? '').slice(0, 200);
      if (!secure && !context.clearPasswords) return form(context, request, { back }, 403);
      const ticket = fields.get('ticket');
      const outcome =
        ticket === null
          ? await signIn(signing, {
              name,
              password: fields.get('password') ?? '',
              ...from(request),
            })
          : await signInWithCode(signing, {
              ticket,
              code: fields.get('code') ?? '',
              ...from(request),
            });
      const kept = ticket === null || outcome.kind !== 'wrong' ? {} : { ticket };
      return answer(context, request, outcome, { back, name, ...kept });
    }),
    route('GET', '/sign-in/link', async (request) => {
      const secret = request.query.get('t') ?? '';
      return linkForm(context, request, secret);
    }),
    route('POST', '/sign-in/link', async (request) => {
      const { form: fields, secure } = request;
      const { t } = textsOf(request);
      const secret = fields.get('t') ?? '';
      if (!secure && !context.clearPasswords) return linkForm(context, request, secret);
      const password = fields.get('password') ?? '';
      if (password.length < MIN_PASSWORD_CHARS || password.length > MAX_PASSWORD_CHARS) {
        return linkForm(
          context,
          request,
          secret,
          t('signin.passwordRule', { n: MIN_PASSWORD_CHARS }),
        );
      }
      if (password !== fields.get('again')) {
        return linkForm(context, request, secret, t('signin.passwordAgain'));
      }
      const outcome = await signInByLink(signing, { secret, password, ...from(request) });
      if (outcome.kind === 'wrong') return linkForm(context, request, secret);
      return answer(context, request, outcome, { back: '/' });
    }),
    route(
      'POST',
      '/sign-out',
      async ({ caller, secure, address }) => {
        const { store } = context;
        if (caller?.session !== undefined) {
          await store.endSession(caller.session.id);
          const state = await store.getSignInState(caller.user.name);
          await store.noteSignIn(caller.user.name, state, 'sign-out', { address });
        }
        return seeOther('/sign-in', [endedCookie(secure)]);
      },
      'signed-in',
    ),
    route('POST', '/preferences', async ({ form: fields, secure }) => {
      const language = fields.get('lang');
      const theme = fields.get('theme');
      const cookies = [
        ...(language === 'vi' || language === 'en' ? [preference('lang', language, secure)] : []),
        ...(theme === 'light' || theme === 'dark' || theme === 'auto'
          ? [preference('theme', theme, secure)]
          : []),
      ];
      return seeOther(safeBack(fields.get('back')), cookies);
    }),
  ];
}

async function linkForm(
  context: ConsoleContext,
  request: AdminRequest,
  secret: string,
  error?: string,
): Promise<AdminAnswer> {
  const { t } = textsOf(request);
  const allowed = request.secure || context.clearPasswords;
  const owner = allowed ? await ownerOfLink(context.signIn, secret) : undefined;
  const data = { secret, owner: owner?.name, error, allowed, least: MIN_PASSWORD_CHARS };
  const status = owner === undefined ? 410 : error === undefined ? 200 : 422;
  return showPage(context, request, 'link', t('signin.setPassword'), data, status);
}
