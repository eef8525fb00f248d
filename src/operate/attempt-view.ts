/**
 * How a delivery attempt is shown. Times are ISO 8601, UTC.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { DeliveryAttempt } from '../model/message.js';

export interface AttemptView {
  readonly number: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: string;
  readonly code?: string;
  readonly reason?: string;
  readonly endpoint?: string;
  readonly httpStatus?: number;
  readonly connectMs?: number;
  readonly totalMs?: number;
  readonly rawAnswer?: string;
}

export function viewAttempt(attempt: DeliveryAttempt): AttemptView {
  return {
    ...attempt,
    startedAt: utc(attempt.startedAt),
    finishedAt: utc(attempt.finishedAt),
  };
}
