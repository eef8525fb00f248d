/**
 * Bytes that come in pieces, in one piece of memory that doubles as it fills: a thousand small pieces
 * cost no more than one large one.
 *
 * @module
 */

const FIRST_BYTES = 4096;

export class GrowingBuffer {
  readonly #hold: (bytes: number) => void;
  #memory: Buffer = Buffer.alloc(0);
  #size = 0;

  /** @param hold is told before more memory is taken, and may throw. */
  constructor(hold: (bytes: number) => void) {
    this.#hold = hold;
  }

  get size(): number {
    return this.#size;
  }

  add(bytes: Buffer): void {
    const needed = this.#size + bytes.length;
    if (needed > this.#memory.length) this.#grow(needed);
    bytes.copy(this.#memory, this.#size);
    this.#size = needed;
  }

  /** A view; `add` after `clear` writes over it. */
  bytes(): Buffer {
    return this.#memory.subarray(0, this.#size);
  }

  /** The memory stays. */
  clear(): void {
    this.#size = 0;
  }

  /** Lets go of the memory. @returns how much it was. */
  release(): number {
    const { length } = this.#memory;
    this.#memory = Buffer.alloc(0);
    this.#size = 0;
    return length;
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, 2 * this.#memory.length, FIRST_BYTES);
    this.#hold(capacity - this.#memory.length);
    const memory = Buffer.allocUnsafeSlow(capacity);
    this.#memory.copy(memory, 0, 0, this.#size);
    this.#memory = memory;
  }
}
