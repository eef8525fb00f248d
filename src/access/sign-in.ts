/**
 * Signing in with name and password, a second factor where the user has one, or a link that works once.
 * A wrong name and a wrong password get the same answer in the same time. Every attempt is an entry of
 * the chained log, but for those that came before their wait was over: they are not tried. Attempts for
 * one name, and from one address, are tried one after the other.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import { parseUserName, type SignInState, type User, type UserName } from '../model/user.js';
import { unsealSecret } from '../operate/digest-secrets.js';
import type { Store } from '../store/store.js';
import { browserOf } from './known-browser.js';
import { OneAtATime } from './one-at-a-time.js';
import { checkPassword, keepPassword } from './password.js';
import { type Opened, openSession, secretHash } from './sessions.js';
import { afterFailure, networkOf, type Waits } from './slow-guesses.js';
import { checkTotp, recoveryHash } from './totp.js';

export interface SignInContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly key: Buffer;
  readonly waits: {
    readonly addresses: Waits;
    /** Of names that nobody has, and of browsers that are known. */
    readonly others: Waits;
  };
}

/** Where an attempt comes from. */
export interface From {
  readonly address: string;
  /** The mark that the browser shows, see known-browser.ts. */
  readonly browser?: string | undefined;
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

/** In this process: another one has a store of its own. */
const attempts = new OneAtATime();

/** Name first, then address, so that none waits for one that waits for it. */
function inTurn<T>(
  name: UserName | undefined,
  { address }: From,
  work: () => Promise<T>,
): Promise<T> {
  const fromAddress = (): Promise<T> => attempts.run(`address ${networkOf(address)}`, work);
  return name === undefined ? fromAddress() : attempts.run(`name ${name}`, fromAddress);
}

/** @returns until when this name and address have to wait; 0 when they need not. */
async function waitOf(
  { store, clock, key, waits }: SignInContext,
  name: UserName | undefined,
  { address, browser }: From,
): Promise<number> {
  const now = clock.now();
  const known = browserOf(browser, name, now, key);
  const counted = known === undefined && name !== undefined;
  const state = counted ? await store.getSignInState(name) : undefined;
  const until = Math.max(
    state?.waitUntil ?? 0,
    waits.others.until(known ?? name ?? ''),
    waits.addresses.until(networkOf(address)),
  );
  return until > now ? until : 0;
}

async function failed(
  context: SignInContext,
  name: UserName | undefined,
  user: User | undefined,
  { address, browser }: From,
  why: string,
): Promise<SignInOutcome> {
  const { store, clock, key, waits } = context;
  const now = clock.now();
  waits.addresses.failed(networkOf(address));
  if (name === undefined || user === undefined) {
    if (name !== undefined) waits.others.failed(name);
    // Of names that nobody has nothing is kept: the log would grow by what strangers type.
    await store.noteStranger();
    return { kind: 'wrong' };
  }
  const known = browserOf(browser, name, now, key);
  if (known !== undefined) waits.others.failed(known);
  const before = await store.getSignInState(name);
  const state = known === undefined ? afterFailure(before, now) : before;
  await store.noteSignIn(name, state, 'sign-in.failed', { address, why });
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

type Credentials = From & { readonly name: string; readonly password: string };

export function signIn(context: SignInContext, shown: Credentials): Promise<SignInOutcome> {
  const name = parseUserName(shown.name.trim().toLowerCase());
  return inTurn(name, shown, () => tryPassword(context, name, shown));
}

async function tryPassword(
  context: SignInContext,
  name: UserName | undefined,
  shown: Credentials,
): Promise<SignInOutcome> {
  const { store, clock, key } = context;
  const { address, password } = shown;
  const until = await waitOf(context, name, shown);
  if (until > 0) return { kind: 'wait', until };
  const user = name === undefined ? undefined : await store.getUser(name);
  const { right, outdated } = await checkPassword(password, user?.password);
  if (!right || user === undefined || user.locked) {
    return failed(context, name, user, shown, user?.locked === true ? 'locked' : 'password');
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

type SecondStep = From & { readonly ticket: string; readonly code: string };

/** The second step. @param code from the app, or a recovery code, which works once. */
export function signInWithCode(context: SignInContext, shown: SecondStep): Promise<SignInOutcome> {
  const name = readTicket(shown.ticket, context.clock.now(), context.key);
  return inTurn(name, shown, () => tryCode(context, name, shown));
}

async function tryCode(
  context: SignInContext,
  name: UserName | undefined,
  shown: SecondStep,
): Promise<SignInOutcome> {
  const { store, clock, key } = context;
  const { address, code } = shown;
  const until = await waitOf(context, name, shown);
  if (until > 0) return { kind: 'wait', until };
  const user = name === undefined ? undefined : await store.getUser(name);
  if (name === undefined || user === undefined || user.locked) {
    return failed(context, name, user, shown, 'ticket');
  }
  const sealed = user.totp;
  const kept = sealed === undefined ? undefined : unsealSecret({ sealed, organId: user.name }, key);
  // Base64 inside the seal: what is sealed is text.
  const secret = kept && Buffer.from(kept.toString('latin1'), 'base64');
  if (secret === undefined) return failed(context, name, user, shown, 'code');
  const { lastTotpStep } = await store.getSignInState(name);
  const step = checkTotp(secret, code, clock.now(), lastTotpStep);
  if (step !== undefined) {
    return succeeded(context, user, address, 'password+code', { lastTotpStep: step });
  }
  if (await useRecoveryCode(context, user, code)) {
    return succeeded(context, user, address, 'password+recovery');
  }
  return failed(context, name, user, shown, 'code');
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

type LinkUse = From & { readonly secret: string; readonly password: string };

/** Sets the password and signs in; the link has been used then, and other sessions have ended. */
export async function signInByLink(context: SignInContext, shown: LinkUse): Promise<SignInOutcome> {
  // Before the work: hashing is for those who have a link.
  const owner = await ownerOfLink(context, shown.secret);
  if (owner === undefined) return { kind: 'wrong' };
  return inTurn(owner.name, shown, () => setByLink(context, shown));
}

async function setByLink(context: SignInContext, shown: LinkUse): Promise<SignInOutcome> {
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
