/**
 * Sessions of people: a random token in a cookie, its hash in the store. A session ends when nothing was
 * asked for 30 minutes, and after 12 hours in any case. The token is changed at each sign-in and every
 * quarter of an hour, so that one that leaked is soon of no use.
 *
 * @module
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Session, User, UserName } from '../model/user.js';
import type { Store } from '../store/store.js';

export const IDLE_MS = 30 * 60_000;
export const LONGEST_MS = 12 * 3_600_000;
const ROTATE_MS = 15 * 60_000;
/** Requests under way still bring the token before. */
const PREVIOUS_MS = 60_000;
/** `seenAt` is not written more often. */
const TOUCH_MS = 60_000;
/** After so long an act of the highest level asks for the password again. */
export const PROOF_MS = 10 * 60_000;
/** More are more likely a loop than a person; the oldest end. */
const MOST_SESSIONS = 20;

export interface Opened {
  readonly session: Session;
  /** Set as the cookie's value when present. */
  readonly token?: string;
}

export interface SignedIn extends Opened {
  readonly user: User;
}

export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

type Context = { readonly store: Store; readonly clock: Clock };

export async function openSession(
  { store, clock }: Context,
  userName: UserName,
  address: string,
): Promise<Required<Opened>> {
  const now = clock.now();
  const token = newSecret();
  const session: Session = {
    id: randomBytes(9).toString('base64url'),
    hash: secretHash(token),
    userName,
    createdAt: now,
    seenAt: now,
    provedAt: now,
    rotatedAt: now,
    address,
  };
  await store.sweepPeople(now - IDLE_MS);
  const others = await store.listSessions(userName);
  for (const old of others.slice(MOST_SESSIONS - 1)) await store.endSession(old.id);
  await store.addSession(session);
  return { session, token };
}

function isOver(session: Session, hash: string, now: number): boolean {
  if (now - session.seenAt > IDLE_MS || now - session.createdAt > LONGEST_MS) return true;
  return session.hash !== hash && now - session.rotatedAt > PREVIOUS_MS;
}

/** @returns undefined when there is no session that still counts. */
export async function findSession(
  { store, clock }: Context,
  token: string,
): Promise<SignedIn | undefined> {
  const hash = secretHash(token);
  const session = await store.findSession(hash);
  if (session === undefined) return undefined;
  const now = clock.now();
  if (isOver(session, hash, now)) return undefined;
  const user = await store.getUser(session.userName);
  if (user === undefined || user.locked) return undefined;
  if (session.hash === hash && now - session.rotatedAt > ROTATE_MS) {
    return { user, ...((await rotated({ store, clock }, session)) ?? { session }) };
  }
  if (now - session.seenAt < TOUCH_MS) return { user, session };
  const touched = { ...session, seenAt: now };
  await store.putSession(touched);
  return { user, session: touched };
}

/**
 * A new token for the same session; after a change of rights or a proof, and by time.
 *
 * @returns undefined when a request at the same moment was faster: its token counts, the one before still
 * does for a moment, and a second one would sign the browser out.
 */
export async function rotated(
  { store, clock }: Context,
  session: Session,
  change: Partial<Pick<Session, 'provedAt'>> = {},
): Promise<Required<Opened> | undefined> {
  const now = clock.now();
  const token = newSecret();
  const next: Session = {
    ...session,
    ...change,
    hash: secretHash(token),
    previousHash: session.hash,
    rotatedAt: now,
    seenAt: now,
  };
  return (await store.putSession(next)) ? { session: next, token } : undefined;
}

// ---- forms -------------------------------------------------------------------------------------------

const MASK_BYTES = 16;

function formSecret({ id }: Session, key: Buffer): Buffer {
  return createHmac('sha256', key).update(`form ${id}`).digest().subarray(0, MASK_BYTES);
}

/**
 * The token of a form: bound to the session, masked anew each time, since pages are compressed and echo
 * what was searched for.
 */
export function formToken(session: Session, key: Buffer): string {
  const mask = randomBytes(MASK_BYTES);
  const secret = formSecret(session, key);
  return Buffer.concat([mask, secret.map((byte, i) => byte ^ (mask[i] ?? 0))]).toString(
    'base64url',
  );
}

export function isFormToken(text: string, session: Session, key: Buffer): boolean {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 2 * MASK_BYTES) return false;
  const mask = bytes.subarray(0, MASK_BYTES);
  const shown = bytes.subarray(MASK_BYTES).map((byte, i) => byte ^ (mask[i] ?? 0));
  return timingSafeEqual(shown, formSecret(session, key));
}
