/**
 * States of a delivery.
 *
 * `queued` → `active` → `delivered` | `deferred` → `active` …; `pending` (the recipient collects) →
 * `delivered` on its confirmation; `held` by an operator; `dead` after the last attempt or a final
 * refusal; `cancelled` by an operator or a recall.
 *
 * @module
 */
export const DELIVERY_STATES = [
  'queued',
  'active',
  'deferred',
  'pending',
  'held',
  'delivered',
  'dead',
  'cancelled',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const FINAL: ReadonlySet<DeliveryState> = new Set<DeliveryState>([
  'delivered',
  'dead',
  'cancelled',
]);

export function isFinal(state: DeliveryState): boolean {
  return FINAL.has(state);
}
