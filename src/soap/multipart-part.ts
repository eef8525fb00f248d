/**
 * What both readers of multipart/related share, so that they cannot differ: bounds, the reading of a
 * boundary line, the headers of a part, and which part is the root (RFC 2046 §5.1, RFC 2387).
 *
 * Errors: `soap.multipart`.
 *
 * @module
 */
import { type GatewayError, refuse } from '../model/issue.js';
import { type ContentType, parseContentType } from './content-type.js';

/** What a part says of itself. */
export interface PartHead {
  /** Without angle brackets; undefined when the part has none. */
  readonly contentId: string | undefined;
  readonly contentType: ContentType;
  /** By lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A part in memory. */
export interface MimePart extends PartHead {
  /** After the transfer encoding. */
  readonly content: Buffer;
}

/** A part that was too large for memory: it lies in a file until somebody works on it. */
export interface FilePart extends PartHead {
  readonly content: undefined;
  readonly size: number;
  /** Asks for the memory, then reads the file. @throws GatewayError `http.busy`, `server.store` */
  load(): Promise<Buffer>;
}

export interface Multipart<Part extends PartHead = MimePart> {
  /** The part that holds the envelope. */
  readonly root: MimePart;
  /** All other parts that have a Content-ID, by it. */
  readonly parts: ReadonlyMap<string, Part>;
  /** All parts but the root, in their order. */
  readonly attachments: readonly Part[];
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
/** Blanks behind a boundary: gateways may add some, nobody adds a page of them. */
const MAX_PADDING = 1024;

const CR = 13;
export const LF = 10;
const SPACE = 32;
const TAB = 9;
const DASH = 45;

/** 2 for CRLF, 1 for LF. */
export type LineBreak = 1 | 2;

export function bad(reason: string): GatewayError {
  return refuse('soap.multipart', { reason });
}

export const NO_BOUNDARY_LINE = 'the boundary does not occur in the body';
export const NO_PART = 'there is no part';
export const CUT = 'it ends before the closing boundary';

export function tooManyParts(limits: MultipartLimits): GatewayError {
  return bad(`there are more than ${limits.parts} parts`);
}

/** Counts lines that begin with the boundary and are none of it. */
export class Lookalikes {
  #count = 0;

  /** @throws GatewayError `soap.multipart` when there are too many. */
  add(): void {
    this.#count++;
    if (this.#count > MAX_LOOKALIKES) throw bad('the boundary occurs inside the parts');
  }
}

/** @throws GatewayError `soap.multipart` when there is none that can be used. */
export function boundaryOf(contentType: ContentType): string {
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

export function lineBreakBytes(lineBreak: LineBreak): Buffer {
  return Buffer.from(lineBreak === 2 ? '\r\n' : '\n');
}

export interface LineRest {
  /** The first byte after the line. */
  readonly end: number;
  readonly closing: boolean;
  readonly lineBreak: LineBreak;
}

/**
 * The rest of a line behind its boundary, which ends at `at`.
 * @param whole the bytes end with the message, not only with what has come so far.
 * @returns undefined when it is another line, `more` when that cannot be told yet.
 */
export function restOfLine(
  bytes: Buffer,
  at: number,
  whole: boolean,
): LineRest | 'more' | undefined {
  let next = at;
  if (!whole && next + 1 >= bytes.length) return 'more';
  const closing = bytes[next] === DASH && bytes[next + 1] === DASH;
  if (closing) next += 2;
  const most = next + MAX_PADDING;
  while (next < most && (bytes[next] === SPACE || bytes[next] === TAB)) next++;
  if (!whole && next + 1 >= bytes.length && bytes[next] !== LF) return 'more';
  if (closing && next === bytes.length) return { end: next, closing, lineBreak: 1 };
  if (bytes[next] === CR && bytes[next + 1] === LF) return { end: next + 2, closing, lineBreak: 2 };
  if (bytes[next] === LF) return { end: next + 1, closing, lineBreak: 1 };
  return undefined;
}

export interface HeadBytes {
  readonly text: string;
  /** Where the content starts. */
  readonly contentAt: number;
}

/** How many bytes of a part are looked at for its headers. */
export function headBound(lineBreak: LineBreak, limits: MultipartLimits): number {
  return limits.headerBytes + 2 * lineBreak;
}

/** @returns undefined when the empty line after the headers is not among the bytes. */
export function findHead(
  bytes: Buffer,
  lineBreak: LineBreak,
  limits: MultipartLimits,
): HeadBytes | undefined {
  const lineEnd = lineBreakBytes(lineBreak);
  if (bytes.subarray(0, lineBreak).equals(lineEnd)) return { text: '', contentAt: lineBreak };
  const head = bytes.subarray(0, headBound(lineBreak, limits));
  const stop = head.indexOf(Buffer.concat([lineEnd, lineEnd]));
  if (stop < 0) return undefined;
  return { text: head.toString('latin1', 0, stop), contentAt: stop + 2 * lineBreak };
}

/** @param size of the whole part, headers and all. */
export function noHead(size: number, limits: MultipartLimits): GatewayError {
  return bad(
    size > limits.headerBytes
      ? `the headers of a part are longer than ${limits.headerBytes} bytes`
      : 'a part has no empty line after its headers',
  );
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

/** @throws GatewayError `soap.multipart` */
export function readHead(text: string, lineBreak: LineBreak): PartHead {
  const headers = parseHeaders(text, lineBreak === 2 ? '\r\n' : '\n');
  return {
    contentId: bareId(headers.get('content-id')),
    contentType: parseContentType(headers.get('content-type')),
    headers,
  };
}

/** Lower case. */
export function encodingOf({ headers }: PartHead): string {
  return (headers.get('content-transfer-encoding') ?? 'binary').toLowerCase();
}

export function notDecoded(encoding: string): GatewayError {
  return bad(`a part cannot be decoded as ${encoding}`);
}

/** Takes parts in their order. */
export class PartList<Part extends PartHead> {
  readonly all: Part[] = [];
  readonly #ids = new Set<string>();

  /** @throws GatewayError `soap.multipart` for a Content-ID that another part has. */
  add(part: Part): void {
    const { contentId } = part;
    if (contentId !== undefined) {
      if (this.#ids.has(contentId)) throw bad(`two parts have the Content-ID ${contentId}`);
      this.#ids.add(contentId);
    }
    this.all.push(part);
  }

  /** The part that `start` names, else the first. @throws GatewayError `soap.multipart` */
  root(contentType: ContentType): Part {
    const start = bareId(contentType.parameters.get('start'));
    const [first] = this.all;
    if (first === undefined) throw bad(NO_PART);
    if (start === undefined) return first;
    if (contentType.conflicting.has('start')) throw bad('there are two different start parameters');
    const named = this.all.find((one) => one.contentId === start);
    if (named === undefined) throw bad('start names a part that is not there');
    return named;
  }

  /** Everything but the root. */
  rest(root: Part): Pick<Multipart<Part>, 'parts' | 'attachments'> {
    const attachments = this.all.filter((one) => one !== root);
    const parts = new Map<string, Part>();
    for (const one of attachments) if (one.contentId !== undefined) parts.set(one.contentId, one);
    return { parts, attachments };
  }
}
