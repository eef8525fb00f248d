/**
 * Passwords of people: scrypt with a salt of their own (RFC 7914). The cost stands in the kept text, so
 * that it can be raised later; a password kept at a lower cost is written anew when it is next shown.
 *
 * @module
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** 32 MiB of memory for one hash. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each takes a thread of the pool and 32 MiB; the others wait. */
const AT_ONCE = 2;

export const MIN_PASSWORD_CHARS = 12;
/** Bounds before work. */
export const MAX_PASSWORD_CHARS = 256;

let running = 0;
const waiting: (() => void)[] = [];

async function turn(): Promise<void> {
  while (running >= AT_ONCE) await new Promise<void>((wake) => waiting.push(wake));
  running += 1;
}

function done(): void {
  running -= 1;
  waiting.shift()?.();
}

async function hash(password: string, salt: Buffer, cost: typeof COST | Cost): Promise<Buffer> {
  await turn();
  try {
    return await new Promise((resolve, reject) => {
      const options = { ...cost, maxmem: 256 * cost.N * cost.r };
      // NFC: keyboards write Vietnamese letters in one or in several code points.
      scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      });
    });
  } finally {
    done();
  }
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

interface Kept extends Cost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function parse(text: string): Kept | undefined {
  const found = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]+)\$([\w-]+)$/.exec(text);
  if (found === null) return undefined;
  const [, N, r, p, salt = '', key = ''] = found;
  return {
    N: Number(N),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(key, 'base64url'),
  };
}

/** @returns the text that is kept. */
export async function keepPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await hash(password, salt, COST);
  const { N, r, p } = COST;
  return `scrypt$${N}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** For a name that is not known: the same work, so that the time does not tell. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export interface Checked {
  readonly right: boolean;
  /** Kept at a lower cost than today's. */
  readonly outdated: boolean;
}

/** @param kept undefined when there is no such user or no password: never right, in the same time. */
export async function checkPassword(password: string, kept: string | undefined): Promise<Checked> {
  if (password.length > MAX_PASSWORD_CHARS) return { right: false, outdated: false };
  const known = kept === undefined ? undefined : parse(kept);
  const against = known ?? parse(NOBODY);
  if (against === undefined) return { right: false, outdated: false };
  const key = await hash(password, against.salt, against);
  const same = key.length === against.hash.length && timingSafeEqual(key, against.hash);
  return { right: known !== undefined && same, outdated: against.N < COST.N };
}
