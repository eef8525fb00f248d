/**
 * Requests and answers as the front of a simulated gateway sees them, and how faults read and change
 * them. Answers come from a gateway of ours, so their text is edited as the text that it is; requests
 * come from anybody and are read with the gateway's own reader.
 *
 * @module
 */
import { gunzipSync } from 'node:zlib';
import { credentialsOf } from '../server/token-sign-in.js';
import { binaryContent } from '../soap/binary.js';
import { parseContentType, type SoapVersion } from '../soap/content-type.js';
import { type Carrier, readEnvelope } from '../soap/envelope.js';
import { childOf } from '../xml/tree.js';

interface HttpMessage {
  /** By lower-case name; without those of the connection. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface FrontRequest extends HttpMessage {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

export interface FrontAnswer extends HttpMessage {
  readonly status: number;
}

export type Forward = (request: FrontRequest) => Promise<FrontAnswer>;

// ---- requests ------------------------------------------------------------------------------------

/** What a request asks for. */
export interface Asked {
  readonly operation: string;
  readonly version: SoapVersion;
  readonly carrier: Carrier;
  /** Text of the children of the operation's element; '' for those that have children. */
  readonly fields: ReadonlyMap<string, string>;
  /** Of SendPackage. */
  readonly package?: Buffer;
}

const MAX_GUNZIPPED = 128 * 1024 * 1024;

function plainBody({ headers, body }: FrontRequest): Buffer {
  const packed = headers.get('content-encoding')?.includes('gzip') === true;
  return packed ? gunzipSync(body, { maxOutputLength: MAX_GUNZIPPED }) : body;
}

/** @returns undefined for what is no request of the contract. */
export function askedOf(request: FrontRequest): Asked | undefined {
  if (request.method !== 'POST') return undefined;
  try {
    const contentType = parseContentType(request.headers.get('content-type'));
    const envelope = readEnvelope(plainBody(request), contentType);
    try {
      const { body, version, carrier } = envelope;
      const content = childOf(body, 'Package');
      return {
        operation: body.name,
        version,
        carrier,
        fields: new Map(
          body.children.filter((one) => one !== content).map((one) => [one.name, one.text]),
        ),
        ...(content === undefined
          ? {}
          : { package: Buffer.from(binaryContent(envelope, content)) }),
      };
    } finally {
      envelope.dispose();
    }
  } catch {
    // Whatever is wrong with it, the gateway behind says so.
    return undefined;
  }
}

/** Organ id that a request signs in as by Basic, as written. */
export function callerOf({ headers }: FrontRequest): string | undefined {
  return credentialsOf(headers.get('authorization') ?? '')?.organId;
}

export function withHeader<T extends HttpMessage>(
  message: T,
  name: string,
  value: string | undefined,
): T {
  const headers = new Map(message.headers);
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
  return { ...message, headers };
}

export function signedInAs(request: FrontRequest, organId: string, token: string): FrontRequest {
  const pair = Buffer.from(`${organId}:${token}`, 'utf8').toString('base64');
  return withHeader(request, 'authorization', `Basic ${pair}`);
}

/** The same request with its text edited; MIME parts and compressed bodies are left alone. */
export function editRequest(request: FrontRequest, edit: (xml: string) => string): FrontRequest {
  const type = parseContentType(request.headers.get('content-type')).type;
  if (type === 'multipart/related' || request.headers.has('content-encoding')) return request;
  return { ...request, body: Buffer.from(edit(request.body.toString('utf8')), 'utf8') };
}

// ---- answers -------------------------------------------------------------------------------------

/** From one byte to before another. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The part of a multipart answer that begins behind `at`: our own writer needs no reader. */
function partSpan({ headers, body }: FrontAnswer, at: number): Span | undefined {
  const boundary = parseContentType(headers.get('content-type')).parameters.get('boundary') ?? '';
  const head = body.indexOf('\r\n\r\n', at);
  const to = body.indexOf(`\r\n--${boundary}`, head + 4);
  return boundary === '' || head < 0 || to < 0 ? undefined : { from: head + 4, to };
}

function envelopeSpan(answer: FrontAnswer): Span | undefined {
  const { type } = parseContentType(answer.headers.get('content-type'));
  if (type === 'multipart/related') return partSpan(answer, 0);
  const xml = type === 'text/xml' || type === 'application/soap+xml';
  return xml ? { from: 0, to: answer.body.length } : undefined;
}

function spliced(answer: FrontAnswer, { from, to }: Span, bytes: Buffer): FrontAnswer {
  const { body } = answer;
  return { ...answer, body: Buffer.concat([body.subarray(0, from), bytes, body.subarray(to)]) };
}

/** The text of the envelope, without MIME; '' for what is none. */
export function envelopeOf(answer: FrontAnswer): string {
  const span = envelopeSpan(answer);
  const xml = span === undefined ? '' : answer.body.toString('utf8', span.from, span.to);
  return xml.includes('<soap:Envelope ') ? xml : '';
}

export function isFault(answer: FrontAnswer): boolean {
  return envelopeOf(answer).includes('<soap:Fault>');
}

/** Whether it answers this operation with a result. */
export function isResultOf(answer: FrontAnswer, operation: string): boolean {
  return envelopeOf(answer).includes(`<${operation}Response `);
}

/** The same answer with the text of its envelope edited; what is no envelope is left alone. */
export function editAnswer(answer: FrontAnswer, edit: (xml: string) => string): FrontAnswer {
  const span = envelopeSpan(answer);
  const xml = envelopeOf(answer);
  if (span === undefined || xml === '') return answer;
  return spliced(answer, span, Buffer.from(edit(xml), 'utf8'));
}

export function editFault(answer: FrontAnswer, edit: (xml: string) => string): FrontAnswer {
  return isFault(answer) ? editAnswer(answer, edit) : answer;
}

/** The one child of Body, as text. */
export function bodyOf(answer: FrontAnswer): string {
  const xml = envelopeOf(answer);
  const open = '<soap:Body>';
  return xml.slice(xml.indexOf(open) + open.length, xml.lastIndexOf('</soap:Body>'));
}

/** Bytes of the package that an answer of GetPackage carries, inline or as a MIME part. */
export function editPackage(answer: FrontAnswer, edit: (bytes: Buffer) => Buffer): FrontAnswer {
  const root = envelopeSpan(answer);
  if (root === undefined || !isResultOf(answer, 'GetPackage')) return answer;
  const part = root.from === 0 ? undefined : partSpan(answer, root.to);
  if (part !== undefined)
    return spliced(answer, part, edit(answer.body.subarray(part.from, part.to)));
  return editAnswer(answer, (xml) =>
    mapText(xml, 'Package', (text) => edit(Buffer.from(text, 'base64')).toString('base64')),
  );
}

// ---- XML of our own writer: no prefixes, no attributes inside results -------------------------------

/** Text of the first element of that name, escapes and all. */
export function textOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

/** Every element of that name that holds text only gets another text. */
export function mapText(xml: string, name: string, change: (text: string) => string): string {
  return xml.replace(
    new RegExp(`<${name}>([^<]*)</${name}>`, 'g'),
    (_, text: string) => `<${name}>${change(text)}</${name}>`,
  );
}

/** Every element of that name is replaced; for names that do not stand inside themselves. */
export function mapElements(xml: string, name: string, change: (whole: string) => string): string {
  return xml.replace(new RegExp(`<${name}>[\\s\\S]*?</${name}>`, 'g'), (whole) => change(whole));
}

export function elementsOf(xml: string, name: string): string[] {
  return xml.match(new RegExp(`<${name}>[\\s\\S]*?</${name}>`, 'g')) ?? [];
}

export function drop(xml: string, name: string): string {
  return mapElements(xml, name, () => '');
}
