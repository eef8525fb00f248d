/**
 * What becomes of a delivery if every attempt from now on fails: when it is tried again, and when it
 * ends as a dead letter. Without jitter, which only shortens waits, and without the pause of a breaker,
 * which may put attempts off.
 *
 * @module
 */
import type { Delivery } from './message.js';

export interface RetryForecast {
  /** Times of the attempts that are left, the one under way included. */
  readonly attempts: readonly number[];
  /** When it would end at the latest; absent when it is final or nothing but a person ends it. */
  readonly endsAt?: number;
  /** Why it would end then: no attempt is left, or its lifetime is over. */
  readonly end?: 'exhausted' | 'expired';
}

/** Attempts that are spent of the present run of the schedule. */
export function attemptsOfRun(delivery: Pick<Delivery, 'attempts' | 'earlierAttempts'>): number {
  return Math.max(0, delivery.attempts - delivery.earlierAttempts);
}

/** @param schedule waits after failed attempts, in milliseconds. */
export function forecastRetries(
  delivery: Delivery,
  schedule: readonly number[],
  now: number,
): RetryForecast {
  const { state, expiresAt } = delivery;
  if (state === 'pending')
    return expiresAt === undefined ? { attempts: [] } : expires([], expiresAt);
  if (state !== 'queued' && state !== 'deferred' && state !== 'active') return { attempts: [] };
  const attempts: number[] = [];
  let time = state === 'active' ? now : Math.max(now, delivery.dueAt);
  for (let made = attemptsOfRun(delivery); ; made++) {
    if (expiresAt !== undefined && time > expiresAt) return expires(attempts, expiresAt);
    attempts.push(time);
    const wait = schedule[made];
    if (wait === undefined) return { attempts, endsAt: time, end: 'exhausted' };
    time += wait;
  }
}

function expires(attempts: readonly number[], expiresAt: number): RetryForecast {
  return { attempts, endsAt: expiresAt, end: 'expired' };
}
