/**
 * Message id: our own id of what we stored. 26 characters of Crockford base 32, the first ten the time
 * in milliseconds, so that ids sort by the time they were given.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';

declare const brand: unique symbol;
export type MessageId = string & { readonly [brand]: 'MessageId' };

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const MESSAGE_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** @param now milliseconds since 1970; @param random ten bytes, passed in by tests. */
export function newMessageId(now: number, random: Uint8Array = randomBytes(10)): MessageId {
  let time = '';
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) {
    time = DIGITS.charAt(rest % 32) + time;
  }
  let tail = '';
  for (let i = 0; i < 16; i++) {
    const bit = i * 5;
    const pair = ((random[bit >> 3] ?? 0) << 8) | (random[(bit >> 3) + 1] ?? 0);
    tail += DIGITS.charAt((pair >> (11 - (bit & 7))) & 31);
  }
  return (time + tail) as MessageId;
}

export function parseMessageId(text: string): MessageId | undefined {
  return MESSAGE_ID.test(text) ? (text as MessageId) : undefined;
}
