/**
 * Writing envelopes: plain ones, MTOM ones, and SOAP with Attachments.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { SOAP_NAMESPACE, type SoapVersion } from './content-type.js';

const MEDIA_TYPE: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'text/xml',
  '1.2': 'application/soap+xml',
};

export function answerContentType(version: SoapVersion): string {
  return `${MEDIA_TYPE[version]}; charset=utf-8`;
}

/** Faults travel like answers; a name of its own, since the status differs (HTTP 500). */
export function faultContentType(version: SoapVersion): string {
  return answerContentType(version);
}

function envelopeHead(version: SoapVersion): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP_NAMESPACE[version]}"><soap:Body>`;
}

const CRLF = Buffer.from('\r\n');
const ENVELOPE_TAIL = '</soap:Body></soap:Envelope>';

/** @param bodyXml the one child of Body, with its own namespace declarations */
export function writeEnvelope(version: SoapVersion, bodyXml: string): Buffer {
  return Buffer.from(envelopeHead(version) + bodyXml + ENVELOPE_TAIL, 'utf8');
}

/** A multiple of three, so that no padding stands in the middle; small, so that the strings die young. */
const ENCODE_STEP = 3 * 16 * 1024;

/**
 * Base64 of `content` between two pieces of XML, written straight into the one Buffer: a package may
 * have 50 MB, and a string of it in between would cost that much again.
 */
export function writeAroundBase64(before: string, content: Buffer, after: string): Buffer {
  const headBytes = Buffer.byteLength(before);
  const encodedBytes = 4 * Math.ceil(content.length / 3);
  const whole = Buffer.allocUnsafe(headBytes + encodedBytes + Buffer.byteLength(after));
  whole.write(before, 0);
  let at = headBytes;
  for (let from = 0; from < content.length; from += ENCODE_STEP) {
    at += whole.write(content.toString('base64', from, from + ENCODE_STEP), at, 'latin1');
  }
  whole.write(after, at);
  return whole;
}

/** An envelope whose body holds base64 of `content` between two pieces of XML. */
export function writeEnvelopeAround(
  version: SoapVersion,
  before: string,
  content: Buffer,
  after: string,
): Buffer {
  return writeAroundBase64(envelopeHead(version) + before, content, after + ENVELOPE_TAIL);
}

export interface OutgoingPart {
  /** As in the `cid:` reference of the body, without angle brackets. */
  readonly contentId: string;
  readonly content: Uint8Array;
}

/** A whole multipart/related body. */
export interface Related {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Where the part of that id is to stand in the body (XOP 1.0 §2.1). */
export function xopInclude(contentId: string): string {
  return `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:${contentId}"/>`;
}

/** A Content-ID that needs no escaping in a header, a URL or XML. */
export function newContentId(): string {
  return `${randomUUID()}@edxgate`;
}

/** Headers of one part. */
function partHead(boundary: string, contentType: string, contentId: string): Buffer {
  return Buffer.from(
    `--${boundary}\r\n` +
      `Content-Type: ${contentType}\r\n` +
      'Content-Transfer-Encoding: binary\r\n' +
      `Content-ID: <${contentId}>\r\n\r\n`,
  );
}

/** @param parameters of the whole, but for the boundary */
function related(
  rootType: string,
  parameters: (rootId: string) => string,
  root: Buffer,
  part?: OutgoingPart,
): Related {
  const boundary = `edxgate-${randomUUID()}`;
  const rootId = newContentId();
  const pieces: Uint8Array[] = [partHead(boundary, rootType, rootId), root];
  if (part !== undefined) {
    const head = partHead(boundary, 'application/octet-stream', part.contentId);
    pieces.push(CRLF, head, part.content);
  }
  pieces.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  return {
    contentType: `multipart/related; ${parameters(rootId)}; boundary="${boundary}"`,
    body: Buffer.concat(pieces),
  };
}

/** An envelope as MTOM: first, and after it the part that it refers to (MTOM, XOP 1.0 §4). */
export function mtomRelated(version: SoapVersion, envelope: Buffer, part?: OutgoingPart): Related {
  const media = MEDIA_TYPE[version];
  return related(
    `application/xop+xml; charset=UTF-8; type="${media}"`,
    (rootId) => `type="application/xop+xml"; start="<${rootId}>"; start-info="${media}"`,
    envelope,
    part,
  );
}

/** An envelope and the part that it refers to (SOAP Messages with Attachments). */
export function swaRelated(version: SoapVersion, envelope: Buffer, part: OutgoingPart): Related {
  const media = MEDIA_TYPE[version];
  return related(
    `${media}; charset=UTF-8`,
    (rootId) => `type="${media}"; start="<${rootId}>"`,
    envelope,
    part,
  );
}

/** multipart/related with the envelope first and one part after it. */
export function mtomAnswer(version: SoapVersion, bodyXml: string, part?: OutgoingPart): Related {
  return mtomRelated(version, writeEnvelope(version, bodyXml), part);
}
