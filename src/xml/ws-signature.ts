/**
 * The signature of a WS-Security header: over the Body of the envelope and the Timestamp of the same
 * header (WSS SOAP Message Security 1.1 §8; threats C, E, F and Q).
 *
 * Stricter than the standard, so that what was signed is what is used: every reference is a plain `#Id`
 * that exactly one node of the whole envelope bears, and the very two must be among these nodes.
 * Policies of WCF and CXF also sign the tokens of this header and the WS-Addressing headers beside it:
 * these may be signed too, each where it belongs, and nothing else. Exclusive canonical form only, no
 * SHA-1. Who the key belongs to is asked elsewhere.
 *
 * Reasons: those of signature-shape.ts, `structure.Object`, `algorithm.sha1`,
 * `algorithm.canonicalization`, `algorithm.transform`, `reference.uri`, `reference.unknown-id`,
 * `reference.repeated-id`, `reference.not-a-part`, `reference.repeated`, `reference.missing`, those of
 * ws-key-reference.ts, `value.mismatch`, `digest.mismatch`, `canonical-form.none`.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../model/issue.js';
import type { Certificate } from './certificates.js';
import { verifyBytes } from './signature-algorithms.js';
import { canonicalOptions } from './signature-references.js';
import { type ReferenceShape, readShape, type SignatureShape } from './signature-shape.js';
import type { XmlDocument, XmlElement } from './tree.js';
import { idOf, soleBearers } from './ws-ids.js';
import { type KeyReference, readKeyReference } from './ws-key-reference.js';
import { isAddressing, WSSE } from './ws-names.js';

/** What must be signed, and where the signature stands. */
export interface WsSigned {
  /** The header that is meant for us. */
  readonly security: XmlElement;
  /** `Body` of the envelope. */
  readonly body: XmlElement;
  /** The one child of `security`. */
  readonly timestamp: XmlElement;
  /** The one child of `security`. */
  readonly signature: XmlElement;
}

export interface WsSignature {
  readonly key: KeyReference;
  /**
   * @param candidates certificates that the key reference selects
   * @returns the one whose key made the signature, when all that is signed is unchanged; else the reason
   */
  verify(candidates: readonly Certificate[]): WsVerdict;
}

export type WsVerdict =
  | {
      readonly ok: true;
      readonly signer: Certificate;
      /**
       * SHA-256 of SignedInfo, hex: the same for every copy of the message. The value is not, since
       * anybody can turn an ECDSA value into another one that holds.
       */
      readonly signedInfo: string;
    }
  | { readonly ok: false; readonly reason: string };

export type WsSignatureAnswer =
  | { readonly ok: true; readonly signature: WsSignature }
  | { readonly ok: false; readonly reason: string };

interface Target {
  readonly element: XmlElement;
  readonly reference: ReferenceShape;
}

/** Everything that can be judged without a key. Never throws for what stands in the document. */
export function readWsSignature(doc: XmlDocument, signed: WsSigned): WsSignatureAnswer {
  const read = readShape(doc, signed.signature, () => []);
  if (!read.ok) return read;
  const { shape } = read;
  const [, , keyInfo, ...objects] = signed.signature.children;
  if (objects.length > 0) return no('structure.Object');
  const weakness = weaknessOf(shape);
  if (weakness !== undefined) return no(weakness);
  const targets = resolve(doc.root, signed, shape.references);
  if (typeof targets === 'string') return no(targets);
  const key = readKeyReference(doc, keyInfo, signed.security);
  if (typeof key === 'string') return no(key);
  return {
    ok: true,
    signature: {
      key,
      verify: (candidates) => verify(doc, shape, targets, candidates),
    },
  };
}

function no(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

function weaknessOf(shape: SignatureShape): string | undefined {
  const { form, method, references } = shape;
  if (method.hash === 'sha1' || references.some((one) => one.digest.hash === 'sha1')) {
    return 'algorithm.sha1';
  }
  if (form.method !== 'exclusive') return 'algorithm.canonicalization';
  return references.some((one) => one.enveloped || one.form.method !== 'exclusive')
    ? 'algorithm.transform'
    : undefined;
}

/** @returns all that is signed with its references, Body and Timestamp among it, or why not. */
function resolve(
  root: XmlElement,
  signed: WsSigned,
  references: readonly ReferenceShape[],
): readonly Target[] | string {
  const ids: string[] = [];
  for (const { uri } of references) {
    const id = idOf(uri);
    if (id === undefined) return 'reference.uri';
    ids.push(id);
  }
  const bearers = soleBearers(root, ids);
  const targets = new Map<XmlElement, Target>();
  for (const [index, reference] of references.entries()) {
    const element = bearers.get(ids[index] ?? '') ?? 'reference.unknown-id';
    if (typeof element === 'string') return element;
    if (!mayBeSigned(element, signed)) return 'reference.not-a-part';
    if (targets.has(element)) return 'reference.repeated';
    targets.set(element, { element, reference });
  }
  const isWhole = targets.has(signed.body) && targets.has(signed.timestamp);
  return isWhole ? [...targets.values()] : 'reference.missing';
}

/** By the very node for what is used, by name and place for what is not. */
function mayBeSigned(element: XmlElement, { security, body, timestamp }: WsSigned): boolean {
  if (element === body || element === timestamp) return true;
  if (element.parent === security) {
    const isToken = element.name === 'BinarySecurityToken' || element.name === 'UsernameToken';
    return isToken && element.namespace === WSSE;
  }
  return element.parent === security.parent && isAddressing(element);
}

function verify(
  doc: XmlDocument,
  shape: SignatureShape,
  targets: readonly Target[],
  candidates: readonly Certificate[],
): WsVerdict {
  try {
    const { method, value } = shape;
    const data = doc.canonical(shape.signedInfo, canonicalOptions(shape.form));
    const signer = candidates.find(
      ({ key, keyProblem }) =>
        key !== undefined && keyProblem === undefined && verifyBytes(method, key, data, value),
    );
    if (signer === undefined) return no('value.mismatch');
    const changed = targets.some(({ element, reference }) => {
      const { digest, form, value: expected } = reference;
      const found = doc.canonicalDigest(element, canonicalOptions(form), digest.hash);
      return found.length !== expected.length || !timingSafeEqual(found, expected);
    });
    if (changed) return no('digest.mismatch');
    return { ok: true, signer, signedInfo: createHash('sha256').update(data).digest('hex') };
  } catch (error) {
    // libxml2 has no form for it (a relative namespace URI); an empty form would be forgeable.
    if (error instanceof GatewayError) return no('canonical-form.none');
    throw error;
  }
}
