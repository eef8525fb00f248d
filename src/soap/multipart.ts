/**
 * multipart/related as foreign SOAP stacks write it: SwA and MTOM (RFC 2046 §5.1, RFC 2387).
 *
 * One linear pass over the bytes. A part is a view on the body, never a copy, unless its transfer
 * encoding has to be undone. Whether lines end in CRLF or in LF is decided by the first boundary line
 * and holds for the whole message, so that there is one reading of where a part ends.
 *
 * @module
 */
import { type GatewayError, refuse } from '../model/issue.js';
import { type ContentType, parseContentType } from './content-type.js';
import { decodeTransfer } from './transfer-encoding.js';

export interface MimePart {
  /** Without angle brackets; undefined when the part has none. */
  readonly contentId: string | undefined;
  readonly contentType: ContentType;
  /** By lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  /** After the transfer encoding. A view on the body unless that had to be decoded. */
  readonly content: Buffer;
}

export interface Multipart {
  /** The part that holds the envelope. */
  readonly root: MimePart;
  /** All other parts that have a Content-ID, by it. */
  readonly parts: ReadonlyMap<string, MimePart>;
  /** All parts but the root, in their order. */
  readonly attachments: readonly MimePart[];
}

export interface MultipartLimits {
  readonly parts: number;
  /** Bytes of one part's headers. */
  readonly headerBytes: number;
}

export const MULTIPART_LIMITS: MultipartLimits = { parts: 100, headerBytes: 16 * 1024 };

/** RFC 2046 says 70; some generators go beyond. */
const MAX_BOUNDARY_CHARS = 200;
/** A boundary that often occurs inside the parts was not chosen well, or was chosen to cost time. */
const MAX_LOOKALIKES = 1000;

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const DASH = 45;

function bad(reason: string): GatewayError {
  return refuse('soap.multipart', { reason });
}

function boundaryOf(contentType: ContentType): string {
  const boundary = contentType.parameters.get('boundary');
  if (boundary === undefined || boundary === '') throw bad('there is no boundary');
  if (contentType.conflicting.has('boundary')) throw bad('there are two different boundaries');
  if (boundary.length > MAX_BOUNDARY_CHARS) throw bad('the boundary is too long');
  for (let i = 0; i < boundary.length; i++) {
    const code = boundary.charCodeAt(i);
    if (code < SPACE || code > 126) throw bad('the boundary holds a character that is not allowed');
  }
  return boundary;
}

interface Delimiter {
  /** Where the line break before it starts: the end of the part above. */
  readonly start: number;
  /** The first byte after its line. */
  readonly end: number;
  readonly closing: boolean;
}

/** Finds boundary lines, one after the other. */
class DelimiterReader {
  readonly #body: Buffer;
  readonly #dashed: Buffer;
  #needle: Buffer | undefined;
  #lookalikes = 0;
  /** 2 for CRLF, 1 for LF; set by the first boundary line. */
  lineBreak: 1 | 2 = 2;

  constructor(body: Buffer, boundary: string) {
    this.#body = body;
    this.#dashed = Buffer.from(`--${boundary}`, 'latin1');
  }

  /** The first boundary line: at the very start or after a preamble. */
  first(): Delimiter {
    let at = 0;
    for (;;) {
      const hit = this.#body.indexOf(this.#dashed, at);
      if (hit < 0) throw bad('the boundary does not occur in the body');
      if (hit === 0 || this.#body[hit - 1] === LF) {
        const found = this.#lineAt(hit, hit);
        if (found?.closing === true) throw bad('there is no part');
        if (found !== undefined) {
          this.lineBreak = this.#body[found.end - 2] === CR ? 2 : 1;
          const ending = this.lineBreak === 2 ? '\r\n' : '\n';
          this.#needle = Buffer.concat([Buffer.from(ending), this.#dashed]);
          return found;
        }
      }
      this.#countLookalike();
      at = hit + 1;
    }
  }

  /**
   * The next boundary line whose own line break starts at or after `from`.
   * @throws GatewayError `soap.multipart` when there is none: the message was cut.
   */
  next(from: number): Delimiter {
    const needle = this.#needle ?? this.#dashed;
    let at = from;
    for (;;) {
      const hit = this.#body.indexOf(needle, at);
      if (hit < 0) throw bad('it ends before the closing boundary');
      const found = this.#lineAt(hit, hit + this.lineBreak);
      if (found !== undefined) return found;
      this.#countLookalike();
      at = hit + needle.length;
    }
  }

  /** Reads the rest of a line that starts with the boundary; undefined when it is another line. */
  #lineAt(start: number, dashes: number): Delimiter | undefined {
    const body = this.#body;
    let at = dashes + this.#dashed.length;
    const closing = body[at] === DASH && body[at + 1] === DASH;
    if (closing) at += 2;
    while (body[at] === SPACE || body[at] === TAB) at++;
    if (closing && at === body.length) return { start, end: at, closing };
    if (body[at] === CR && body[at + 1] === LF) return { start, end: at + 2, closing };
    if (body[at] === LF) return { start, end: at + 1, closing };
    return undefined;
  }

  #countLookalike(): void {
    this.#lookalikes++;
    if (this.#lookalikes > MAX_LOOKALIKES) throw bad('the boundary occurs inside the parts');
  }
}

/** Headers that decide what a part is: said twice, nobody knows which holds. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  'content-id',
  'content-type',
  'content-transfer-encoding',
]);

function parseHeaders(text: string, lineEnd: string): Map<string, string> {
  const headers = new Map<string, string>();
  let name = '';
  for (const line of text.split(lineEnd)) {
    if (line === '') continue;
    if (/^[ \t]/.test(line)) {
      const before = headers.get(name);
      if (before === undefined) throw bad('a part starts with a folded header');
      headers.set(name, `${before} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1 || /[\u0000\r\n]/.test(line)) {
      throw bad('a header of a part cannot be read');
    }
    name = line.slice(0, colon).trim().toLowerCase();
    if (headers.has(name) && SINGLE_HEADERS.has(name)) throw bad(`a part has two ${name} headers`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** `<a@b>` and `a@b` are the same id. */
function bareId(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  const bare =
    trimmed.startsWith('<') && trimmed.endsWith('>') ? trimmed.slice(1, -1).trim() : trimmed;
  return bare === '' ? undefined : bare;
}

function readPart(bytes: Buffer, lineBreak: 1 | 2, limits: MultipartLimits): MimePart {
  const lineEnd = lineBreak === 2 ? '\r\n' : '\n';
  let headerText = '';
  let contentAt = lineBreak;
  if (!bytes.subarray(0, lineBreak).equals(Buffer.from(lineEnd))) {
    const head = bytes.subarray(0, limits.headerBytes + 2 * lineBreak);
    const stop = head.indexOf(lineEnd + lineEnd);
    if (stop < 0) {
      throw bad(
        bytes.length > limits.headerBytes
          ? `the headers of a part are longer than ${limits.headerBytes} bytes`
          : 'a part has no empty line after its headers',
      );
    }
    headerText = head.toString('latin1', 0, stop);
    contentAt = stop + 2 * lineBreak;
  }
  const headers = parseHeaders(headerText, lineEnd);
  const encoding = (headers.get('content-transfer-encoding') ?? 'binary').toLowerCase();
  const content = decodeTransfer(bytes.subarray(contentAt), encoding);
  if (content === undefined) throw bad(`a part cannot be decoded as ${encoding}`);
  return {
    contentId: bareId(headers.get('content-id')),
    contentType: parseContentType(headers.get('content-type')),
    headers,
    content,
  };
}

function rootOf(all: readonly MimePart[], contentType: ContentType): MimePart {
  const start = bareId(contentType.parameters.get('start'));
  const [first] = all;
  if (first === undefined) throw bad('there is no part');
  if (start === undefined) return first;
  if (contentType.conflicting.has('start')) throw bad('there are two different start parameters');
  const named = all.find((one) => one.contentId === start);
  if (named === undefined) throw bad('start names a part that is not there');
  return named;
}

/**
 * Splits a multipart/related body into its root part (named by `start`, else the first) and the
 * others.
 * @throws GatewayError `soap.multipart`
 */
export function readMultipart(
  body: Buffer,
  contentType: ContentType,
  limits: MultipartLimits = MULTIPART_LIMITS,
): Multipart {
  const reader = new DelimiterReader(body, boundaryOf(contentType));
  const all: MimePart[] = [];
  const ids = new Set<string>();
  let opened = reader.first();
  while (!opened.closing) {
    if (all.length >= limits.parts) throw bad(`there are more than ${limits.parts} parts`);
    // The break that ends a boundary line is also the one before the next: an empty part has none.
    const closed = reader.next(opened.end - reader.lineBreak);
    const part = readPart(
      body.subarray(opened.end, Math.max(opened.end, closed.start)),
      reader.lineBreak,
      limits,
    );
    if (part.contentId !== undefined) {
      if (ids.has(part.contentId)) throw bad(`two parts have the Content-ID ${part.contentId}`);
      ids.add(part.contentId);
    }
    all.push(part);
    opened = closed;
  }
  const root = rootOf(all, contentType);
  const attachments = all.filter((one) => one !== root);
  const parts = new Map<string, MimePart>();
  for (const one of attachments) if (one.contentId !== undefined) parts.set(one.contentId, one);
  return { root, parts, attachments };
}
