/**
 * GetTraces: where a document is. The sender sees all lanes, a recipient its own; anything else is
 * answered exactly as unknown.
 *
 * @module
 */
import { utc } from '../clock.js';
import { instantOf } from '../edxml/times.js';
import { documentKey } from '../model/document-id.js';
import { refuse } from '../model/issue.js';
import type { StatusOfDelivery, Trace } from '../model/message.js';
import type { SoapRequest } from '../soap/envelope.js';
import { type Trace as TraceItem, tracePage } from '../soap/results.js';
import { childOf } from '../xml/tree.js';
import type { Call, ReceiveContext } from './context.js';
import type { OperationAnswer } from './operations.js';
import { messageIdOf, pageOf, timeOf, unknownMessage } from './request-fields.js';

/** Packages write Vietnam time and may write a day that does not exist; then the day it came must do. */
function statusTime(status: StatusOfDelivery): string {
  const written = instantOf(status.timestamp);
  return utc(Number.isNaN(written) ? status.receivedAt : written);
}

function itemOf(trace: Trace): TraceItem {
  return {
    messageId: trace.messageId,
    documentId: trace.documentId,
    toOrganId: trace.toOrganId,
    state: trace.state,
    attempts: trace.attempts,
    ...(trace.lastCode === undefined ? {} : { lastCode: trace.lastCode }),
    updatedAt: utc(trace.updatedAt),
    statuses: trace.statuses.map((status) => ({
      statusCode: status.statusCode,
      fromOrganId: status.fromOrganId,
      timestamp: statusTime(status),
      ...(status.description === undefined ? {} : { description: status.description }),
    })),
  };
}

export async function getTraces(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const { body } = request;
  const messageId = childOf(body, 'MessageId') === undefined ? undefined : messageIdOf(body);
  // Not `field`: a document id is compared as it was written, without trimming.
  const documentId = childOf(body, 'DocumentId')?.text;
  const since = timeOf(body, 'Since');
  const given = [messageId, documentId, since].filter((one) => one !== undefined).length;
  if (given !== 1) {
    throw refuse('request.value', {
      element: 'GetTraces',
      reason: 'exactly one of MessageId, DocumentId and Since is needed',
    });
  }
  const page = pageOf(body);
  const { items, next } = await context.store.listTraces(
    {
      viewer: call.caller.agency.organId,
      ...(messageId === undefined ? {} : { messageId }),
      ...(documentId === undefined ? {} : { documentKey: documentKey(documentId) }),
      ...(since === undefined ? {} : { since }),
    },
    page,
  );
  const named = messageId !== undefined || documentId !== undefined;
  if (named && items.length === 0 && page.after === undefined) throw unknownMessage();
  const answer = { traces: items.map(itemOf), ...(next === undefined ? {} : { next }) };
  return { body: tracePage(answer), outcome: 'answered' };
}
