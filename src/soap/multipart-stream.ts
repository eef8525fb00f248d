/**
 * Reads multipart/related while it comes: small parts stay in memory, a part that grows goes to a file.
 * Takes and refuses exactly what multipart.ts does, with the same words.
 *
 * A refusal waits for the end of the body, so that it is the one that the whole body would have got;
 * until then nothing more is kept.
 *
 * Errors: `soap.multipart`, and those of the PartStore.
 *
 * @module
 */
import { GatewayError } from '../model/issue.js';
import type { ContentType } from './content-type.js';
import { GrowingBuffer } from './growing-buffer.js';
import {
  boundaryOf,
  encodingOf,
  type FilePart,
  findHead,
  type HeadBytes,
  headBound,
  type LineBreak,
  type MimePart,
  MULTIPART_LIMITS,
  type Multipart,
  type MultipartLimits,
  noHead,
  notDecoded,
  PartList,
  readHead,
} from './multipart-part.js';
import { MultipartSplitter, type PartSink } from './multipart-splitter.js';
import { decodeTransfer, isUnencoded } from './transfer-encoding.js';

/** Where the parts of one request go. */
export interface PartStore {
  /** Memory is about to be taken. May throw. */
  hold(bytes: number): void;
  /** It was given back. */
  free(bytes: number): void;
  /** Writes at the end of the file; the next call only after this one. */
  append(bytes: Buffer): Promise<void>;
  /** Asks for the memory, then reads. */
  load(at: number, length: number): Promise<Buffer>;
}

/** A part beyond this goes to the file, */
const MEMORY_PART_BYTES = 256 * 1024;
/** and so does every part that comes when all of them together have this in memory. */
const MEMORY_BYTES = 1024 * 1024;
/** What is written at once. */
const WRITE_BYTES = 64 * 1024;

const NOTHING: Buffer = Buffer.alloc(0);

/** One part as it came; its headers are not read yet. */
interface RawPart {
  readonly lineBreak: LineBreak;
  /** Headers and all. */
  size: number;
  head?: HeadBytes;
  /** What is not in the file. */
  readonly memory: GrowingBuffer;
  /** Where it is in the file. */
  file?: { readonly at: number; length: number };
  isClosed: boolean;
}

export class MultipartStream {
  readonly #contentType: ContentType;
  readonly #store: PartStore;
  readonly #limits: MultipartLimits;
  readonly #parts: RawPart[] = [];
  #splitter: MultipartSplitter | undefined;
  #refusal: GatewayError | undefined;
  /** The first bytes of the open part, until its headers are found. */
  #head = NOTHING;
  #headUsed = 0;
  /** Parts before this one are where they will stay. */
  #settled = 0;
  #inMemory = 0;
  #inFile = 0;

  constructor(
    contentType: ContentType,
    store: PartStore,
    limits: MultipartLimits = MULTIPART_LIMITS,
  ) {
    this.#contentType = contentType;
    this.#store = store;
    this.#limits = limits;
    this.#orRefuse(() => {
      this.#splitter = new MultipartSplitter(boundaryOf(contentType), this.#sink(), limits);
    });
  }

  /** Takes the next bytes of the body, any number of them; the next call only after this one. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#refusal !== undefined) return;
    this.#orRefuse(() => this.#splitter?.push(bytes));
    await this.#settle();
  }

  /** @throws GatewayError `soap.multipart` */
  async end(): Promise<Multipart<MimePart | FilePart>> {
    if (this.#refusal === undefined) this.#orRefuse(() => this.#splitter?.end());
    await this.#settle();
    const list = new PartList<MimePart | FilePart>();
    for (const raw of this.#parts) {
      if (raw.isClosed) list.add(await this.#read(raw));
    }
    if (this.#refusal !== undefined) throw this.#refusal;
    const root = list.root(this.#contentType);
    const content = root.content ?? (await root.load());
    return { root: { ...root, content }, ...list.rest(root) };
  }

  #orRefuse(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'soap.multipart') throw error;
      this.#refusal = error;
    }
  }

  #sink(): PartSink {
    return {
      open: (lineBreak) => {
        const memory = new GrowingBuffer((bytes) => this.#hold(bytes));
        this.#parts.push({ lineBreak, size: 0, memory, isClosed: false });
        this.#headUsed = 0;
      },
      data: (bytes) => {
        const open = this.#parts.at(-1);
        if (open !== undefined) this.#take(open, bytes);
      },
      close: () => {
        const open = this.#parts.at(-1);
        if (open !== undefined) open.isClosed = true;
      },
    };
  }

  #hold(bytes: number): void {
    this.#store.hold(bytes);
    this.#inMemory += bytes;
  }

  #take(part: RawPart, bytes: Buffer): void {
    part.size += bytes.length;
    part.memory.add(part.head === undefined ? this.#pastHead(part, bytes) : bytes);
  }

  /** Looks for the end of the headers. @returns what comes behind it. */
  #pastHead(part: RawPart, bytes: Buffer): Buffer {
    const { lineBreak } = part;
    const bound = headBound(lineBreak, this.#limits);
    if (this.#head.length < bound) {
      this.#hold(bound - this.#head.length);
      this.#head = Buffer.allocUnsafeSlow(bound);
    }
    const before = this.#headUsed;
    const taken = bytes.copy(this.#head, before, 0, bound - before);
    if (taken === 0) return NOTHING;
    this.#headUsed += taken;
    const head = findHead(this.#head.subarray(0, this.#headUsed), lineBreak, this.#limits);
    if (head === undefined) return NOTHING;
    part.head = head;
    return bytes.subarray(head.contentAt - before);
  }

  /** Puts what came where it stays, in the order in which it came. */
  async #settle(): Promise<void> {
    for (let part = this.#parts[this.#settled]; part !== undefined; ) {
      await this.#spill(part);
      if (!part.isClosed) return;
      part = this.#parts[++this.#settled];
    }
  }

  async #spill(part: RawPart): Promise<void> {
    const { memory, isClosed } = part;
    if (part.file === undefined) {
      const isSmall = memory.size <= MEMORY_PART_BYTES && this.#inMemory <= MEMORY_BYTES;
      if (isSmall || memory.size === 0) return;
      part.file = { at: this.#inFile, length: 0 };
    } else if (memory.size < WRITE_BYTES && !isClosed) return;
    const bytes = memory.bytes();
    if (bytes.length > 0) await this.#store.append(bytes);
    part.file.length += bytes.length;
    this.#inFile += bytes.length;
    memory.clear();
    if (isClosed) this.#give(memory.release());
  }

  #give(bytes: number): void {
    this.#store.free(bytes);
    this.#inMemory -= bytes;
  }

  async #read(raw: RawPart): Promise<MimePart | FilePart> {
    if (raw.head === undefined) throw noHead(raw.size, this.#limits);
    const head = readHead(raw.head.text, raw.lineBreak);
    const encoding = encodingOf(head);
    const { file } = raw;
    if (file !== undefined && isUnencoded(encoding)) {
      const { at, length: size } = file;
      return { ...head, content: undefined, size, load: () => this.#store.load(at, size) };
    }
    // Of an encoding that nobody knows nothing has to be read.
    const isKnown = decodeTransfer(NOTHING, encoding) !== undefined;
    const bytes =
      file === undefined || !isKnown
        ? raw.memory.bytes()
        : await this.#store.load(file.at, file.length);
    const content = decodeTransfer(bytes, encoding);
    if (content === undefined) throw notDecoded(encoding);
    return { ...head, content };
  }
}
