/**
 * What the pages work with, and the frame around each of them.
 *
 * @module
 */

import type { AdminAnswer, AdminRequest } from '../access/route.js';
import { page } from '../access/route.js';
import { formToken } from '../access/sessions.js';
import type { SignInContext } from '../access/sign-in.js';
import type { Clock } from '../clock.js';
import { utc } from '../clock.js';
import type { Logger } from '../log.js';
import { type Permission, scopeOf } from '../model/permission.js';
import type { OperatorContext } from '../operate/agencies.js';
import type { Store } from '../store/store.js';
import { assetUrl } from './assets.js';
import { type LabelKey, TEXTS, type Texts } from './text.js';
import { render } from './views.js';

export interface ConsoleContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** Name of the installation: organ id of the gateway. */
  readonly organId: string;
  readonly key: Buffer;
  readonly signIn: SignInContext;
  /** People may sign in over a connection without TLS: only this machine can connect. */
  readonly clearPasswords: boolean;
}

interface Entry {
  readonly path: string;
  readonly label: LabelKey;
  readonly permission: Permission | undefined;
}

/** In the order of the navigation; without permission an entry is not shown. */
const NAVIGATION: readonly Entry[] = [
  { path: '/', label: 'nav.overview', permission: 'message.read' },
  { path: '/messages', label: 'nav.messages', permission: 'message.read' },
];

/** What every template gets as `it`, beside its own data. */
export interface Frame extends Texts {
  readonly title: string;
  readonly path: string;
  readonly user: { readonly name: string; readonly fullName: string } | undefined;
  readonly navigation: readonly { path: string; label: string; current: boolean }[];
  /** Value of the field `_form` of every form; empty when nobody has signed in. */
  readonly formToken: string;
  readonly assets: { style: string; script: string; htmx: string; marks: string; icon: string };
  readonly version: string;
  readonly organId: string;
  readonly now: string;
  /** This page in the other language. */
  readonly otherLanguage: string;
  readonly theme: string;
}

export function textsOf(request: Pick<AdminRequest, 'language'>): Texts {
  return TEXTS[request.language];
}

export function frameOf(context: ConsoleContext, request: AdminRequest, title: string): Frame {
  const texts = textsOf(request);
  const { caller, path, headers } = request;
  const session = caller?.session;
  const theme = /(?:^|;\s*)theme=(light|dark)(?:;|$)/.exec(headers['cookie'] ?? '')?.[1] ?? 'auto';
  const grants = caller?.user.grants ?? [];
  return {
    ...texts,
    title,
    path,
    user: caller === undefined ? undefined : caller.user,
    navigation: NAVIGATION.filter(
      ({ permission }) => permission === undefined || scopeOf(grants, permission) !== undefined,
    ).map((entry) => ({
      path: entry.path,
      label: texts.t(entry.label),
      current: entry.path === '/' ? path === '/' : path.startsWith(entry.path),
    })),
    formToken: session === undefined ? '' : formToken(session, context.key),
    assets: {
      style: assetUrl('style'),
      script: assetUrl('script'),
      htmx: assetUrl('htmx'),
      marks: assetUrl('marks'),
      icon: assetUrl('icon'),
    },
    version: context.version,
    organId: context.organId,
    now: utc(context.clock.now()),
    otherLanguage: texts.language === 'vi' ? 'en' : 'vi',
    theme,
  };
}

/** @param view a file in views/ that begins with `layout('/frame')`. */
export function showPage(
  context: ConsoleContext,
  request: AdminRequest,
  view: string,
  title: string,
  data: object,
  status = 200,
): AdminAnswer {
  return page(render(view, { ...data, ...frameOf(context, request, title) }), status);
}

/** For acts: the caller's name stands in the log. */
export function operatorOf(context: ConsoleContext, request: AdminRequest): OperatorContext {
  const { store, clock, logger } = context;
  return { store, clock, logger, actor: request.caller?.actor ?? 'console:' };
}
