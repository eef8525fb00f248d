/**
 * Which deliveries are meant: by filter, or by number and message id. Streams, newest first.
 *
 * Errors: `delivery.unknown`.
 *
 * @module
 */
import type { DeliveryState } from '../model/delivery-state.js';
import { documentKey } from '../model/document-id.js';
import type { PackageKind } from '../model/edxml.js';
import { refuse } from '../model/issue.js';
import type { Delivery } from '../model/message.js';
import { parseMessageId } from '../model/message-id.js';
import { parseOrganId } from '../model/organ-id.js';
import type { DeliveryFilter, Store } from '../store/store.js';
import { walk } from './pages.js';

/** Members left out do not count. Times are milliseconds since 1970. */
export interface QueueQuery {
  readonly states?: readonly DeliveryState[];
  readonly toOrganId?: string;
  readonly fromOrganId?: string;
  /** Document id; compared after NFC. */
  readonly documentId?: string;
  readonly messageId?: string;
  readonly kind?: PackageKind;
  /** Code of the last attempt. */
  readonly code?: string;
  /** Made at or after. */
  readonly since?: number;
  /** Made before. */
  readonly before?: number;
  /** Priority 1 to 4. */
  readonly urgent?: boolean;
  readonly limit?: number;
}

/** @returns undefined when nothing can match: an id that is none. */
function filterOf(query: QueueQuery, states: readonly DeliveryState[]): DeliveryFilter | undefined {
  const ids = {
    toOrganId: query.toOrganId === undefined ? undefined : parseOrganId(query.toOrganId),
    fromOrganId: query.fromOrganId === undefined ? undefined : parseOrganId(query.fromOrganId),
    messageId: query.messageId === undefined ? undefined : parseMessageId(query.messageId),
  };
  for (const name of ['toOrganId', 'fromOrganId', 'messageId'] as const) {
    if (query[name] !== undefined && ids[name] === undefined) return undefined;
  }
  const members = {
    ...ids,
    documentKey: query.documentId === undefined ? undefined : documentKey(query.documentId),
    kind: query.kind,
    lastCode: query.code,
    createdBefore: query.before,
    urgent: query.urgent,
  };
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return { states, ...(Object.fromEntries(given) as DeliveryFilter) };
}

/** @param states when the query names none */
export async function* findDeliveries(
  store: Store,
  query: QueueQuery,
  states: readonly DeliveryState[],
): AsyncGenerator<Delivery> {
  const filter = filterOf(query, query.states ?? states);
  if (filter === undefined) return;
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  for await (const one of walk((page) => store.listDeliveries(filter, page))) {
    // Newest first: what follows is older still.
    if (left === 0 || (query.since !== undefined && one.createdAt < query.since)) return;
    yield one;
    left -= 1;
  }
}

/** @param reference number of a delivery, or a message id: then every delivery of it */
export async function resolveDeliveries(
  store: Store,
  reference: string,
): Promise<readonly Delivery[]> {
  const messageId = parseMessageId(reference);
  if (messageId !== undefined) {
    const found = await store.deliveriesOf(messageId);
    if (found.length > 0) return found;
  } else if (/^[1-9]\d{0,14}$/.test(reference)) {
    const one = await store.getDelivery(Number(reference));
    if (one !== undefined) return [one];
  }
  throw refuse('delivery.unknown', { value: reference });
}

/** Each once, in the order named. All of them are found before anything is done to one. */
export async function resolveAll(
  store: Store,
  references: readonly string[],
): Promise<readonly Delivery[]> {
  const found = new Map<number, Delivery>();
  for (const reference of references) {
    for (const one of await resolveDeliveries(store, reference)) found.set(one.id, one);
  }
  return [...found.values()];
}

/** Lists of at most so many, so that memory stays bounded. */
export async function* batches<T>(list: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const one of list) {
    batch.push(one);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
