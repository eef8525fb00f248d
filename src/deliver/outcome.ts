/**
 * The only place that decides what an attempt means: delivered, deferred until a time, held, or dead.
 *
 * Final is what the recipient itself says about this package: DeliveryAnswer with Accepted false, or
 * (another edxgate) a GatewayFault that is not temporary. Everything that may be a fault of the channel
 * or of a configuration, ours or theirs, is tried again, until no wait is left in the schedule or the
 * next attempt would come after the delivery's lifetime. A copy of ours that is damaged waits for an
 * operator.
 *
 * @module
 */
import type { ErrorCode } from '../model/error-table.js';
import { issue } from '../model/issue.js';
import type { PushOutcome } from './push-outcome.js';
import { nextDelayMs, type RetrySchedule } from './retry.js';

export type Decision =
  | { readonly state: 'delivered' }
  | {
      readonly state: 'deferred';
      readonly dueAt: number;
      readonly code: ErrorCode;
      readonly reason: string;
    }
  | { readonly state: 'dead' | 'held'; readonly code: ErrorCode; readonly reason: string };

export interface DecisionInput {
  readonly result: PushOutcome;
  /** Attempts made in the present run of the schedule, this one included. */
  readonly attemptsMade: number;
  /** End of the delivery's lifetime; absent = never. */
  readonly expiresAt?: number | undefined;
  readonly schedule: RetrySchedule;
  readonly now: number;
  readonly random: () => number;
}

export interface Failure {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly final: boolean;
  readonly askedMs?: number;
}

/** Codes of another edxgate that speak of the channel or the sign-in, not of this package. */
const CHANNEL_CODES = /^(?:http|auth|server|soap)\./;

function asked(retryAfterMs: number | undefined): { askedMs?: number } {
  return retryAfterMs === undefined ? {} : { askedMs: retryAfterMs };
}

export function failureOf(result: Exclude<PushOutcome, { kind: 'accepted' }>): Failure {
  switch (result.kind) {
    case 'refused':
      return { code: 'delivery.refused', reason: result.reason || 'no reason given', final: true };
    case 'fault': {
      const { gatewayCode, reason } = result;
      const final =
        gatewayCode !== undefined && result.temporary === false && !CHANNEL_CODES.test(gatewayCode);
      const code = final ? 'delivery.refused' : 'delivery.fault';
      return { code, reason, final, ...asked(result.retryAfterMs) };
    }
    case 'http': {
      const redirect = result.status >= 300 && result.status < 400;
      const code = redirect ? 'delivery.redirect' : 'delivery.http';
      return { code, reason: String(result.status), final: false, ...asked(result.retryAfterMs) };
    }
    case 'timeout':
      return { code: 'delivery.timeout', reason: 'no answer in time', final: false };
    case 'unreachable':
      return { code: 'delivery.unreachable', reason: result.reason, final: false };
    case 'cut':
      return { code: 'delivery.cut', reason: result.reason, final: false };
    case 'unreadable':
      return { code: 'delivery.answer', reason: result.reason, final: false };
    case 'no-route':
      return { code: 'delivery.route', reason: result.reason, final: false };
    case 'damaged':
      return { code: 'store.damaged', reason: 'the stored copy is damaged', final: false };
    case 'purged':
      return { code: 'delivery.purged', reason: 'the content was deleted', final: true };
  }
}

/** The text shown to people for a code of a delivery. */
export function deliveryText(code: ErrorCode, reason: string): string {
  return issue(code, { reason, status: reason }).text;
}

export function decide(input: DecisionInput): Decision {
  const { result } = input;
  if (result.kind === 'accepted') return { state: 'delivered' };
  const failure = failureOf(result);
  const { code, reason } = failure;
  if (result.kind === 'damaged') return { state: 'held', code, reason };
  if (failure.final) return { state: 'dead', code, reason };
  const wait = nextDelayMs(input.schedule, input.attemptsMade, input.random, failure.askedMs);
  if (wait === undefined) {
    return { state: 'dead', code: 'delivery.exhausted', reason: deliveryText(code, reason) };
  }
  const dueAt = input.now + wait;
  if (input.expiresAt !== undefined && dueAt > input.expiresAt) {
    return { state: 'dead', code: 'delivery.expired', reason: deliveryText(code, reason) };
  }
  return { state: 'deferred', dueAt, code, reason };
}
