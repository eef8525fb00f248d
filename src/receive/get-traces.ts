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
import type { OrganId } from '../model/organ-id.js';
import type { SoapRequest } from '../soap/envelope.js';
import { type Trace as TraceItem, tracePage } from '../soap/results.js';
import type { Page, PageRequest, Store, TraceFilter } from '../store/store.js';
import { childOf } from '../xml/tree.js';
import type { Call, ReceiveContext } from './context.js';
import type { OperationAnswer } from './operations.js';
import { messageIdOf, pageOf, timeOf, unknownMessage } from './request-fields.js';
import { isVisible } from './visible.js';

/** Packages write Vietnam time and may write a day that does not exist; then the day it came must do. */
function statusTime(status: StatusOfDelivery): string {
  const written = instantOf(status.timestamp);
  return utc(Number.isNaN(written) ? status.receivedAt : written);
}

function itemOf(trace: Trace, certificate: Uint8Array | undefined): TraceItem {
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
    ...(certificate === undefined ? {} : { certificate }),
  };
}

/** The proof of each lane that was taken; for lanes of named documents, of which there are few. */
function withCertificates(store: Store, traces: readonly Trace[]): Promise<TraceItem[]> {
  return Promise.all(
    traces.map(async (one) => {
      const kept =
        one.state === 'delivered' ? await store.getDeliveryCertificate(one.id) : undefined;
      return itemOf(one, kept?.certificate);
    }),
  );
}

/** A recipient no longer sees what was taken back before it fetched it; the sender sees all lanes. */
async function visible(
  store: Store,
  traces: readonly Trace[],
  viewer: OrganId,
): Promise<readonly Trace[]> {
  const seen = await Promise.all(
    traces.map((one) => one.fromOrganId === viewer || isVisible(store, one)),
  );
  return traces.filter((_, i) => seen[i]);
}

/** @param named goes on while nothing on a page may be seen: an empty one would tell that there is something */
async function visiblePage(
  store: Store,
  filter: TraceFilter,
  page: PageRequest,
  named: boolean,
): Promise<Page<Trace>> {
  let from = page;
  for (;;) {
    const { items: lanes, next } = await store.listTraces(filter, from);
    const items = await visible(store, lanes, filter.viewer);
    if (items.length > 0 || next === undefined || !named) {
      return { items, ...(next === undefined ? {} : { next }) };
    }
    from = { ...page, after: next };
  }
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
  const viewer = call.caller.agency.organId;
  const filter: TraceFilter = {
    viewer,
    ...(messageId === undefined ? {} : { messageId }),
    ...(documentId === undefined ? {} : { documentKey: documentKey(documentId) }),
    ...(since === undefined ? {} : { since }),
  };
  const named = messageId !== undefined || documentId !== undefined;
  const { items, next } = await visiblePage(context.store, filter, page, named);
  if (named && items.length === 0 && page.after === undefined) throw unknownMessage();
  const traces = named
    ? await withCertificates(context.store, items)
    : items.map((one) => itemOf(one, undefined));
  const answer = { traces, ...(next === undefined ? {} : { next }) };
  return { body: tracePage(answer), outcome: 'answered' };
}
