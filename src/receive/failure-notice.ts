/**
 * Failure notices: when a delivery ends as a dead letter, the sender of the document gets a status
 * package written by this gateway. The standard has no code for it; 02 (refused) with the gateway as
 * its author and the reason in words is what every system can read (QĐ 28/2018 art. 5.4: a refusal
 * goes back with its reason).
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { vietnamTime } from '../clock.js';
import { writeStatusPackage } from '../edxml/write-status.js';
import type { StatusNotice } from '../model/edxml.js';
import type { Delivery, NewMessage } from '../model/message.js';
import type { SignatureVerdict } from '../model/signature.js';
import type { ReceiveContext } from './context.js';
import { makeMessage } from './make-message.js';

const UNSIGNED: SignatureVerdict = {
  class: 'absent',
  signedParts: [],
  reasons: [],
  present: false,
};

/** Only documents get one: a notice about a notice could go on for ever. */
export async function makeFailureNotice(
  context: ReceiveContext,
  delivery: Delivery,
  reason: string,
): Promise<NewMessage | undefined> {
  if (delivery.kind !== 'document') return undefined;
  const original = await context.store.getMessage(delivery.messageId);
  const sender = await context.store.getAgency(delivery.fromOrganId);
  if (original?.read.kind !== 'document' || sender === undefined) return undefined;
  const now = context.clock.now();
  const status: StatusNotice = {
    kind: 'status',
    from: { organId: context.organId, organName: 'edxgate' },
    responseFor: {
      organId: delivery.fromOrganId,
      code: original.documentCode,
      documentId: original.documentId,
      promulgationDate: original.read.promulgationDate,
    },
    statusCode: '02',
    description: `Không chuyển được tới ${delivery.toOrganId} / not delivered to ${delivery.toOrganId}: ${reason}`,
    timestamp: vietnamTime(now),
  };
  const content = writeStatusPackage(status);
  return makeMessage(
    {
      content,
      contentDigest: createHash('sha256').update(content).digest('hex'),
      read: status,
      signature: UNSIGNED,
      callerOrganId: context.organId,
      fromOrganId: context.organId,
      recipients: [sender],
      warnings: [],
      checks: [],
      submission: {
        operation: 'FailureNotice',
        proof: 'gateway',
        correlationId: `${delivery.messageId}-${delivery.id}`,
      },
      duplicateKey: JSON.stringify(['failure-notice', delivery.messageId, delivery.toOrganId]),
    },
    { now, makeReceipt: context.makeReceipt },
  );
}
