/**
 * What acts on the queue need beside store, clock and actor: the configured times, and what the way in
 * lends them, since this folder does not import it.
 *
 * @module
 */
import { utc } from '../clock.js';
import { refuse } from '../model/issue.js';
import type { Lifetimes } from '../model/lifetime.js';
import type { Delivery, NewMessage } from '../model/message.js';
import type { OperatorContext } from './agencies.js';

export interface QueueContext extends OperatorContext {
  /** `delivery.lifetime`, `delivery.collect_lifetime`. */
  readonly lifetimes: Lifetimes;
  /** `delivery.retry`: of agencies without a schedule of their own. */
  readonly retryMs: readonly number[];
  /** The notice to the sender of a delivery that is cancelled. Absent = none is sent. */
  readonly makeNotice?: (delivery: Delivery, reason: string) => Promise<NewMessage | undefined>;
}

const MAX_REASON_CHARS = 500;

/** @throws GatewayError `queue.reason` */
export function checkedReason(text: string | undefined): string {
  const reason = (text ?? '').trim().normalize('NFC');
  if (reason === '' || reason.length > MAX_REASON_CHARS) throw refuse('queue.reason');
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(reason)) throw refuse('queue.reason');
  return reason;
}

/** A member with a time that may be absent. */
export function timeMember<K extends string>(
  name: K,
  ms: number | undefined,
): { readonly [key in K]?: string } {
  return ms === undefined ? {} : ({ [name]: utc(ms) } as { [key in K]: string });
}
