/**
 * Tokens as a sign-in: HTTP Basic (user = organ id, password = token), a Bearer token, or the same pair
 * in a UsernameToken. Tokens are 256 random bits, so guessing is hopeless.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import { takesPart } from '../model/agency.js';
import type { Caller } from '../receive/context.js';
import type { Store } from '../store/store.js';

export interface Credentials {
  readonly proof: 'basic' | 'bearer' | 'ws-password';
  /** Absent for Bearer: the token says who. */
  readonly organId?: string;
  readonly token: string;
}

/** Bounds before work: no header of ours is longer. */
const MAX_HEADER_CHARS = 512;

/** @returns undefined when the header is none that we take */
export function credentialsOf(header: string): Credentials | undefined {
  if (header.length > MAX_HEADER_CHARS) return undefined;
  const space = header.indexOf(' ');
  const scheme = header.slice(0, space).toLowerCase();
  const value = header.slice(space + 1).trim();
  if (space < 1 || value === '') return undefined;
  if (scheme === 'bearer') return { proof: 'bearer', token: value };
  if (scheme !== 'basic') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) return undefined;
  return { proof: 'basic', organId: pair.slice(0, colon), token: pair.slice(colon + 1) };
}

export type FindByToken = (credentials: Credentials) => Promise<Caller | undefined>;

export function createFindByToken(store: Store, clock: Clock): FindByToken {
  return async ({ proof, organId, token: shown }) => {
    const hash = createHash('sha256').update(shown).digest();
    const token = await store.findToken(hash.toString('hex'));
    if (token === undefined || !timingSafeEqual(Buffer.from(token.hash, 'hex'), hash))
      return undefined;
    if (token.revokedAt !== undefined || token.expiresAt <= clock.now()) return undefined;
    const agency = await store.getAgency(token.organId);
    if (agency === undefined || !takesPart(agency, clock.now())) return undefined;
    if (organId !== undefined && organId !== agency.organId && organId !== agency.oldOrganId) {
      return undefined;
    }
    return { agency, proof, tokenId: token.id };
  };
}
