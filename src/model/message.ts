/**
 * Messages, deliveries and what happened to them, as the store keeps and answers them. Times are
 * milliseconds since 1970 UTC.
 *
 * @module
 */
import type { Breaker } from './breaker.js';
import type { BusinessType } from './business-type.js';
import type { Check } from './check.js';
import type { DeliveryState } from './delivery-state.js';
import type { DocumentKey } from './document-id.js';
import type { PackageKind, ReadPackage } from './edxml.js';
import type { Issue } from './issue.js';
import type { MessageId } from './message-id.js';
import type { OrganId } from './organ-id.js';
import type { SignatureClass, SignatureVerdict } from './signature.js';
import type { StatusCode } from './status-code.js';

/** How a package reached us. */
export interface Submission {
  readonly operation: string;
  readonly soapVersion?: '1.1' | '1.2';
  readonly carrier?: 'inline' | 'mtom' | 'swa';
  readonly remoteAddress?: string;
  /** How the caller proved itself: `basic`, `client-certificate`, …, `gateway` (we wrote it ourselves). */
  readonly proof: string;
  readonly tokenId?: string;
  readonly correlationId: string;
  readonly requestBytes?: number;
}

/** Everything kept of a message but its bytes and its receipt. */
export interface Message {
  readonly messageId: MessageId;
  readonly kind: PackageKind;
  readonly receivedAt: number;
  /** Who signed in. */
  readonly callerOrganId: OrganId;
  readonly fromOrganId: OrganId;
  /** Document: its id. Status: that of ResponseFor, or '' when it names none. */
  readonly documentId: string;
  readonly documentKey: DocumentKey;
  /** `number/notation`. */
  readonly documentCode: string;
  readonly businessType?: BusinessType;
  readonly subject?: string;
  readonly priority: number;
  /** Status packages only. */
  readonly statusCode?: StatusCode;
  readonly responseForOrganId?: string;
  /** SHA-256 of the exact bytes, lower-case hex. */
  readonly contentDigest: string;
  readonly sizeBytes: number;
  readonly signatureClass: SignatureClass;
  readonly signature: SignatureVerdict;
  readonly warnings: readonly Issue[];
  readonly checks: readonly Check[];
  readonly submission: Submission;
  /** What was read, whole. */
  readonly read: ReadPackage;
  /** Folded text for search: ids, code, subject, names. */
  readonly searchText: string;
  /** Content was deleted by retention. */
  readonly purgedAt?: number;
}

export interface FirstDelivery {
  readonly organId: OrganId;
  /** `queued` for push, `pending` for collection. */
  readonly state: 'queued' | 'pending';
}

/** A delivery to be made with a message. */
export interface NewDelivery extends FirstDelivery {
  /** Absent = never. */
  readonly expiresAt?: number;
}

/** The answer to a sender, kept so that a repeat gets the same one. */
export interface SendAnswer {
  readonly messageId: MessageId;
  readonly documentId: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly contentDigest: string;
  readonly signatureClass: SignatureClass;
  readonly deliveries: readonly FirstDelivery[];
  readonly warnings: readonly Issue[];
  /** Signed XML. */
  readonly receipt: Uint8Array;
}

export interface NewMessage {
  readonly message: Message;
  readonly content: Uint8Array;
  readonly answer: SendAnswer;
  /** The same key = the same submission; see duplicateKeyOf in src/receive/. */
  readonly duplicateKey: string;
  readonly deliveries: readonly NewDelivery[];
  /** Keys of documents of the same sender that it revokes, updates or replaces, its own key left out. */
  readonly actsOn?: readonly DocumentKey[];
  readonly recall?: Recall;
  /** Further events to write with it, beside `received`, `checked` and `stored`. */
  readonly events: readonly NewEvent[];
}

/** What a revoke or a status 13 takes back: documents of its own sender, in the lanes named. */
export interface Recall {
  /** By key where there is one, else by `number/notation`. */
  readonly documents: readonly { readonly key?: DocumentKey; readonly code?: string }[];
  /** Per recipient: the notice (status 15 by the gateway) that tells the sender it was taken back. */
  readonly lanes: readonly RecallLane[];
}

export interface RecallLane {
  /** The recipient that the documents were sent to. */
  readonly organId: OrganId;
  /** Who gets the recall itself for this lane; absent = the same, else the successor. */
  readonly goesTo?: OrganId;
  /** Stored when this recipient certainly never got any of them. */
  readonly notice?: NewMessage;
}

export type AcceptOutcome =
  | { readonly kind: 'stored' }
  /** Stored before with the same bytes. */
  | { readonly kind: 'duplicate'; readonly answer: SendAnswer }
  /** Stored before under this key with other bytes. */
  | { readonly kind: 'conflict'; readonly messageId: MessageId };

export type DeliveryId = number;

export interface Delivery {
  readonly id: DeliveryId;
  readonly messageId: MessageId;
  readonly kind: PackageKind;
  readonly fromOrganId: OrganId;
  readonly toOrganId: OrganId;
  readonly documentId: string;
  readonly contentDigest: string;
  readonly sizeBytes: number;
  readonly priority: number;
  readonly state: DeliveryState;
  /** Attempts made so far. */
  readonly attempts: number;
  readonly lastCode?: string;
  readonly lastReason?: string;
  readonly dueAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt?: number;
  /** Absent = never. */
  readonly expiresAt?: number;
  /** Noted during an attempt, done when it ends without delivery. */
  readonly asked?: 'hold' | 'cancel' | 'recall';
  /** Attempts of earlier runs of the schedule: before a requeue or resend. */
  readonly earlierAttempts: number;
  /** How often it was requeued or resent; each such run of the schedule has one end. */
  readonly restarts: number;
}

/** A delivery that a worker may try now; the lease number guards the outcome against a second worker. */
export interface LeasedDelivery extends Delivery {
  readonly lease: string;
  readonly leasedUntil: number;
  /** Number of the attempt that is about to be made, from 1. */
  readonly attempt: number;
}

/** The partner's answer is kept up to this. */
export const MAX_RAW_ANSWER_CHARS = 16 * 1024;

export interface DeliveryAttempt {
  readonly number: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly outcome: 'delivered' | 'deferred' | 'dead' | 'held' | 'interrupted';
  /** Code of the error table; absent when delivered. */
  readonly code?: string;
  readonly reason?: string;
  readonly endpoint?: string;
  readonly httpStatus?: number;
  /** The partner's answer, headers included, at most 16 kB. */
  readonly rawAnswer?: string;
  readonly connectMs?: number;
  readonly totalMs?: number;
}

export interface AttemptOutcome {
  readonly deliveryId: DeliveryId;
  readonly lease: string;
  readonly attempt: DeliveryAttempt;
  readonly state: 'delivered' | 'deferred' | 'dead' | 'held';
  /** When deferred: the next attempt is due then. */
  readonly dueAt?: number;
  /** The new state of the recipient's breaker; `closed` after a success; absent = unchanged. */
  readonly breaker?: Breaker | 'closed';
  /** A failure notice to the sender, stored in the same commit. */
  readonly notice?: NewMessage;
  /**
   * What the sender is told when a cancel was noted during the attempt, which did not deliver: stored
   * in the same commit. `none` = there is nobody to tell; absent = that was not asked yet.
   */
  readonly cancelNotice?: NewMessage | 'none';
  /** When delivered: the signed delivery certificate, stored in the same commit. */
  readonly certificate?: Uint8Array;
}

/**
 * True when the outcome was recorded, false when the lease is no longer held. With `cancel` nothing was
 * recorded: a cancel was noted for this reason, and its notice is missing.
 */
export type Finished = boolean | { readonly cancel: string };

export interface NewEvent {
  readonly time: number;
  /** Event name, a fixed list: `received`, `checked`, `stored`, `repeated`, `attempt`, `listed`, `fetched`, `confirmed`, `status`, `matched`, `dead`, `notice`, `operator`, `recalled`, `suppressed`, `attachment-signature`, `attachments-checked`. */
  readonly event: string;
  /** The lane it belongs to, when it concerns one recipient. */
  readonly organId?: string;
  /** Small, JSON; no content, no tokens. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface MessageEvent extends NewEvent {
  readonly id: number;
  readonly messageId: MessageId;
}

export interface Confirmation {
  readonly messageId: MessageId;
  readonly outcome: 'done' | 'fail';
  readonly reason?: string;
  readonly confirmedAt: number;
}

export interface Collection {
  readonly organId: OrganId;
  readonly firstListedAt?: number;
  readonly firstFetchedAt?: number;
  readonly lastFetchedAt?: number;
  readonly fetches: number;
  readonly confirmation?: Confirmation;
}

/** A status notice in relation to a document of ours. */
export interface StatusOfDelivery {
  readonly messageId: MessageId;
  readonly statusCode: StatusCode;
  readonly fromOrganId: OrganId;
  readonly timestamp: string;
  readonly description?: string;
  readonly receivedAt: number;
}

/** One lane of a document for GetTraces: one message, one recipient. */
export interface Trace extends Delivery {
  readonly statuses: readonly StatusOfDelivery[];
}

export interface Refusal {
  readonly correlationId: string;
  readonly time: number;
  readonly callerOrganId?: OrganId;
  readonly remoteAddress?: string;
  readonly operation?: string;
  readonly soapVersion?: '1.1' | '1.2';
  readonly code: string;
  readonly issues: readonly Issue[];
  readonly checks: readonly Check[];
  /** What could be read, when anything could. */
  readonly fromOrganId?: string;
  readonly documentId?: string;
  readonly sizeBytes: number;
  /** SHA-256 of all refused bytes, lower-case hex. */
  readonly contentDigest?: string;
  /** The first bytes refused, at most 1 MiB, from signed-in callers only. */
  readonly content?: Uint8Array;
}
