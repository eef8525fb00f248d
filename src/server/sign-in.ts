/**
 * Who is calling: HTTP Basic (user = organ id, password = token) or a Bearer token.
 *
 * Tokens are 256 random bits, so guessing is hopeless; failed sign-ins are slowed per address and organ
 * id all the same. A right token is never made to wait: the wait comes after the look-up has failed.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import { refuse } from '../model/issue.js';
import type { Caller } from '../receive/context.js';
import type { Store } from '../store/store.js';
import { createSlowdown } from './slowdown.js';

interface Credentials {
  readonly proof: Caller['proof'];
  /** Absent for Bearer: the token says who. */
  readonly organId?: string;
  readonly token: string;
}

/** Bounds before work: no header of ours is longer. */
const MAX_HEADER_CHARS = 512;

function credentialsOf(header: string | undefined): Credentials | undefined {
  if (header === undefined || header.length > MAX_HEADER_CHARS) return undefined;
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

export interface SignIn {
  /** Throws GatewayError `auth.required` or `auth.failed`. */
  authenticate(header: string | undefined, remoteAddress: string): Promise<Caller>;
}

export function createSignIn(store: Store, clock: Clock): SignIn {
  const slowdown = createSlowdown(clock);

  const find = async (credentials: Credentials): Promise<Caller | undefined> => {
    const hash = createHash('sha256').update(credentials.token).digest();
    const token = await store.findToken(hash.toString('hex'));
    if (token === undefined || !timingSafeEqual(Buffer.from(token.hash, 'hex'), hash))
      return undefined;
    if (token.revokedAt !== undefined || token.expiresAt <= clock.now()) return undefined;
    const agency = await store.getAgency(token.organId);
    if (agency?.active !== true) return undefined;
    const { organId } = credentials;
    if (organId !== undefined && organId !== agency.organId && organId !== agency.oldOrganId) {
      return undefined;
    }
    return { agency, proof: credentials.proof, tokenId: token.id };
  };

  return {
    async authenticate(header, remoteAddress) {
      const credentials = credentialsOf(header);
      if (credentials === undefined) {
        throw refuse(header === undefined ? 'auth.required' : 'auth.failed');
      }
      const caller = await find(credentials);
      if (caller !== undefined) return caller;
      await slowdown.failed(remoteAddress, credentials.organId ?? '');
      throw refuse('auth.failed');
    },
  };
}
