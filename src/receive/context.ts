/**
 * What the way in needs from the rest of the gateway, handed over once by the composition root.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { Agency } from '../model/agency.js';
import type { CertificateFacts } from '../model/certificate.js';
import type { CheckList } from '../model/check.js';
import type { PackageKind } from '../model/edxml.js';
import type { Lifetimes } from '../model/lifetime.js';
import type { Submission } from '../model/message.js';
import type { MessageId } from '../model/message-id.js';
import type { OrganId } from '../model/organ-id.js';
import type { SignatureClass, SignaturePolicy, SignatureVerdict } from '../model/signature.js';
import type { Store } from '../store/store.js';
import type { Agreement } from '../xml/engine-agreement.js';
import type { TrustStore } from '../xml/trust.js';

/** The facts that a receipt vouches for. */
export interface ReceiptFacts {
  readonly messageId: MessageId;
  readonly kind: PackageKind;
  readonly fromOrganId: OrganId;
  readonly documentId: string;
  /** SHA-256 of the exact bytes, lower-case hex. */
  readonly contentDigest: string;
  readonly sizeBytes: number;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly signatureClass: SignatureClass;
  readonly recipients: readonly OrganId[];
}

export interface ReceiveContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Organ id of this gateway: the author of failure notices. */
  readonly organId: OrganId;
  readonly version: string;
  readonly signaturePolicy: SignaturePolicy;
  readonly maxAttachments: number;
  /** How long deliveries may wait. */
  readonly lifetimes: Lifetimes;
  /** The trust of the moment; changes at a reload. */
  trust(): TrustStore;
  /** Set under `signature.engine: both`: asks the second engine and raises the alarm if it disagrees. */
  readonly compareEngines?: (
    bytes: Uint8Array,
    verdict: SignatureVerdict,
    correlationId: string,
  ) => Agreement;
  /** Signed XML. */
  makeReceipt(facts: ReceiptFacts): Uint8Array;
  /** Signed XML: the recipient's system has taken it. */
  makeCertificate(facts: CertificateFacts): Uint8Array;
  /** Signs a status package with the key an agency has lent us. */
  signFor(agency: Agency, xml: Buffer): Buffer;
  /** Tells the way out that something may be due. */
  wake(): void;
  /** Told of each new document, once it is stored. */
  documentStored(messageId: MessageId): void;
}

/**
 * How a caller proved itself; the `ws-` ones in the message, by WS-Security. `operator`: nobody signed in,
 * an operator handed the package in again.
 */
export type Proof =
  | 'basic'
  | 'bearer'
  | 'client-certificate'
  | 'ws-password'
  | 'ws-digest'
  | 'ws-signature'
  | 'operator';

/** Who is calling, after sign-in. */
export interface Caller {
  readonly agency: Agency;
  readonly proof: Proof;
  /** Absent when a certificate, a signature or a password digest is the proof. */
  readonly tokenId?: string;
}

/** One authorised call: who, how it came, and the checks made so far. */
export interface Call {
  readonly caller: Caller;
  readonly submission: Submission;
  readonly checks: CheckList;
  /** Remembers the bytes of the package, to be kept if the call is refused. */
  keep(bytes: Buffer): void;
}
