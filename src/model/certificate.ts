/**
 * Delivery certificates: our signed "taken by the recipient's system", for the second of the four
 * readings of "arrived".
 *
 * @module
 */
import type { PackageKind } from './edxml.js';
import type { MessageId } from './message-id.js';
import type { OrganId } from './organ-id.js';

/** The facts that a certificate vouches for. */
export interface CertificateFacts {
  readonly messageId: MessageId;
  readonly kind: PackageKind;
  readonly fromOrganId: OrganId;
  readonly toOrganId: OrganId;
  readonly documentId: string;
  /** SHA-256 of the exact bytes, lower-case hex. */
  readonly contentDigest: string;
  /** ISO 8601, UTC. */
  readonly deliveredAt: string;
  readonly how: Taken;
}

/** How the recipient's system said so. */
export type Taken =
  | {
      readonly kind: 'push';
      /** Number of the attempt. */
      readonly attempt: number;
      /** Host and port that was asked. */
      readonly endpoint?: string;
      /** SHA-256 of the answer as it is kept with the attempt (UTF-8), lower-case hex. */
      readonly answerDigest?: string;
    }
  /** `ConfirmReceived` with `done`. */
  | { readonly kind: 'collect' };

export interface DeliveryCertificate {
  readonly deliveryId: number;
  readonly toOrganId: OrganId;
  /** From 1; more than one when it was delivered again after an operator's resend. */
  readonly number: number;
  readonly madeAt: number;
  /** Signed XML; xsd/receipt/1/certificate.xsd. */
  readonly certificate: Uint8Array;
}
