/**
 * When the next attempt is due. Durations in milliseconds.
 *
 * @module
 */

/** Waits after the first, second, … failed attempt; after the last of them the delivery is dead. */
export type RetrySchedule = readonly number[];

/**
 * Jitter picks a point in the upper half of the wait, so that peers that failed together do not come
 * back together.
 *
 * @param attemptsMade failed attempts so far, at least 1.
 * @param random uniform in [0, 1).
 * @param askedMs what the peer asked for in Retry-After; the longer of the two is taken, but never more
 *   than the longest wait of the schedule: a peer must not park a delivery for a year.
 * @returns milliseconds to wait, or undefined when the delivery becomes a dead letter.
 */
export function nextDelayMs(
  schedule: RetrySchedule,
  attemptsMade: number,
  random: () => number,
  askedMs = 0,
): number | undefined {
  const full = schedule[attemptsMade - 1];
  if (full === undefined) return undefined;
  const own = Math.round(full * (0.5 + random() / 2));
  return Math.max(own, Math.min(askedMs, Math.max(...schedule)));
}
