/**
 * Tokens of an agency: made, listed, revoked. The token itself is answered once and kept nowhere.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { utc } from '../clock.js';
import type { AgencyToken } from '../model/agency.js';
import { refuse } from '../model/issue.js';
import type { Store } from '../store/store.js';
import { findAgency, type OperatorContext } from './agencies.js';

/** Two, so that one can be replaced without a gap. */
export const MAX_LIVE_TOKENS = 2;
export const DEFAULT_TOKEN_MS = 365 * 86_400_000;

export interface CreatedToken {
  readonly organId: string;
  /** 256 random bits, base64url. */
  readonly token: string;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

export interface TokenView {
  readonly id: string;
  readonly organId: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt?: string;
  readonly live: boolean;
}

/** The form in which tokens are kept and compared: SHA-256, lower-case hex. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

export function isLive(token: AgencyToken, now: number): boolean {
  return token.revokedAt === undefined && token.expiresAt > now;
}

/** @throws GatewayError `agency.unknown`, `token.limit` */
export async function createToken(
  { store, clock, logger, actor }: OperatorContext,
  organId: string,
  validMs: number = DEFAULT_TOKEN_MS,
): Promise<CreatedToken> {
  const agency = await findAgency(store, organId);
  const now = clock.now();
  const live = (await store.listTokens(agency.organId)).filter((one) => isLive(one, now));
  if (live.length >= MAX_LIVE_TOKENS) throw refuse('token.limit', { value: agency.organId });
  const token = randomBytes(32).toString('base64url');
  const id = randomBytes(6).toString('hex');
  const expiresAt = now + validMs;
  const entry = { id, organId: agency.organId, hash: tokenHash(token), createdAt: now, expiresAt };
  await store.addToken(entry, actor);
  logger.info('agency.token', { organId: agency.organId, act: 'created', tokenId: id, actor });
  return { organId: agency.organId, token, id, expiresAt: utc(expiresAt) };
}

/** @throws GatewayError `agency.unknown`, `token.unknown` */
export async function revokeToken(
  { store, clock, logger, actor }: OperatorContext,
  organId: string,
  id: string,
): Promise<TokenView> {
  const agency = await findAgency(store, organId);
  const now = clock.now();
  if (!(await store.revokeToken(agency.organId, id, now, actor))) {
    throw refuse('token.unknown', { value: agency.organId });
  }
  logger.info('agency.token', { organId: agency.organId, act: 'revoked', tokenId: id, actor });
  const token = (await store.listTokens(agency.organId)).find((one) => one.id === id);
  if (token === undefined) throw refuse('token.unknown', { value: agency.organId });
  return viewToken(token, now);
}

export async function listTokens(store: Store, organId: string, now: number): Promise<TokenView[]> {
  const agency = await findAgency(store, organId);
  return (await store.listTokens(agency.organId)).map((one) => viewToken(one, now));
}

function viewToken(token: AgencyToken, now: number): TokenView {
  return {
    id: token.id,
    organId: token.organId,
    createdAt: utc(token.createdAt),
    expiresAt: utc(token.expiresAt),
    ...(token.revokedAt === undefined ? {} : { revokedAt: utc(token.revokedAt) }),
    live: isLive(token, now),
  };
}
