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

function readRaw(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        request.removeAllListeners('data');
        reject(refuse('http.too-large', { limit }));
        return;
      }
      chunks.push(chunk);
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once('error', () => reject(new Aborted()));
    request.once('aborted', () => reject(new Aborted()));
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
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) throw refuse('http.too-large', { limit });
  const raw = await readRaw(request, limit);
  return encoding === 'gzip' ? unzip(raw, limit) : raw;
}
