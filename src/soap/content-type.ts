/**
 * Content types as foreign SOAP stacks write them.
 *
 * The header is read, never judged by its grammar: nested quoting (JAX-WS), an action without quotes
 * (KDSoap), a header folded with TAB (Axis 1.4) and odd case all occur (RFC 2045 §5, RFC 9110 §8.3).
 *
 * @module
 */
import { refuse } from '../model/issue.js';

export interface ContentType {
  /** `text/xml`, lower case; '' when there is none. */
  readonly type: string;
  /** By lower-case name, unquoted; of a repeated name the first. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Names that occur again with another value: ambiguous, so nobody may rely on them. */
  readonly conflicting: ReadonlySet<string>;
}

export type SoapVersion = '1.1' | '1.2';

export const SOAP_NAMESPACE: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

/** Node takes 16 KiB of headers in all; what is longer than this is no content type. */
const MAX_HEADER_CHARS = 8192;
const MAX_PARAMETERS = 32;

/** How much of a body is searched for the hint: the root element stands there. */
const HINT_BYTES = 4096;

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}

/** Reads a quoted string that starts at `at`; an unclosed one goes to the end. */
function readQuoted(text: string, at: number): { value: string; next: number } {
  let value = '';
  let next = at + 1;
  while (next < text.length) {
    const char = text.charAt(next);
    if (char === '"') return { value, next: next + 1 };
    if (char === '\\' && next + 1 < text.length) next++;
    value += text.charAt(next);
    next++;
  }
  return { value, next };
}

/** Takes every form there is and never throws; what cannot be read is left out. */
export function parseContentType(header: string | undefined): ContentType {
  const text = (header ?? '').slice(0, MAX_HEADER_CHARS);
  const parameters = new Map<string, string>();
  const conflicting = new Set<string>();
  const end = text.indexOf(';');
  const type = (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
  let at = end < 0 ? text.length : end + 1;
  for (let count = 0; at < text.length && count < MAX_PARAMETERS; count++) {
    let nameEnd = at;
    while (nameEnd < text.length && text.charAt(nameEnd) !== '=' && text.charAt(nameEnd) !== ';') {
      nameEnd++;
    }
    const name = text.slice(at, nameEnd).trim().toLowerCase();
    if (text.charAt(nameEnd) !== '=') {
      at = nameEnd + 1;
      continue;
    }
    at = nameEnd + 1;
    while (at < text.length && isBlank(text.charAt(at))) at++;
    let value: string;
    if (text.charAt(at) === '"') {
      const quoted = readQuoted(text, at);
      value = quoted.value;
      const semicolon = text.indexOf(';', quoted.next);
      at = semicolon < 0 ? text.length : semicolon + 1;
    } else {
      const semicolon = text.indexOf(';', at);
      const stop = semicolon < 0 ? text.length : semicolon;
      value = text.slice(at, stop).trim();
      at = stop + 1;
    }
    if (name === '') continue;
    const earlier = parameters.get(name);
    if (earlier === undefined) parameters.set(name, value);
    else if (earlier !== value) conflicting.add(name);
  }
  return { type, parameters, conflicting };
}

export const XOP_TYPE = 'application/xop+xml';

/** Whether a request comes as MTOM, as far as its own content type says. */
export function saysMtom({ type, parameters }: ContentType): boolean {
  return type === 'multipart/related' && parameters.get('type')?.toLowerCase() === XOP_TYPE;
}

const SOAP_TYPES: ReadonlySet<string> = new Set([
  'text/xml',
  'application/soap+xml',
  'multipart/related',
]);
const ROOT_TYPES: ReadonlySet<string> = new Set([
  'text/xml',
  'application/soap+xml',
  XOP_TYPE,
  'application/xml',
]);
const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii']);

function assertCharset(contentType: ContentType): void {
  const charset = contentType.parameters.get('charset');
  if (charset === undefined) return;
  if (!CHARSETS.has(charset.toLowerCase()) || contentType.conflicting.has('charset')) {
    throw refuse('http.charset', { value: charset });
  }
}

/**
 * The content type of a whole SOAP request.
 * @throws GatewayError `http.content-type`, `http.charset`
 */
export function assertSoapContentType(contentType: ContentType): void {
  if (!SOAP_TYPES.has(contentType.type)) {
    throw refuse('http.content-type', { value: contentType.type || '(none)' });
  }
  // SOAP::Lite writes charset after the boundary: it says nothing about the parts.
  if (contentType.type !== 'multipart/related') assertCharset(contentType);
}

/**
 * The content type of the part that holds the envelope; one without a type passes.
 * @throws GatewayError `http.content-type`, `http.charset`
 */
export function assertRootContentType(contentType: ContentType): void {
  if (contentType.type !== '' && !ROOT_TYPES.has(contentType.type)) {
    throw refuse('http.content-type', { value: contentType.type });
  }
  assertCharset(contentType);
}

/** The version a fault is written in when the envelope could not be read. */
export function soapVersionHint(contentType: ContentType, body?: Uint8Array): SoapVersion {
  if (body !== undefined) {
    const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, HINT_BYTES));
    const has11 = start.includes(SOAP_NAMESPACE['1.1']);
    const has12 = start.includes(SOAP_NAMESPACE['1.2']);
    if (has11 !== has12) return has12 ? '1.2' : '1.1';
  }
  const { type, parameters } = contentType;
  if (type !== 'multipart/related') return type === 'application/soap+xml' ? '1.2' : '1.1';
  const inner = [parameters.get('type'), parameters.get('start-info')];
  return inner.some((one) => parseContentType(one).type === 'application/soap+xml') ? '1.2' : '1.1';
}
