/**
 * The queue as operators see and steer it, in the words of the store: acts, ends without an attempt, ages
 * and flow.
 *
 * @module
 */
import type { DeliveryState } from '../model/delivery-state.js';
import type { ErrorCode } from '../model/error-table.js';
import type { Lifetimes } from '../model/lifetime.js';
import type { Delivery, DeliveryId, NewMessage } from '../model/message.js';
import type { OrganId } from '../model/organ-id.js';

/** Who caused a write, for the log: an organ id, `cli:USER`, `gateway`. */
export type Actor = string;

/** What an operator may do to deliveries; see CAUSES for the states. */
export type QueueAct =
  | 'retry'
  | 'hold'
  | 'release'
  | 'cancel'
  | 'reroute'
  | 'redirect'
  | 'requeue'
  | 'resend';

export interface ActRequest {
  readonly act: QueueAct;
  readonly ids: readonly DeliveryId[];
  readonly actor: Actor;
  readonly reason: string;
  readonly now: number;
  /** `redirect`: the successor. */
  readonly toOrganId?: OrganId;
  /** For acts that begin a waiting time anew. */
  readonly lifetimes: Lifetimes;
  /** `cancel`: the notice for the sender of each, stored in the same commit. */
  readonly notices?: readonly { readonly id: DeliveryId; readonly notice: NewMessage }[];
}

export interface ActOutcome {
  readonly id: DeliveryId;
  /** `noted`: done when the attempt under way ends without delivery. */
  readonly result: 'done' | 'noted' | 'unchanged';
  /** Why not: `delivery.state`, `delivery.recalled`, `delivery.purged`, `delivery.unknown`. */
  readonly code?: ErrorCode;
}

/** How far ahead of now the times of deliveries can rightly lie; milliseconds. */
export interface ClockLimits {
  readonly now: number;
  readonly leaseMs: number;
  /** Of the retry schedule; longer ones of agencies are taken into account. */
  readonly longestWaitMs: number;
  readonly longestPauseMs: number;
}

/** An end that no attempt brought about. */
export interface DeliveryEnd {
  readonly id: DeliveryId;
  /** `cancel`: of one that `listNotedCancels` answered. */
  readonly cause: 'expired' | 'cancel';
  readonly code: ErrorCode;
  readonly reason: string;
  readonly now: number;
  readonly notice?: NewMessage;
}

export interface NotedCancel {
  readonly delivery: Delivery;
  /** Why the operator cancelled it. */
  readonly reason: string;
}

/** Open deliveries of one recipient by age. */
export interface QueueAge {
  readonly organId: OrganId;
  readonly state: DeliveryState;
  readonly count: number;
  readonly oldestCreatedAt: number;
  /** Each in one: younger than the first bound, else than the second and so on, (last) than none. */
  readonly buckets: readonly number[];
}

/** What left the queue of one recipient lately: the ground of a forecast. */
export interface QueueFlow {
  readonly organId: OrganId;
  readonly delivered: number;
}

export interface OperatorAct {
  readonly time: number;
  readonly actor: Actor;
  readonly act: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
