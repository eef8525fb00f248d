/**
 * Finds the boundary lines of a multipart body while it comes, in pieces of any size. The same lines as
 * multipart.ts finds in the whole, by the same rules; what cannot be told yet is kept back, which is
 * never more than a boundary line.
 *
 * Errors: `soap.multipart`.
 *
 * @module
 */
import {
  bad,
  CUT,
  LF,
  type LineBreak,
  type LineRest,
  Lookalikes,
  lineBreakBytes,
  type MultipartLimits,
  NO_BOUNDARY_LINE,
  NO_PART,
  restOfLine,
  tooManyParts,
} from './multipart-part.js';

/** What is told about the parts, in their order. */
export interface PartSink {
  open(lineBreak: LineBreak): void;
  /** A view on the piece that came: copy what is kept. */
  data(bytes: Buffer): void;
  close(): void;
}

const NOTHING: Buffer = Buffer.alloc(0);

export class MultipartSplitter {
  readonly #dashed: Buffer;
  readonly #limits: MultipartLimits;
  readonly #sink: PartSink;
  readonly #lookalikes = new Lookalikes();
  #state: 'preamble' | 'part' | 'done' = 'preamble';
  #needle = NOTHING;
  #lineBreak: LineBreak = 2;
  #parts = 0;
  /** What was kept back of the pieces before, and then the piece that came. */
  #bytes = NOTHING;
  /** In `#bytes`: where the next boundary may start. */
  #searchAt = 0;
  /** In `#bytes`: the first byte of the open part that was not told. */
  #tellAt = 0;
  /** `#bytes` begins with the first byte of the body. */
  #isStart = true;

  constructor(boundary: string, sink: PartSink, limits: MultipartLimits) {
    this.#dashed = Buffer.from(`--${boundary}`, 'latin1');
    this.#sink = sink;
    this.#limits = limits;
  }

  /** @throws GatewayError `soap.multipart`; then nothing more may be pushed. */
  push(piece: Buffer): void {
    if (this.#isDone()) return;
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    this.#work(false);
    const inPart = this.#state === 'part';
    // In a preamble the byte before a boundary is asked for as well.
    const keepAt = Math.max(
      0,
      inPart ? Math.min(this.#tellAt, this.#searchAt) : this.#searchAt - 1,
    );
    this.#bytes = this.#isDone() ? NOTHING : this.#bytes.subarray(keepAt);
    this.#searchAt -= keepAt;
    this.#tellAt -= keepAt;
    if (keepAt > 0) this.#isStart = false;
  }

  /** Nothing more comes. @throws GatewayError `soap.multipart` */
  end(): void {
    this.#work(true);
    if (this.#state === 'preamble') throw bad(NO_BOUNDARY_LINE);
    if (this.#state === 'part') throw bad(CUT);
  }

  #isDone(): boolean {
    return this.#state === 'done';
  }

  #work(whole: boolean): void {
    let goesOn = true;
    while (goesOn && this.#state !== 'done') {
      goesOn = this.#state === 'preamble' ? this.#findFirst(whole) : this.#findNext(whole);
    }
  }

  /** @returns false when more must come first. */
  #findFirst(whole: boolean): boolean {
    const hit = this.#find(this.#dashed);
    if (hit === undefined) return false;
    if (hit === 0 ? this.#isStart : this.#bytes[hit - 1] === LF) {
      const rest = restOfLine(this.#bytes, hit + this.#dashed.length, whole);
      if (rest === 'more') return this.#waitAt(hit);
      if (rest !== undefined) {
        if (rest.closing) throw bad(NO_PART);
        this.#lineBreak = rest.lineBreak;
        this.#needle = Buffer.concat([lineBreakBytes(rest.lineBreak), this.#dashed]);
        this.#open(rest);
        return true;
      }
    }
    this.#lookalikes.add();
    this.#searchAt = hit + 1;
    return true;
  }

  #findNext(whole: boolean): boolean {
    const hit = this.#find(this.#needle);
    if (hit === undefined) {
      this.#tell(this.#searchAt);
      return false;
    }
    const rest = restOfLine(this.#bytes, hit + this.#needle.length, whole);
    if (rest === undefined) {
      this.#lookalikes.add();
      this.#searchAt = hit + this.#needle.length;
      return true;
    }
    this.#tell(hit);
    if (rest === 'more') return this.#waitAt(hit);
    this.#sink.close();
    if (rest.closing) this.#state = 'done';
    else this.#open(rest);
    return true;
  }

  /** When there is none, the search goes on where one may have begun. */
  #find(needle: Buffer): number | undefined {
    const hit = this.#bytes.indexOf(needle, this.#searchAt);
    if (hit >= 0) return hit;
    this.#searchAt = Math.max(this.#searchAt, this.#bytes.length - needle.length + 1);
    return undefined;
  }

  #waitAt(hit: number): false {
    this.#searchAt = hit;
    return false;
  }

  #open(line: LineRest): void {
    if (this.#parts >= this.#limits.parts) throw tooManyParts(this.#limits);
    this.#parts++;
    this.#state = 'part';
    this.#tellAt = line.end;
    // The break that ends a boundary line is also the one before the next: an empty part has none.
    this.#searchAt = line.end - this.#lineBreak;
    this.#sink.open(this.#lineBreak);
  }

  #tell(end: number): void {
    if (end <= this.#tellAt) return;
    this.#sink.data(this.#bytes.subarray(this.#tellAt, end));
    this.#tellAt = end;
  }
}
