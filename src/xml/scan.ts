/**
 * The linear scan of the bytes before any parser sees them: encoding, DOCTYPE, processing
 * instructions, floods. It is a tokenizer of its own, so that text, CDATA or a comment that merely
 * looks like a DOCTYPE passes and a real one after 64 kB of comments does not.
 *
 * It also finds long base64 texts that need not enter the parser at all (`cuts`): without DOCTYPE the
 * scan's state at a `<` outside comments and CDATA is the parser's state in every well-formed text, and
 * no character of a cut text can leave the state "content". Whether the text is well-formed is for the
 * parser to say; what the scan cannot read it leaves to it.
 *
 * Time is linear in the bytes; memory is constant.
 *
 * @module
 */
import type { ErrorCode } from '../model/error-table.js';
import { refuse } from '../model/issue.js';
import { type Base64Run, bytesKinds, inspectBase64, KIND } from './base64.js';
import { readProlog } from './prolog.js';

/** Real packages stay far below each of these. */
export const LIMITS = {
  depth: 100,
  /** A document for 1,000 recipients, with all eight elements of each, has about 10,000. */
  elements: 60_000,
  attributesPerTag: 256,
  attributes: 200_000,
  namespacesPerTag: 64,
  /** Bytes from `<` to `>`. */
  tagBytes: 65_536,
  /** Comments and CDATA sections together. */
  sections: 10_000,
  /**
   * Sum over all tags of (attributes)² and (namespace declarations in scope)²: canonicalisation
   * compares them pairwise, so that many fat tags cost more than their bytes.
   */
  canonicalWork: 16_000_000,
  /**
   * What enters the parser, which is all but the cut texts: its memory grows with the largest text it
   * ever saw, and stays so. Real packages have some hundred kilobytes beside their files.
   */
  parsedBytes: 8 * 1024 * 1024,
} as const;

/**
 * A longer text in an element whose text may be cut out must be base64: it is judged here, and does
 * not enter the parser to be found out there.
 */
export const MAX_UNCUT_BYTES = 1024 * 1024;

/** Shorter texts are not worth a placeholder. */
export const MIN_CUT_BYTES = 4096;
/** Local names of the elements whose text may be cut out, and how it is refused when it is not base64. */
const CUT_ELEMENTS: ReadonlyMap<string, ErrorCode> = new Map([
  ['ContentTransferEncoded', 'attachment.base64'],
  ['Package', 'soap.base64'],
]);
export const CUT_NAMES: readonly string[] = [...CUT_ELEMENTS.keys()];

/** A base64 text that stands alone between a start tag and its end tag. */
export interface Cut {
  readonly offset: number;
  readonly length: number;
  /** Line feeds in it. */
  readonly lines: number;
  /** Its lines end with CR LF, which the parser reads as LF. */
  readonly crlf: boolean;
  /** The element's position among all start tags, from 0. */
  readonly element: number;
  /** What the text was found to be; always valid. */
  readonly run: Base64Run;
}

export interface XmlScan {
  readonly bytes: Uint8Array;
  readonly bom: boolean;
  /** Where the text begins: after the byte order mark. */
  readonly start: number;
  readonly cuts: readonly Cut[];
  readonly elements: number;
}

export interface ScanOptions {
  /** `false`: no text is cut out. */
  readonly cut?: boolean;
  /** Most elements; `LIMITS.elements` by default. */
  readonly elements?: number;
}

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const COLON = 0x3a;
const LF = 0x0a;
const CR = 0x0d;

const NAMES = CUT_NAMES.map((name) => ({ name, bytes: Buffer.from(name) }));
const COMMENT = Buffer.from('<!--');
const CDATA = Buffer.from('<![CDATA[');
const DOCTYPE = Buffer.from('<!doctype');
const XMLNS = Buffer.from('xmlns');

/**
 * Scans the bytes of one XML text.
 *
 * @throws GatewayError package.empty, package.compressed, xml.encoding, xml.doctype,
 *   xml.processing-instruction, xml.limits, xml.malformed, attachment.base64, soap.base64, each with its
 *   line.
 */
export function scanXml(bytes: Uint8Array, options: ScanOptions = {}): XmlScan {
  return new Scanner(bytes, options).run();
}

/**
 * Lines of all start tags, in document order: the line of each tag's `>`, as libxml2 counts. For the
 * texts of more than 65,534 lines, where libxml2's own 16 bits do not suffice.
 */
export function startTagLines(scan: XmlScan): Uint32Array {
  const ends = new Uint32Array(scan.elements);
  new Scanner(scan.bytes, { cut: false, elements: scan.elements }, ends).run();
  let [line, at] = [1, 0];
  return ends.map((end) => {
    line += countLines(scan.bytes, at, end);
    at = end;
    return line;
  });
}

/** Line feeds in `bytes[from, to)`. */
export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i++) if (bytes[i] === LF) lines++;
  return lines;
}

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #cut: boolean;
  readonly #maxElements: number;
  readonly #tagEnds: Uint32Array | undefined;
  readonly #cuts: Cut[] = [];
  /** Namespace declarations in scope, by depth. */
  readonly #scope = new Int32Array(LIMITS.depth + 2);
  #at = 0;
  #depth = 0;
  #elements = 0;
  #attributes = 0;
  #sections = 0;
  #work = 0;

  constructor(bytes: Uint8Array, options: ScanOptions, tagEnds?: Uint32Array) {
    this.#bytes = bytes;
    this.#cut = options.cut !== false;
    this.#maxElements = options.elements ?? LIMITS.elements;
    this.#tagEnds = tagEnds;
  }

  run(): XmlScan {
    const bytes = this.#bytes;
    const prolog = readProlog(bytes);
    this.#at = prolog.content;
    for (let lt = this.#nextTag(this.#at); lt !== -1; lt = this.#nextTag(this.#at)) {
      this.#markup(lt);
    }
    // Last, so that what is refused first does not depend on what was cut out.
    let clean = prolog.content;
    for (const cut of this.#cuts) {
      this.#characters(clean, cut.offset);
      clean = cut.offset + cut.length;
    }
    this.#characters(clean, bytes.length);
    this.#parsedBytes(prolog.start);
    return {
      bytes,
      bom: prolog.bom,
      start: prolog.start,
      cuts: this.#cuts,
      elements: this.#elements,
    };
  }

  /** Most texts are short: a call of `indexOf` costs more than looking at a few bytes. */
  #nextTag(from: number): number {
    const near = Math.min(from + 48, this.#bytes.length);
    for (let i = from; i < near; i++) if (this.#bytes[i] === LT) return i;
    return this.#bytes.indexOf(LT, near);
  }

  #markup(lt: number): void {
    switch (this.#bytes[lt + 1]) {
      case 0x21:
        this.#declaration(lt);
        break;
      case 0x3f:
        throw this.#instruction(lt);
      case SLASH: {
        const end = this.#bytes.indexOf(GT, lt);
        this.#depth = Math.max(0, this.#depth - 1);
        this.#at = end === -1 ? this.#bytes.length : end + 1;
        break;
      }
      default:
        this.#startTag(lt);
    }
  }

  #declaration(lt: number): void {
    if (this.#starts(COMMENT, lt)) this.#section(lt, lt + 4, '-->', 'comment');
    else if (this.#starts(CDATA, lt)) this.#section(lt, lt + 9, ']]>', 'CDATA section');
    else if (this.#starts(DOCTYPE, lt, 0x20)) throw refuse('xml.doctype', {}, this.#place(lt));
    else throw refuse('xml.malformed', { reason: 'unknown markup after "<!"' }, this.#place(lt));
  }

  #section(lt: number, from: number, end: string, name: string): void {
    this.#sections++;
    if (this.#sections > LIMITS.sections) {
      throw this.#flood(lt, `more than ${LIMITS.sections} comments and CDATA sections`);
    }
    const at = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length).indexOf(
      end,
      from,
      'latin1',
    );
    if (at === -1) {
      throw refuse('xml.malformed', { reason: `a ${name} is not closed` }, this.#place(lt));
    }
    this.#at = at + 3;
  }

  #startTag(lt: number): void {
    const bytes = this.#bytes;
    let attributes = 0;
    let namespaces = 0;
    let word = lt + 1;
    let afterSpace = false;
    let i = lt + 1;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === GT) break;
      if (byte === QUOTE || byte === APOSTROPHE) {
        attributes++;
        if (this.#declaresNamespace(word)) namespaces++;
        const end = bytes.indexOf(byte, i + 1);
        i = end === -1 ? bytes.length : end;
        afterSpace = true;
      } else if (byte === LT) {
        throw refuse('xml.malformed', { reason: '"<" inside a tag' }, this.#place(i));
      } else if (byte <= 0x20) afterSpace = true;
      else if (byte !== EQUALS && afterSpace) {
        word = i;
        afterSpace = false;
      }
    }
    if (i >= bytes.length) {
      throw refuse('xml.malformed', { reason: 'a tag is not closed' }, this.#place(lt));
    }
    this.#at = i + 1;
    this.#bounds(lt, i + 1 - lt, attributes, namespaces);
    if (this.#tagEnds !== undefined) this.#tagEnds[this.#elements] = i;
    this.#elements++;
    if (bytes[i - 1] === SLASH) return;
    this.#depth++;
    if (!this.#cut || bytes[i + 1] === LT) return;
    const name = this.#cutName(lt);
    if (name !== undefined) this.#tryCut(i + 1, name);
  }

  #bounds(lt: number, length: number, attributes: number, namespaces: number): void {
    if (this.#depth >= LIMITS.depth) throw this.#flood(lt, `deeper than ${LIMITS.depth} elements`);
    if (this.#elements >= this.#maxElements) {
      throw this.#flood(lt, `more than ${this.#maxElements} elements`);
    }
    if (length > LIMITS.tagBytes)
      throw this.#flood(lt, `a tag of more than ${LIMITS.tagBytes} bytes`);
    if (namespaces > LIMITS.namespacesPerTag) {
      throw this.#flood(
        lt,
        `more than ${LIMITS.namespacesPerTag} namespace declarations in one tag`,
      );
    }
    if (attributes > LIMITS.attributesPerTag) {
      throw this.#flood(lt, `more than ${LIMITS.attributesPerTag} attributes in one tag`);
    }
    this.#attributes += attributes;
    if (this.#attributes > LIMITS.attributes) {
      throw this.#flood(lt, `more than ${LIMITS.attributes} attributes`);
    }
    const scope = (this.#scope[this.#depth] ?? 0) + namespaces;
    this.#scope[this.#depth + 1] = scope;
    this.#work += attributes * attributes + scope * scope;
    if (this.#work > LIMITS.canonicalWork) {
      throw this.#flood(lt, 'too many attributes or namespace declarations in all');
    }
  }

  /** A cut text is one whole text: it ends with the end tag of its own element. */
  #tryCut(from: number, name: string): void {
    const to = this.#bytes.indexOf(LT, from);
    if (to - from < MIN_CUT_BYTES) return;
    const isLong = to - from > MAX_UNCUT_BYTES;
    const isWhole = this.#bytes[to + 1] === SLASH;
    if (!isWhole && !isLong) return;
    const run = inspectBase64(this.#bytes, from, to);
    if (isLong && ((isWhole && !run.valid) || (run.kinds & (KIND.other | KIND.high)) !== 0)) {
      this.#notBase64(from, to, name);
    }
    if (!isWhole || !run.valid) return;
    const crlf = (run.kinds & KIND.carriageReturn) !== 0;
    // A lone CR would be a line of its own to some and none to others: the parser decides.
    if (crlf && !this.#onlyCrLf(from, to)) return;
    this.#cuts.push({
      offset: from,
      length: to - from,
      lines: run.lines,
      crlf,
      element: this.#elements - 1,
      run,
    });
    this.#at = to;
  }

  /** Refuses the text, unless there is a reference in it: what that stands for the parser has to say. */
  #notBase64(from: number, to: number, name: string): void {
    const reference = this.#bytes.indexOf(AMPERSAND, from);
    if (reference !== -1 && reference < to) return;
    const code = CUT_ELEMENTS.get(name) ?? 'xml.limits';
    throw refuse(code, { cid: name, element: name }, this.#place(from));
  }

  #parsedBytes(start: number): void {
    const cut = this.#cuts.reduce((sum, one) => sum + one.length, 0);
    if (!this.#cut || this.#bytes.length - start - cut <= LIMITS.parsedBytes) return;
    const most = `${LIMITS.parsedBytes / (1024 * 1024)} MiB`;
    throw this.#flood(start, `more than ${most} beside the base64 of its files`);
  }

  /** Each CR is followed by an LF. */
  #onlyCrLf(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      if (this.#bytes[i] === CR && this.#bytes[i + 1] !== LF) return false;
    }
    return true;
  }

  #cutName(lt: number): string | undefined {
    const bytes = this.#bytes;
    let start = lt + 1;
    let end = start;
    for (; end < this.#at - 1; end++) {
      const byte = bytes[end] ?? 0;
      if (byte <= 0x20) break;
      if (byte === COLON) start = end + 1;
    }
    return NAMES.find(({ bytes: name }) => name.length === end - start && this.#starts(name, start))
      ?.name;
  }

  /** `xmlns` or `xmlns:…` begins at `word`. */
  #declaresNamespace(word: number): boolean {
    if (!this.#starts(XMLNS, word)) return false;
    const next = this.#bytes[word + 5] ?? 0;
    return next === COLON || next === EQUALS || next <= 0x20;
  }

  /** @param fold bits set before comparing: 0x20 makes ASCII letters lower case. */
  #starts(what: Uint8Array, at: number, fold = 0): boolean {
    for (let i = 0; i < what.length; i++) {
      const byte = this.#bytes[at + i];
      if (byte === undefined || (i < 2 ? byte : byte | fold) !== what[i]) return false;
    }
    return true;
  }

  /** Characters that XML 1.0 forbids, in what the parser will get. */
  #characters(from: number, to: number): void {
    if ((bytesKinds(this.#bytes, from, to) & KIND.control) === 0) return;
    for (let i = from; i < to; i++) {
      if ((bytesKinds(this.#bytes, i, i + 1) & KIND.control) === 0) continue;
      const hex = (this.#bytes[i] ?? 0).toString(16).padStart(2, '0');
      throw refuse('xml.malformed', { reason: `control character 0x${hex}` }, this.#place(i));
    }
  }

  #instruction(lt: number): Error {
    const target = Buffer.from(this.#bytes.subarray(lt + 2, lt + 6)).toString('latin1');
    if (!/^xml[\s?]/.test(target)) {
      return refuse('xml.processing-instruction', {}, this.#place(lt));
    }
    const reason = 'the XML declaration must be the very first characters';
    return refuse('xml.malformed', { reason }, this.#place(lt));
  }

  #flood(at: number, reason: string): Error {
    return refuse('xml.limits', { reason }, this.#place(at));
  }

  #place(at: number): { line: number } {
    return { line: 1 + countLines(this.#bytes, 0, at) };
  }
}
