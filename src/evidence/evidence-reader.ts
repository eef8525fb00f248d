/**
 * An opened evidence file as the checks see it: members by name, texts with our signatures, and the few
 * fields that are read of them. Nothing in here is believed before a check has asked for it.
 *
 * @module
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { verifyReceiptSignature } from '../xml/sign.js';
import { keyProblem } from '../xml/signature-algorithms.js';
import { keyId } from './receipt-keys.js';
import { RECEIPT_NAMESPACE } from './signed-text.js';
import type { Member } from './zip-format.js';

/** Every receipt, certificate, checkpoint and list of facts of ours is far below this. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024;
const MAX_KEY_BYTES = 16 * 1024;
const MAX_KEYS = 1000;

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly reason: string;
}

export function passed(name: string, reason: string): Check {
  return { name, ok: true, reason };
}

export function failed(name: string, reason: string): Check {
  return { name, ok: false, reason };
}

/** A signed text of ours, its signature verified. */
export interface SignedText {
  readonly keyId: string;
  field(name: string): string | undefined;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export class EvidenceReader {
  readonly members: readonly Member[];
  readonly #byName: ReadonlyMap<string, Member>;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  /** Files in keys/ that hold no key of their name. */
  readonly brokenKeys: readonly string[];

  /** @param trusted keys that the reader brought along; they take the place of those inside */
  constructor(members: readonly Member[], trusted: ReadonlyMap<string, KeyObject>) {
    this.members = members;
    this.#byName = new Map(members.map((one) => [one.name, one]));
    const keys = new Map<string, KeyObject>();
    const broken: string[] = [];
    for (const { name, bytes } of this.like(/^keys\//).slice(0, MAX_KEYS)) {
      const id = /^keys\/([0-9a-f]{16})\.pem$/.exec(name)?.[1];
      const key = readKey(bytes);
      if (id === undefined || key === undefined || keyId(key) !== id) broken.push(name);
      else keys.set(id, key);
    }
    this.brokenKeys = broken;
    this.#keys = new Map([...keys, ...trusted]);
  }

  readonly keyOf = (id: string): KeyObject | undefined => this.#keys.get(id);

  like(pattern: RegExp): Member[] {
    return this.members.filter(({ name }) => pattern.test(name));
  }

  bytes(name: string): Uint8Array | undefined {
    return this.#byName.get(name)?.bytes;
  }

  text(name: string): string | undefined {
    const bytes = this.bytes(name);
    return bytes === undefined || bytes.length > MAX_TEXT_BYTES
      ? undefined
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  json(name: string): unknown {
    try {
      return JSON.parse(this.text(name) ?? '');
    } catch {
      return undefined;
    }
  }

  /** @returns undefined when there is no such text of that element, or its signature does not hold */
  signed(name: string, element: string): SignedText | undefined {
    const read = verifyReceiptSignature(this.text(name) ?? '', this.keyOf);
    if (read.kind !== 'holds') return undefined;
    const { text, keyId: id } = read;
    if (!text.startsWith(`<${element} xmlns="${RECEIPT_NAMESPACE}" `)) return undefined;
    return { keyId: id, field: (field) => fieldOf(text, field) };
  }
}

/** Values are escaped, so that a tag in the text is one of ours. */
function fieldOf(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`)
    .exec(text)?.[1]
    ?.replaceAll('&#xD;', '\r')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}

function readKey(bytes: Uint8Array): KeyObject | undefined {
  if (bytes.length > MAX_KEY_BYTES) return undefined;
  const pem = Buffer.from(bytes).toString('latin1');
  if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) return undefined;
  try {
    const key = createPublicKey(pem);
    return keyProblem(key) === undefined ? key : undefined;
  } catch {
    return undefined;
  }
}

// ---- values of JSON ------------------------------------------------------------------------------

export type Json = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
