/**
 * The queue: deliveries that are not final, and one of them with all that is known: attempts, the
 * times of the next ones, when it ends, and what it waits for.
 *
 * Errors: `delivery.unknown`.
 *
 * @module
 */
import { utc } from '../clock.js';
import { isFinal, OPEN_STATES } from '../model/delivery-state.js';
import type { Delivery } from '../model/message.js';
import { forecastRetries } from '../model/retry-forecast.js';
import type { Store } from '../store/store.js';
import { type AttemptView, viewAttempt } from './attempt-view.js';
import { type DeliveryView, viewDelivery } from './message-view.js';
import { type Block, blocksOf } from './queue-blocks.js';
import { type QueueContext, timeMember } from './queue-context.js';
import { findDeliveries, type QueueQuery, resolveDeliveries } from './queue-query.js';

/** Newest first; without `states` every state that is not final. */
export async function* listQueue(
  store: Store,
  query: QueueQuery = {},
): AsyncGenerator<DeliveryView> {
  for await (const one of findDeliveries(store, query, OPEN_STATES)) yield viewDelivery(one);
}

/** What will happen if every attempt fails and nobody acts. Times are ISO 8601, UTC. */
export interface DeliveryForecast {
  /** When the attempts that are left are due at the earliest. */
  readonly attempts: readonly string[];
  /** When it becomes a dead letter. */
  readonly endsAt?: string;
  readonly endCode?: string;
}

export type DeliveryStory = DeliveryView & {
  readonly history: readonly AttemptView[];
  /** Only while it is not final. */
  readonly forecast?: DeliveryForecast;
  readonly blockedBy: readonly Block[];
};

type Asking = Pick<QueueContext, 'store' | 'clock' | 'retryMs'>;

/** @param reference number of a delivery, or a message id: then every delivery of it. */
export async function showDeliveries(context: Asking, reference: string): Promise<DeliveryStory[]> {
  const stories: DeliveryStory[] = [];
  for (const one of await resolveDeliveries(context.store, reference)) {
    stories.push(await storyOf(context, one));
  }
  return stories;
}

async function storyOf(context: Asking, delivery: Delivery): Promise<DeliveryStory> {
  const { store } = context;
  const [attempts, blockedBy, forecast] = await Promise.all([
    store.listAttempts(delivery.id),
    blocksOf(context, delivery),
    forecastOf(context, delivery),
  ]);
  return {
    ...viewDelivery(delivery),
    history: attempts.map(viewAttempt),
    ...(forecast === undefined ? {} : { forecast }),
    blockedBy,
  };
}

async function forecastOf(
  { store, clock, retryMs }: Asking,
  delivery: Delivery,
): Promise<DeliveryForecast | undefined> {
  if (isFinal(delivery.state)) return undefined;
  const own = (await store.getAgency(delivery.toOrganId))?.retryMs;
  const { attempts, endsAt, end } = forecastRetries(delivery, own ?? retryMs, clock.now());
  return {
    attempts: attempts.map(utc),
    ...timeMember('endsAt', endsAt),
    ...(end === undefined ? {} : { endCode: `delivery.${end}` }),
  };
}
