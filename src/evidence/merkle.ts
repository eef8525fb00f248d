/**
 * Merkle trees as RFC 6962 §2.1 defines them, with SHA-256: a leaf is hashed behind a byte 0, a node
 * behind a byte 1, and a list is split at the largest power of two below its length.
 *
 * @module
 */
import { sha256Bytes } from '../model/log-entry.js';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data: Uint8Array): Buffer {
  return sha256Bytes(LEAF, data);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256Bytes(NODE, left, right);
}

/** Adds leaves one by one; keeps one hash for each power of two in their number. */
export class MerkleTree {
  /** Roots of whole trees, the largest first, with the number of their leaves. */
  readonly #roots: { hash: Buffer; size: number }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(data: Uint8Array): void {
    let last = { hash: leafHash(data), size: 1 };
    for (;;) {
      const before = this.#roots.at(-1);
      if (before === undefined || before.size !== last.size) break;
      this.#roots.pop();
      last = { hash: nodeHash(before.hash, last.hash), size: last.size * 2 };
    }
    this.#roots.push(last);
    this.#size++;
  }

  root(): Buffer {
    const hashes = this.#roots.map(({ hash }) => hash);
    return hashes.length === 0
      ? sha256Bytes()
      : hashes.reduceRight((right, left) => nodeHash(left, right));
  }
}

export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/** One step of a path, from the leaf up: the neighbour and the side on which it stands. */
export interface PathStep {
  readonly side: 'left' | 'right';
  readonly hash: string;
}

/** @param index of the leaf, from 0 */
export function merklePath(leaves: readonly Uint8Array[], index: number): PathStep[] {
  if (leaves.length <= 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  const step = (side: PathStep['side'], other: readonly Uint8Array[]): PathStep => {
    return { side, hash: merkleRoot(other).toString('hex') };
  };
  return index < split
    ? [...merklePath(left, index), step('right', right)]
    : [...merklePath(right, index - split), step('left', left)];
}

export function rootOfPath(leaf: Uint8Array, path: readonly PathStep[]): Buffer {
  return path.reduce((hash, step) => {
    const other = Buffer.from(step.hash, 'hex');
    return step.side === 'left' ? nodeHash(other, hash) : nodeHash(hash, other);
  }, leafHash(leaf));
}
