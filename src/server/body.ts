/**
 * Reads the body of a request into memory: bounded, identity or gzip. The bound holds for what comes
 * over the wire and for what comes out of gzip; both are counted into the room of the request.
 *
 * Errors: `http.too-large` (413), `http.content-encoding` (415), `http.gzip`, `http.busy` (503).
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { GatewayError, refuse } from '../model/issue.js';
import { type Room, UNCOUNTED } from './load.js';
import { busy } from './turn-away.js';

/** The request was cut off, by the client or because nothing came; there is nobody to answer. */
export class Aborted extends Error {}

/** A body of which nothing comes for so long is cut off. */
export const STALL_MS = 15_000;

/** Collects chunks; a body of declared length is written where it will stay: nothing is held twice. */
class Collector {
  readonly #limit: number;
  readonly #room: Room;
  readonly #whole: Buffer | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(limit: number, room: Room, declared: number | undefined) {
    this.#limit = limit;
    this.#room = room;
    this.#whole = declared === undefined ? undefined : Buffer.allocUnsafeSlow(declared);
  }

  /** @throws GatewayError when a bound is passed. */
  add(chunk: Buffer): void {
    if (this.#size + chunk.length > this.#limit) {
      throw refuse('http.too-large', { limit: this.#limit });
    }
    if (this.#whole === undefined) {
      if (!this.#room.grow(chunk.length)) throw busy();
      this.#chunks.push(chunk);
    } else chunk.copy(this.#whole, this.#size);
    this.#size += chunk.length;
  }

  bytes(): Buffer {
    return this.#whole?.subarray(0, this.#size) ?? Buffer.concat(this.#chunks);
  }
}

function readRaw(request: IncomingMessage, collector: Collector): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stall = setTimeout(() => request.destroy(), STALL_MS);
    const end = (settle: () => void): void => {
      clearTimeout(stall);
      request.pause();
      request.removeAllListeners('data');
      settle();
    };
    request.on('data', (chunk: Buffer) => {
      stall.refresh();
      try {
        collector.add(chunk);
      } catch (error) {
        end(() => reject(error));
      }
    });
    request.once('end', () => end(() => resolve(collector.bytes())));
    request.once('error', () => end(() => reject(new Aborted())));
    request.once('close', () => {
      if (!request.complete) end(() => reject(new Aborted()));
    });
  });
}

/** In steps, so that a bomb is stopped by what it has become so far. */
async function unzip(bytes: Buffer, collector: Collector): Promise<Buffer> {
  const gunzip = createGunzip();
  gunzip.end(bytes);
  try {
    for await (const chunk of gunzip) collector.add(chunk as Buffer);
  } catch (error) {
    throw error instanceof GatewayError ? error : refuse('http.gzip');
  } finally {
    gunzip.destroy();
  }
  return collector.bytes();
}

export function contentEncodingOf(request: IncomingMessage): 'identity' | 'gzip' {
  const value = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (value === '' || value === 'identity') return 'identity';
  if (value === 'gzip' || value === 'x-gzip') return 'gzip';
  throw refuse('http.content-encoding', { value });
}

/**
 * The HTTP parser has made sure that it is a number and that no more than it comes.
 * @throws GatewayError `http.too-large`
 */
export function declaredLength(request: IncomingMessage, limit: number): number | undefined {
  const length = request.headers['content-length'];
  if (length === undefined) return undefined;
  if (Number(length) > limit) throw refuse('http.too-large', { limit });
  return Number(length);
}

/** @param room holds the declared length already. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  room: Room = UNCOUNTED,
): Promise<Buffer> {
  const encoding = contentEncodingOf(request);
  const declared = declaredLength(request, limit);
  const raw = await readRaw(request, new Collector(limit, room, declared));
  return encoding === 'gzip' ? unzip(raw, new Collector(limit, room, undefined)) : raw;
}
