/**
 * Multipart requests written by hand: MTOM and SOAP with Attachments, as the stacks in the field write
 * them.
 *
 * @module
 */
import { envelope, operation, type Version } from './soap.js';

const SOAP_TYPE = { '1.1': 'text/xml', '1.2': 'application/soap+xml' } as const;
const XOP = 'http://www.w3.org/2004/08/xop/include';

export interface Multipart {
  readonly contentType: string;
  readonly body: Buffer;
}

/** How `Package` refers to its part. */
export type Reference = 'xop' | 'xop-percent' | 'text' | 'href' | 'none';

const PART_ID = 'http://tempuri.example/1/638?a=b';

function packageElement(reference: Reference): string {
  switch (reference) {
    case 'xop':
      return `<Package><xop:Include xmlns:xop="${XOP}" href="cid:${PART_ID}"/></Package>`;
    case 'xop-percent':
      return `<Package><xop:Include xmlns:xop="${XOP}" href="cid:${encodeURIComponent(PART_ID)}"/></Package>`;
    case 'text':
      return `<Package>cid:${PART_ID}</Package>`;
    case 'href':
      return `<Package href="cid:${PART_ID}"/>`;
    case 'none':
      return '<Package/>';
  }
}

function multipart(
  root: string,
  rootType: string,
  rootHeaders: string,
  parts: readonly Buffer[],
  more: string,
): Multipart {
  const boundary = 'uuid:4a+b=c';
  const chunks: Buffer[] = [
    Buffer.from(
      `--${boundary}\r\nContent-ID: <root@example>\r\nContent-Type: ${rootHeaders}\r\n` +
        `Content-Transfer-Encoding: 8bit\r\n\r\n${root}`,
    ),
  ];
  for (const part of parts) {
    chunks.push(
      Buffer.from(
        `\r\n--${boundary}\r\nContent-Id: <${PART_ID}>\r\nContent-Type: application/octet-stream\r\n` +
          'Content-Transfer-Encoding: binary\r\n\r\n',
      ),
      part,
    );
  }
  chunks.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  const contentType = `multipart/related; type="${rootType}"; start="<root@example>"; boundary="${boundary}"${more}`;
  return { contentType, body: Buffer.concat(chunks) };
}

function mtom(body: string, version: Version, parts: readonly Buffer[]): Multipart {
  const inner = SOAP_TYPE[version];
  const headers = `application/xop+xml; charset=utf-8; type="${inner}"`;
  return multipart(
    envelope(body, version),
    'application/xop+xml',
    headers,
    parts,
    `; start-info="${inner}"`,
  );
}

export function sendPackageRequest(
  bytes: Buffer,
  reference: Reference,
  version: Version,
): Multipart {
  const body = operation('SendPackage', packageElement(reference));
  if (reference === 'xop' || reference === 'xop-percent') return mtom(body, version, [bytes]);
  const type = SOAP_TYPE[version];
  return multipart(envelope(body, version), type, `${type}; charset=utf-8`, [bytes], '');
}

/** Any request in MTOM form, without a part of its own: a caller that says how it wants its answer. */
export function mtomRequest(body: string, version: Version): Multipart {
  return mtom(body, version, []);
}

export interface Part {
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly content: Buffer;
}

/** The parts of an answer of ours; plain on purpose, so that it fails on anything odd. */
export function readParts(contentType: string, body: Buffer): Part[] {
  const boundary = /boundary="([^"]+)"/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error(`no boundary in ${contentType}`);
  const text = body.toString('latin1');
  const pieces = text.split(`--${boundary}`);
  if (pieces.at(-1)?.trim() !== '--') throw new Error('the closing boundary is missing');
  return pieces.slice(1, -1).map((piece) => {
    const end = piece.indexOf('\r\n\r\n');
    const headers = new Map(
      piece
        .slice(0, end)
        .trim()
        .split('\r\n')
        .map((line): [string, string] => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        }),
    );
    return { headers, content: Buffer.from(piece.slice(end + 4, -2), 'latin1') };
  });
}
