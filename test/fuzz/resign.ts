/**
 * Signs a changed SignedInfo anew with the sender's key, so that a mutation of it gets past the value
 * and the rule behind it is reached. The digests stay as they are: what is signed does not change.
 *
 * @module
 */
import { constants, type KeyObject, sign } from 'node:crypto';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import type { XmlDocument, XmlElement } from '../../src/xml/tree.js';
import { certificate, privateKey } from '../unit/xml/signature-kit.js';
import { type Element, elementsOf, put } from './markup.js';

interface Key {
  readonly privateKey: KeyObject;
  readonly certificate: string;
}

const RSA = keyOf('sender-rsa');
const EC = keyOf('sender-ec');

function keyOf(name: string): Key {
  return {
    privateKey: privateKey(name),
    certificate: certificate(name).raw.toString('base64'),
  };
}

/** @returns the text with a fresh value and certificate; the same text when it cannot be signed */
export function resign(text: string): string {
  const data = signedInfoOf(text);
  if (data === undefined) return text;
  const { method } = data;
  const key = method.includes('#ecdsa') ? EC : RSA;
  const hash = /sha(?:1|256|384|512)$/.exec(method)?.[0] ?? 'sha256';
  const options = method.includes('MGF1')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    : {};
  const value = sign(hash, data.bytes, {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
    ...options,
  }).toString('base64');
  return replace(replace(text, 'X509Certificate', key.certificate), 'SignatureValue', value);
}

function replace(text: string, name: string, content: string): string {
  const at: Element | undefined = elementsOf(text).find(({ local }) => local === name);
  return at === undefined ? text : put(text, at.content, content);
}

function signedInfoOf(
  text: string,
): { readonly bytes: Buffer; readonly method: string } | undefined {
  let doc: XmlDocument | undefined;
  try {
    doc = parseXml(scanXml(Buffer.from(text, 'latin1')));
    const info = find(doc.root, 'SignedInfo');
    const form = info && find(info, 'CanonicalizationMethod');
    if (info === undefined || form === undefined) return undefined;
    const list = find(form, 'InclusiveNamespaces')?.attributes[0]?.value.split(/\s/) ?? [];
    const bytes = doc.canonical(info, {
      method: algorithmOf(form).includes('xml-exc-c14n') ? 'exclusive' : 'inclusive',
      prefixList: list.filter((one) => one !== ''),
    });
    const method = find(info, 'SignatureMethod');
    return { bytes, method: method === undefined ? '' : algorithmOf(method) };
  } catch {
    // Not well-formed any more: there is nothing to sign.
    return undefined;
  } finally {
    doc?.dispose();
  }
}

function algorithmOf(element: XmlElement): string {
  return element.attributes.find(({ name }) => name === 'Algorithm')?.value ?? '';
}

function find(root: XmlElement, name: string): XmlElement | undefined {
  if (root.name === name) return root;
  for (const child of root.children) {
    const found = find(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
