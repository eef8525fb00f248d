/**
 * The only place that asks the machine for the time.
 *
 * @module
 */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Milliseconds that only go forward, for durations. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** `2026-11-24T03:04:05.678Z` */
export function utc(ms: number): string {
  return new Date(ms).toISOString();
}

/** How packages write time: `2026/11/24 10:04:05`, Vietnam time (+07:00, no daylight saving). */
export function vietnamTime(ms: number): string {
  const iso = new Date(ms + 7 * 3_600_000).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 19)}`;
}
