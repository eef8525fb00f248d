/**
 * What the certificate of a push says: who took what, when, at which attempt, and with which answer.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { utc } from '../clock.js';
import type { CertificateFacts } from '../model/certificate.js';
import type { DeliveryAttempt, LeasedDelivery } from '../model/message.js';

export function certificateFacts(
  delivery: LeasedDelivery,
  { number, finishedAt, endpoint, rawAnswer }: DeliveryAttempt,
): CertificateFacts {
  const { messageId, kind, fromOrganId, toOrganId, documentId, contentDigest } = delivery;
  return {
    messageId,
    kind,
    fromOrganId,
    toOrganId,
    documentId,
    contentDigest,
    deliveredAt: utc(finishedAt),
    how: {
      kind: 'push',
      attempt: number,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(rawAnswer === undefined ? {} : { answerDigest: digestOf(rawAnswer) }),
    },
  };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
