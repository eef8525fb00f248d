/**
 * What is kept of people: users, how their signing in went, sessions, links, API tokens.
 *
 * @module
 */
import type { ApiToken, Session, SignInLink, SignInState, User, UserName } from '../model/user.js';
import type { Actor } from './queue-types.js';

/** A change of a user, with the entry in the chained log. */
export interface UserChange {
  readonly user: User;
  /** As it was read; undefined for a new one. Another change in between: nothing is done. */
  readonly before: User | undefined;
  readonly actor: Actor;
  /** `user.add`, `user.roles`, … */
  readonly act: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** `last-administrator`: nobody would be left to give rights. */
export type UserOutcome = 'done' | 'changed' | 'last-administrator';

export interface PeopleStore {
  getUser(name: UserName): Promise<User | undefined>;
  findOpenIdUser(openId: string): Promise<User | undefined>;
  /** All, by name; an installation has few. */
  listUsers(): Promise<readonly User[]>;
  /** Locking ends sessions and tokens in the same commit. */
  putUser(change: UserChange): Promise<UserOutcome>;

  getSignInState(name: UserName): Promise<SignInState>;
  /** Notes one attempt, with an entry in the chained log. */
  noteSignIn(
    name: UserName,
    state: SignInState,
    act: 'sign-in' | 'sign-in.failed' | 'sign-out',
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void>;

  /** Keeps nothing, but takes the time of noting an attempt: the time must not tell who there is. */
  noteStranger(): Promise<void>;

  /** A new link ends the older ones of the user. */
  addLink(link: SignInLink, actor: Actor): Promise<void>;
  /** Works once. @returns undefined when it is unknown, used or over. */
  useLink(hash: string): Promise<SignInLink | undefined>;
  /** Without using it. */
  findLink(hash: string): Promise<SignInLink | undefined>;

  addSession(session: Session): Promise<void>;
  /** By the hash of the present or the previous token. */
  findSession(hash: string): Promise<Session | undefined>;
  /**
   * Without effect when it has ended, or when another token than its present or previous one counts by
   * now: then a request at the same moment has changed it. @returns whether it had effect.
   */
  putSession(session: Session): Promise<boolean>;
  listSessions(name: UserName): Promise<readonly Session[]>;
  /** All of the user, but for one. @returns how many. */
  endSessions(name: UserName, but?: string): Promise<number>;
  endSession(id: string): Promise<void>;
  /** Sessions not seen since, links that are over. */
  sweepPeople(seenBefore: number): Promise<void>;

  addApiToken(token: ApiToken, actor: Actor): Promise<void>;
  findApiToken(hash: string): Promise<ApiToken | undefined>;
  listApiTokens(name: UserName): Promise<readonly ApiToken[]>;
  revokeApiToken(name: UserName, id: string, actor: Actor): Promise<boolean>;
}
