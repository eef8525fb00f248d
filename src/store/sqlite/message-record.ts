/**
 * Message records: a new message flattened to what its rows hold. Made on the calling thread, so that
 * what crosses to the writer is a flat object of texts and numbers, cheap to copy.
 *
 * @module
 */
import type { Message, NewEvent, NewMessage, SendAnswer } from '../../model/message.js';
import { MAX_ROW_CONTENT_BYTES } from '../content-files.js';
import type { MessageRest } from './rows.js';
import type { EventFields } from './write-log.js';
import type { RecallRecord } from './write-recall.js';

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
  /** JSON: [organ id, state, expires at or null] per recipient. */
  readonly deliveries: string;
  /** JSON: document keys. */
  readonly actsOn: string | null;
  readonly recall?: RecallRecord<NoticeRecord>;
  readonly events: readonly EventFields[];
  /** The event to write on the first message when this is a repeat. */
  readonly repeated: readonly EventFields[];
  /** The content stands in a content file; else it comes along. */
  readonly inFile: boolean;
}

/** A notice inside of another message, and where its bytes begin among those of that message. */
export interface NoticeRecord {
  readonly record: MessageRecord;
  readonly at: number;
}

/** Flat, so that they cross to the writer cheaply; see `insertEvents`. */
export function eventRows(events: readonly NewEvent[]): EventFields[] {
  return events.map(({ time, event, organId, detail }) => {
    return [time, event, organId ?? null, JSON.stringify(detail)];
  });
}

/** What a new message's log begins with. */
function firstEvents(incoming: NewMessage, storedAt: number): NewEvent[] {
  const { message, events } = incoming;
  const deliveries = incoming.deliveries.map(({ organId, state }) => ({ organId, state }));
  const time = message.receivedAt;
  const { contentDigest, sizeBytes } = message;
  return [
    { time, event: 'received', detail: { ...message.submission, caller: message.callerOrganId } },
    // One row for all of them; read as one event `checked` for each.
    { time, event: 'checks', detail: { checks: message.checks } },
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
    deliveries: JSON.stringify(
      incoming.deliveries.map((one) => [one.organId, one.state, one.expiresAt ?? null]),
    ),
    actsOn: isEmpty(incoming.actsOn) ? null : JSON.stringify(incoming.actsOn),
    ...recallRecord(incoming, now),
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

function isEmpty(list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === 0;
}

function ownBytes(incoming: NewMessage): Uint8Array[] {
  const { receipt } = incoming.answer;
  return isLarge(incoming) ? [receipt] : [receipt, incoming.content];
}

function recallRecord(incoming: NewMessage, now: number): Pick<MessageRecord, 'recall'> {
  const { recall } = incoming;
  if (recall === undefined) return {};
  let at = ownBytes(incoming).length;
  const lanes = recall.lanes.map(({ organId, goesTo = organId, notice }) => {
    if (notice === undefined) return { organId, goesTo };
    const record = messageRecord(notice, now);
    const lane = { organId, goesTo, notice: { record, at } };
    at += ownBytes(notice).length;
    return lane;
  });
  return { recall: { documents: recall.documents, lanes } };
}

/** What travels beside the record: receipt, the content when it is small, the same of each notice. */
export function recordBytes(incoming: NewMessage): Uint8Array[] {
  const notices = incoming.recall?.lanes.flatMap(({ notice }) => notice ?? []) ?? [];
  return [...ownBytes(incoming), ...notices.flatMap(ownBytes)];
}
