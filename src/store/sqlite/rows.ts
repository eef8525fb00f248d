/**
 * Rows: what the tables give back, and how a row becomes an object of the model. JSON columns were
 * written by us, so they are read back as the types they were written from.
 *
 * @module
 */
import type { Agency, AgencyCertificate, AgencyToken } from '../../model/agency.js';
import type { BusinessType } from '../../model/business-type.js';
import type { DeliveryState } from '../../model/delivery-state.js';
import type { DocumentKey } from '../../model/document-id.js';
import type { PackageKind } from '../../model/edxml.js';
import type {
  Collection,
  Confirmation,
  Delivery,
  DeliveryAttempt,
  Message,
  MessageEvent,
  Refusal,
  StatusOfDelivery,
} from '../../model/message.js';
import type { MessageId } from '../../model/message-id.js';
import type { OrganId } from '../../model/organ-id.js';
import type { SignatureClass } from '../../model/signature.js';
import type { StatusCode } from '../../model/status-code.js';

type Present<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** Leaves out what is NULL: absent members are absent, never undefined. */
export function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  ) as Present<T>;
}

export interface AgencyRow {
  readonly organ_id: string;
  readonly changed_at: number;
  readonly entry: string;
}

export function toAgency(row: AgencyRow): Agency {
  return JSON.parse(row.entry) as Agency;
}

export interface CertificateRow {
  readonly organ_id: OrganId;
  readonly fingerprint: string;
  readonly pem: string;
  readonly subject: string;
  readonly not_after: number;
  readonly added_at: number;
  readonly expired_at: number | null;
}

export function toCertificate(row: CertificateRow): AgencyCertificate {
  return {
    organId: row.organ_id,
    fingerprint: row.fingerprint,
    pem: row.pem,
    subject: row.subject,
    notAfter: row.not_after,
    addedAt: row.added_at,
    ...present({ expiredAt: row.expired_at }),
  };
}

export interface TokenRow {
  readonly id: string;
  readonly organ_id: OrganId;
  readonly hash: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

export function toToken(row: TokenRow): AgencyToken {
  return {
    id: row.id,
    organId: row.organ_id,
    hash: row.hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...present({ revokedAt: row.revoked_at }),
  };
}

/** Members of a message that no list filters by. */
export type MessageRest = Pick<
  Message,
  'signature' | 'warnings' | 'checks' | 'submission' | 'read'
>;

export interface MessageRow {
  readonly id: number;
  readonly message_id: MessageId;
  readonly kind: PackageKind;
  readonly received_at: number;
  readonly caller_organ_id: OrganId;
  readonly from_organ_id: OrganId;
  readonly document_id: string;
  readonly document_key: DocumentKey;
  readonly document_code: string;
  readonly business_type: BusinessType | null;
  readonly subject: string | null;
  readonly priority: number;
  readonly status_code: StatusCode | null;
  readonly response_for_organ_id: string | null;
  readonly content_digest: string;
  readonly size_bytes: number;
  readonly signature_class: SignatureClass;
  readonly search_text: string;
  readonly rest: string;
  readonly purged_at: number | null;
}

export const MESSAGE_COLUMNS = `m.id, m.message_id, m.kind, m.received_at, m.caller_organ_id,
  m.from_organ_id, m.document_id, m.document_key, m.document_code, m.business_type, m.subject,
  m.priority, m.status_code, m.response_for_organ_id, m.content_digest, m.size_bytes,
  m.signature_class, m.search_text, m.rest, m.purged_at`;

export function toMessage(row: MessageRow): Message {
  return {
    messageId: row.message_id,
    kind: row.kind,
    receivedAt: row.received_at,
    callerOrganId: row.caller_organ_id,
    fromOrganId: row.from_organ_id,
    documentId: row.document_id,
    documentKey: row.document_key,
    documentCode: row.document_code,
    ...present({
      businessType: row.business_type,
      subject: row.subject,
      statusCode: row.status_code,
      responseForOrganId: row.response_for_organ_id,
      purgedAt: row.purged_at,
    }),
    priority: row.priority,
    contentDigest: row.content_digest,
    sizeBytes: row.size_bytes,
    signatureClass: row.signature_class,
    ...(JSON.parse(row.rest) as MessageRest),
    searchText: row.search_text,
  };
}

export interface DeliveryRow {
  readonly id: number;
  readonly message_id: MessageId;
  readonly kind: PackageKind;
  readonly from_organ_id: OrganId;
  readonly to_organ_id: OrganId;
  readonly document_id: string;
  readonly content_digest: string;
  readonly size_bytes: number;
  readonly priority: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly last_code: string | null;
  readonly last_reason: string | null;
  readonly due_at: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly finished_at: number | null;
  readonly expires_at: number | null;
  readonly asked: Delivery['asked'] | null;
  readonly earlier_attempts: number;
  readonly restarts: number;
}

/** From `delivery d JOIN message m ON m.id = d.message_ref`. */
export const DELIVERY_COLUMNS = `d.id, m.message_id, d.kind, d.from_organ_id, d.to_organ_id,
  m.document_id, m.content_digest, m.size_bytes, d.priority, d.state, d.attempts, d.last_code,
  d.last_reason, d.due_at, d.created_at, d.updated_at, d.finished_at, d.expires_at, d.asked,
  d.earlier_attempts, d.restarts`;

export const DELIVERY_TABLES = 'delivery d JOIN message m ON m.id = d.message_ref';

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    messageId: row.message_id,
    kind: row.kind,
    fromOrganId: row.from_organ_id,
    toOrganId: row.to_organ_id,
    documentId: row.document_id,
    contentDigest: row.content_digest,
    sizeBytes: row.size_bytes,
    priority: row.priority,
    state: row.state,
    attempts: row.attempts,
    ...present({ lastCode: row.last_code, lastReason: row.last_reason }),
    dueAt: row.due_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...present({ finishedAt: row.finished_at, expiresAt: row.expires_at, asked: row.asked }),
    earlierAttempts: row.earlier_attempts,
    restarts: row.restarts,
  };
}

export interface AttemptRow {
  readonly number: number;
  readonly started_at: number;
  readonly finished_at: number;
  readonly outcome: DeliveryAttempt['outcome'];
  readonly code: string | null;
  readonly reason: string | null;
  readonly endpoint: string | null;
  readonly http_status: number | null;
  readonly raw_answer: string | null;
  readonly connect_ms: number | null;
  readonly total_ms: number | null;
}

export function toAttempt(row: AttemptRow): DeliveryAttempt {
  return {
    number: row.number,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outcome: row.outcome,
    ...present({
      code: row.code,
      reason: row.reason,
      endpoint: row.endpoint,
      httpStatus: row.http_status,
      rawAnswer: row.raw_answer,
      connectMs: row.connect_ms,
      totalMs: row.total_ms,
    }),
  };
}

export interface EventRow {
  readonly id: number;
  readonly time: number;
  readonly event: string;
  readonly organ_id: string | null;
  readonly detail: string;
}

export function toEvent(row: EventRow, messageId: MessageId): MessageEvent {
  return {
    id: row.id,
    messageId,
    time: row.time,
    event: row.event,
    ...present({ organId: row.organ_id }),
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}

export interface CollectionRow {
  readonly organ_id: OrganId;
  readonly first_listed_at: number | null;
  readonly first_fetched_at: number | null;
  readonly last_fetched_at: number | null;
  readonly fetches: number;
  readonly confirmation: string | null;
}

export function toCollection(row: CollectionRow): Collection {
  return {
    organId: row.organ_id,
    ...present({
      firstListedAt: row.first_listed_at,
      firstFetchedAt: row.first_fetched_at,
      lastFetchedAt: row.last_fetched_at,
    }),
    fetches: row.fetches,
    ...(row.confirmation === null
      ? {}
      : { confirmation: JSON.parse(row.confirmation) as Confirmation }),
  };
}

export interface StatusRow {
  readonly delivery_id: number;
  readonly message_id: MessageId;
  readonly status_code: StatusCode;
  readonly from_organ_id: OrganId;
  readonly timestamp: string;
  readonly description: string | null;
  readonly received_at: number;
}

export function toStatus(row: StatusRow): StatusOfDelivery {
  return {
    messageId: row.message_id,
    statusCode: row.status_code,
    fromOrganId: row.from_organ_id,
    timestamp: row.timestamp,
    ...present({ description: row.description }),
    receivedAt: row.received_at,
  };
}

export interface RefusalRow {
  readonly id: number;
  readonly correlation_id: string;
  readonly time: number;
  readonly caller_organ_id: OrganId | null;
  readonly remote_address: string | null;
  readonly operation: string | null;
  readonly soap_version: '1.1' | '1.2' | null;
  readonly code: string;
  readonly issues: string;
  readonly checks: string;
  readonly from_organ_id: string | null;
  readonly document_id: string | null;
  readonly size_bytes: number;
  readonly content_digest: string | null;
  readonly content: Buffer | null;
}

export function toRefusal(row: RefusalRow): Refusal {
  return {
    correlationId: row.correlation_id,
    time: row.time,
    ...present({
      callerOrganId: row.caller_organ_id,
      remoteAddress: row.remote_address,
      operation: row.operation,
      soapVersion: row.soap_version,
      fromOrganId: row.from_organ_id,
      documentId: row.document_id,
      contentDigest: row.content_digest,
      content: row.content,
    }),
    code: row.code,
    issues: JSON.parse(row.issues) as Refusal['issues'],
    checks: JSON.parse(row.checks) as Refusal['checks'],
    sizeBytes: row.size_bytes,
  };
}
