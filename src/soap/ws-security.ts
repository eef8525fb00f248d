/**
 * Reads the WS-Security header of a request (WSS SOAP Message Security 1.1, UsernameToken Profile 1.1):
 * what stands there, strictly, and whether it is fresh. Nothing is proved here.
 *
 * Errors: `auth.ws-security` with one of these reasons: `header.several`, `header.element` (something
 * that is not taken, such as an encrypted key or SAML), `header.empty`, `timestamp.form`,
 * `timestamp.future`, `timestamp.expired`, `timestamp.window`, `username-token.form`.
 *
 * @module
 */
import { type GatewayError, refuse } from '../model/issue.js';
import { pathOf, type XmlElement } from '../xml/tree.js';
import { PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSU } from '../xml/ws-names.js';
import { isForUs, type SoapRequest } from './envelope.js';

/** Clocks of two machines may differ by so much. */
export const SKEW_MS = 5 * 60_000;
/** A message may not claim to be fresh for longer. */
const MAX_WINDOW_MS = 10 * 60_000;

const DS = 'http://www.w3.org/2000/09/xmldsig#';

export interface Timestamp {
  readonly element: XmlElement;
  /** Milliseconds since 1970; from then on no reader takes the message. */
  readonly until: number;
}

export type UsernameToken = { readonly username: string } & (
  | { readonly kind: 'text'; readonly password: string }
  | {
      readonly kind: 'digest';
      readonly digest: Buffer;
      readonly nonce: Buffer;
      /** As written: the digest is over the text. */
      readonly created: string;
      /** Milliseconds since 1970. */
      readonly createdAt: number;
    }
);

export interface SecurityHeader {
  readonly element: XmlElement;
  readonly timestamp: Timestamp | undefined;
  readonly usernameToken: UsernameToken | undefined;
  readonly signature: XmlElement | undefined;
}

export function isSecurityHeader(block: XmlElement): boolean {
  return block.name === 'Security' && block.namespace === WSSE;
}

export function refuseHeader(reason: string, at?: XmlElement): GatewayError {
  const place = at === undefined ? {} : { path: pathOf(at), line: at.line };
  return refuse('auth.ws-security', { reason }, place);
}

/**
 * @param now milliseconds since 1970
 * @returns undefined when there is none that is meant for us
 * @throws GatewayError `auth.ws-security`
 */
export function readSecurityHeader(request: SoapRequest, now: number): SecurityHeader | undefined {
  const found = (request.header?.children ?? []).filter(
    (one) => isSecurityHeader(one) && isForUs(one, request.version),
  );
  const [element, ...others] = found;
  if (element === undefined) return undefined;
  if (others.length > 0) throw refuseHeader('header.several', others[0]);
  const known = ['Timestamp', 'UsernameToken', 'Signature'] as const;
  const parts = new Map<string, XmlElement>();
  let tokens = 0;
  for (const child of element.children) {
    if (isNamed(child, 'BinarySecurityToken', WSSE) && tokens++ === 0) continue;
    const name = known.find((one) => isNamed(child, one, NAMESPACES[one]));
    if (name === undefined || parts.has(name)) throw refuseHeader('header.element', child);
    parts.set(name, child);
  }
  const timestamp = parts.get('Timestamp');
  const usernameToken = parts.get('UsernameToken');
  const signature = parts.get('Signature');
  if (usernameToken === undefined && signature === undefined) {
    throw refuseHeader('header.empty', element);
  }
  return {
    element,
    timestamp: timestamp && readTimestamp(timestamp, now),
    usernameToken: usernameToken && readUsernameToken(usernameToken),
    signature,
  };
}

const NAMESPACES = { Timestamp: WSU, UsernameToken: WSSE, Signature: DS } as const;

function isNamed(element: XmlElement, name: string, namespace: string): boolean {
  return element.name === name && element.namespace === namespace;
}

/** xs:dateTime with a zone; without one nobody knows when it was. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function readTime(element: XmlElement | undefined): number | undefined {
  const text = element?.children.length === 0 ? element.text.trim() : '';
  if (!TIME.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isFinite(time) ? time : undefined;
}

/** Created and Expires, both, in this order; fresh now. */
function readTimestamp(element: XmlElement, now: number): Timestamp {
  const [created, expires, ...more] = element.children;
  const isWhole = created !== undefined && expires !== undefined && more.length === 0;
  if (!isWhole || !isNamed(created, 'Created', WSU) || !isNamed(expires, 'Expires', WSU)) {
    throw refuseHeader('timestamp.form', element);
  }
  const from = readTime(created);
  const to = readTime(expires);
  if (from === undefined || to === undefined || to <= from) {
    throw refuseHeader('timestamp.form', element);
  }
  if (from > now + SKEW_MS) throw refuseHeader('timestamp.future', created);
  if (to + SKEW_MS <= now) throw refuseHeader('timestamp.expired', expires);
  if (to - from > MAX_WINDOW_MS) throw refuseHeader('timestamp.window', element);
  return { element, until: to + SKEW_MS };
}

/** Bounds before work: organ ids and tokens are short. */
const MAX_CHARS = 512;
const NONCE_BYTES = { least: 8, most: 128 } as const;
const SHA1_BYTES = 20;

function readUsernameToken(element: XmlElement): UsernameToken {
  const bad = (): GatewayError => refuseHeader('username-token.form', element);
  const texts = new Map<string, string>();
  let type = PASSWORD_TEXT;
  for (const child of element.children) {
    const isKnown = child.namespace === (child.name === 'Created' ? WSU : WSSE);
    const isOurs = ['Username', 'Password', 'Nonce', 'Created'].includes(child.name);
    if (!isKnown || !isOurs || texts.has(child.name) || child.children.length > 0) throw bad();
    if (child.text.length > MAX_CHARS) throw bad();
    texts.set(child.name, child.text);
    const written = child.attributes.find((one) => one.name === 'Type' && one.namespace === '');
    if (child.name === 'Password' && written !== undefined) type = written.value.trim();
  }
  const username = texts.get('Username')?.trim() ?? '';
  const password = texts.get('Password') ?? '';
  if (username === '' || password === '') throw bad();
  if (type === PASSWORD_TEXT) return { username, kind: 'text', password };
  const nonce = Buffer.from(texts.get('Nonce') ?? '', 'base64');
  const digest = Buffer.from(password, 'base64');
  const created = texts.get('Created') ?? '';
  const createdAt = readTime(element.children.find((one) => one.name === 'Created'));
  const isWhole =
    type === PASSWORD_DIGEST &&
    createdAt !== undefined &&
    nonce.length >= NONCE_BYTES.least &&
    nonce.length <= NONCE_BYTES.most &&
    digest.length === SHA1_BYTES;
  if (!isWhole) throw bad();
  return { username, kind: 'digest', digest, nonce, created, createdAt };
}
