/**
 * The public keys with which receipts, certificates and checkpoints of this gateway are verified: those
 * made by rotation (receipt-keys.ts), and those of key files that were configured at some time, kept as
 * `kept-ID.pub.pem` beside them.
 *
 * @module
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyId, type ReceiptKey } from './receipt-keys.js';

const PUBLIC_FILE = /^(?:receipt-\d{1,6}|kept-[0-9a-f]{16})\.pub\.pem$/;

/** By id, the KeyName of what they signed. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

export function readPublicKeys(folder: string): PublicKeys {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.filter((name) => PUBLIC_FILE.test(name)).map((name) => join(folder, name));
  return publicKeysOf(files);
}

export function publicKeysOf(files: readonly string[]): PublicKeys {
  return new Map(
    files.map((file) => {
      const key = createPublicKey(readFileSync(file));
      return [keyId(key), key];
    }),
  );
}

/** Keeps the public half of a key that lies elsewhere, so that what it signs stays verifiable. */
export function keepPublicKey(folder: string, key: ReceiptKey): void {
  if (readPublicKeys(folder).has(key.id)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  writeFileSync(join(folder, `kept-${key.id}.pub.pem`), pem, { mode: 0o644, flush: true });
}
