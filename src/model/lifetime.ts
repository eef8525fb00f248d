/**
 * Lifetimes: how long a delivery may wait before it ends as a dead letter and its sender is told.
 * Milliseconds; undefined = for ever.
 *
 * @module
 */
export interface Lifetimes {
  /** Of pushed deliveries, by `Priority` 0 to 4. */
  readonly push: readonly [number, number, number, number, number];
  /** Of deliveries that the recipient collects. */
  readonly collect?: number;
}

/** @returns when it expires; undefined = never. */
export function expiryOf(
  lifetimes: Lifetimes,
  state: 'queued' | 'pending',
  priority: number,
  now: number,
): number | undefined {
  const ms = state === 'pending' ? lifetimes.collect : lifetimes.push[clampPriority(priority)];
  return ms === undefined ? undefined : now + ms;
}

function clampPriority(priority: number): number {
  return Math.min(4, Math.max(0, Math.trunc(priority)));
}
