/**
 * Base64 as strictly as `xs:base64Binary` and RFC 4648 §3.5 together: the alphabet of §4, white space
 * (SP, TAB, CR, LF) ignored, padding complete, pad bits zero, and nothing else.
 *
 * Works on bytes and in bulk, since one attachment may have 50 MB: two bytes are classified with one
 * look-up, nothing is allocated per character.
 *
 * @module
 */

/** What kinds of bytes a run of bytes holds; the bits of `bytesKinds`. */
export const KIND = {
  /** None of the kinds below: any printable character outside the alphabet. */
  other: 1,
  /** SP, TAB, LF. */
  space: 2,
  /** `=` */
  pad: 4,
  /** Control characters that XML 1.0 forbids (production Char). */
  control: 8,
  carriageReturn: 16,
  /** 0x80 and above. */
  high: 32,
} as const;

const NOT_BASE64 = KIND.other | KIND.control | KIND.high;
const WHITE = KIND.space | KIND.carriageReturn;
const PAD = 0x3d;
const LF = 0x0a;

/** Value of a symbol of the alphabet, else 255. */
const SYMBOL = new Uint8Array(256).fill(255);
for (let value = 0; value < 64; value++) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  SYMBOL[alphabet.charCodeAt(value)] = value;
}

const KINDS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  if (SYMBOL[byte] !== 255) KINDS[byte] = 0;
  else if (byte === 0x20 || byte === 0x09 || byte === LF) KINDS[byte] = KIND.space;
  else if (byte === 0x0d) KINDS[byte] = KIND.carriageReturn;
  else if (byte === PAD) KINDS[byte] = KIND.pad;
  else if (byte < 0x20) KINDS[byte] = KIND.control;
  else KINDS[byte] = byte < 0x80 ? KIND.other : KIND.high;
}

/** 1 for white space, else 0. */
const WHITES = KINDS.map((kinds) => ((kinds & WHITE) === 0 ? 0 : 1));

/** The kinds of two bytes at a time; the order of the two does not matter. */
const PAIR_KINDS = new Uint8Array(65536);
/** White space characters among the two (bits 0-1) and line feeds among them (bits 2-3). */
const PAIR_WHITE = new Uint8Array(65536);
for (let pair = 0; pair < 65536; pair++) {
  const [a, b] = [pair & 255, pair >> 8];
  PAIR_KINDS[pair] = (KINDS[a] ?? 0) | (KINDS[b] ?? 0);
  PAIR_WHITE[pair] = white(a) + white(b) + (a === LF ? 4 : 0) + (b === LF ? 4 : 0);
}

function white(byte: number): number {
  return WHITES[byte] ?? 0;
}

/** Calls `single` for bytes that are not aligned in pairs and `pairs` for the bulk. */
function pairsOf(bytes: Uint8Array, from: number, to: number): [Uint16Array, number, number] {
  const first = from + ((bytes.byteOffset + from) & 1);
  const count = Math.max(0, (to - first) >> 1);
  return [new Uint16Array(bytes.buffer, bytes.byteOffset + first, count), first, first + 2 * count];
}

/** @returns the bits of KIND that occur in `bytes[from, to)`; 0 when all are symbols of the alphabet. */
export function bytesKinds(bytes: Uint8Array, from: number, to: number): number {
  let kinds = 0;
  if (to - from < 32) {
    for (let i = from; i < to; i++) kinds |= KINDS[bytes[i] ?? 0] ?? 0;
    return kinds;
  }
  const [pairs, start, end] = pairsOf(bytes, from, to);
  if (start > from) kinds |= KINDS[bytes[from] ?? 0] ?? 0;
  for (let i = 0; i < pairs.length; i++) kinds |= PAIR_KINDS[pairs[i] ?? 0] ?? 0;
  if (end < to) kinds |= KINDS[bytes[end] ?? 0] ?? 0;
  return kinds;
}

/** White space characters and line feeds in `bytes[from, to)`. */
function countWhite(bytes: Uint8Array, from: number, to: number): { white: number; lines: number } {
  let whites = 0;
  let lines = 0;
  const single = (i: number): void => {
    whites += white(bytes[i] ?? 0);
    if (bytes[i] === LF) lines++;
  };
  if (from >= to) return { white: 0, lines: 0 };
  const [pairs, start, end] = pairsOf(bytes, from, to);
  if (start > from) single(from);
  for (let i = 0; i < pairs.length; i++) {
    const both = PAIR_WHITE[pairs[i] ?? 0] ?? 0;
    whites += both & 3;
    lines += both >> 2;
  }
  if (end < to) single(end);
  return { white: whites, lines };
}

export interface Base64Run {
  /** Strict base64, white space aside. */
  readonly valid: boolean;
  /** The bits of KIND that occur. */
  readonly kinds: number;
  /** Line feeds; 0 when not valid. */
  readonly lines: number;
  /** Bytes after decoding; 0 when not valid. */
  readonly size: number;
}

/** Judges `bytes[from, to)` without decoding it. */
export function inspectBase64(bytes: Uint8Array, from: number, to: number): Base64Run {
  const kinds = bytesKinds(bytes, from, to);
  const bad: Base64Run = { valid: false, kinds, lines: 0, size: 0 };
  if ((kinds & NOT_BASE64) !== 0) return bad;
  const counted = (kinds & WHITE) === 0 ? { white: 0, lines: 0 } : countWhite(bytes, from, to);
  const symbols = to - from - counted.white;
  if (symbols % 4 !== 0) return bad;
  let pads = 0;
  if ((kinds & KIND.pad) !== 0) {
    const first = bytes.indexOf(PAD, from);
    for (let i = first; i < to; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === PAD) pads++;
      else if (white(byte) === 0) return bad;
    }
    if (pads > 2) return bad;
    let last = first - 1;
    while (last >= from && white(bytes[last] ?? 0) === 1) last--;
    const rest = pads === 1 ? 3 : 15;
    if (last < from || ((SYMBOL[bytes[last] ?? 0] ?? 255) & rest) !== 0) return bad;
  }
  return { valid: true, kinds, lines: counted.lines, size: (symbols / 4) * 3 - pads };
}

/**
 * Symbols decoded at once: a multiple of four, so that the pieces join, and few enough that the strings
 * between die young.
 */
const PIECE = 1 << 16;

/** @returns the bytes, or `undefined` when the text is not strict base64. */
export function decodeBase64Strict(bytes: Uint8Array): Buffer | undefined {
  return decodeRun(bytes, inspectBase64(bytes, 0, bytes.length));
}

/** The same for a text that was judged before. @param run what `inspectBase64` said of all of it. */
export function decodeRun(bytes: Uint8Array, run: Base64Run): Buffer | undefined {
  if (!run.valid) return undefined;
  const out = Buffer.allocUnsafe(run.size);
  if ((run.kinds & WHITE) === 0) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0, used = 0; at < text.length; at += PIECE) {
      used += out.write(
        text.toString('latin1', at, Math.min(at + PIECE, text.length)),
        used,
        'base64',
      );
    }
    return out;
  }
  const packed = Buffer.allocUnsafe(Math.min(PIECE, bytes.length) + 4);
  let held = 0;
  let used = 0;
  for (let from = 0; from < bytes.length; from += PIECE) {
    const to = Math.min(from + PIECE, bytes.length);
    for (let i = from; i < to; i++) {
      const byte = bytes[i] ?? 0;
      packed[held] = byte;
      held += 1 - (WHITES[byte] ?? 0);
    }
    const whole = held - (held % 4);
    used += out.write(packed.toString('latin1', 0, whole), used, 'base64');
    packed.copyWithin(0, whole, held);
    held -= whole;
  }
  return out;
}

export interface Base64Head {
  /** Bytes of the whole content. */
  readonly size: number;
  /** Its first bytes. */
  readonly head: Buffer;
}

/**
 * The start of the content, without decoding the rest.
 *
 * @param run what `inspectBase64` said of all of it.
 */
export function decodeHead(
  bytes: Uint8Array,
  run: Base64Run,
  maxBytes: number,
): Base64Head | undefined {
  if (!run.valid) return undefined;
  const symbols = 4 * Math.ceil(Math.min(maxBytes, run.size) / 3);
  let end = symbols;
  if ((run.kinds & WHITE) !== 0) {
    end = 0;
    for (let held = 0; held < symbols && end < bytes.length; end++) {
      held += 1 - white(bytes[end] ?? 0);
    }
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
  return { size: run.size, head: Buffer.from(text, 'base64').subarray(0, maxBytes) };
}
