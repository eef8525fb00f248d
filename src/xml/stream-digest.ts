/**
 * Digest of bytes that may be many: piece by piece, so that the process goes on serving in between.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

export type StrongHash = 'sha256' | 'sha384' | 'sha512';

/** About 2 ms of hashing. */
const PIECE = 1024 * 1024;

/** @param pieces hashed one after the other, as if they were one */
export async function digestOf(pieces: readonly Uint8Array[], hash: StrongHash): Promise<Buffer> {
  const state = createHash(hash);
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PIECE) {
      if (at > 0) await setImmediate();
      state.update(piece.subarray(at, at + PIECE));
    }
  }
  return state.digest();
}
