/**
 * Delivery certificates: our signed "taken by the recipient's system". Schema:
 * xsd/receipt/1/certificate.xsd. Written and signed like receipts (receipt.ts).
 *
 * @module
 */
import type { CertificateFacts, Taken } from '../model/certificate.js';
import type { OrganId } from '../model/organ-id.js';
import { receiptSignature } from '../xml/sign.js';
import type { ReceiptKey } from './receipt-keys.js';
import { element, optionalElement, RECEIPT_NAMESPACE } from './signed-text.js';

/** The certificate without its signature, in exclusive canonical form. */
export function certificateText(facts: CertificateFacts, gateway: OrganId): string {
  return (
    `<DeliveryCertificate xmlns="${RECEIPT_NAMESPACE}" Id="delivery-${facts.messageId}">` +
    element('CertificateVersion', 1) +
    element('Gateway', gateway) +
    element('MessageId', facts.messageId) +
    element('Kind', facts.kind) +
    element('FromOrganId', facts.fromOrganId) +
    element('ToOrganId', facts.toOrganId) +
    element('DocumentId', facts.documentId) +
    element('ContentDigest', facts.contentDigest) +
    element('DeliveredAt', facts.deliveredAt) +
    element('How', facts.how.kind) +
    takenText(facts.how) +
    '</DeliveryCertificate>'
  );
}

function takenText(how: Taken): string {
  if (how.kind === 'collect') return element('ConfirmedOutcome', 'done');
  return (
    element('Attempt', how.attempt) +
    optionalElement('Endpoint', how.endpoint) +
    optionalElement('AnswerDigest', how.answerDigest)
  );
}

export function makeCertificate(
  facts: CertificateFacts,
  gateway: OrganId,
  key: ReceiptKey,
): Uint8Array {
  return Buffer.from(receiptSignature(certificateText(facts, gateway), key), 'utf8');
}
