/**
 * People who sign in to the admin listener, with their sessions, links and API tokens. Secrets stand here
 * as hashes or sealed, never themselves.
 *
 * @module
 */
import type { Grant, Permission } from './permission.js';

declare const brand: unique symbol;
export type UserName = string & { readonly [brand]: 'UserName' };

const USER_NAME = /^[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?$/;

/** Lower-case letters, digits and `._@-`; at most 64. @returns undefined when it cannot be one. */
export function parseUserName(text: string): UserName | undefined {
  return USER_NAME.test(text) ? (text as UserName) : undefined;
}

export type Language = 'vi' | 'en';

export interface User {
  readonly name: UserName;
  readonly fullName: string;
  readonly unit?: string;
  readonly grants: readonly Grant[];
  /** Locked: cannot sign in, all sessions and tokens are ended. */
  readonly locked: boolean;
  readonly language: Language;
  readonly createdAt: number;
  readonly createdBy: string;
  /** As written by access/password.ts; absent until the first link was used, or with OpenID Connect only. */
  readonly password?: string;
  /** Secret of the second factor, sealed. */
  readonly totp?: string;
  /** SHA-256, hex, of the recovery codes that are left. */
  readonly recoveryCodes?: readonly string[];
  /** `ISSUER SUBJECT` of the account at an OpenID provider. */
  readonly openId?: string;
}

/** What changes with signing in; apart from the user, so that it is no change of rights. */
export interface SignInState {
  readonly failures: number;
  /** Nothing is tried before. */
  readonly waitUntil: number;
  readonly lastSignInAt?: number;
  /** The time step of the last code that was used: each counts once. */
  readonly lastTotpStep?: number;
}

export interface Session {
  readonly id: string;
  /** SHA-256, hex, of the token in the cookie. */
  readonly hash: string;
  readonly userName: UserName;
  readonly createdAt: number;
  readonly seenAt: number;
  /** Password or second factor shown last. */
  readonly provedAt: number;
  readonly rotatedAt: number;
  /** Of the token before; taken for a moment, for requests under way. */
  readonly previousHash?: string;
  readonly address: string;
}

/** A link that signs in once to set a password. */
export interface SignInLink {
  readonly hash: string;
  readonly userName: UserName;
  readonly expiresAt: number;
}

/** For programs: acts with the rights of its user, and of those only the ones named. */
export interface ApiToken {
  readonly id: string;
  readonly hash: string;
  readonly userName: UserName;
  readonly title: string;
  readonly permissions: readonly Permission[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt?: number;
}
