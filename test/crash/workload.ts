/**
 * What the sender of a crash run sends: new documents of two sizes to several recipients, now and then
 * an update or a revoke of one that was acknowledged. Every package has bytes of its own, so that its
 * digest names it.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Business } from '../../src/model/edxml.js';
import { samplePackage } from '../support/sample-document.js';
import type { Random } from './seeded.js';

export const SENDER = 'T99.01';
/** Collect with ListPending, GetPackage, ConfirmReceived. */
export const COLLECTORS = ['T99.02', 'T99.03'] as const;
/** Are pushed to; one process, two lanes. */
export const PUSHED = ['T99.04', 'T99.05'] as const;

export interface Prepared {
  readonly digest: string;
  readonly documentId: string;
  readonly type: 'new' | 'update' | 'revoke';
  readonly to: readonly string[];
  readonly bytes: Buffer;
}

/** Above 64 KiB a package lies in a content file. */
const SMALL_BYTES = 7_000;
const LARGE_BYTES = 75_000;

const RECIPIENTS: readonly [readonly string[], ...(readonly string[])[]] = [
  ['T99.04', 'T99.02'],
  ['T99.05', 'T99.03'],
  ['T99.04', 'T99.05', 'T99.02'],
  ['T99.04'],
  ['T99.02', 'T99.03'],
];

function noise(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i + 4 <= length; i += 4) bytes.writeUInt32LE(random.whole(0, 0xffff_ffff), i);
  return bytes;
}

function businessOf(type: 'update' | 'revoke', documentId: string): Business {
  return type === 'revoke'
    ? { type, documentId, replacements: [] }
    : {
        type,
        documentId,
        replacements: [],
        info: { documentChanged: true, receiversChanged: false, receivers: [] },
      };
}

export class Workload {
  readonly #random: Random;
  readonly #name: string;
  #serial = 0;

  /** @param name part of every document id: no two workloads of one store may share it. */
  constructor(random: Random, name: string) {
    this.#random = random;
    this.#name = name;
  }

  /** @param acknowledged documents that a follow-up may speak about */
  next(acknowledged: readonly Prepared[]): Prepared {
    const random = this.#random;
    this.#serial += 1;
    const about = acknowledged[random.whole(0, acknowledged.length * 8)];
    const type = about === undefined ? 'new' : random.next() < 0.7 ? 'update' : 'revoke';
    const codeNumber = String(this.#serial);
    const documentId = about?.documentId ?? `${SENDER},2026/11/20,${this.#serial}/${this.#name}`;
    const to = about?.to ?? random.pick(RECIPIENTS);
    const file = noise(random, random.next() < 0.3 ? LARGE_BYTES : SMALL_BYTES);
    const bytes = samplePackage(
      {
        documentId,
        codeNumber,
        to: to.map((organId) => ({ organId })),
        ...(type === 'new' ? {} : { business: businessOf(type, documentId) }),
      },
      file,
    );
    const digest = createHash('sha256').update(bytes).digest('hex');
    return { digest, documentId, type, to, bytes };
  }
}
