/**
 * Dead letters: deliveries that will not be tried again unless somebody requeues them.
 *
 * Errors: as src/operate/queue-acts.ts.
 *
 * @module
 */
import type { Store } from '../store/store.js';
import type { DeliveryView } from './message-view.js';
import { listQueue } from './queue.js';
import { type ActOrder, type ActView, actOnQueue } from './queue-acts.js';
import type { QueueContext } from './queue-context.js';
import type { QueueQuery } from './queue-query.js';

type DeadQuery = Omit<QueueQuery, 'states'>;

/** Newest first. */
export function listDead(store: Store, query: DeadQuery = {}): AsyncGenerator<DeliveryView> {
  return listQueue(store, { ...query, states: ['dead'] });
}

/** Each starts again with a whole schedule. By filter dead letters only; by number cancelled ones too. */
export function requeueDead(
  context: QueueContext,
  order: Omit<ActOrder, 'act' | 'query'> & { readonly query?: DeadQuery },
): AsyncGenerator<ActView> {
  return actOnQueue(context, {
    ...order,
    act: 'requeue',
    query: { ...order.query, states: ['dead'] },
  });
}
