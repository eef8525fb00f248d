/**
 * Messages with a WS-Security header, written and signed by hand in the manner of WSS4J, so that a test
 * can say exactly what is signed, and what is changed afterwards.
 *
 * @module
 */
import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { parseXml } from '../../src/xml/parse.js';
import type { SampleCertificate } from '../../src/xml/sample-authority.js';
import { scanXml } from '../../src/xml/scan.js';
import type { XmlDocument, XmlElement } from '../../src/xml/tree.js';
import { PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSU, X509_V3 } from '../../src/xml/ws-names.js';

export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
export const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXC = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const RSA = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const EC = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256';
const BASE64 =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary';

export const PING = '<Ping xmlns="urn:edxgate:gateway:1"><Echo>chào</Echo></Ping>';
const MINUTE = 60_000;

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** `wsu:Timestamp` with the Id TS-1, valid for five minutes. */
export function timestamp(created: number, expires = created + 5 * MINUTE): string {
  return `<wsu:Timestamp wsu:Id="TS-1"><wsu:Created>${instant(created)}</wsu:Created><wsu:Expires>${instant(expires)}</wsu:Expires></wsu:Timestamp>`;
}

export function security(content: string, attributes = 's:mustUnderstand="1"'): string {
  return `<wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" ${attributes}>${content}</wsse:Security>`;
}

export function message(header: string, body = PING, more = ''): string {
  return `<s:Envelope xmlns:s="${SOAP}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><s:Header>${header}${more}</s:Header><s:Body xmlns:wsu="${WSU}" wsu:Id="Body-1">${body}</s:Body></s:Envelope>`;
}

export function passwordText(username: string, password: string): string {
  return `<wsse:UsernameToken wsu:Id="UT-1"><wsse:Username>${username}</wsse:Username><wsse:Password Type="${PASSWORD_TEXT}">${password}</wsse:Password></wsse:UsernameToken>`;
}

export function passwordDigest(
  username: string,
  secret: string,
  created: string,
  nonce: Buffer,
): string {
  const digest = createHash('sha1').update(nonce).update(created).update(secret).digest('base64');
  return `<wsse:UsernameToken><wsse:Username>${username}</wsse:Username><wsse:Password Type="${PASSWORD_DIGEST}">${digest}</wsse:Password><wsse:Nonce EncodingType="${BASE64}">${nonce.toString('base64')}</wsse:Nonce><wsu:Created>${created}</wsu:Created></wsse:UsernameToken>`;
}

export function binaryToken(by: SampleCertificate, id = 'X509-1'): string {
  const base64 = new X509Certificate(by.certificatePem).raw.toString('base64');
  return `<wsse:BinarySecurityToken EncodingType="${BASE64}" ValueType="${X509_V3}" wsu:Id="${id}">${base64}</wsse:BinarySecurityToken>`;
}

export const DIRECT = `<wsse:Reference URI="#X509-1" ValueType="${X509_V3}"/>`;

export interface SignatureWish {
  readonly by: SampleCertificate;
  /** URIs of the references; Body and Timestamp by default. */
  readonly uris?: readonly string[];
  /** Content of the SecurityTokenReference; the token that comes along by default. */
  readonly token?: string;
  readonly digestUri?: string;
  readonly methodUri?: string;
  readonly form?: string;
  readonly prefixList?: string;
  /** Milliseconds since 1970. */
  readonly created?: number;
  readonly expires?: number;
  readonly body?: string;
  /** Beside Security in the Header. */
  readonly more?: string;
  readonly timestamp?: string;
  readonly attributes?: string;
  /** In the Security header, after the signature. */
  readonly extra?: string;
  /** Stands last in ds:Signature. */
  readonly object?: string;
}

const HASHES: Readonly<Record<string, string>> = {
  [SHA256]: 'sha256',
  [`${DS}sha1`]: 'sha1',
};

/** What is to be signed, with empty values: xmlsec1 fills it in as well. */
export function template(wish: SignatureWish): string {
  const form = wish.form ?? EXC;
  const list =
    wish.prefixList === undefined
      ? ''
      : `<ec:InclusiveNamespaces xmlns:ec="${EXC}" PrefixList="${wish.prefixList}"/>`;
  const isEc = createPrivateKey(wish.by.keyPem).asymmetricKeyType === 'ec';
  const references = (wish.uris ?? ['#Body-1', '#TS-1']).map(
    (uri) =>
      `<ds:Reference URI="${uri}"><ds:Transforms><ds:Transform Algorithm="${form}">${list}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${wish.digestUri ?? SHA256}"/><ds:DigestValue></ds:DigestValue></ds:Reference>`,
  );
  const created = wish.created ?? Date.now();
  const signature = `<ds:Signature xmlns:ds="${DS}" Id="SIG-1"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${form}">${list}</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${wish.methodUri ?? (isEc ? EC : RSA)}"/>${references.join('')}</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo Id="KI-1"><wsse:SecurityTokenReference wsu:Id="STR-1">${wish.token ?? DIRECT}</wsse:SecurityTokenReference></ds:KeyInfo>${wish.object ?? ''}</ds:Signature>`;
  const token = wish.token === undefined ? binaryToken(wish.by) : '';
  const time = wish.timestamp ?? timestamp(created, wish.expires);
  const header = security(`${token}${time}${signature}${wish.extra ?? ''}`, wish.attributes);
  return message(header, wish.body, wish.more);
}

function find(element: XmlElement, test: (one: XmlElement) => boolean): XmlElement | undefined {
  if (test(element)) return element;
  for (const child of element.children) {
    const found = find(child, test);
    if (found !== undefined) return found;
  }
  return undefined;
}

function bearing(doc: XmlDocument, id: string): XmlElement {
  const found = find(doc.root, (one) =>
    one.attributes.some(({ name, value }) => name === 'Id' && value === id),
  );
  if (found === undefined) throw new Error(`nothing bears ${id}`);
  return found;
}

/** The template with digests and value filled in; references to nothing get a digest of nothing. */
export function signedMessage(wish: SignatureWish): string {
  const text = template(wish);
  const prefixList = wish.prefixList?.split(' ').filter((one) => one !== '') ?? [];
  const options = {
    method: wish.form === undefined || wish.form === EXC ? 'exclusive' : 'inclusive',
    prefixList,
  } as const;
  const hash = HASHES[wish.digestUri ?? SHA256] ?? 'sha256';
  const doc = parseXml(scanXml(Buffer.from(text)));
  let filled = text;
  try {
    for (const uri of wish.uris ?? ['#Body-1', '#TS-1']) {
      const element = uri.startsWith('#') ? bearing(doc, uri.slice(1)) : doc.root;
      const digest = doc.canonicalDigest(element, options, hash).toString('base64');
      filled = filled.replace('<ds:DigestValue></', `<ds:DigestValue>${digest}</`);
    }
  } finally {
    doc.dispose();
  }
  const whole = parseXml(scanXml(Buffer.from(filled)));
  try {
    const info = find(whole.root, (one) => one.name === 'SignedInfo' && one.namespace === DS);
    if (info === undefined) throw new Error('no SignedInfo');
    const key = createPrivateKey(wish.by.keyPem);
    const hashName = wish.methodUri?.endsWith('sha1') === true ? 'sha1' : 'sha256';
    const value = sign(hashName, whole.canonical(info, options), {
      key,
      dsaEncoding: 'ieee-p1363',
    }).toString('base64');
    return filled.replace('<ds:SignatureValue></', `<ds:SignatureValue>${value}</`);
  } finally {
    whole.dispose();
  }
}
