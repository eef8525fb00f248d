/**
 * Reads the body of a request into memory: bounded, identity or gzip. The bound holds for what comes
 * over the wire and for what comes out of gzip.
 *
 * Errors: `http.too-large` (413), `http.content-encoding` (415), `http.gzip`.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { gunzip } from 'node:zlib';
import { refuse } from '../model/issue.js';

/** The request was cut off by the client; there is nobody to answer. */
export class Aborted extends Error {}

/** Collects chunks; a body of declared length is written where it will stay, so that nothing is held twice. */
class Collector {
  readonly #limit: number;
  readonly #whole: Buffer | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(limit: number, declared: number | undefined) {
    this.#limit = limit;
    this.#whole = declared === undefined ? undefined : Buffer.allocUnsafeSlow(declared);
  }

  /** @returns false when the limit is passed. */
  add(chunk: Buffer): boolean {
    if (this.#size + chunk.length > this.#limit) return false;
    if (this.#whole === undefined) this.#chunks.push(chunk);
    else chunk.copy(this.#whole, this.#size);
    this.#size += chunk.length;
    return true;
  }

  bytes(): Buffer {
    return this.#whole?.subarray(0, this.#size) ?? Buffer.concat(this.#chunks);
  }
}

function readRaw(request: IncomingMessage, limit: number, declared?: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const collector = new Collector(limit, declared);
    request.on('data', (chunk: Buffer) => {
      if (collector.add(chunk)) return;
      request.pause();
      request.removeAllListeners('data');
      reject(refuse('http.too-large', { limit }));
    });
    request.once('end', () => resolve(collector.bytes()));
    request.once('error', () => reject(new Aborted()));
    request.once('close', () => {
      if (!request.complete) reject(new Aborted());
    });
  });
}

function unzip(bytes: Buffer, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: limit }, (error, plain) => {
      if (error === null) resolve(plain);
      else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
        reject(refuse('http.too-large', { limit }));
      } else reject(refuse('http.gzip'));
    });
  });
}

export function contentEncodingOf(request: IncomingMessage): 'identity' | 'gzip' {
  const value = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (value === '' || value === 'identity') return 'identity';
  if (value === 'gzip' || value === 'x-gzip') return 'gzip';
  throw refuse('http.content-encoding', { value });
}

export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = contentEncodingOf(request);
  const length = request.headers['content-length'];
  // The HTTP parser has made sure that it is a number and that no more than it comes.
  const declared = length === undefined ? undefined : Number(length);
  if (declared !== undefined && declared > limit) throw refuse('http.too-large', { limit });
  const raw = await readRaw(request, limit, declared);
  return encoding === 'gzip' ? unzip(raw, limit) : raw;
}
