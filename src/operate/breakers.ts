/**
 * Recipients that are left alone after failures of their channel in a row, and trying one again at
 * once. Times are ISO 8601, UTC.
 *
 * Errors: `queue.reason`, `breaker.unknown`.
 *
 * @module
 */
import { utc } from '../clock.js';
import { refuse } from '../model/issue.js';
import { parseOrganId } from '../model/organ-id.js';
import type { Store } from '../store/store.js';
import type { OperatorContext } from './agencies.js';
import { checkedReason } from './queue-context.js';

export interface BreakerView {
  readonly organId: string;
  readonly failures: number;
  readonly lastCode: string;
  readonly openedAt: string;
  /** Afterwards one delivery at a time is tried. */
  readonly openUntil: string;
  /** `half-open`: the pause is over, and no probe has worked yet. */
  readonly state: 'open' | 'half-open';
}

/** As many as there are recipients at most. */
export async function listBreakers(
  store: Store,
  { now }: { readonly now: number },
): Promise<BreakerView[]> {
  return (await store.listBreakers()).flatMap((one) => {
    const { organId, failures, lastCode, openedAt, openUntil } = one;
    if (openedAt === undefined || openUntil === undefined) return [];
    const state = openUntil > now ? 'open' : 'half-open';
    const times = { openedAt: utc(openedAt), openUntil: utc(openUntil) };
    return [{ organId, failures, lastCode, ...times, state }];
  });
}

/** Deliveries to it are due again as their own times say. */
export async function resumeRecipient(
  { store, clock, actor }: OperatorContext,
  organId: string,
  reasonText: string | undefined,
): Promise<{ readonly organId: string; readonly result: 'done' }> {
  const reason = checkedReason(reasonText);
  const id = parseOrganId(organId);
  const closed = id !== undefined && (await store.closeBreaker(id, actor, reason, clock.now()));
  if (!closed) throw refuse('breaker.unknown', { value: organId });
  return { organId: id, result: 'done' };
}
