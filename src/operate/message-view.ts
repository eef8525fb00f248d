/**
 * How messages and deliveries are shown: the objects of `edxgate log list --json` and
 * `edxgate queue list --json`. Times are ISO 8601, UTC.
 *
 * @module
 */
import { utc } from '../clock.js';
import { isFinal } from '../model/delivery-state.js';
import type { Delivery, Message } from '../model/message.js';

export interface DeliveryOfMessage {
  readonly id: number;
  readonly organId: string;
  readonly state: string;
  readonly attempts: number;
  readonly lastCode?: string;
  readonly lastReason?: string;
  /** When the next attempt is due; only while one is. */
  readonly nextAttemptAt?: string;
  readonly finishedAt?: string;
  /** When it ends as a dead letter if nothing happens before; only while it waits. */
  readonly expiresAt?: string;
  /** Noted during the attempt under way, done when that ends without delivery. */
  readonly asked?: string;
  /** How many of `attempts` belong to the time before it was requeued or resent. */
  readonly earlierAttempts?: number;
}

export interface MessageView {
  readonly messageId: string;
  readonly documentId: string;
  readonly documentCode: string;
  readonly kind: string;
  readonly businessType?: string;
  readonly statusCode?: string;
  readonly subject?: string;
  readonly fromOrganId: string;
  readonly receivedAt: string;
  readonly sizeBytes: number;
  readonly contentDigest: string;
  readonly signatureClass: string;
  readonly purgedAt?: string;
  readonly deliveries: readonly DeliveryOfMessage[];
}

export interface DeliveryView extends DeliveryOfMessage {
  readonly messageId: string;
  readonly documentId: string;
  readonly kind: string;
  readonly fromOrganId: string;
  readonly priority: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

function waits(delivery: Delivery): boolean {
  return !isFinal(delivery.state) && delivery.state !== 'pending' && delivery.state !== 'held';
}

export function viewDeliveryOfMessage(delivery: Delivery): DeliveryOfMessage {
  const { lastCode, lastReason, finishedAt, expiresAt, asked, earlierAttempts } = delivery;
  const expires = !isFinal(delivery.state) && delivery.state !== 'held' ? expiresAt : undefined;
  return {
    id: delivery.id,
    organId: delivery.toOrganId,
    state: delivery.state,
    attempts: delivery.attempts,
    ...(lastCode === undefined ? {} : { lastCode }),
    ...(lastReason === undefined ? {} : { lastReason }),
    ...(waits(delivery) ? { nextAttemptAt: utc(delivery.dueAt) } : {}),
    ...(finishedAt === undefined ? {} : { finishedAt: utc(finishedAt) }),
    ...(expires === undefined ? {} : { expiresAt: utc(expires) }),
    ...(asked === undefined ? {} : { asked }),
    ...(earlierAttempts === 0 ? {} : { earlierAttempts }),
  };
}

export function viewDelivery(delivery: Delivery): DeliveryView {
  return {
    messageId: delivery.messageId,
    documentId: delivery.documentId,
    kind: delivery.kind,
    fromOrganId: delivery.fromOrganId,
    ...viewDeliveryOfMessage(delivery),
    priority: delivery.priority,
    createdAt: utc(delivery.createdAt),
    updatedAt: utc(delivery.updatedAt),
  };
}

export function viewMessage(message: Message, deliveries: readonly Delivery[]): MessageView {
  const { businessType, statusCode, subject, purgedAt } = message;
  return {
    messageId: message.messageId,
    documentId: message.documentId,
    documentCode: message.documentCode,
    kind: message.kind,
    ...(businessType === undefined ? {} : { businessType }),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(subject === undefined ? {} : { subject }),
    fromOrganId: message.fromOrganId,
    receivedAt: utc(message.receivedAt),
    sizeBytes: message.sizeBytes,
    contentDigest: message.contentDigest,
    signatureClass: message.signatureClass,
    ...(purgedAt === undefined ? {} : { purgedAt: utc(purgedAt) }),
    deliveries: deliveries.map(viewDeliveryOfMessage),
  };
}
