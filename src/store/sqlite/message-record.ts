/**
 * Message records: a new message flattened to what its rows hold. Made on the calling thread, so that
 * what crosses to the writer is a flat object of texts and numbers, cheap to copy.
 *
 * @module
 */
import type { Message, NewEvent, NewMessage, SendAnswer } from '../../model/message.js';
import { MAX_ROW_CONTENT_BYTES } from '../content-files.js';
import type { MessageRest } from './rows.js';

export interface MessageRecord {
  readonly messageId: string;
  readonly kind: string;
  readonly receivedAt: number;
  readonly callerOrganId: string;
  readonly fromOrganId: string;
  readonly documentId: string;
  readonly documentKey: string;
  readonly documentCode: string;
  readonly businessType: string | null;
  readonly subject: string | null;
  readonly priority: number;
  readonly statusCode: string | null;
  readonly responseForOrganId: string | null;
  readonly contentDigest: string;
  readonly sizeBytes: number;
  readonly signatureClass: string;
  readonly correlationId: string;
  readonly byGateway: number;
  readonly searchText: string;
  readonly rest: string;
  /** JSON of the answer without its receipt. */
  readonly answer: string;
  readonly duplicateKey: string;
  /** JSON: [organ id, state] per recipient. */
  readonly deliveries: string;
  readonly events: string;
  /** The event to write on the first message when this is a repeat. */
  readonly repeated: string;
  /** The content stands in a content file; else it comes along. */
  readonly inFile: boolean;
}

/** JSON that the writer inserts with one statement; see `insertEvents`. */
export function eventRows(events: readonly NewEvent[]): string {
  return JSON.stringify(
    events.map((one) => [one.time, one.event, one.organId ?? null, one.detail]),
  );
}

/** What a new message's log begins with. */
function firstEvents(incoming: NewMessage, storedAt: number): NewEvent[] {
  const { message, deliveries, events } = incoming;
  const time = message.receivedAt;
  const { contentDigest, sizeBytes } = message;
  return [
    { time, event: 'received', detail: { ...message.submission, caller: message.callerOrganId } },
    ...message.checks.map((check): NewEvent => ({ time, event: 'checked', detail: { ...check } })),
    { time: storedAt, event: 'stored', detail: { contentDigest, sizeBytes, deliveries } },
    ...events,
  ];
}

function restOf(message: Message): MessageRest {
  const { signature, warnings, checks, submission, read } = message;
  return { signature, warnings, checks, submission, read };
}

function answerWithoutReceipt(answer: SendAnswer): Omit<SendAnswer, 'receipt'> {
  const { receipt: _, ...rest } = answer;
  return rest;
}

export function isLarge(incoming: NewMessage): boolean {
  return incoming.content.byteLength > MAX_ROW_CONTENT_BYTES;
}

export function messageRecord(incoming: NewMessage, now: number): MessageRecord {
  const { message } = incoming;
  const { correlationId, remoteAddress, proof } = message.submission;
  return {
    messageId: message.messageId,
    kind: message.kind,
    receivedAt: message.receivedAt,
    callerOrganId: message.callerOrganId,
    fromOrganId: message.fromOrganId,
    documentId: message.documentId,
    documentKey: message.documentKey,
    documentCode: message.documentCode,
    businessType: message.businessType ?? null,
    subject: message.subject ?? null,
    priority: message.priority,
    statusCode: message.statusCode ?? null,
    responseForOrganId: message.responseForOrganId ?? null,
    contentDigest: message.contentDigest,
    sizeBytes: message.sizeBytes,
    signatureClass: message.signatureClass,
    correlationId,
    byGateway: proof === 'gateway' ? 1 : 0,
    searchText: message.searchText,
    rest: JSON.stringify(restOf(message)),
    answer: JSON.stringify(answerWithoutReceipt(incoming.answer)),
    duplicateKey: incoming.duplicateKey,
    deliveries: JSON.stringify(incoming.deliveries.map((one) => [one.organId, one.state])),
    events: eventRows(firstEvents(incoming, now)),
    repeated: eventRows([
      {
        time: message.receivedAt,
        event: 'repeated',
        detail: { correlationId, caller: message.callerOrganId, remoteAddress },
      },
    ]),
    inFile: isLarge(incoming),
  };
}

/** What travels beside the record: receipt, and the content when it is small. */
export function recordBytes(incoming: NewMessage): Uint8Array[] {
  const { receipt } = incoming.answer;
  return isLarge(incoming) ? [receipt] : [receipt, incoming.content];
}
