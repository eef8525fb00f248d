/**
 * What a recipient may still see of a delivery that was cancelled: only what it had fetched before.
 *
 * @module
 */
import type { Delivery } from '../model/message.js';
import type { Store } from '../store/store.js';

export async function isVisible(store: Store, delivery: Delivery): Promise<boolean> {
  if (delivery.state !== 'cancelled') return true;
  const collections = await store.listCollections(delivery.messageId);
  return collections.some((one) => one.organId === delivery.toOrganId && one.fetches > 0);
}
