/**
 * What an attempt means for the circuit breaker of its recipient.
 *
 * Failures of the channel count: nobody answered, or what answered is not the recipient's word about a
 * package. So many in a row open it; each failed probe doubles the pause. An acceptance, a refusal and a
 * final fault prove that the channel works and close it. What asked nobody, or may be about this one
 * package (HTTP 404, 413, …), leaves it as it is.
 *
 * @module
 */
import type { Breaker } from '../model/breaker.js';
import type { OrganId } from '../model/organ-id.js';
import { failureOf } from './outcome.js';
import type { PushOutcome } from './push-outcome.js';

export interface BreakerSettings {
  /** So many in a row open it; 0 = never. */
  readonly failures: number;
  readonly pauseMs: number;
  readonly maxPauseMs: number;
}

export interface BreakerInput {
  readonly organId: OrganId;
  readonly before: Breaker | undefined;
  readonly result: PushOutcome;
  /** When the attempt began and ended. */
  readonly startedAt: number;
  readonly now: number;
  readonly settings: BreakerSettings;
}

type Channel = 'works' | 'fails' | 'unknown';

const HTTP_FAILURES: ReadonlySet<number> = new Set([408, 429]);
/** With Retry-After they say: leave me alone for so long. */
const ASKS_FOR_PAUSE: ReadonlySet<number | undefined> = new Set([429, 503]);

function channelOf(result: PushOutcome): Channel {
  switch (result.kind) {
    case 'accepted':
    case 'refused':
      return 'works';
    case 'fault':
      return failureOf(result).final ? 'works' : 'fails';
    case 'http': {
      const { status } = result;
      const redirect = status >= 300 && status < 400;
      return redirect || status >= 500 || HTTP_FAILURES.has(status) ? 'fails' : 'unknown';
    }
    case 'unreachable':
    case 'timeout':
    case 'cut':
    case 'unreadable':
      return 'fails';
    default:
      return 'unknown';
  }
}

/** How long the recipient asks to be left alone; 0 when it does not. */
function askedPause(result: PushOutcome): number {
  if (result.kind !== 'http' && result.kind !== 'fault') return 0;
  const temporary = result.kind === 'fault' && result.temporary === true;
  const status = result.kind === 'http' ? result.status : result.httpStatus;
  return temporary || ASKS_FOR_PAUSE.has(status) ? (result.retryAfterMs ?? 0) : 0;
}

/** @returns the next state of the breaker; undefined when it stays as it is. */
export function nextBreaker(input: BreakerInput): Breaker | 'closed' | undefined {
  const { before, result, settings } = input;
  const channel = channelOf(result);
  if (channel === 'unknown') return undefined;
  if (result.kind === 'accepted' || channel === 'works' || settings.failures === 0) {
    return before && 'closed';
  }
  const failed = {
    organId: input.organId,
    failures: (before?.failures ?? 0) + 1,
    lastCode: failureOf(result).code,
  };
  const pause = pauseAfter(input, failed.failures);
  if (pause === undefined) return { ...failed, ...standing(before) };
  const ms = Math.min(settings.maxPauseMs, pause.ms);
  return { ...failed, openedAt: pause.from, openUntil: pause.from + ms };
}

function standing(before: Breaker | undefined): Partial<Breaker> {
  if (before?.openedAt === undefined || before.openUntil === undefined) return {};
  return { openedAt: before.openedAt, openUntil: before.openUntil };
}

/** The pause that begins, or goes on longer; undefined when nothing changes about it. */
function pauseAfter(
  { before, result, settings, startedAt, now }: BreakerInput,
  failures: number,
): { from: number; ms: number } | undefined {
  const asked = askedPause(result);
  const { openedAt, openUntil } = before ?? {};
  if (openedAt === undefined || openUntil === undefined) {
    if (failures >= settings.failures) return { from: now, ms: Math.max(settings.pauseMs, asked) };
    return asked > 0 ? { from: now, ms: asked } : undefined;
  }
  // Begun when the pause was over: a probe, and it failed.
  if (startedAt >= openUntil) {
    const doubled = Math.max(settings.pauseMs, 2 * (openUntil - openedAt));
    return { from: now, ms: Math.max(doubled, asked) };
  }
  // Begun before it opened: its failure is part of what opened it.
  const longer = Math.min(now + asked, now + settings.maxPauseMs) > openUntil;
  return asked > 0 && longer ? { from: now, ms: asked } : undefined;
}
