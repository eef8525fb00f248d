/**
 * Reads the body of a multipart request while it comes, and puts large parts into a file: a slow sender
 * of a large package costs disk, not memory. The bounds are those of body.ts.
 *
 * Errors: `http.too-large` (413), `http.gzip`, `http.busy` (503), `server.disk`, `server.store`,
 * `soap.empty`, `soap.multipart`.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { GatewayError, refuse } from '../model/issue.js';
import type { ContentType } from '../soap/content-type.js';
import { GrowingBuffer } from '../soap/growing-buffer.js';
import type { FilePart, MimePart, Multipart } from '../soap/multipart-part.js';
import { MultipartStream, type PartStore } from '../soap/multipart-stream.js';
import { Aborted, contentEncodingOf, STALL_MS } from './body.js';
import type { Room } from './load.js';
import type { Spool, SpoolFile } from './spool.js';
import { busy, diskFull } from './turn-away.js';

export interface StreamOptions {
  readonly limit: number;
  /** Holds nothing of the body yet. */
  readonly room: Room;
  readonly spool: Spool;
  /** True while the disk is too full to accept packages. */
  readonly diskLow?: () => boolean;
  /** A body of which nothing comes for so long is cut off. By default as in body.ts. */
  readonly stallMs?: number;
  /** How long a body that is here waits for the memory to be worked on: it is not to come twice. */
  readonly waitMs?: number;
}

export interface StreamedBody {
  /** Unpacked. */
  readonly size: number;
  /** Its first bytes, for people who are asked why it was refused. */
  readonly head: Buffer;
  /** @throws GatewayError `soap.empty`, `soap.multipart`, `http.busy` */
  parts(): Promise<Multipart<MimePart | FilePart>>;
  /** The parts in the file are gone then. */
  close(): Promise<void>;
}

/** A smaller body is in memory before a file would be open. */
const STREAM_BYTES = 1024 * 1024;
const HEAD_BYTES = 64 * 1024;
const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Whether readStreamed is to read it. */
export function isStreamed(request: IncomingMessage, contentType: ContentType): boolean {
  if (contentType.type !== 'multipart/related') return false;
  const length = request.headers['content-length'];
  if (length === undefined || Number(length) > STREAM_BYTES) return true;
  return contentEncodingOf(request) === 'gzip';
}

/** The parts of one request: small ones counted into its room, large ones in its file. */
class RequestParts implements PartStore {
  readonly #options: StreamOptions;
  readonly #request: IncomingMessage;
  #file: SpoolFile | undefined;

  constructor(request: IncomingMessage, options: StreamOptions) {
    this.#request = request;
    this.#options = options;
  }

  hold(bytes: number): void {
    if (!this.#options.room.grow(bytes)) throw busy();
  }

  free(bytes: number): void {
    this.#options.room.hold(-bytes);
  }

  async append(bytes: Buffer): Promise<void> {
    const { room, spool, diskLow } = this.#options;
    // No question has such parts: this is a package.
    if (diskLow?.() === true) throw diskFull();
    if (!room.spool(bytes.length)) throw busy();
    this.#file ??= await spool.create();
    await this.#file.append(bytes);
  }

  async load(at: number, length: number): Promise<Buffer> {
    if (this.#file === undefined) throw new Error('nothing was written');
    const { room, waitMs = WAIT_MS } = this.#options;
    for (let waited = 0; ; waited += LOOK_EVERY_MS) {
      // With the connection the room is left, and nothing counts what is read from then on.
      if (this.#request.socket.destroyed) throw new Aborted();
      if (room.grow(length)) break;
      if (waited >= waitMs) throw busy();
      await sleep(LOOK_EVERY_MS);
    }
    return this.#file.read(at, length);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** What comes, piece by piece; leaves the request open when the reader goes away. */
async function* piecesOf(
  request: IncomingMessage,
  { limit, stallMs = STALL_MS }: StreamOptions,
): AsyncGenerator<Buffer> {
  // Only for as long as we wait for it, and not while a disk is slow.
  const arm = () => setTimeout(() => request.destroy(), stallMs);
  let stall = arm();
  let size = 0;
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      clearTimeout(stall);
      const bytes: Buffer = piece;
      size += bytes.length;
      if (size > limit) throw refuse('http.too-large', { limit });
      yield bytes;
      stall = arm();
    }
  } catch (error) {
    throw error instanceof GatewayError ? error : new Aborted();
  } finally {
    clearTimeout(stall);
  }
}

type Take = (bytes: Buffer) => Promise<void>;

async function unzipped(pieces: AsyncGenerator<Buffer>, take: Take): Promise<void> {
  try {
    await pipeline(pieces, createGunzip(), async (plain: AsyncIterable<Buffer>) => {
      for await (const bytes of plain) await take(bytes);
    });
  } catch (error) {
    if (error instanceof GatewayError || error instanceof Aborted) throw error;
    throw refuse('http.gzip');
  }
}

/**
 * Reads to the end; what is refused about the parts is said by `parts`. After a throw nothing is left.
 * @throws GatewayError `http.too-large`, `http.gzip`, `http.busy`, `server.disk`, `server.store`
 */
export async function readStreamed(
  request: IncomingMessage,
  contentType: ContentType,
  options: StreamOptions,
): Promise<StreamedBody> {
  const { limit } = options;
  const store = new RequestParts(request, options);
  const stream = new MultipartStream(contentType, store);
  const head = new GrowingBuffer((bytes) => store.hold(bytes));
  let size = 0;
  const take: Take = async (bytes) => {
    if (size + bytes.length > limit) throw refuse('http.too-large', { limit });
    if (size < HEAD_BYTES) head.add(bytes.subarray(0, HEAD_BYTES - size));
    size += bytes.length;
    await stream.write(bytes);
  };
  try {
    const pieces = piecesOf(request, options);
    if (contentEncodingOf(request) === 'gzip') await unzipped(pieces, take);
    else for await (const bytes of pieces) await take(bytes);
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    size,
    head: head.bytes(),
    async parts() {
      if (size === 0) throw refuse('soap.empty');
      return stream.end();
    },
    close: () => store.close(),
  };
}
