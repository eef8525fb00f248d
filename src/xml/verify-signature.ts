/**
 * The class of a package's signature (design: Signatures; XML-DSig; threats B to K).
 *
 * Works on the one tree that everything else reads, so that what holds here is what is stored and
 * shown. Allow lists come before any computing, the signature value before the digests, so that a
 * forged one costs a single verification however big the package is.
 *
 * Reasons of this file: `signature.absent`, `signature.digital-signature` (the empty .NET element),
 * `signature.namespace`, `signature.several`, `signature.position`, `id.repeated`, `part.repeated`,
 * `algorithm.sha1`, `canonical-form.none`; the others are named where they are found: signature-shape.ts,
 * signature-references.ts, signer.ts, trust.ts.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto';
import { utc } from '../clock.js';
import { GatewayError } from '../model/issue.js';
import type { SignatureVerdict, SignedPart } from '../model/signature.js';
import { signerCertificate } from './certificates.js';
import { verifyBytes } from './signature-algorithms.js';
import {
  canonicalOptions,
  coveredParts,
  findChanges,
  resolveReferences,
  type Target,
} from './signature-references.js';
import { type Found, findSignatures } from './signature-search.js';
import { readShape, type SignatureShape } from './signature-shape.js';
import { findSigner, judgeSigner, type SignatureTrust } from './signer.js';
import { claimedSigningTime, signingTimeProblem } from './signing-time.js';
import type { XmlDocument, XmlElement } from './tree.js';

export type { SignatureTrust } from './signer.js';

/** Where the parts of a package are; only elements at their contract paths. */
export interface PackageLayout {
  /** `edXMLHeader`, whose last child the signature must be. */
  readonly header: XmlElement | undefined;
  readonly parts: ReadonlyMap<SignedPart, XmlElement>;
  /**
   * Whether a reader that goes by names could take the element for one of the parts, in any spelling
   * that is accepted. One that is not at its place is a copy, or a part that was moved away: whoever
   * looks for the name finds something else than what is signed.
   */
  looksLikePart(element: XmlElement): boolean;
}

/** Judges the one signature of a package. Never throws for anything that stands in the document. */
export function verifySignature(
  doc: XmlDocument,
  layout: PackageLayout,
  trust: SignatureTrust,
): SignatureVerdict {
  const known = new Set<XmlElement | undefined>([layout.header, ...layout.parts.values()]);
  const found = findSignatures(doc.root, (one) => layout.looksLikePart(one) && !known.has(one));
  const [signature] = found.real;
  if (signature === undefined) return withoutSignature(found);
  const opened = open(doc, layout, found, signature, trust.allowSha1);
  if (!opened.ok) return opened.verdict;
  const { shape, targets, signedInfo } = opened;
  const about = {
    algorithm: shape.method.uri,
    ...(usesSha1(shape) ? { sha1: true } : {}),
    present: true,
  };
  const invalid = (reasons: readonly string[]): SignatureVerdict => ({
    class: 'invalid',
    signedParts: [],
    reasons,
    ...about,
  });

  const { certificates, method, value } = shape;
  const answer = findSigner(certificates, trust.registered, method, signedInfo, value);
  if (!answer.ok) return invalid([answer.reason]);
  const changes = findChanges(doc, signature, targets);
  if (changes.length > 0) return invalid(changes);

  const { reason, revocation } = judgeSigner(answer.signer, certificates, trust);
  const claimed = claimedSigningTime(signature);
  const distrust = reason ?? signingTimeProblem(answer.signer, claimed);
  return {
    class: distrust === undefined ? 'valid' : 'untrusted',
    signedParts: coveredParts(targets),
    reasons: distrust === undefined ? [] : [distrust],
    signer: signerCertificate(answer.signer),
    ...(revocation === undefined ? {} : { revocation }),
    ...(claimed === undefined ? {} : { signingTime: utc(claimed) }),
    ...about,
  };
}

/**
 * Does the signature that stands last in the root element hold over the whole document, made by one of
 * these keys? For texts of our own, such as receipts, whose keys are known without any certificate.
 *
 * @returns the reasons why not; [] when it holds
 */
export function verifyRootSignature(doc: XmlDocument, keys: readonly KeyObject[]): string[] {
  const { root } = doc;
  const layout: PackageLayout = {
    header: root,
    parts: new Map([['edXML', root]]),
    looksLikePart: () => false,
  };
  const found = findSignatures(root);
  const [signature] = found.real;
  if (signature === undefined) return [...withoutSignature(found).reasons];
  const opened = open(doc, layout, found, signature, false);
  if (!opened.ok) return [...opened.verdict.reasons];
  const { shape, targets, signedInfo } = opened;
  if (!keys.some((key) => verifyBytes(shape.method, key, signedInfo, shape.value))) {
    return ['value.mismatch'];
  }
  return findChanges(doc, signature, targets);
}

function withoutSignature(found: Found): SignatureVerdict {
  const nothing = { signedParts: [], present: false };
  if (found.lookalikes.length > 0) {
    return { class: 'wrong-namespace', reasons: ['signature.namespace'], ...nothing };
  }
  const reason = found.hasSlot ? 'signature.digital-signature' : 'signature.absent';
  return { class: 'absent', reasons: [reason], ...nothing };
}

type Opened =
  | { readonly ok: false; readonly verdict: SignatureVerdict }
  | {
      readonly ok: true;
      readonly shape: SignatureShape;
      readonly targets: readonly Target[];
      /** Canonical form of SignedInfo. */
      readonly signedInfo: Buffer;
    };

/** Everything that can be judged without a key. */
function open(
  doc: XmlDocument,
  layout: PackageLayout,
  found: Found,
  signature: XmlElement,
  allowSha1: boolean,
): Opened {
  const refusal = (
    reason: string,
    algorithm?: string,
    kind: 'invalid' | 'placeholder' = 'invalid',
  ): Opened => ({
    ok: false,
    verdict: {
      class: kind,
      signedParts: [],
      reasons: [reason],
      ...(algorithm === undefined ? {} : { algorithm }),
      present: true,
    },
  });

  // Two signatures are never sorted out: each verifier would pick another one.
  const others = found.real.length - 1 + found.lookalikes.length + found.filledSlots.length;
  if (others > 0) return refusal('signature.several');
  const read = readShape(doc, signature);
  if (!read.ok) return refusal(read.reason, read.algorithm, read.class);
  const { shape } = read;
  const algorithm = shape.method.uri;
  if (layout.header?.children.at(-1) !== signature) {
    return refusal('signature.position', algorithm);
  }
  if (found.hasRepeatedId) return refusal('id.repeated', algorithm);
  if (usesSha1(shape) && !allowSha1) return refusal('algorithm.sha1', algorithm);
  const resolved = resolveReferences(doc, signature, shape.references, layout.parts, found.ids);
  if (!resolved.ok) return refusal(resolved.reason, algorithm);
  if (found.hasStrayPart) return refusal('part.repeated', algorithm);
  try {
    const signedInfo = doc.canonical(shape.signedInfo, canonicalOptions(shape.form));
    return { ok: true, shape, targets: resolved.targets, signedInfo };
  } catch (error) {
    if (error instanceof GatewayError) return refusal('canonical-form.none', algorithm);
    throw error;
  }
}

function usesSha1(shape: SignatureShape): boolean {
  return shape.method.hash === 'sha1' || shape.references.some((one) => one.digest.hash === 'sha1');
}
