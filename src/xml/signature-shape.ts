/**
 * What a ds:Signature says, read strictly: each element exactly where and as often as XML-DSig §4 has
 * it, nothing else, and every algorithm from an allow list. Nothing is computed here.
 *
 * Reasons for `placeholder`: `placeholder.empty`, `placeholder.value`, `placeholder.certificate`.
 * Reasons for `invalid`: `structure.NAME` (of the element that is wrong), `structure.comment`,
 * `structure.text`, `algorithm.canonicalization`, `algorithm.signature`, `algorithm.digest`,
 * `algorithm.transform`, `digest.length`, `references.count`, `certificates.count`.
 *
 * @module
 */
import { type Certificate, MAX_CERTIFICATE_BYTES, readCertificate } from './certificates.js';
import { ElementView } from './element.js';
import { NODE, read32, TYPE } from './libxml2.js';
import {
  CANONICAL_METHODS,
  DIGEST_METHODS,
  type DigestMethod,
  DS,
  DS11,
  ENVELOPED,
  EXC_C14N,
  SIGNATURE_METHODS,
  type SignatureMethod,
} from './signature-algorithms.js';
import type { CanonicalMethod, XmlDocument, XmlElement } from './tree.js';

export interface CanonicalForm {
  readonly method: CanonicalMethod;
  readonly prefixList: readonly string[];
}

export interface ReferenceShape {
  readonly uri: string;
  /** The signature itself is left out of what is digested. */
  readonly enveloped: boolean;
  readonly form: CanonicalForm;
  readonly digest: DigestMethod;
  readonly value: Buffer;
}

export interface SignatureShape {
  readonly signedInfo: XmlElement;
  readonly form: CanonicalForm;
  readonly method: SignatureMethod;
  readonly references: readonly ReferenceShape[];
  readonly value: Buffer;
  /** Those of KeyInfo, in order, each once. */
  readonly certificates: readonly Certificate[];
}

export type ShapeAnswer =
  | { readonly ok: true; readonly shape: SignatureShape }
  | {
      readonly ok: false;
      readonly class: 'placeholder' | 'invalid';
      readonly reason: string;
      /** As written, when it could be read. */
      readonly algorithm: string | undefined;
    };

/** References of real packages: one, or one for each of eight parts. Threats rule 6. */
const MAX_REFERENCES = 16;
const MAX_CERTIFICATES = 4;
const MAX_PREFIXES = 16;
/** RSA of 8192 bits has 1,368 characters of base64, plus line breaks. Ours. */
const MAX_VALUE_CHARS = 4096;
const MAX_CERTIFICATE_CHARS = 2 * MAX_CERTIFICATE_BYTES;
/** Elements of a signature, all told; sixteen references have about 120. Ours. */
const MAX_ELEMENTS = 400;

/** Anything but white space of XML, which is less than what `trim` takes away. */
const HAS_CHARACTERS = /[^\t\n\r ]/;

class Broken extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** Reads the certificates out of a KeyInfo; throws nothing for what it does not take. */
export type KeyInfoReader = (doc: XmlDocument, keyInfo: XmlElement) => Certificate[];

/** @param readKeys what takes the place of the rules for KeyInfo of a package */
export function readShape(
  doc: XmlDocument,
  signature: XmlElement,
  readKeys: KeyInfoReader = readKeyInfo,
): ShapeAnswer {
  const placeholder = placeholderReason(doc, signature);
  const algorithm = algorithmOf(signature);
  if (placeholder !== undefined) {
    return { ok: false, class: 'placeholder', reason: placeholder, algorithm };
  }
  try {
    return { ok: true, shape: readSignature(doc, signature, readKeys) };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { ok: false, class: 'invalid', reason: error.reason, algorithm };
  }
}

function named(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((one) => one.name === name && one.namespace === DS);
}

function algorithmOf(signature: XmlElement): string | undefined {
  const method = named(signature, 'SignedInfo').flatMap((one) => named(one, 'SignatureMethod'))[0];
  const text = method?.attributes.find((one) => one.name === 'Algorithm' && one.namespace === '');
  return text !== undefined && SIGNATURE_METHODS.has(text.value) ? text.value : undefined;
}

function certificateElements(signature: XmlElement): XmlElement[] {
  return named(signature, 'KeyInfo')
    .flatMap((one) => named(one, 'X509Data'))
    .flatMap((one) => named(one, 'X509Certificate'));
}

/** The SDK's samples carry copied values and cut-off certificates: nobody meant those as a signature. */
function placeholderReason(doc: XmlDocument, signature: XmlElement): string | undefined {
  if (signature.children.length === 0) return 'placeholder.empty';
  const values = named(signature, 'SignatureValue');
  if (values.every((one) => (decode(doc, one, MAX_VALUE_CHARS)?.length ?? 0) === 0)) {
    return 'placeholder.value';
  }
  const certificates = certificateElements(signature);
  return certificates.length <= MAX_CERTIFICATES &&
    certificates.some((one) => certificateOf(doc, one) === undefined)
    ? 'placeholder.certificate'
    : undefined;
}

function decode(doc: XmlDocument, element: XmlElement, maxChars: number): Buffer | undefined {
  if (element.children.length > 0 || element.text.length > maxChars) return undefined;
  return doc.base64(element);
}

/** Certificates by their base64 text as written: the same few come with every package. */
const written = new Map<string, Certificate>();
const MAX_WRITTEN = 256;
const MAX_WRITTEN_CHARS = 8192;

function certificateOf(doc: XmlDocument, element: XmlElement): Certificate | undefined {
  const known = element.children.length === 0 ? written.get(element.text) : undefined;
  if (known !== undefined) return known;
  const bytes = decode(doc, element, MAX_CERTIFICATE_CHARS);
  const certificate = bytes === undefined ? undefined : readCertificate(bytes);
  if (certificate !== undefined && element.text.length <= MAX_WRITTEN_CHARS) {
    if (written.size >= MAX_WRITTEN) written.clear();
    written.set(element.text, certificate);
  }
  return certificate;
}

function readSignature(
  doc: XmlDocument,
  signature: XmlElement,
  readKeys: KeyInfoReader,
): SignatureShape {
  checkNodes(signature);
  checkAttributes(signature, ['Id']);
  const [signedInfo, value, keyInfo, ...objects] = signature.children;
  const info = expectElement(signedInfo, 'SignedInfo', ['Id']);
  const valueElement = expectElement(value, 'SignatureValue', ['Id']);
  const hasKeyInfo = keyInfo?.name === 'KeyInfo';
  for (const object of hasKeyInfo || keyInfo === undefined ? objects : [keyInfo, ...objects]) {
    checkObject(object);
  }
  const [canonicalization, method, ...references] = info.children;
  if (references.length < 1 || references.length > MAX_REFERENCES) {
    throw new Broken('references.count');
  }
  const signatureMethod = expectElement(method, 'SignatureMethod', ['Algorithm']);
  expectChildren(signatureMethod, 0);
  const bytes = decode(doc, valueElement, MAX_VALUE_CHARS);
  if (bytes === undefined) throw new Broken('structure.SignatureValue');
  return {
    signedInfo: info,
    form: readForm(expectElement(canonicalization, 'CanonicalizationMethod', ['Algorithm'])),
    method: lookUp(SIGNATURE_METHODS, signatureMethod, 'algorithm.signature'),
    references: references.map((one) => readReference(doc, one)),
    value: bytes,
    certificates: hasKeyInfo ? readKeys(doc, keyInfo) : [],
  };
}

/** Bounds first; then no comment, no stray text: what a person reads must be what is verified. */
function checkNodes(signature: XmlElement): void {
  const open = [signature];
  let count = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (++count > MAX_ELEMENTS) throw new Broken('structure.Signature');
    if (holdsComment(at)) throw new Broken('structure.comment');
    if (at.children.length > 0 && HAS_CHARACTERS.test(at.text)) throw new Broken('structure.text');
    open.push(...at.children);
  }
}

/** Anything but elements, text and CDATA among the element's own children. */
function holdsComment(element: XmlElement): boolean {
  if (!(element instanceof ElementView)) throw new TypeError('not an element of a parsed document');
  for (let at = read32(element.node + NODE.children); at !== 0; at = read32(at + NODE.next)) {
    const type = read32(at + NODE.type);
    if (type !== TYPE.element && type !== TYPE.text && type !== TYPE.cdata) return true;
  }
  return false;
}

function expectElement(
  element: XmlElement | undefined,
  name: string,
  attributes: readonly string[],
): XmlElement {
  if (element === undefined || element.name !== name || element.namespace !== DS) {
    throw new Broken(`structure.${name}`);
  }
  checkAttributes(element, attributes);
  return element;
}

function checkAttributes(element: XmlElement, allowed: readonly string[]): void {
  for (const { name, namespace } of element.attributes) {
    if (namespace !== '' || !allowed.includes(name)) throw new Broken(`structure.${element.name}`);
  }
}

function expectChildren(element: XmlElement, count: number): void {
  if (element.children.length !== count) throw new Broken(`structure.${element.name}`);
}

function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name && one.namespace === '')?.value;
}

function lookUp<T>(table: ReadonlyMap<string, T>, element: XmlElement, reason: string): T {
  const found = table.get(attribute(element, 'Algorithm') ?? '');
  if (found === undefined) throw new Broken(reason);
  return found;
}

/** CanonicalizationMethod or Transform with a canonical form; exclusive form may name prefixes. */
function readForm(element: XmlElement, reason = 'algorithm.canonicalization'): CanonicalForm {
  const method = lookUp(CANONICAL_METHODS, element, reason);
  const [inclusive, ...more] = element.children;
  if (inclusive === undefined) return { method, prefixList: [] };
  const isList = inclusive.name === 'InclusiveNamespaces' && inclusive.namespace === EXC_C14N;
  if (method !== 'exclusive' || !isList || more.length > 0) throw new Broken(reason);
  checkAttributes(inclusive, ['PrefixList']);
  expectChildren(inclusive, 0);
  const text = attribute(inclusive, 'PrefixList') ?? '';
  const prefixList = text.split(/[\t\n\r ]/).filter((one) => one !== '');
  if (prefixList.length > MAX_PREFIXES) throw new Broken(reason);
  return { method, prefixList };
}

function readReference(doc: XmlDocument, element: XmlElement): ReferenceShape {
  // Type is a hint that nobody has to believe; what counts is the node the URI names.
  expectElement(element, 'Reference', ['Id', 'URI', 'Type']);
  const uri = attribute(element, 'URI');
  const children = [...element.children];
  const transforms = children[0]?.name === 'Transforms' ? children.shift() : undefined;
  const [method, value, ...more] = children;
  const digestMethod = expectElement(method, 'DigestMethod', ['Algorithm']);
  const digestValue = expectElement(value, 'DigestValue', []);
  expectChildren(digestMethod, 0);
  if (uri === undefined || more.length > 0) throw new Broken('structure.Reference');
  const digest = lookUp(DIGEST_METHODS, digestMethod, 'algorithm.digest');
  const bytes = decode(doc, digestValue, MAX_VALUE_CHARS);
  if (bytes?.length !== digest.sizeBytes) throw new Broken('digest.length');
  return { uri, ...readTransforms(transforms), digest, value: bytes };
}

/**
 * At most enveloped-signature and then one canonical form. Without a canonical form the implied one is
 * Canonical XML 1.0 (XML-DSig §4.4.3.2).
 */
function readTransforms(
  transforms: XmlElement | undefined,
): Pick<ReferenceShape, 'enveloped' | 'form'> {
  const implied: CanonicalForm = { method: 'inclusive', prefixList: [] };
  if (transforms === undefined) return { enveloped: false, form: implied };
  const steps = [...expectElement(transforms, 'Transforms', []).children];
  if (steps.length < 1 || steps.length > 2) throw new Broken('algorithm.transform');
  for (const step of steps) expectElement(step, 'Transform', ['Algorithm']);
  const [first] = steps;
  const enveloped = first !== undefined && attribute(first, 'Algorithm') === ENVELOPED;
  if (enveloped) {
    expectChildren(first, 0);
    steps.shift();
  }
  const [last, ...more] = steps;
  if (more.length > 0) throw new Broken('algorithm.transform');
  return { enveloped, form: last === undefined ? implied : readForm(last, 'algorithm.transform') };
}

/** KeyInfo only ever selects. A bare key in it is looked at by nobody; RetrievalMethod is refused. */
function readKeyInfo(doc: XmlDocument, keyInfo: XmlElement): Certificate[] {
  expectElement(keyInfo, 'KeyInfo', ['Id']);
  for (const child of keyInfo.children) {
    if (child.namespace !== DS) throw new Broken('structure.KeyInfo');
    if (child.name === 'KeyName') expectChildren(child, 0);
    else if (child.name === 'KeyValue') checkKeyValue(child);
    else if (child.name === 'X509Data') child.children.forEach(checkX509);
    else throw new Broken('structure.KeyInfo');
  }
  const elements = certificateElements(keyInfo.parent ?? keyInfo);
  if (elements.length > MAX_CERTIFICATES) throw new Broken('certificates.count');
  const certificates = new Map<string, Certificate>();
  for (const element of elements) {
    const certificate = certificateOf(doc, element);
    if (certificate === undefined) throw new Broken('structure.X509Certificate');
    certificates.set(certificate.fingerprint, certificate);
  }
  return [...certificates.values()];
}

function checkKeyValue(element: XmlElement): void {
  const [key, ...more] = element.children;
  const isRsa = key?.name === 'RSAKeyValue' && key.namespace === DS;
  const isEc = key?.name === 'ECKeyValue' && key.namespace === DS11;
  if ((!isRsa && !isEc) || more.length > 0) throw new Broken('structure.KeyValue');
}

/** xmlsec1 leaves X509SubjectName and X509IssuerSerial empty when it has nothing to write. */
const X509_NAMES: ReadonlySet<string> = new Set([
  'X509Certificate',
  'X509SubjectName',
  'X509IssuerSerial',
  'X509SKI',
  'X509CRL',
]);

function checkX509(element: XmlElement): void {
  if (element.namespace !== DS || !X509_NAMES.has(element.name)) {
    throw new Broken('structure.X509Data');
  }
  checkAttributes(element, []);
}

/** A signing time that nobody reads is tolerated: it occurs in an official sample. */
function checkObject(object: XmlElement): void {
  expectElement(object, 'Object', ['Id']);
  for (const properties of object.children) {
    const isOurs = properties.namespace === DS || properties.namespace === '';
    if (!isOurs || properties.name !== 'SignatureProperties') throw new Broken('structure.Object');
    const open = [...properties.children];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      // No second copy of a part of the package may hide here.
      if (at.namespace !== DS && at.namespace !== '') throw new Broken('structure.Object');
      open.push(...at.children);
    }
  }
}
