/**
 * multipart/related as foreign SOAP stacks write it: SwA and MTOM (RFC 2046 §5.1, RFC 2387). For bodies
 * that are in memory whole; multipart-stream.ts reads the same while they come.
 *
 * One linear pass over the bytes. A part is a view on the body, never a copy, unless its transfer
 * encoding has to be undone. Whether lines end in CRLF or in LF is decided by the first boundary line
 * and holds for the whole message, so that there is one reading of where a part ends.
 *
 * Errors: `soap.multipart`.
 *
 * @module
 */
import type { ContentType } from './content-type.js';
import {
  bad,
  boundaryOf,
  CUT,
  encodingOf,
  findHead,
  LF,
  type LineBreak,
  Lookalikes,
  lineBreakBytes,
  type MimePart,
  MULTIPART_LIMITS,
  type Multipart,
  type MultipartLimits,
  NO_BOUNDARY_LINE,
  NO_PART,
  noHead,
  notDecoded,
  PartList,
  readHead,
  restOfLine,
  tooManyParts,
} from './multipart-part.js';
import { decodeTransfer } from './transfer-encoding.js';

export {
  type MimePart,
  MULTIPART_LIMITS,
  type Multipart,
  type MultipartLimits,
} from './multipart-part.js';

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
  readonly #lookalikes = new Lookalikes();
  #needle: Buffer | undefined;
  /** Set by the first boundary line. */
  lineBreak: LineBreak = 2;

  constructor(body: Buffer, boundary: string) {
    this.#body = body;
    this.#dashed = Buffer.from(`--${boundary}`, 'latin1');
  }

  /** The first boundary line: at the very start or after a preamble. */
  first(): Delimiter {
    let at = 0;
    for (;;) {
      const hit = this.#body.indexOf(this.#dashed, at);
      if (hit < 0) throw bad(NO_BOUNDARY_LINE);
      if (hit === 0 || this.#body[hit - 1] === LF) {
        const rest = restOfLine(this.#body, hit + this.#dashed.length, true);
        if (rest !== undefined && rest !== 'more') {
          if (rest.closing) throw bad(NO_PART);
          this.lineBreak = rest.lineBreak;
          this.#needle = Buffer.concat([lineBreakBytes(rest.lineBreak), this.#dashed]);
          return { start: hit, ...rest };
        }
      }
      this.#lookalikes.add();
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
      if (hit < 0) throw bad(CUT);
      const rest = restOfLine(this.#body, hit + needle.length, true);
      if (rest !== undefined && rest !== 'more') return { start: hit, ...rest };
      this.#lookalikes.add();
      at = hit + needle.length;
    }
  }
}

function readPart(bytes: Buffer, lineBreak: LineBreak, limits: MultipartLimits): MimePart {
  const found = findHead(bytes, lineBreak, limits);
  if (found === undefined) throw noHead(bytes.length, limits);
  const head = readHead(found.text, lineBreak);
  const encoding = encodingOf(head);
  const content = decodeTransfer(bytes.subarray(found.contentAt), encoding);
  if (content === undefined) throw notDecoded(encoding);
  return { ...head, content };
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
  const list = new PartList<MimePart>();
  let opened = reader.first();
  while (!opened.closing) {
    if (list.all.length >= limits.parts) throw tooManyParts(limits);
    // The break that ends a boundary line is also the one before the next: an empty part has none.
    const closed = reader.next(opened.end - reader.lineBreak);
    const bytes = body.subarray(opened.end, Math.max(opened.end, closed.start));
    list.add(readPart(bytes, reader.lineBreak, limits));
    opened = closed;
  }
  const root = list.root(contentType);
  return { root, ...list.rest(root) };
}
