/**
 * Mutations of multipart requests: of bytes, and of what the readers look at, which is boundaries, line
 * breaks, headers and the parameters of the content type.
 *
 * @module
 */
import type { Request } from '../support/multipart-corpus.js';
import type { Random } from './random.js';

export interface MultipartMutation {
  readonly name: string;
  apply(request: Request, random: Random): Request;
}

function boundaryOf({ contentType }: Request): string {
  return /boundary="?([^";]+)/.exec(contentType)?.[1]?.trim() ?? 'b';
}

/** Puts `by` in the place of `length` bytes. */
function spliced(body: Buffer, at: number, length: number, by: string | Buffer): Buffer {
  return Buffer.concat([body.subarray(0, at), Buffer.from(by), body.subarray(at + length)]);
}

/** Where one of the occurrences of a text is; undefined when there is none. */
function oneOf(body: Buffer, text: string, random: Random): number | undefined {
  const places: number[] = [];
  for (let at = body.indexOf(text); at >= 0; at = body.indexOf(text, at + 1)) places.push(at);
  return random.pick(places);
}

function ofBody(
  name: string,
  change: (body: Buffer, random: Random, boundary: string) => Buffer,
): MultipartMutation {
  return {
    name,
    apply: (request, random) => ({
      ...request,
      body: change(request.body, random, boundaryOf(request)),
    }),
  };
}

function ofType(
  name: string,
  change: (contentType: string, random: Random) => string,
): MultipartMutation {
  return {
    name,
    apply: (request, random) => ({ ...request, contentType: change(request.contentType, random) }),
  };
}

const ALPHABET = '\r\n-:;="<> \t\u0000bQ/+';

function text(random: Random, length: number): string {
  let made = '';
  for (let left = length; left > 0; left--) made += ALPHABET.charAt(random.below(ALPHABET.length));
  return made;
}

/** Boundary lines, nearly. */
function nearBoundary(random: Random, boundary: string): string {
  return (
    random.of('\r\n', '\n', '\r', '') +
    random.of('--', '-', '---', '') +
    random.of(boundary, boundary.slice(0, -1), `${boundary}x`, boundary.toUpperCase()) +
    random.of('', '--', '-', '---') +
    random.of('', ' ', '\t \t', ' '.repeat(1024), ' '.repeat(1025)) +
    random.of('\r\n', '\n', '\r', '', '\r\n\r\n')
  );
}

const HEADERS = [
  'Content-ID: <x>',
  'content-id: x',
  'Content-Id:',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-unknown',
  'Content-Type: text/xml',
  ' folded',
  '\tfolded',
  'no colon',
  ': no name',
  `X: ${'y'.repeat(17_000)}`,
];

export const MULTIPART_MUTATIONS: readonly MultipartMutation[] = [
  ofBody('byte', (body, random) => {
    const changed = Buffer.from(body);
    if (changed.length > 0) changed[random.below(changed.length)] = random.below(256);
    return changed;
  }),
  ofBody('insert', (body, random) =>
    spliced(body, random.below(body.length + 1), 0, text(random, 1 + random.below(6))),
  ),
  ofBody('delete', (body, random) =>
    spliced(body, random.below(body.length + 1), 1 + random.below(20), ''),
  ),
  ofBody('cut', (body, random) => body.subarray(0, random.below(body.length + 1))),
  ofBody('cut start', (body, random) => body.subarray(random.below(body.length + 1))),
  ofBody('repeat', (body, random) => {
    const from = random.below(body.length + 1);
    const piece = body.subarray(from, from + random.below(400));
    return spliced(body, random.below(body.length + 1), 0, piece);
  }),
  ofBody('boundary line', (body, random, boundary) =>
    spliced(body, random.below(body.length + 1), 0, nearBoundary(random, boundary)),
  ),
  ofBody('at a boundary', (body, random, boundary) => {
    const at = oneOf(body, `--${boundary}`, random);
    if (at === undefined) return body;
    const end = at + boundary.length + 2;
    return random.chance(50)
      ? spliced(body, end, random.below(4), text(random, random.below(4)))
      : spliced(body, Math.max(0, at - random.below(4)), random.below(4), text(random, 2));
  }),
  ofBody('many look-alikes', (body, random, boundary) =>
    spliced(
      body,
      random.below(body.length + 1),
      0,
      `\r\n--${boundary}x`.repeat(random.of(999, 1001)),
    ),
  ),
  ofBody('many parts', (body, random, boundary) => {
    const part = `--${boundary}\r\n${random.of('\r\n\r\n', '\r\nx\r\n', '')}`;
    return Buffer.concat([Buffer.from(part.repeat(random.of(2, 97, 98, 99, 100))), body]);
  }),
  ofBody('line breaks', (body, random) => {
    const whole = body.toString('latin1');
    const changed = random.chance(50)
      ? whole.replaceAll('\r\n', '\n')
      : whole.replace(/(?<!\r)\n/g, '\r\n');
    return Buffer.from(changed, 'latin1');
  }),
  ofBody('header', (body, random, boundary) => {
    const at = oneOf(body, `--${boundary}\r\n`, random);
    const header = random.pick(HEADERS) ?? '';
    return at === undefined ? body : spliced(body, at + boundary.length + 4, 0, `${header}\r\n`);
  }),
  ofBody('larger', (body, random) => {
    const filler = Buffer.alloc(random.of(5_000, 70_000, 300_000), text(random, 7));
    return spliced(body, random.below(body.length + 1), 0, filler);
  }),
  ofType('boundary parameter', (contentType, random) =>
    contentType.replace(
      /boundary="?[^";]*"?/,
      random.of(
        'boundary=',
        'boundary="',
        'boundary=b; boundary=c',
        '',
        'boundary=--',
        'boundary=x',
      ),
    ),
  ),
  ofType(
    'start parameter',
    (contentType, random) =>
      `${contentType.replace(/start="?[^";]*"?;?/, '')}; start=${random.of('"<x>"', 'x', '""', '"a"; start=b')}`,
  ),
  ofType('type byte', (contentType, random) => {
    const at = random.below(contentType.length);
    return contentType.slice(0, at) + text(random, 1) + contentType.slice(at + random.below(2));
  }),
];
