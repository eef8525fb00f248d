/**
 * Signing in with name and password, a second factor where the user has one, or a link that works once.
 * A wrong name and a wrong password get the same answer in the same time. Every attempt is an entry of
 * the chained log, but for those that came before their wait was over: they are not tried.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import { parseUserName, type SignInState, type User, type UserName } from '../model/user.js';
import { unsealSecret } from '../operate/digest-secrets.js';
import type { Store } from '../store/store.js';
import { checkPassword, keepPassword } from './password.js';
import { type Opened, openSession, secretHash } from './sessions.js';
import { type AddressWaits, afterFailure } from './slow-guesses.js';
import { checkTotp, recoveryHash } from './totp.js';

export interface SignInContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly key: Buffer;
  readonly waits: AddressWaits;
}

export type SignInOutcome =
  | ({ readonly kind: 'signed-in'; readonly user: User } & Required<Opened>)
  /** The password was right: now the code, with this ticket. */
  | { readonly kind: 'code'; readonly ticket: string }
  | { readonly kind: 'wrong' }
  /** Not tried: too many were wrong. */
  | { readonly kind: 'wait'; readonly until: number };

const TICKET_MS = 5 * 60_000;

function ticketMac(text: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(`ticket ${text}`).digest();
}

function makeTicket(name: UserName, now: number, key: Buffer): string {
  const text = `${name} ${now + TICKET_MS}`;
  return `${Buffer.from(text).toString('base64url')}.${ticketMac(text, key).toString('base64url')}`;
}

function readTicket(ticket: string, now: number, key: Buffer): UserName | undefined {
  const [encoded = '', mac = ''] = ticket.split('.');
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  const shown = Buffer.from(mac, 'base64url');
  const right = ticketMac(text, key);
  if (shown.length !== right.length || !timingSafeEqual(shown, right)) return undefined;
  const [name = '', until = ''] = text.split(' ');
  return Number(until) > now ? parseUserName(name) : undefined;
}

/** @returns until when this name and address have to wait; 0 when they need not. */
async function waitOf(
  { store, clock, waits }: SignInContext,
  name: UserName | undefined,
  address: string,
): Promise<number> {
  const state = name === undefined ? undefined : await store.getSignInState(name);
  const until = Math.max(state?.waitUntil ?? 0, waits.until(address));
  return until > clock.now() ? until : 0;
}

async function failed(
  context: SignInContext,
  name: UserName | undefined,
  user: User | undefined,
  address: string,
  why: string,
): Promise<SignInOutcome> {
  const { store, clock, waits } = context;
  waits.failed(address);
  // Of names that nobody has nothing is kept: the log would grow by what strangers type.
  if (name !== undefined && user !== undefined) {
    const state = afterFailure(await store.getSignInState(name), clock.now());
    await store.noteSignIn(name, state, 'sign-in.failed', { address, why });
  }
  return { kind: 'wrong' };
}

async function succeeded(
  context: SignInContext,
  user: User,
  address: string,
  how: string,
  change: Partial<SignInState> = {},
): Promise<SignInOutcome> {
  const { store, clock } = context;
  const state = await store.getSignInState(user.name);
  const next = { ...state, ...change, failures: 0, waitUntil: 0, lastSignInAt: clock.now() };
  await store.noteSignIn(user.name, next, 'sign-in', { address, how });
  return { kind: 'signed-in', user, ...(await openSession(context, user.name, address)) };
}

export async function signIn(
  context: SignInContext,
  shown: { readonly name: string; readonly password: string; readonly address: string },
): Promise<SignInOutcome> {
  const { store, clock, key } = context;
  const { address, password } = shown;
  const name = parseUserName(shown.name.trim().toLowerCase());
  const until = await waitOf(context, name, address);
  if (until > 0) return { kind: 'wait', until };
  const user = name === undefined ? undefined : await store.getUser(name);
  const { right, outdated } = await checkPassword(password, user?.password);
  if (!right || user === undefined || user.locked) {
    return failed(context, name, user, address, user?.locked === true ? 'locked' : 'password');
  }
  if (outdated) await keepAnew(context, user, password);
  if (user.totp !== undefined) {
    return { kind: 'code', ticket: makeTicket(user.name, clock.now(), key) };
  }
  return succeeded(context, user, address, 'password');
}

async function keepAnew({ store }: SignInContext, user: User, password: string): Promise<void> {
  await store.putUser({
    user: { ...user, password: await keepPassword(password) },
    before: user,
    actor: 'gateway',
    act: 'user.password',
    detail: { why: 'cost' },
  });
}

/** The second step. @param code from the app, or a recovery code, which works once. */
export async function signInWithCode(
  context: SignInContext,
  shown: { readonly ticket: string; readonly code: string; readonly address: string },
): Promise<SignInOutcome> {
  const { store, clock, key } = context;
  const { address, code, ticket } = shown;
  const name = readTicket(ticket, clock.now(), key);
  const until = await waitOf(context, name, address);
  if (until > 0) return { kind: 'wait', until };
  const user = name === undefined ? undefined : await store.getUser(name);
  if (name === undefined || user === undefined || user.locked) {
    return failed(context, name, user, address, 'ticket');
  }
  const sealed = user.totp;
  const kept = sealed === undefined ? undefined : unsealSecret({ sealed, organId: user.name }, key);
  // Base64 inside the seal: what is sealed is text.
  const secret = kept && Buffer.from(kept.toString('latin1'), 'base64');
  if (secret === undefined) return failed(context, name, user, address, 'code');
  const { lastTotpStep } = await store.getSignInState(name);
  const step = checkTotp(secret, code, clock.now(), lastTotpStep);
  if (step !== undefined) {
    return succeeded(context, user, address, 'password+code', { lastTotpStep: step });
  }
  if (await useRecoveryCode(context, user, code)) {
    return succeeded(context, user, address, 'password+recovery');
  }
  return failed(context, name, user, address, 'code');
}

async function useRecoveryCode(
  { store }: SignInContext,
  user: User,
  code: string,
): Promise<boolean> {
  const hash = recoveryHash(code);
  const left = user.recoveryCodes?.filter((one) => one !== hash) ?? [];
  if (left.length === (user.recoveryCodes?.length ?? 0)) return false;
  const outcome = await store.putUser({
    user: { ...user, recoveryCodes: left },
    before: user,
    actor: `console:${user.name}`,
    act: 'user.recovery-code',
    detail: { left: left.length },
  });
  return outcome === 'done';
}

/** The link of the first start or of a new user: shows whose it is, without using it. */
export async function ownerOfLink(
  { store }: SignInContext,
  secret: string,
): Promise<User | undefined> {
  const link = await store.findLink(secretHash(secret));
  const user = link && (await store.getUser(link.userName));
  return user === undefined || user.locked ? undefined : user;
}

/** Sets the password and signs in; the link has been used then, and other sessions have ended. */
export async function signInByLink(
  context: SignInContext,
  shown: { readonly secret: string; readonly password: string; readonly address: string },
): Promise<SignInOutcome> {
  const { store } = context;
  const kept = await keepPassword(shown.password);
  const link = await store.useLink(secretHash(shown.secret));
  const user = link && (await store.getUser(link.userName));
  if (user === undefined || user.locked) return { kind: 'wrong' };
  const changed: User = { ...user, password: kept };
  const outcome = await store.putUser({
    user: changed,
    before: user,
    actor: `console:${user.name}`,
    act: 'user.password',
    detail: { by: 'link' },
  });
  if (outcome !== 'done') return { kind: 'wrong' };
  await store.endSessions(user.name);
  // A link does not stand for the second factor.
  if (changed.totp !== undefined) {
    return { kind: 'code', ticket: makeTicket(user.name, context.clock.now(), context.key) };
  }
  return succeeded(context, changed, shown.address, 'link');
}
