/**
 * What an act would do to a delivery as it stands: for dry runs. The store decides for real, by the
 * same table of states.
 *
 * @module
 */
import { isNoted, movesOf } from '../model/delivery-state.js';
import type { ErrorCode } from '../model/error-table.js';
import type { Delivery } from '../model/message.js';
import type { ActOutcome, QueueAct, Store } from '../store/store.js';
import type { QueueContext } from './queue-context.js';
import type { Successors } from './successors.js';

export async function predict(
  { store }: QueueContext,
  act: QueueAct,
  delivery: Delivery,
  successors: Successors,
): Promise<ActOutcome> {
  const { id, state } = delivery;
  if (isNoted(act, state)) return { id, result: 'noted' };
  if (movesOf(act, state).length === 0) return { id, result: 'unchanged', code: 'delivery.state' };
  const obstacle = await obstacleTo(store, act, delivery, successors);
  if (obstacle !== undefined) return { id, result: 'unchanged', code: obstacle };
  if (act === 'reroute' && !(await movesByRoute(store, delivery))) {
    return { id, result: 'unchanged' };
  }
  return { id, result: 'done' };
}

async function obstacleTo(
  store: Store,
  act: QueueAct,
  delivery: Delivery,
  successors: Successors,
): Promise<ErrorCode | undefined> {
  if (act === 'redirect' && (await successors.of(delivery.toOrganId)) === undefined) {
    return 'queue.successor';
  }
  if (act !== 'requeue' && act !== 'resend') return undefined;
  if (delivery.state === 'cancelled' && delivery.lastCode === 'delivery.recalled') {
    return 'delivery.recalled';
  }
  const message = await store.getMessage(delivery.messageId);
  return message?.purgedAt === undefined ? undefined : 'delivery.purged';
}

/** What waits already where the present route wants it stays as it is. */
async function movesByRoute(store: Store, { state, toOrganId }: Delivery): Promise<boolean> {
  const kind = (await store.getAgency(toOrganId))?.route.kind;
  if (state === 'pending') return kind === 'push';
  if (state === 'queued' || state === 'deferred') return kind === 'collect';
  return true;
}
