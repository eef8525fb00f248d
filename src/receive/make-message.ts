/**
 * From what was read and checked to what the store keeps: one new message with its receipt, its
 * answer, its duplicate key and a delivery per recipient.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { Agency } from '../model/agency.js';
import type { Check } from '../model/check.js';
import { documentKey } from '../model/document-id.js';
import type { ReadPackage } from '../model/edxml.js';
import type { Issue } from '../model/issue.js';
import type { Lifetimes } from '../model/lifetime.js';
import type { Message, NewMessage, SendAnswer, Submission } from '../model/message.js';
import { newMessageId } from '../model/message-id.js';
import type { OrganId } from '../model/organ-id.js';
import { foldSearchText } from '../model/search-text.js';
import type { SignatureVerdict } from '../model/signature.js';
import type { ReceiptFacts } from './context.js';
import { firstDeliveries, newDeliveries } from './recipients.js';

export interface Checked {
  readonly content: Uint8Array;
  readonly contentDigest: string;
  readonly read: ReadPackage;
  readonly signature: SignatureVerdict;
  readonly callerOrganId: OrganId;
  /** The sender as the directory knows it. */
  readonly fromOrganId: OrganId;
  readonly recipients: readonly Agency[];
  readonly warnings: readonly Issue[];
  readonly checks: readonly Check[];
  readonly submission: Submission;
  readonly duplicateKey: string;
}

export interface MessageMaker {
  readonly now: number;
  readonly lifetimes: Lifetimes;
  makeReceipt(facts: ReceiptFacts): Uint8Array;
}

/** What differs between documents and statuses in the columns of a message. */
function columns(
  read: ReadPackage,
): Pick<Message, 'documentId' | 'documentCode' | 'priority'> &
  Partial<Pick<Message, 'businessType' | 'subject' | 'statusCode' | 'responseForOrganId'>> {
  if (read.kind === 'document') {
    return {
      documentId: read.documentId,
      documentCode: `${read.codeNumber}/${read.codeNotation}`,
      businessType: read.business.type,
      subject: read.subject,
      priority: read.priority,
    };
  }
  return {
    documentId: read.responseFor.documentId ?? '',
    documentCode: read.responseFor.code,
    statusCode: read.statusCode,
    responseForOrganId: read.responseFor.organId,
    priority: 0,
  };
}

function searchable(read: ReadPackage): string {
  return read.kind === 'document'
    ? foldSearchText(
        read.documentId,
        `${read.codeNumber}/${read.codeNotation}`,
        read.subject,
        read.from.organId,
        read.from.organName,
        ...read.to.flatMap((one) => [one.organId, one.organName]),
      )
    : foldSearchText(
        read.responseFor.documentId,
        read.responseFor.code,
        read.from.organId,
        read.from.organName,
        read.description,
      );
}

export function makeMessage(checked: Checked, maker: MessageMaker): NewMessage {
  const { read, signature, fromOrganId, contentDigest } = checked;
  const messageId = newMessageId(maker.now);
  const shown = columns(read);
  const deliveries = firstDeliveries(checked.recipients);
  const receivedAt = utc(maker.now);
  const sizeBytes = checked.content.byteLength;

  const message: Message = {
    messageId,
    kind: read.kind,
    receivedAt: maker.now,
    callerOrganId: checked.callerOrganId,
    fromOrganId,
    ...shown,
    documentKey: documentKey(shown.documentId),
    contentDigest,
    sizeBytes,
    signatureClass: signature.class,
    signature,
    warnings: checked.warnings,
    checks: checked.checks,
    submission: checked.submission,
    read,
    searchText: searchable(read),
  };
  const answer: SendAnswer = {
    messageId,
    documentId: shown.documentId,
    receivedAt,
    contentDigest,
    signatureClass: signature.class,
    deliveries,
    warnings: checked.warnings,
    receipt: maker.makeReceipt({
      messageId,
      kind: read.kind,
      fromOrganId,
      documentId: shown.documentId,
      contentDigest,
      sizeBytes,
      receivedAt,
      signatureClass: signature.class,
      recipients: deliveries.map((one) => one.organId),
    }),
  };
  return {
    message,
    content: checked.content,
    answer,
    duplicateKey: checked.duplicateKey,
    deliveries: newDeliveries(deliveries, maker.lifetimes, shown.priority, maker.now),
    events: [],
  };
}
