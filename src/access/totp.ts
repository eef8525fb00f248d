/**
 * The second factor: time-based one-time codes (RFC 6238, SHA-1, 30 s, 6 digits, as every authenticator
 * app has them) and recovery codes.
 *
 * @module
 */
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const STEP_MS = 30_000;
const DIGITS = 6;
const SECRET_BYTES = 20;
/** Steps before and after, for clocks that differ. */
const WINDOW = 1;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const RECOVERY_CODES = 10;

/** RFC 4648 §6, without padding. */
export function base32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)] ?? '')
    .join('');
}

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** For the QR code that authenticator apps read. */
export function totpUri(secret: Buffer, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}

/** RFC 4226 §5.3. */
function codeAt(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac[mac.length - 1] ?? 0) & 0x0f;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, '0');
}

export function totpAt(secret: Buffer, now: number): string {
  return codeAt(secret, Math.floor(now / STEP_MS));
}

/**
 * @param lastStep of the code that was used last; a code counts once.
 * @returns the step of the code, to be remembered; undefined when it is wrong.
 */
export function checkTotp(
  secret: Buffer,
  shown: string,
  now: number,
  lastStep: number | undefined,
): number | undefined {
  const code = shown.replace(/\s/g, '');
  if (!/^\d{6}$/.test(code)) return undefined;
  const present = Math.floor(now / STEP_MS);
  let found: number | undefined;
  for (let step = present - WINDOW; step <= present + WINDOW; step++) {
    const same = timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code));
    if (same && step > (lastStep ?? Number.NEGATIVE_INFINITY)) found ??= step;
  }
  return found;
}

/** Each signs in once instead of a code: `k3md-92xw-…`. */
export function newRecoveryCodes(): string[] {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from({ length: RECOVERY_CODES }, () =>
    Array.from({ length: 4 }, () =>
      Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join(''),
    ).join('-'),
  );
}

export function recoveryHash(code: string): string {
  const bare = code.toLowerCase().replace(/[^a-z0-9]/g, '');
  return createHash('sha256').update(bare).digest('hex');
}
