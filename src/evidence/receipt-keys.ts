/**
 * The key that signs receipts: an EC P-256 key in a PEM file, made at the first start. A rotation makes
 * the next one; the public halves of all are kept, since old receipts must stay verifiable.
 *
 * Files in the folder: `receipt-1.pem` (private, 0600), `receipt-1.pub.pem` (public), `receipt-2.pem` …
 * The highest number signs. Rotation leaves the old private key in place: a running gateway goes on
 * with it until it is told to reload. A key file that the configuration names may hold P-384, P-521 or
 * RSA of 2048 bits or more as well.
 *
 * @module
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../model/issue.js';
import { keyProblem } from '../xml/signature-algorithms.js';

export interface ReceiptKey {
  /** First 16 hex digits of the SHA-256 of the public key (SubjectPublicKeyInfo). */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface ListedKey {
  readonly number: number;
  readonly id: string;
  readonly publicKeyFile: string;
  readonly signing: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

const PUBLIC_FILE = /^receipt-(\d{1,6})\.pub\.pem$/;

/** How a key is named in what it signed; see `ReceiptKey.id`. */
export function keyId(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
}

/** @throws GatewayError `file.unreadable`: a key that verifiers would not take must not sign anything */
function readKeyFile(file: string, readKey: (file: string) => Buffer): ReceiptKey {
  const pem = readKey(file);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    throw refuse('file.unreadable', { file, reason: 'it holds no private key in PEM' });
  }
  if (keyProblem(privateKey) !== undefined) {
    const reason = 'the key must be EC P-256, P-384 or P-521, or RSA of 2048 bits or more';
    throw refuse('file.unreadable', { file, reason });
  }
  return keyOf(privateKey);
}

function keyOf(privateKey: KeyObject): ReceiptKey {
  const publicKey = createPublicKey(privateKey);
  return { id: keyId(publicKey), privateKey, publicKey };
}

function numbers(folder: string): number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => PUBLIC_FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** `wx`: two processes that start at once must not overwrite each other's key. */
function writeNew(file: string, text: string, mode: number): void {
  const handle = openSync(file, 'wx', mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function listReceiptKeys(folder: string): ListedKey[] {
  const all = numbers(folder);
  return all.map((number) => {
    const publicKeyFile = join(folder, `receipt-${number}.pub.pem`);
    const publicKey = createPublicKey(readFileSync(publicKeyFile));
    return {
      number,
      id: keyId(publicKey),
      publicKeyFile,
      signing: number === all.at(-1),
      createdAt: statSync(publicKeyFile).mtime.toISOString(),
    };
  });
}

/** Makes the next key; it signs from the next start or reload on. */
export function rotateReceiptKey(folder: string): ListedKey {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const number = (numbers(folder).at(-1) ?? 0) + 1;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const privateFile = join(folder, `receipt-${number}.pem`);
  const publicFile = join(folder, `receipt-${number}.pub.pem`);
  // The private half first: a public half without it would stop the start.
  writeNew(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  writeNew(publicFile, publicKey.export({ type: 'spki', format: 'pem' }).toString(), 0o644);
  const made = listReceiptKeys(folder).at(-1);
  if (made === undefined) throw new Error('the new key is not there');
  return made;
}

/** @param readKey reads a secret file, refusing one that others can read. */
export function openReceiptKey(
  source: { readonly file: string } | { readonly folder: string },
  readKey: (file: string) => Buffer,
): ReceiptKey {
  if ('file' in source) return readKeyFile(source.file, readKey);
  const number = numbers(source.folder).at(-1) ?? rotateReceiptKey(source.folder).number;
  return readKeyFile(join(source.folder, `receipt-${number}.pem`), readKey);
}
