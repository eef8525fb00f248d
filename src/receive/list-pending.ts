/**
 * ListPending: what waits for the caller, oldest first. Listing changes nothing: an item stays until it
 * is confirmed.
 *
 * @module
 */
import { utc } from '../clock.js';
import { businessTypeCode } from '../model/business-type.js';
import type { PackageKind } from '../model/edxml.js';
import { refuse } from '../model/issue.js';
import type { Message } from '../model/message.js';
import type { SoapRequest } from '../soap/envelope.js';
import { type PendingItem, pendingPage } from '../soap/results.js';
import type { Call, ReceiveContext } from './context.js';
import type { OperationAnswer } from './operations.js';
import { field, pageOf } from './request-fields.js';

function kindOf(text: string | undefined): PackageKind | undefined {
  if (text === undefined || text === 'document' || text === 'status') return text;
  throw refuse('request.value', { element: 'Kind', reason: 'it must be document or status' });
}

function itemOf(message: Message): PendingItem {
  return {
    messageId: message.messageId,
    kind: message.kind,
    documentId: message.documentId,
    fromOrganId: message.fromOrganId,
    ...(message.subject === undefined ? {} : { subject: message.subject }),
    ...(message.businessType === undefined
      ? {}
      : { bussinessDocType: businessTypeCode(message.businessType) }),
    ...(message.kind === 'document' ? { priority: message.priority } : {}),
    receivedAt: utc(message.receivedAt),
    sizeBytes: message.sizeBytes,
    contentDigest: message.contentDigest,
  };
}

export async function listPending(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const { items, next } = await context.store.listPending(
    call.caller.agency.organId,
    kindOf(field(request.body, 'Kind')),
    pageOf(request.body),
    context.clock.now(),
  );
  const page = { items: items.map(itemOf), ...(next === undefined ? {} : { next }) };
  return { body: pendingPage(page), outcome: 'answered' };
}
