/**
 * What an evidence file says in `message.json`: every fact in one place, each with the name of the
 * member that proves it. Times are ISO 8601, UTC. Members are added, never removed.
 *
 * @module
 */
import type { Message } from '../model/message.js';
import type { SignatureVerdict } from '../model/signature.js';

export const FORMAT = 'edxgate-evidence-1';

export interface AttemptFacts {
  readonly number: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: string;
  readonly code?: string;
  readonly reason?: string;
  readonly endpoint?: string;
  readonly httpStatus?: number;
  readonly connectMs?: number;
  readonly totalMs?: number;
  /** Member with the partner's answer as it is kept; absent when there was none. */
  readonly answer?: string;
}

export interface CertificateFacts {
  readonly number: number;
  readonly madeAt: string;
  readonly file: string;
}

export interface CollectionFacts {
  readonly firstListedAt?: string;
  readonly firstFetchedAt?: string;
  readonly lastFetchedAt?: string;
  readonly fetches: number;
  readonly confirmation?: {
    readonly outcome: string;
    readonly reason?: string;
    readonly confirmedAt: string;
  };
}

export interface DeliveryFacts {
  readonly id: number;
  readonly organId: string;
  readonly organName?: string;
  readonly state: string;
  readonly createdAt: string;
  readonly finishedAt?: string;
  readonly lastCode?: string;
  readonly lastReason?: string;
  readonly attempts: readonly AttemptFacts[];
  readonly certificates: readonly CertificateFacts[];
  readonly collection?: CollectionFacts;
}

export interface StatusFacts {
  readonly messageId: string;
  readonly fromOrganId: string;
  readonly statusCode?: string;
  /** As the sender of the notice wrote it. */
  readonly timestamp?: string;
  readonly description?: string;
  readonly receivedAt: string;
  readonly contentDigest: string;
  readonly package?: string;
  readonly receipt?: string;
}

export interface KeyFacts {
  /** KeyName in what it signed. */
  readonly name: string;
  readonly file: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), lower-case hex. */
  readonly fingerprint: string;
}

export interface EvidenceFacts {
  readonly format: typeof FORMAT;
  readonly exportedAt: string;
  /** Organ id of the gateway. */
  readonly gateway: string;
  readonly version: string;
  readonly messageId: string;
  readonly kind: string;
  readonly documentId: string;
  readonly documentCode: string;
  readonly businessType?: string;
  readonly statusCode?: string;
  readonly subject?: string;
  readonly fromOrganId: string;
  readonly fromName?: string;
  /** Who signed in and handed it over. */
  readonly callerOrganId: string;
  readonly submission: Message['submission'];
  readonly receivedAt: string;
  readonly sizeBytes: number;
  readonly contentDigest: string;
  readonly signatureClass: string;
  /** As judged at the receipt. */
  readonly signature: SignatureVerdict;
  /** Member with the exact bytes; absent when they are gone, see `missing`. */
  readonly package?: string;
  readonly purgedAt?: string;
  readonly deliveries: readonly DeliveryFacts[];
  readonly statuses: readonly StatusFacts[];
  readonly log: {
    readonly entries: number;
    /** Entries that a signed checkpoint covers. */
    readonly covered: number;
    readonly checkpoints: readonly number[];
  };
  readonly keys: readonly KeyFacts[];
  /** What should be here and is not, and why. */
  readonly missing: readonly {
    readonly what: string;
    readonly text: string;
    readonly textVi: string;
  }[];
}
