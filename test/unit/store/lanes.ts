/**
 * Deliveries brought into a state, and what is known about them, through the store's own interface.
 *
 * @module
 */
import type { DeliveryState } from '../../../src/model/delivery-state.js';
import type { Delivery, LeasedDelivery, NewMessage } from '../../../src/model/message.js';
import type { OperatorAct, Store } from '../../../src/store/store.js';
import { act, document, type MessageWish, outcome, RECIPIENT, T0 } from './samples.js';

export async function lease(store: Store, now: number): Promise<LeasedDelivery> {
  const [one] = await store.leaseDue({ now, limit: 1, perRecipient: 9, leaseMs: 1000 });
  if (one === undefined) throw new Error('nothing leased');
  return one;
}

export interface Reached {
  readonly sent: NewMessage;
  readonly id: number;
  readonly leased?: LeasedDelivery;
}

async function bring(store: Store, id: number, state: DeliveryState): Promise<Partial<Reached>> {
  if (state === 'held') await store.actOnDeliveries(act('hold', [id], { now: T0 + 1 }));
  if (state === 'cancelled') await store.actOnDeliveries(act('cancel', [id], { now: T0 + 1 }));
  if (state !== 'active' && state !== 'deferred' && state !== 'delivered' && state !== 'dead') {
    return {};
  }
  const leased = await lease(store, T0 + 1);
  if (state === 'active') return { leased };
  const code = state === 'delivered' ? {} : { code: 'delivery.timeout' };
  const due = state === 'deferred' ? { dueAt: T0 + 60_000 } : {};
  await store.finishAttempt(outcome(leased, state, { ...code, ...due }));
  return { leased };
}

/** One delivery to RECIPIENT in that state; nothing else is due. */
export async function reach(
  store: Store,
  state: DeliveryState,
  wish: MessageWish = {},
): Promise<Reached> {
  const first = state === 'pending' ? 'pending' : 'queued';
  const sent = document({ to: [[RECIPIENT, first]], ...wish });
  await store.acceptMessage(sent);
  const id = (await store.findDelivery(sent.message.messageId, RECIPIENT))?.id ?? 0;
  return { sent, id, ...(await bring(store, id, state)) };
}

export async function getDelivery(store: Store, id: number): Promise<Delivery> {
  const found = await store.getDelivery(id);
  if (found === undefined) throw new Error(`no delivery ${id}`);
  return found;
}

export async function acts(store: Store, subject?: string): Promise<readonly OperatorAct[]> {
  return (await store.listActs(subject, { limit: 100 })).items;
}

/** Everything that an act could change. */
export async function everything(store: Store, { sent, id }: Reached) {
  const { messageId } = sent.message;
  return {
    deliveries: await store.deliveriesOf(messageId),
    events: await store.listEvents(messageId),
    acts: await acts(store, String(id)),
    counts: await store.counts(),
  };
}
