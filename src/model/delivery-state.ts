/**
 * States of a delivery, and every way from one to another: the table that the store obeys, that
 * docs/delivery.md prints and that tests walk pair by pair.
 *
 * @module
 */
export const DELIVERY_STATES = [
  'queued',
  'active',
  'deferred',
  'pending',
  'held',
  'delivered',
  'dead',
  'cancelled',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const FINAL: ReadonlySet<DeliveryState> = new Set<DeliveryState>([
  'delivered',
  'dead',
  'cancelled',
]);

export function isFinal(state: DeliveryState): boolean {
  return FINAL.has(state);
}

export const OPEN_STATES: readonly DeliveryState[] = DELIVERY_STATES.filter(
  (state) => !isFinal(state),
);

/** Who may bring a change of state about. */
export type Party = 'gateway' | 'recipient' | 'sender' | 'operator';

interface CauseEntry {
  readonly by: Party;
  /** From each of these states to (one of) the states on the right. */
  readonly moves: Partial<Record<DeliveryState, readonly DeliveryState[]>>;
  /** While an attempt is under way it is only noted, and done when the attempt ends without delivery. */
  readonly whenActive?: 'noted';
}

const WAITING = ['queued', 'pending'] as const;

function from(
  states: readonly DeliveryState[],
  ...to: readonly DeliveryState[]
): Partial<Record<DeliveryState, readonly DeliveryState[]>> {
  return Object.fromEntries(states.map((state) => [state, to]));
}

/** Causes in the order of a delivery's life. */
export const CAUSES = {
  /** A worker claims it for an attempt. */
  lease: { by: 'gateway', moves: from(['queued', 'deferred'], 'active') },
  /** The recipient took a push. */
  accepted: { by: 'recipient', moves: from(['active'], 'delivered') },
  /** The attempt failed in a way that may pass. */
  failed: { by: 'gateway', moves: from(['active'], 'deferred') },
  /** The recipient's word about this package. */
  refused: { by: 'recipient', moves: from(['active'], 'dead') },
  /** No wait is left in the retry schedule. */
  exhausted: { by: 'gateway', moves: from(['active'], 'dead') },
  /** The lease ran out: nobody knows how the attempt ended. */
  interrupted: { by: 'gateway', moves: from(['active'], 'deferred') },
  /** Our own copy cannot be read or does not match its digest. */
  damaged: { by: 'gateway', moves: from(['active'], 'held') },
  /** ConfirmReceived with `done`. */
  confirmed: {
    by: 'recipient',
    moves: from(['queued', 'active', 'deferred', 'pending', 'held'], 'delivered'),
  },
  /** ConfirmReceived with `fail`. */
  rejected: {
    by: 'recipient',
    moves: from(['queued', 'active', 'deferred', 'pending', 'held'], 'dead'),
  },
  /** Its lifetime is over. */
  expired: { by: 'gateway', moves: from(['queued', 'active', 'deferred', 'pending'], 'dead') },
  hold: {
    by: 'operator',
    moves: from(['queued', 'active', 'deferred', 'pending'], 'held'),
    whenActive: 'noted',
  },
  release: { by: 'operator', moves: from(['held'], ...WAITING) },
  /** Due now. */
  retry: {
    by: 'operator',
    moves: { ...from(['queued', 'deferred'], 'queued'), ...from(['held'], ...WAITING) },
  },
  cancel: {
    by: 'operator',
    moves: from(['queued', 'active', 'deferred', 'pending', 'held'], 'cancelled'),
    whenActive: 'noted',
  },
  /** A revoke (type 1) or status 13 of its sender. */
  recall: {
    by: 'sender',
    moves: from(['queued', 'active', 'deferred', 'pending', 'held'], 'cancelled'),
    whenActive: 'noted',
  },
  /** Waits where the recipient's present route wants it: to be pushed, or to be collected. */
  reroute: {
    by: 'operator',
    moves: { ...from(['queued', 'deferred', 'pending'], ...WAITING), ...from(['held'], 'held') },
  },
  /** Goes to the successor of its recipient, in a delivery of its own. */
  redirect: {
    by: 'operator',
    moves: from(['queued', 'deferred', 'pending', 'held', 'dead'], 'cancelled'),
  },
  /** A dead letter or a cancelled delivery starts again, with a whole schedule. */
  requeue: { by: 'operator', moves: from(['dead', 'cancelled'], ...WAITING) },
  /** Once more to a recipient that had it, under the same message id. */
  resend: { by: 'operator', moves: from(['delivered'], ...WAITING) },
} as const satisfies Record<string, CauseEntry>;

export type Cause = keyof typeof CAUSES;

const ENTRIES: Readonly<Record<Cause, CauseEntry>> = CAUSES;

export function causeEntry(cause: Cause): CauseEntry {
  return ENTRIES[cause];
}

/** The states a cause may lead to; empty: it does nothing in this state. */
export function movesOf(cause: Cause, state: DeliveryState): readonly DeliveryState[] {
  return ENTRIES[cause].moves[state] ?? [];
}

/** True when the cause is noted now and done after the attempt that is under way. */
export function isNoted(cause: Cause, state: DeliveryState): boolean {
  return state === 'active' && ENTRIES[cause].whenActive === 'noted';
}

/** The states in which a cause has an effect. */
export function statesOf(cause: Cause): DeliveryState[] {
  return DELIVERY_STATES.filter((state) => movesOf(cause, state).length > 0);
}
