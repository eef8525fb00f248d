/**
 * The queue: deliveries that are not final, with what they wait for; and making them due now.
 *
 * Errors: `delivery.unknown`.
 *
 * @module
 */
import { DELIVERY_STATES, type DeliveryState, isFinal } from '../model/delivery-state.js';
import { refuse } from '../model/issue.js';
import type { Delivery } from '../model/message.js';
import { parseMessageId } from '../model/message-id.js';
import { parseOrganId } from '../model/organ-id.js';
import type { DeliveryFilter, Store } from '../store/store.js';
import type { OperatorContext } from './agencies.js';
import { type AttemptView, viewAttempt } from './attempt-view.js';
import { type DeliveryView, viewDelivery } from './message-view.js';
import { walk } from './pages.js';

export const WAITING_STATES: readonly DeliveryState[] = DELIVERY_STATES.filter(
  (state) => !isFinal(state),
);

/** States that "now" means something to; others have ended or wait for the recipient. */
const RETRIED: ReadonlySet<DeliveryState> = new Set<DeliveryState>(['queued', 'deferred', 'held']);

export interface QueueQuery {
  /** Default: every state that is not final. */
  readonly states?: readonly DeliveryState[];
  readonly toOrganId?: string;
  /** Code of the last attempt. */
  readonly code?: string;
  readonly limit?: number;
}

export async function* listQueue(
  store: Store,
  query: QueueQuery = {},
): AsyncGenerator<DeliveryView> {
  for await (const delivery of deliveries(store, query)) yield viewDelivery(delivery);
}

export type DeliveryStory = DeliveryView & { readonly history: readonly AttemptView[] };

/** @param reference number of a delivery, or a message id: then every delivery of it. */
export async function showDeliveries(store: Store, reference: string): Promise<DeliveryStory[]> {
  const found = await resolveDeliveries(store, reference);
  return Promise.all(
    found.map(async (delivery) => ({
      ...viewDelivery(delivery),
      history: (await store.listAttempts(delivery.id)).map(viewAttempt),
    })),
  );
}

export interface RetryQuery extends QueueQuery {
  /** Numbers of deliveries or message ids. */
  readonly references?: readonly string[];
  /** Only answer what would be made due. */
  readonly dryRun?: boolean;
}

export type RetryView = DeliveryView & {
  /** False: in a final state, under way, or waiting for its recipient. */
  readonly retried: boolean;
};

/**
 * Makes deliveries due now. The count of attempts is kept: one on its last attempt becomes a dead
 * letter if this one fails too.
 */
export async function retryDeliveries(
  { store, clock, logger, actor }: OperatorContext,
  query: RetryQuery,
): Promise<RetryView[]> {
  const found: Delivery[] = [];
  const { references } = query;
  if (references === undefined) {
    for await (const one of deliveries(store, { states: [...RETRIED], ...query })) found.push(one);
  } else {
    for (const one of references) found.push(...(await resolveDeliveries(store, one)));
  }
  const due = found.filter((one) => RETRIED.has(one.state)).map((one) => one.id);
  if (query.dryRun === true) return found.map((one) => asked(one, due.includes(one.id)));
  const changed = new Set(due.length === 0 ? [] : await store.retryNow(due, clock.now(), actor));
  if (changed.size > 0) logger.info('delivery.retried', { count: changed.size, actor });
  const after = await Promise.all(
    found.map(async (one) => (await store.getDelivery(one.id)) ?? one),
  );
  return after.map((one) => asked(one, changed.has(one.id)));
}

function asked(delivery: Delivery, retried: boolean): RetryView {
  return { ...viewDelivery(delivery), retried };
}

async function* deliveries(store: Store, query: QueueQuery): AsyncGenerator<Delivery> {
  const toOrganId = query.toOrganId === undefined ? undefined : parseOrganId(query.toOrganId);
  if (query.toOrganId !== undefined && toOrganId === undefined) return;
  const filter: DeliveryFilter = {
    states: query.states ?? WAITING_STATES,
    ...(toOrganId === undefined ? {} : { toOrganId }),
    ...(query.code === undefined ? {} : { lastCode: query.code }),
  };
  yield* walk((page) => store.listDeliveries(filter, page), query.limit);
}

async function resolveDeliveries(store: Store, reference: string): Promise<readonly Delivery[]> {
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
