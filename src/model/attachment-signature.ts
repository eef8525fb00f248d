/**
 * What can be said about a signature inside an attachment: a second-level verdict beside that of the
 * package. It is recorded and shown; by itself it refuses nothing.
 *
 * @module
 */
import type { SignerCertificate } from './signature.js';

/** `pdf`: a signature field of a PDF; `cms`: a file of its own (`.p7s`, `.p7m`); `xml`: XML-DSig. */
export const ATTACHMENT_SIGNATURE_FORMATS = ['pdf', 'cms', 'xml'] as const;
export type AttachmentSignatureFormat = (typeof ATTACHMENT_SIGNATURE_FORMATS)[number];

/**
 * `valid`: it holds, and its signer leads to a trust anchor; `untrusted`: it holds, but the signer does
 * not; `invalid`: it does not hold, or is made so that it must not count; `unreadable`: there is one,
 * but it could not be judged.
 */
export const ATTACHMENT_VERDICTS = ['valid', 'untrusted', 'invalid', 'unreadable'] as const;
export type AttachmentVerdict = (typeof ATTACHMENT_VERDICTS)[number];

/**
 * What an agency asks of the signatures inside the attachments of its documents. `record`: they are
 * judged after the receipt and refuse nothing. `verify`: a document with an `invalid` one is refused.
 */
export const ATTACHMENT_POLICIES = ['record', 'verify'] as const;
export type AttachmentPolicy = (typeof ATTACHMENT_POLICIES)[number];

/** `earlier-revision`: the file was appended to after this signature. `part`: some elements of an XML file. */
export type AttachmentCoverage = 'whole-file' | 'earlier-revision' | 'part';

export interface AttachmentSignature {
  readonly format: AttachmentSignatureFormat;
  readonly verdict: AttachmentVerdict;
  /** Machine-readable, for instance `digest.mismatch`; empty when `valid`. */
  readonly reasons: readonly string[];
  /** Of a signature that holds. */
  readonly signer?: SignerCertificate;
  /** ISO 8601, UTC. Claimed by the signer, proved by nobody. */
  readonly signingTime?: string;
  /** It carries a token of a time stamp authority. The token itself is not judged. */
  readonly timestamped?: boolean;
  readonly covers?: AttachmentCoverage;
  /** Name of the file that a detached signature is over. */
  readonly over?: string;
}

/** The signatures of one attachment; the list is empty when none was found. */
export interface AttachmentSignatures {
  /** Without any leading `cid:`. */
  readonly contentId: string;
  readonly name: string;
  readonly signatures: readonly AttachmentSignature[];
  /** It was not looked at: the time for the package was over, or there are too many files. */
  readonly skipped?: 'time' | 'count';
}
