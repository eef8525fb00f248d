/**
 * What a partner suite is judged by: facts out of the gateway's own store about one agency in the
 * sandbox lane. Nothing in them is the word of the agency's system or of a tool.
 *
 * @module
 */
import type { BusinessType } from '../../model/business-type.js';
import type { DeliveryState } from '../../model/delivery-state.js';
import type { PackageKind } from '../../model/edxml.js';
import type { MessageId } from '../../model/message-id.js';
import type { SignatureClass } from '../../model/signature.js';
import type { StatusCode } from '../../model/status-code.js';

/** A message that the agency's own system handed over in its own name. */
export interface SentFact {
  readonly messageId: MessageId;
  readonly kind: PackageKind;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** Of a document. */
  readonly businessType?: BusinessType;
  /** Of a status notice. */
  readonly statusCode?: StatusCode;
  readonly signatureClass: SignatureClass;
  readonly sizeBytes: number;
  readonly recipients: number;
  /** The same bytes came again and got the first answer. */
  readonly repeated: boolean;
  /** A follow-up or status notice: the document that it speaks about was found. */
  readonly matched: boolean;
}

/** A document that went to the agency. */
export interface ReceivedFact {
  readonly messageId: MessageId;
  readonly state: DeliveryState;
  /** By push: the gateway made attempts. By collection: the agency fetched it. */
  readonly how: 'push' | 'collect' | 'not-yet';
  readonly confirmed?: 'done' | 'fail';
}

/** A package of the agency that was refused. */
export interface RefusedFact {
  readonly time: number;
  readonly code: string;
}

/** Each list oldest first. */
export interface PartnerFacts {
  /** The agency's signature policy is `require`. */
  readonly signatureRequired: boolean;
  readonly sent: readonly SentFact[];
  readonly received: readonly ReceivedFact[];
  readonly refused: readonly RefusedFact[];
}
