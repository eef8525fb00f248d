/**
 * Test help: judges a text, and forges signatures that hold in every respect but the one under test.
 *
 * @module
 */
import { createHmac, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { locate } from '../../../src/edxml/locate.js';
import type { SignatureVerdict } from '../../../src/model/signature.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import type { XmlDocument, XmlElement } from '../../../src/xml/tree.js';
import { TrustStore } from '../../../src/xml/trust.js';
import { type SignatureTrust, verifySignature } from '../../../src/xml/verify-signature.js';
import { insertSignature, SENDER, UNSIGNED } from '../../tools/signature-package.js';

export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
export const NOW = Date.UTC(2026, 10, 24);

export function fixture(path: string): string {
  return readFileSync(`fixtures/${path}`, 'utf8');
}

export function certificate(name: string): X509Certificate {
  return new X509Certificate(fixture(`keys/${name}.pem`));
}

export function privateKey(name: string): KeyObject {
  return createPrivateKey(fixture(`keys/${name}.key.pem`));
}

export const TRUST: SignatureTrust = {
  store: TrustStore.from(
    [Buffer.from(fixture('keys/authority.pem'))],
    [Buffer.from(fixture('keys/authority.crl.pem'))],
  ),
  from: SENDER,
  registered: [],
  at: NOW,
  allowSha1: false,
};

export function judge(
  text: string | Uint8Array,
  changes: Partial<SignatureTrust> = {},
): SignatureVerdict {
  const doc = parseXml(scanXml(typeof text === 'string' ? Buffer.from(text) : text));
  try {
    return verifySignature(doc, locate(doc), { ...TRUST, ...changes });
  } finally {
    doc.dispose();
  }
}

/** `invalid digest.mismatch`: class and first reason in one, for a table of expectations. */
export function shortly(verdict: SignatureVerdict): string {
  return [verdict.class, ...verdict.reasons.slice(0, 1)].join(' ');
}

export interface ForgedReference {
  readonly uri: string | undefined;
  /** Id of the element that is really digested; the root when absent. */
  readonly target?: string;
  /** Algorithms of its transforms; enveloped and exclusive for `URI=""`, else exclusive. */
  readonly transforms?: readonly string[];
  /** Digested in inclusive form. */
  readonly inclusive?: boolean;
  readonly digest?: string;
  readonly hash?: string;
  /** Attributes besides URI. */
  readonly more?: string;
}

export interface Forgery {
  readonly unsigned?: string;
  readonly references?: readonly ForgedReference[];
  readonly canonicalization?: string;
  readonly method?: string;
  /** Makes the value of the canonical form of SignedInfo. */
  readonly value?: (signedInfo: Buffer) => Buffer;
  /** Content of KeyInfo; the certificate of the sender by default. */
  readonly keyInfo?: string;
  /** What follows KeyInfo. */
  readonly objects?: string;
  /** Applied to the SignedInfo before it is signed. */
  readonly edit?: (signedInfo: string) => string;
  /** Puts the signature into the text. */
  readonly insert?: (unsigned: string, signature: string) => string;
}

export const X509_SENDER = x509('sender-ec');

export function x509(...names: readonly string[]): string {
  const list = names.map((name) => certificate(name).raw.toString('base64'));
  return `<X509Data>${list.map((one) => `<X509Certificate>${one}</X509Certificate>`).join('')}</X509Data>`;
}

/** ECDSA value by a key of fixtures/keys. */
export function ecdsa(name: string): (data: Buffer) => Buffer {
  return (data) => sign('sha256', data, { key: privateKey(name), dsaEncoding: 'ieee-p1363' });
}

export function hmac(key: string | Buffer): (data: Buffer) => Buffer {
  return (data) => createHmac('sha256', key).update(data).digest();
}

function find(root: XmlElement, test: (one: XmlElement) => boolean): XmlElement {
  const open = [root];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (test(at)) return at;
    open.push(...at.children);
  }
  throw new Error('not found');
}

function withDocument<T>(text: string, work: (doc: XmlDocument) => T): T {
  const doc = parseXml(scanXml(Buffer.from(text)));
  try {
    return work(doc);
  } finally {
    doc.dispose();
  }
}

const isSignature = (one: XmlElement): boolean => one.name === 'Signature' && one.namespace === DS;

/** Signs the fixture package: every digest is right, and so is the value, whatever else is wrong. */
export function forge(forgery: Forgery = {}): string {
  const { unsigned = UNSIGNED, references = [{ uri: '' }], insert = insertSignature } = forgery;
  const { canonicalization = EXCLUSIVE, method = `${MORE}ecdsa-sha256` } = forgery;
  const assemble = (info: string, value: string): string =>
    insert(
      unsigned,
      `<Signature xmlns="${DS}">${info}<SignatureValue>${value}</SignatureValue>` +
        `<KeyInfo>${forgery.keyInfo ?? X509_SENDER}</KeyInfo>${forgery.objects ?? ''}</Signature>`,
    );
  const bare = assemble('<SignedInfo/>', '');
  const digests = withDocument(bare, (doc) =>
    references.map((reference) => digestOf(doc, reference)),
  );
  const edit = forgery.edit ?? ((text) => text);
  const info = edit(
    `<SignedInfo><CanonicalizationMethod Algorithm="${canonicalization}"/>` +
      `<SignatureMethod Algorithm="${method}"/>` +
      references.map((one, i) => referenceText(one, digests[i] ?? '')).join('') +
      '</SignedInfo>',
  );
  const data = withDocument(assemble(info, ''), (doc) =>
    doc.canonical(
      find(doc.root, (one) => one.name === 'SignedInfo'),
      { method: canonicalization === INCLUSIVE ? 'inclusive' : 'exclusive' },
    ),
  );
  return assemble(info, (forgery.value ?? ecdsa('sender-ec'))(data).toString('base64'));
}

function digestOf(doc: XmlDocument, reference: ForgedReference): string {
  const { target, hash = 'sha256', inclusive = false } = reference;
  const byId = (one: XmlElement): boolean =>
    one.attributes.some(({ name, value }) => name.toLowerCase() === 'id' && value === target);
  const element = target === undefined ? doc.root : find(doc.root, byId);
  const signature = find(doc.root, isSignature);
  const inside = ((): boolean => {
    let at: XmlElement | undefined = signature;
    while (at !== undefined && at !== element) at = at.parent;
    return at === element && element !== signature;
  })();
  const options = { method: inclusive ? 'inclusive' : 'exclusive', prefixList: [] } as const;
  const without = inside ? { without: signature } : {};
  return doc.canonicalDigest(element, { ...options, ...without }, hash).toString('base64');
}

function referenceText(reference: ForgedReference, digest: string): string {
  const { uri, digest: algorithm = SHA256, more = '' } = reference;
  const fallback = uri === '' ? [`${DS}enveloped-signature`, EXCLUSIVE] : [EXCLUSIVE];
  const steps = (reference.transforms ?? fallback).map((one) => `<Transform Algorithm="${one}"/>`);
  const transforms = steps.length === 0 ? '' : `<Transforms>${steps.join('')}</Transforms>`;
  const attribute = uri === undefined ? '' : ` URI="${uri}"`;
  return (
    `<Reference${attribute}${more}>${transforms}<DigestMethod Algorithm="${algorithm}"/>` +
    `<DigestValue>${digest}</DigestValue></Reference>`
  );
}
