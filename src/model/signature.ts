/**
 * What can be said about the one signature of a package, and what an agency demands of it.
 *
 * @module
 */

/** First match wins, in this order. */
export const SIGNATURE_CLASSES = [
  'absent',
  'wrong-namespace',
  'placeholder',
  'invalid',
  'untrusted',
  'valid',
] as const;
export type SignatureClass = (typeof SIGNATURE_CLASSES)[number];

export const SIGNATURE_POLICIES = ['record', 'verify', 'require'] as const;
export type SignaturePolicy = (typeof SIGNATURE_POLICIES)[number];

/** Parts of a package that a signature may cover, by the name of the element. */
export const SIGNED_PARTS = [
  'edXML',
  'edXMLEnvelope',
  'MessageHeader',
  'TraceHeaderList',
  'Bussiness',
  'edXMLBody',
  'edXMLManifest',
  'AttachmentEncoded',
] as const;
export type SignedPart = (typeof SIGNED_PARTS)[number];

export interface SignerCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the DER bytes, lower-case hex. */
  readonly fingerprint: string;
}

/** What was known about whether the signer's certificate was taken back, and how old that knowledge was. */
export interface RevocationFacts {
  readonly source: 'crl' | 'ocsp' | 'none';
  /** ISO 8601, UTC; from when the list or answer is. */
  readonly thisUpdate?: string;
  /** ISO 8601, UTC; when its issuer meant to write the next one. */
  readonly nextUpdate?: string;
  /** It was past its time. */
  readonly stale?: boolean;
}

export interface SignatureVerdict {
  readonly class: SignatureClass;
  /**
   * Elements the signature covers, innermost contract names, whole elements only. `['edXML']` alone
   * means the whole document but the signature itself. Empty unless the signature holds.
   */
  readonly signedParts: readonly SignedPart[];
  /** Machine-readable reasons for the class, for instance `digest.mismatch`; empty when `valid`. */
  readonly reasons: readonly string[];
  readonly signer?: SignerCertificate;
  /** ISO 8601, UTC: when the signer claims to have signed. Proved by nobody. */
  readonly signingTime?: string;
  /** Signature algorithm URI, when one was read. */
  readonly algorithm?: string;
  /** SHA-1 was used and the policy allowed it. */
  readonly sha1?: boolean;
  /** Absent when no certificate was judged. */
  readonly revocation?: RevocationFacts;
  /** A real ds:Signature element is present (class placeholder, invalid, untrusted or valid). */
  readonly present: boolean;
}
