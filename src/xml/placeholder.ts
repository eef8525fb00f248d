/**
 * Placeholders: what stands in the tree for a base64 text that the scan cut out, and how the text
 * comes back in the canonical form.
 *
 * A placeholder is a random prefix that does not occur in the rest of the text, the number of the cut,
 * and as many line feeds as the text had, so that every line number stays right. It is valid base64
 * itself. The canonical form of a base64 text is the text itself, with LF for CR LF, hence replacing is
 * exact.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Sink } from './canonical.js';
import type { Cut, XmlScan } from './scan.js';

/** Characters of the random prefix and of the number after it: base64 groups both. */
const PREFIX_CHARS = 32;
const NUMBER_CHARS = 8;
const CR = 0x0d;
const PLACEHOLDER_CHARS = PREFIX_CHARS + NUMBER_CHARS;

export interface Placeholders {
  readonly prefix: Buffer;
  /** The text to parse, in pieces: what was not cut, and the placeholders. */
  readonly pieces: readonly Uint8Array[];
  /** The content of the cut element in the tree. */
  readonly texts: readonly string[];
}

/** @returns the text with its cuts replaced; `undefined` when there is none. */
export function replaceCuts(scan: XmlScan): Placeholders | undefined {
  if (scan.cuts.length === 0) return undefined;
  const rest: Uint8Array[] = [];
  let at = scan.start;
  for (const cut of scan.cuts) {
    rest.push(scan.bytes.subarray(at, cut.offset));
    at = cut.offset + cut.length;
  }
  rest.push(scan.bytes.subarray(at));
  let prefix = newPrefix();
  while (rest.some((piece) => contains(piece, prefix))) prefix = newPrefix();
  const texts = scan.cuts.map(
    (cut, i) => prefix + String(i).padStart(NUMBER_CHARS, '0') + '\n'.repeat(cut.lines),
  );
  const pieces = rest.flatMap((piece, i) => {
    const text = texts[i];
    return text === undefined ? [piece] : [piece, Buffer.from(text, 'latin1')];
  });
  return { prefix: Buffer.from(prefix, 'latin1'), pieces, texts };
}

/** 122 random bits in hexadecimal digits, which are base64 as well. */
function newPrefix(): string {
  return randomUUID().replaceAll('-', '');
}

function contains(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text, 0, 'latin1');
}

/** Canonical form is handed on in pieces of about this many bytes. */
const BLOCK_BYTES = 256 * 1024;

/** Kept between documents: a fresh block costs more than what is done with it. One user at a time. */
const block = Buffer.allocUnsafe(BLOCK_BYTES);

/**
 * Collects the pieces that libxml2 writes and hands them on in blocks, the cut texts in place of their
 * placeholders. `take` is the sink for libxml2; call `end` after it.
 */
export class Restorer {
  readonly #scan: XmlScan;
  readonly #prefix: Buffer | undefined;
  readonly #to: Sink;
  #held = 0;
  /** Line feeds of a placeholder that are still to be left out. */
  #skip = 0;

  constructor(scan: XmlScan, prefix: Buffer | undefined, to: Sink) {
    this.#scan = scan;
    this.#prefix = prefix;
    this.#to = to;
  }

  readonly take: Sink = (piece) => {
    for (let at = 0; at < piece.length; ) {
      const length = Math.min(piece.length - at, BLOCK_BYTES - this.#held);
      block.set(piece.subarray(at, at + length), this.#held);
      this.#held += length;
      at += length;
      if (this.#held === BLOCK_BYTES) this.#flush(false);
    }
  };

  end(): void {
    this.#flush(true);
  }

  /** Hands on what is held; but for the last time keeps back what may be the start of a placeholder. */
  #flush(last: boolean): void {
    const held = block.subarray(0, this.#held);
    let at = Math.min(this.#skip, held.length);
    this.#skip -= at;
    for (;;) {
      const found = this.#prefix === undefined ? -1 : held.indexOf(this.#prefix, at);
      if (found === -1 || found + PLACEHOLDER_CHARS > held.length) {
        const keep = last || this.#prefix === undefined ? 0 : PLACEHOLDER_CHARS - 1;
        const end = Math.max(at, held.length - keep);
        if (end > at) this.#to(held.subarray(at, end));
        held.copyWithin(0, end);
        this.#held = held.length - end;
        return;
      }
      if (found > at) this.#to(held.subarray(at, found));
      const number = Number(
        held.toString('latin1', found + PREFIX_CHARS, found + PLACEHOLDER_CHARS),
      );
      const cut = this.#scan.cuts[number];
      if (cut === undefined) throw new Error('an unknown placeholder');
      this.#restore(cut);
      at = found + PLACEHOLDER_CHARS;
      const skipped = Math.min(cut.lines, held.length - at);
      this.#skip = cut.lines - skipped;
      at += skipped;
    }
  }

  #restore(cut: Cut): void {
    const text = this.#scan.bytes.subarray(cut.offset, cut.offset + cut.length);
    if (!cut.crlf) {
      this.#to(text);
      return;
    }
    const piece = Buffer.allocUnsafe(Math.min(text.length, BLOCK_BYTES));
    for (let from = 0; from < text.length; from += piece.length) {
      const to = Math.min(from + piece.length, text.length);
      let held = 0;
      for (let i = from; i < to; i++) {
        const byte = text[i] ?? 0;
        piece[held] = byte;
        if (byte !== CR) held++;
      }
      this.#to(piece.subarray(0, held));
    }
  }
}
