/**
 * Secrets for UsernameToken with PasswordDigest. Both sides need the secret itself, so it is not a
 * token and not hashed: it is sealed with a key in a file beside the store (AES-256-GCM), which a copy
 * of the database alone does not open.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSecretText } from '../config/secret-file.js';
import { refuse } from '../model/issue.js';
import { findAgency, type OperatorContext } from './agencies.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param folder of the store */
export function digestKeyFile(folder: string): string {
  return join(folder, 'keys', 'ws-digest.key');
}

export interface CreatedSecret {
  readonly organId: string;
  /** 256 random bits, base64url. */
  readonly digestSecret: string;
}

/**
 * Makes the file with mode 0600 when it is not there.
 *
 * @throws GatewayError `file.unreadable`, `file.wide`
 */
export function openDigestKey(file: string): Buffer {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    try {
      const key = randomBytes(KEY_BYTES).toString('base64');
      writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another process was faster; its key counts.
      if (!existsSync(file)) throw error;
    }
  }
  const key = Buffer.from(readSecretText(file), 'base64');
  if (key.length !== KEY_BYTES) {
    throw refuse('file.unreadable', { file, reason: 'not a key of 32 bytes in base64' });
  }
  return key;
}

/** The organ id is part of what is sealed: a row cannot be moved to another agency. */
export function sealSecret(secret: string, organId: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(organId, 'utf8'));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

/** @returns undefined when it was not sealed with this key for this agency */
export function unsealSecret(
  { sealed, organId }: { readonly sealed: string; readonly organId: string },
  key: Buffer,
): Buffer | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  if (tag.length !== TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(organId, 'utf8'));
    decipher.setAuthTag(tag);
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]);
  } catch {
    return undefined;
  }
}

/**
 * A new secret, answered once; it takes the place of an older one at once.
 *
 * @throws GatewayError `agency.unknown`
 */
export async function createDigestSecret(
  { store, clock, logger, actor }: OperatorContext,
  organId: string,
  keyFile: string,
): Promise<CreatedSecret> {
  const agency = await findAgency(store, organId);
  const digestSecret = randomBytes(32).toString('base64url');
  const sealed = sealSecret(digestSecret, agency.organId, openDigestKey(keyFile));
  await store.putDigestSecret({ organId: agency.organId, sealed, createdAt: clock.now() }, actor);
  logger.info('agency.token', { organId: agency.organId, act: 'digest-secret', actor });
  return { organId: agency.organId, digestSecret };
}
