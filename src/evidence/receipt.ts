/**
 * Receipts: our signed "stored, we are responsible now". Schema: xsd/receipt/1/receipt.xsd.
 *
 * The text is written in exclusive canonical form from the start, so that signing it needs no parser;
 * a test holds it against libxml2's canonical form and against xml-crypto.
 *
 * @module
 */

import type { PackageKind } from '../model/edxml.js';
import type { MessageId } from '../model/message-id.js';
import type { OrganId } from '../model/organ-id.js';
import type { SignatureClass } from '../model/signature.js';
import { receiptSignature } from '../xml/sign.js';
import type { ReceiptKey } from './receipt-keys.js';
import { element, RECEIPT_NAMESPACE } from './signed-text.js';

export interface ReceiptContent {
  readonly messageId: MessageId;
  readonly kind: PackageKind;
  readonly fromOrganId: OrganId;
  readonly documentId: string;
  readonly contentDigest: string;
  readonly sizeBytes: number;
  readonly receivedAt: string;
  readonly signatureClass: SignatureClass;
  readonly recipients: readonly OrganId[];
}

/** The receipt without its signature, in exclusive canonical form. */
export function receiptText(content: ReceiptContent, gateway: OrganId): string {
  return (
    `<Receipt xmlns="${RECEIPT_NAMESPACE}" Id="receipt-${content.messageId}">` +
    element('ReceiptVersion', 1) +
    element('Gateway', gateway) +
    element('MessageId', content.messageId) +
    element('Kind', content.kind) +
    element('FromOrganId', content.fromOrganId) +
    element('DocumentId', content.documentId) +
    element('ContentDigest', content.contentDigest) +
    element('SizeBytes', content.sizeBytes) +
    element('ReceivedAt', content.receivedAt) +
    element('SignatureClass', content.signatureClass) +
    content.recipients.map((one) => `<Recipient>${element('OrganId', one)}</Recipient>`).join('') +
    '</Receipt>'
  );
}

export function makeReceipt(
  content: ReceiptContent,
  gateway: OrganId,
  key: ReceiptKey,
): Uint8Array {
  return Buffer.from(receiptSignature(receiptText(content, gateway), key), 'utf8');
}
