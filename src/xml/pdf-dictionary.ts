/**
 * The dictionary of a PDF signature, found around a literal `/ByteRange` (ISO 32000-1 §7.3, §12.8.1).
 *
 * This is no PDF reader: nothing is decompressed, no cross-reference is followed. A signature dictionary
 * must stand in the file as it is, in an indirect object, since its own byte offsets are in it; so the
 * nearest `N G obj <<` before it is tokenised up to its end, within bounds.
 *
 * @module
 */

export interface SignatureDictionary {
  /** Offsets of `<<` and of what follows the last `>>`. */
  readonly start: number;
  readonly end: number;
  /** Offsets of the values of each key that is asked for, one for each time it occurs. */
  readonly values: ReadonlyMap<string, readonly number[]>;
}

/** A string of the file that is passed over in one step: the hex digits of the signature. */
export interface KnownString {
  /** Offset of `<`. */
  readonly start: number;
  /** Offset behind `>`. */
  readonly end: number;
}

/** Beside the hex string; real dictionaries have 200 to 2,000 bytes. */
const MAX_DICTIONARY_BYTES = 65_536;
/** `obj` may also stand in a text in between. */
const MAX_STARTS = 8;
const MAX_DEPTH = 32;

const OBJECT = Buffer.from('obj');

/** Null, tab, line feed, form feed, carriage return, space (ISO 32000-1 table 1). */
const WHITE: ReadonlySet<number | undefined> = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]);
const DELIMITERS: ReadonlySet<number | undefined> = new Set(Buffer.from('()<>[]{}/%'));

export function isWhite(byte: number | undefined): boolean {
  return WHITE.has(byte);
}

/** A regular character: what names and numbers are made of. */
export function isRegular(byte: number | undefined): boolean {
  return byte !== undefined && !WHITE.has(byte) && !DELIMITERS.has(byte);
}

/**
 * @param at offset of `/ByteRange`
 * @param contents the hex string of the signature
 * @returns the dictionary whose own key that is; undefined when there is none
 */
export function findDictionary(
  bytes: Buffer,
  at: number,
  contents: KnownString,
): SignatureDictionary | undefined {
  const first = Math.min(at, contents.start);
  const lowest = Math.max(0, first - MAX_DICTIONARY_BYTES);
  const window = bytes.subarray(lowest, first);
  let from = window.length;
  for (let tries = 0; tries < MAX_STARTS && from > 0; tries++) {
    const found = window.lastIndexOf(OBJECT, from - 1);
    if (found < 0) return undefined;
    from = found;
    const start = startOf(bytes, lowest + found);
    const tokens = start === undefined ? undefined : new Tokens(bytes, start, at, contents);
    const dictionary = tokens?.read();
    if (dictionary !== undefined) return dictionary;
  }
  return undefined;
}

/** Offset of `<<` after `N G obj`. */
function startOf(bytes: Buffer, obj: number): number | undefined {
  const before = bytes.toString('latin1', Math.max(0, obj - 24), obj);
  if (!/\d\s{1,4}\d{1,5}\s{1,4}$/.test(before)) return undefined;
  let at = obj + OBJECT.length;
  for (let i = 0; i < 16 && isWhite(bytes[at]); i++) at++;
  return bytes[at] === 0x3c && bytes[at + 1] === 0x3c ? at : undefined;
}

interface Frame {
  readonly kind: 'dictionary' | 'array';
  readonly start: number;
  readonly values: Map<string, number[]>;
  expectsValue: boolean;
  /** The key that is looked for is a key of this dictionary. */
  isWanted: boolean;
}

class Tokens {
  readonly #bytes: Buffer;
  readonly #wanted: number;
  readonly #known: KnownString;
  readonly #end: number;
  #at: number;
  readonly #open: Frame[] = [];

  constructor(bytes: Buffer, start: number, wanted: number, known: KnownString) {
    this.#bytes = bytes;
    this.#wanted = wanted;
    this.#known = known;
    this.#at = start;
    const most = start + (known.end - known.start) + 2 * MAX_DICTIONARY_BYTES;
    this.#end = Math.min(bytes.length, most);
  }

  read(): SignatureDictionary | undefined {
    while (this.#at < this.#end) {
      const start = this.#at;
      const top = this.#open.at(-1);
      const byte = this.#bytes[start];
      const next = this.#bytes[start + 1];
      if (isWhite(byte)) this.#at++;
      else if (byte === 0x25) this.#skipComment();
      else if (byte === 0x3c && next === 0x3c) {
        if (!this.#push('dictionary')) return undefined;
      } else if (byte === 0x3e && next === 0x3e) {
        this.#at += 2;
        if (top?.kind !== 'dictionary') return undefined;
        if (top.isWanted) return { start: top.start, end: this.#at, values: top.values };
        this.#open.pop();
      } else if (byte === 0x5b) {
        if (!this.#push('array')) return undefined;
      } else if (byte === 0x5d) {
        this.#at++;
        if (top?.kind !== 'array') return undefined;
        this.#open.pop();
      } else if (!this.#token(byte, top)) return undefined;
      if (this.#open.length === 0) return undefined;
    }
    return undefined;
  }

  /** A name, string, number or word. @returns false for what is none */
  #token(byte: number | undefined, top: Frame | undefined): boolean {
    const start = this.#at;
    if (byte === 0x2f) {
      const name = this.#name();
      if (top?.kind === 'dictionary' && !top.expectsValue) {
        this.#key(top, name, start);
        return true;
      }
    } else if (byte === 0x28) {
      if (!this.#skipText()) return false;
    } else if (byte === 0x3c) {
      if (!this.#skipHex()) return false;
    } else if (isRegular(byte)) {
      while (this.#at < this.#end && isRegular(this.#bytes[this.#at])) this.#at++;
    } else {
      return false;
    }
    if (top !== undefined) top.expectsValue = false;
    return true;
  }

  #push(kind: Frame['kind']): boolean {
    const top = this.#open.at(-1);
    if (top !== undefined) top.expectsValue = false;
    if (this.#open.length >= MAX_DEPTH) return false;
    const start = this.#at;
    this.#open.push({ kind, start, values: new Map(), expectsValue: false, isWanted: false });
    this.#at += kind === 'array' ? 1 : 2;
    return true;
  }

  #key(top: Frame, name: string, start: number): void {
    while (this.#at < this.#end && isWhite(this.#bytes[this.#at])) this.#at++;
    const values = top.values.get(name);
    if (values === undefined) top.values.set(name, [this.#at]);
    else values.push(this.#at);
    top.expectsValue = true;
    if (start === this.#wanted) top.isWanted = true;
  }

  /** As it is meant: `/Cont#65nts` is `Contents` (ISO 32000-1 §7.3.5). */
  #name(): string {
    const start = ++this.#at;
    while (this.#at < this.#end && isRegular(this.#bytes[this.#at])) this.#at++;
    const raw = this.#bytes.toString('latin1', start, this.#at);
    return raw.replace(/#([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }

  #skipComment(): void {
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at++];
      if (byte === 0x0a || byte === 0x0d) return;
    }
  }

  #skipText(): boolean {
    let depth = 0;
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at++];
      if (byte === 0x5c) this.#at++;
      else if (byte === 0x28) depth++;
      else if (byte === 0x29 && --depth === 0) return true;
    }
    return false;
  }

  #skipHex(): boolean {
    if (this.#at === this.#known.start) {
      this.#at = this.#known.end;
      return true;
    }
    const close = this.#bytes.subarray(this.#at, this.#end).indexOf(0x3e);
    if (close < 0) return false;
    this.#at += close + 1;
    return true;
  }
}
