/**
 * What went over the wire, for people: start line, headers and a bounded text of the body. Credentials are
 * blotted out wherever they stand, since an answer may echo them.
 *
 * @module
 */
import { STATUS_CODES } from 'node:http';
import { parseContentType } from '../soap/content-type.js';
import type { HttpResponse } from '../soap/exchange.js';
import { MULTIPART_LIMITS } from '../soap/multipart.js';
import type { WrittenRequest } from './request.js';
import type { WireMessage } from './run-result.js';
import { textOf } from './variables.js';

export const MAX_WIRE_CHARS = 64 * 1024;
const BLOT = '***';
/** A shorter secret would blot out ordinary text. */
const MIN_SECRET_CHARS = 6;
/** As many as are read; a boundary of one letter may cut a body into millions. */
const MAX_PIECES = MULTIPART_LIMITS.parts + 2;

export function requestMessage(
  request: WrittenRequest,
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[],
): WireMessage {
  const { pathname, search } = new URL(request.url);
  return {
    startLine: `${request.method} ${pathname}${search} HTTP/1.1`,
    ...contentOf(Object.entries(headers), request.body ?? Buffer.alloc(0), secrets),
  };
}

export function answerMessage(http: HttpResponse, secrets: readonly string[]): WireMessage {
  const name = STATUS_CODES[http.status];
  return {
    startLine: `HTTP/1.1 ${http.status}${name === undefined ? '' : ` ${name}`}`,
    ...contentOf([...http.headers], http.body, secrets),
  };
}

type Header = readonly [name: string, value: string];

function contentOf(
  headers: readonly Header[],
  body: Buffer,
  secrets: readonly string[],
): Omit<WireMessage, 'startLine'> {
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const whole = blotted(bodyText(body, contentType), secrets);
  const shortened = whole.length > MAX_WIRE_CHARS;
  return {
    headers: headers.map(([name, value]) => [name, blotted(value, secrets)] as const),
    body: shortened ? whole.slice(0, MAX_WIRE_CHARS) : whole,
    bodyBytes: body.length,
    shortened,
  };
}

/** A text without the secrets. */
export function blotted(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const one of secrets) {
    if (one.length >= MIN_SECRET_CHARS) clean = clean.replaceAll(one, BLOT);
  }
  return clean;
}

function bodyText(body: Buffer, contentType: string | undefined): string {
  const text = textOf(body);
  if (text !== undefined) return text;
  const boundary = parseContentType(contentType).parameters.get('boundary');
  if (boundary === undefined || boundary === '') return `[${body.length} bytes]`;
  // latin1 keeps one character for each byte, so that parts can be told apart by text.
  const pieces = body.toString('latin1').split(`--${boundary}`, MAX_PIECES + 1);
  if (pieces.length > MAX_PIECES) return `[${body.length} bytes]`;
  return pieces.map((piece) => partText(Buffer.from(piece, 'latin1'))).join(`--${boundary}`);
}

/** A part as text, or its headers and the number of its bytes. */
function partText(part: Buffer): string {
  const text = textOf(part);
  if (text !== undefined) return text;
  const end = part.indexOf('\r\n\r\n');
  if (end < 0) return `[${part.length} bytes]`;
  return `${part.toString('latin1', 0, end)}\r\n\r\n[${part.length - end - 4} bytes]\r\n`;
}
