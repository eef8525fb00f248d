/**
 * Creates XML signatures with xml-crypto: of packages that we write for others, and of texts of our
 * own where speed does not count. SHA-256, exclusive canonical form; RSA or ECDSA by the key.
 *
 * Only for texts that are already known to be well-formed: the input is scanned and parsed by our own
 * parser first, since xml-crypto's repairs what is broken. The text comes back as xml-crypto writes it:
 * the same document, not always the same bytes.
 *
 * @module
 */
import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { SIGNED_PARTS, type SignedPart } from '../model/signature.js';
import { parseXml } from './parse.js';
import { keyInfoContent, methodFor, type SigningKey, signBytes } from './receipt-signature.js';
import { scanXml } from './scan.js';
import {
  ECDSA_SHA256,
  ENVELOPED,
  EXC_C14N,
  SHA256_DIGEST,
  SIGNATURE_METHODS,
  verifyBytes,
} from './signature-algorithms.js';
import { findSignatures } from './signature-search.js';
import { childOf, type XmlElement } from './tree.js';

export {
  type OwnSignature,
  receiptSignature,
  type SigningKey,
  verifyReceiptSignature,
} from './receipt-signature.js';

export interface PackageSigning {
  /** `document`: one reference over everything; or one reference, by Id, for each part that is there. */
  readonly references: 'document' | readonly SignedPart[];
}

/** Local names from the root down to each part. */
const PATHS: Readonly<Record<SignedPart, readonly string[]>> = {
  edXML: [],
  edXMLEnvelope: ['edXMLEnvelope'],
  MessageHeader: ['edXMLEnvelope', 'edXMLHeader', 'MessageHeader'],
  TraceHeaderList: ['edXMLEnvelope', 'edXMLHeader', 'TraceHeaderList'],
  Bussiness: ['edXMLEnvelope', 'edXMLHeader', 'TraceHeaderList', 'Bussiness'],
  edXMLBody: ['edXMLEnvelope', 'edXMLBody'],
  edXMLManifest: ['edXMLEnvelope', 'edXMLBody', 'edXMLManifest'],
  AttachmentEncoded: ['AttachmentEncoded'],
};
const HEADER_PATH = ['edXMLEnvelope', 'edXMLHeader'];

/**
 * Signs a package: the Signature becomes the last child of edXMLHeader. Parts without an Id get one.
 *
 * @param xml an edXML package in QCVN spelling, without any signature
 * @param certificate written into KeyInfo; its key must be that of `key`
 * @throws GatewayError as scanXml and parseXml; TypeError when the package holds a signature or none of
 *   the parts, or key and certificate do not fit
 */
export function signPackage(
  xml: Uint8Array,
  key: KeyObject,
  certificate: X509Certificate,
  options: PackageSigning,
): Buffer {
  if (!createPublicKey(key).equals(certificate.publicKey)) {
    throw new TypeError('the certificate is not that of the key');
  }
  const parts = presentParts(xml, options);
  const signer = newSigner({ privateKey: key, certificate });
  if (options.references === 'document') addDocument(signer);
  for (const part of parts) {
    signer.addReference({
      xpath: xpathOf(PATHS[part]),
      // The envelope and the root hold the signature; the others cannot.
      transforms: part === 'edXML' || part === 'edXMLEnvelope' ? [ENVELOPED, EXC_C14N] : [EXC_C14N],
      digestAlgorithm: SHA256_DIGEST,
    });
  }
  const reference = xpathOf(HEADER_PATH);
  signer.computeSignature(textOf(xml), { location: { reference, action: 'append' } });
  return Buffer.from(signer.getSignedXml());
}

/** @returns the parts to sign by Id that the package has; [] when the whole document is signed */
function presentParts(xml: Uint8Array, { references }: PackageSigning): SignedPart[] {
  const doc = parseXml(scanXml(xml));
  try {
    const { root } = doc;
    const found = findSignatures(root);
    if (found.real.length + found.lookalikes.length > 0 || found.hasSlot) {
      throw new TypeError('the package holds a signature already');
    }
    if (descend(root, HEADER_PATH) === undefined) throw new TypeError('there is no edXMLHeader');
    if (references === 'document') return [];
    // xml-crypto names parts without an Id _0, _1 and so on, without looking at the others.
    if ([...found.ids.keys()].some((id) => /^_\d+$/.test(id))) {
      throw new TypeError('Ids such as _0 are ours to give');
    }
    const parts = SIGNED_PARTS.filter(
      (part) => references.includes(part) && descend(root, PATHS[part]) !== undefined,
    );
    if (parts.length === 0) throw new TypeError('the package has none of the parts to sign');
    return parts;
  } finally {
    doc.dispose();
  }
}

/** Every step must be the only one of its name: the XPath of the reference would take them all. */
function descend(root: XmlElement, path: readonly string[]): XmlElement | undefined {
  let at: XmlElement | undefined = root;
  for (const name of path) {
    const same: readonly XmlElement[] = at?.children.filter((one) => one.name === name) ?? [];
    if (same.length > 1) throw new TypeError(`${name} stands there twice`);
    at = childOf(at, name);
  }
  return at;
}

function xpathOf(path: readonly string[]): string {
  return ['/*', ...path.map((name) => `*[local-name()='${name}']`)].join('/');
}

/**
 * Signs a text of our own as a whole: an enveloped Signature as the last child of its root.
 *
 * @param keyName written as KeyName when given
 */
export function signDetachedRoot(
  xml: string,
  key: KeyObject,
  certificate: X509Certificate | undefined,
  keyName?: string,
): string {
  const signer = newSigner({
    privateKey: key,
    ...(keyName === undefined ? {} : { id: keyName }),
    ...(certificate === undefined ? {} : { certificate }),
  });
  addDocument(signer);
  signer.computeSignature(xml, { location: { reference: '/*', action: 'append' } });
  return signer.getSignedXml();
}

function addDocument(signer: SignedXml): void {
  signer.addReference({
    xpath: '/*',
    isEmptyUri: true,
    transforms: [ENVELOPED, EXC_C14N],
    digestAlgorithm: SHA256_DIGEST,
  });
}

function newSigner(key: SigningKey): SignedXml {
  const signer = new SignedXml({
    privateKey: key.privateKey,
    signatureAlgorithm: methodFor(key.privateKey),
    canonicalizationAlgorithm: EXC_C14N,
    getKeyInfoContent: () => keyInfoContent(key) || null,
  });
  signer.SignatureAlgorithms[ECDSA_SHA256] = EcdsaSha256;
  return signer;
}

/** xml-crypto has no ECDSA of its own. */
class EcdsaSha256 {
  getAlgorithmName(): string {
    return ECDSA_SHA256;
  }

  getSignature(data: unknown, key: unknown): string {
    return signBytes(Buffer.from(data as string), key as KeyObject);
  }

  verifySignature(data: string, key: unknown, value: string): boolean {
    const method = SIGNATURE_METHODS.get(ECDSA_SHA256);
    const publicKey = createPublicKey(key as KeyObject);
    return (
      method !== undefined &&
      verifyBytes(method, publicKey, Buffer.from(data), Buffer.from(value, 'base64'))
    );
  }
}

function textOf(xml: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(xml);
}
