/**
 * Status packages that this gateway writes about a document, for the document's sender: that it could
 * not be delivered, or that it was taken back. Unsigned; the gateway stands in `From`.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { vietnamTime } from '../clock.js';
import { writeStatusPackage } from '../edxml/write-status.js';
import { takesPart } from '../model/agency.js';
import type { StatusNotice } from '../model/edxml.js';
import type { Message, NewMessage } from '../model/message.js';
import type { SignatureVerdict } from '../model/signature.js';
import type { StatusCode } from '../model/status-code.js';
import { successionOf } from '../model/successor.js';
import type { ReceiveContext } from './context.js';
import { makeMessage } from './make-message.js';

const UNSIGNED: SignatureVerdict = {
  class: 'absent',
  signedParts: [],
  reasons: [],
  present: false,
};

export interface GatewayNotice {
  /** `FailureNotice`, `RecallNotice`. */
  readonly operation: string;
  /** The document that it speaks about; its sender gets the notice. */
  readonly about: Message;
  readonly statusCode: StatusCode;
  readonly description: string;
  readonly correlationId: string;
  readonly duplicateKey: string;
}

/** Only documents get one: a notice about a notice could go on for ever. */
export async function makeGatewayNotice(
  context: ReceiveContext,
  wish: GatewayNotice,
): Promise<NewMessage | undefined> {
  const { store, clock, organId } = context;
  const { about, statusCode, description } = wish;
  const now = clock.now();
  const sender = await store.getAgency(about.fromOrganId);
  if (about.read.kind !== 'document' || sender === undefined) return undefined;
  const heir = takesPart(sender, now)
    ? sender
    : (await successionOf(sender, now, (one) => store.getAgency(one))).agency;
  const status: StatusNotice = {
    kind: 'status',
    from: { organId, organName: 'edxgate' },
    responseFor: {
      organId: about.fromOrganId,
      code: about.documentCode,
      documentId: about.documentId,
      promulgationDate: about.read.promulgationDate,
    },
    statusCode,
    description,
    timestamp: vietnamTime(now),
  };
  const content = writeStatusPackage(status);
  return makeMessage(
    {
      content,
      contentDigest: createHash('sha256').update(content).digest('hex'),
      read: status,
      signature: UNSIGNED,
      callerOrganId: organId,
      fromOrganId: organId,
      recipients: [heir ?? sender],
      warnings: [],
      checks: [],
      submission: {
        operation: wish.operation,
        proof: 'gateway',
        correlationId: wish.correlationId,
      },
      duplicateKey: wish.duplicateKey,
    },
    { now, makeReceipt: context.makeReceipt, lifetimes: context.lifetimes },
  );
}
