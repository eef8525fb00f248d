/**
 * What the KeyInfo of a WS-Security signature says of the key: a certificate that comes along, or how
 * to find a registered one (WSS X.509 Certificate Token Profile 1.1 §3.2). It only selects: whether the
 * certificate speaks for anybody is asked elsewhere.
 *
 * Reasons: `structure.KeyInfo`, `structure.SecurityTokenReference`, `structure.X509Certificate`,
 * `reference.token`.
 *
 * @module
 */
import type { X509Certificate } from 'node:crypto';
import { type Certificate, MAX_CERTIFICATE_BYTES, readCertificate } from './certificates.js';
import { derChildren, expectTag, readDer, readOid, TAG } from './der.js';
import { DS } from './signature-algorithms.js';
import type { XmlDocument, XmlElement } from './tree.js';
import { idOf, soleBearer } from './ws-ids.js';
import { BASE64_BINARY, THUMBPRINT_SHA1, WSSE, X509_KEY_ID, X509_V3 } from './ws-names.js';

export type KeyReference =
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | {
      readonly kind: 'registered';
      /** Of those that `keyNames` gives a certificate. */
      readonly name: string;
    };

/** `ski:HEX`, `sha1:HEX` and `serial:HEX`: the ways in which a message may name a certificate. */
export function keyNames(x509: X509Certificate): string[] {
  const thumbprint = x509.fingerprint.replaceAll(':', '').toLowerCase();
  const ski = subjectKeyIdentifier(x509);
  return [
    `sha1:${thumbprint}`,
    serialName(BigInt(`0x${x509.serialNumber}`)),
    ...(ski === undefined ? [] : [`ski:${ski}`]),
  ];
}

function serialName(serial: bigint): string {
  return `serial:${serial.toString(16)}`;
}

const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';

function subjectKeyIdentifier(x509: X509Certificate): string | undefined {
  try {
    const [tbs] = derChildren(readDer(x509.raw));
    const list = derChildren(expectTag(tbs, TAG.sequence)).find((one) => one.tag === 0xa3);
    if (list === undefined) return undefined;
    for (const extension of derChildren(expectTag(derChildren(list)[0], TAG.sequence))) {
      const parts = derChildren(extension);
      if (readOid(parts[0]) !== SUBJECT_KEY_IDENTIFIER) continue;
      const value = readDer(expectTag(parts.at(-1), TAG.octetString).content);
      return expectTag(value, TAG.octetString).content.toString('hex');
    }
  } catch {
    return undefined;
  }
  return undefined;
}

/** @returns the reason when it is none of the forms that are taken */
export function readKeyReference(
  doc: XmlDocument,
  keyInfo: XmlElement | undefined,
  security: XmlElement,
): KeyReference | string {
  if (keyInfo?.name !== 'KeyInfo' || keyInfo.namespace !== DS) return 'structure.KeyInfo';
  const [reference, ...others] = keyInfo.children;
  if (reference === undefined || others.length > 0) return 'structure.KeyInfo';
  if (!isNamed(reference, 'SecurityTokenReference', WSSE)) return 'structure.KeyInfo';
  const [target, ...more] = reference.children;
  if (target === undefined || more.length > 0) return 'structure.SecurityTokenReference';
  if (isNamed(target, 'Reference', WSSE)) return ofToken(doc, target, security);
  if (isNamed(target, 'KeyIdentifier', WSSE)) return ofIdentifier(doc, target);
  if (isNamed(target, 'X509Data', DS)) return ofX509Data(doc, target);
  return 'structure.SecurityTokenReference';
}

function isNamed(element: XmlElement, name: string, namespace: string): boolean {
  return element.name === name && element.namespace === namespace;
}

function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name && one.namespace === '')?.value.trim();
}

/** The token must stand in the same header, and nothing else may bear its Id. */
function ofToken(
  doc: XmlDocument,
  reference: XmlElement,
  security: XmlElement,
): KeyReference | string {
  const id = idOf(attribute(reference, 'URI') ?? '');
  if (id === undefined) return 'reference.token';
  const token = soleBearer(doc.root, id);
  if (typeof token === 'string') return token;
  const isToken = isNamed(token, 'BinarySecurityToken', WSSE) && token.parent === security;
  if (!isToken || attribute(token, 'ValueType') !== X509_V3) return 'reference.token';
  return ofCertificate(doc, token);
}

function ofCertificate(doc: XmlDocument, element: XmlElement): KeyReference | string {
  const encoding = attribute(element, 'EncodingType') ?? BASE64_BINARY;
  const bytes = encoding === BASE64_BINARY ? decode(doc, element) : undefined;
  const certificate = bytes === undefined ? undefined : readCertificate(bytes);
  return certificate === undefined
    ? 'structure.X509Certificate'
    : { kind: 'certificate', certificate };
}

function decode(doc: XmlDocument, element: XmlElement): Buffer | undefined {
  const isSmall = element.text.length <= 2 * MAX_CERTIFICATE_BYTES;
  return isSmall && element.children.length === 0 ? doc.base64(element) : undefined;
}

function ofIdentifier(doc: XmlDocument, element: XmlElement): KeyReference | string {
  const type = attribute(element, 'ValueType');
  if (type === X509_V3) return ofCertificate(doc, element);
  const kind = type === X509_KEY_ID ? 'ski' : type === THUMBPRINT_SHA1 ? 'sha1' : undefined;
  const bytes = decode(doc, element);
  return kind === undefined || bytes === undefined || bytes.length < 8 || bytes.length > 64
    ? 'structure.SecurityTokenReference'
    : { kind: 'registered', name: `${kind}:${bytes.toString('hex')}` };
}

/** RFC 5280 §4.1.2.2: at most 20 octets. */
const SERIAL = /^\d{1,49}$/;

function ofX509Data(doc: XmlDocument, data: XmlElement): KeyReference | string {
  const [only, ...more] = data.children;
  if (only === undefined || more.length > 0) return 'structure.SecurityTokenReference';
  if (isNamed(only, 'X509Certificate', DS)) return ofCertificate(doc, only);
  if (!isNamed(only, 'X509IssuerSerial', DS)) return 'structure.SecurityTokenReference';
  // Names are written in too many ways to be compared; the key decides between equal numbers.
  const serial = only.children.find((one) => isNamed(one, 'X509SerialNumber', DS))?.text.trim();
  return serial === undefined || !SERIAL.test(serial)
    ? 'structure.SecurityTokenReference'
    : { kind: 'registered', name: serialName(BigInt(serial)) };
}
