/**
 * The queue per recipient: what waits, for how long, how fast it leaves, and when it will be empty.
 *
 * The forecast is: waiting pushes / what was delivered in the last 15 minutes. Where nothing leaves it
 * says why instead: the breaker is open, there is no route, everything is held or waits for the
 * recipient, or nothing was delivered lately. Times are ISO 8601, UTC.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { Breaker } from '../model/breaker.js';
import type { DeliveryState } from '../model/delivery-state.js';
import { type OrganId, parseOrganId } from '../model/organ-id.js';
import type { QueueAge, QueueFlow, Store } from '../store/store.js';
import type { OperatorContext } from './agencies.js';
import { walk } from './pages.js';
import { timeMember } from './queue-context.js';

const MINUTE = 60_000;
const FLOW_MS = 15 * MINUTE;

/** Upper bounds of the ages; the last bucket has none. */
const AGES = [
  ['5m', 5 * MINUTE],
  ['1h', 60 * MINUTE],
  ['6h', 360 * MINUTE],
  ['1d', 1_440 * MINUTE],
  ['3d', 4_320 * MINUTE],
] as const;

export const AGE_NAMES = [...AGES.map(([name]) => `<${name}`), 'older'];

/** Why no time can be told at which the queue will be empty. */
export type NoDrain = 'breaker' | 'route' | 'held' | 'collect' | 'idle';

export interface RecipientForecast {
  readonly organId: string;
  readonly waiting: Readonly<Partial<Record<DeliveryState, number>>>;
  readonly oldestAt: string;
  /** Open deliveries by age, in the order of AGE_NAMES. */
  readonly ages: readonly { readonly age: string; readonly count: number }[];
  readonly deliveredLately: number;
  /** When the pushes that wait now will have left. */
  readonly drainedAt?: string;
  readonly noDrain?: NoDrain;
  readonly breaker?: { readonly until: string; readonly code: string; readonly failures: number };
  /** The next attempt; absent when none is due, and when too many wait to look at. */
  readonly nextAttemptAt?: string;
}

type Asking = Pick<OperatorContext, 'store' | 'clock'>;

/** By organ id. One scan of the open deliveries, then a few look-ups for each recipient. */
export async function* queueForecast(
  context: Asking,
  to?: string,
): AsyncGenerator<RecipientForecast> {
  const { store, clock } = context;
  const now = clock.now();
  const organId = to === undefined ? undefined : parseOrganId(to);
  if (to !== undefined && organId === undefined) return;
  const [ages, flows, breakers] = await Promise.all([
    store.queueAges(
      AGES.map(([, ms]) => ms),
      now,
    ),
    store.queueFlow(now - FLOW_MS),
    store.listBreakers(),
  ]);
  const rows = new Map<OrganId, QueueAge[]>();
  for (const one of ages) rows.set(one.organId, [...(rows.get(one.organId) ?? []), one]);
  const budget = { rows: MAX_LOOKED_AT };
  for (const recipient of [...rows.keys()].sort()) {
    if (organId !== undefined && recipient !== organId) continue;
    const facts = {
      rows: rows.get(recipient) ?? [],
      delivered: flowTo(flows, recipient),
      breaker: breakers.find((one) => one.organId === recipient),
    };
    yield await forecastFor(store, recipient, facts, now, budget);
  }
}

/** Of all recipients together, so that the forecast of a country stays cheap. */
const MAX_LOOKED_AT = 20_000;
/** Of one recipient. */
const MAX_OF_RECIPIENT = 1_000;

interface Facts {
  readonly rows: readonly QueueAge[];
  readonly delivered: number;
  readonly breaker: Breaker | undefined;
}

function flowTo(flows: readonly QueueFlow[], recipient: OrganId): number {
  return flows.find((one) => one.organId === recipient)?.delivered ?? 0;
}

async function forecastFor(
  store: Store,
  organId: OrganId,
  facts: Facts,
  now: number,
  budget: { rows: number },
): Promise<RecipientForecast> {
  const { rows, delivered, breaker } = facts;
  const waiting = Object.fromEntries(rows.map(({ state, count }) => [state, count])) as Partial<
    Record<DeliveryState, number>
  >;
  const pushes = (waiting.queued ?? 0) + (waiting.active ?? 0) + (waiting.deferred ?? 0);
  const why = await noDrain(store, organId, waiting, pushes, facts);
  const next = await nextAttempt(store, organId, waiting, budget);
  const until = breaker?.openUntil;
  return {
    organId,
    waiting,
    oldestAt: utc(Math.min(...rows.map((one) => one.oldestCreatedAt))),
    ages: AGE_NAMES.map((age, i) => ({ age, count: sum(rows.map((one) => one.buckets[i] ?? 0)) })),
    deliveredLately: delivered,
    ...(why === undefined ? { drainedAt: utc(now + (pushes / delivered) * FLOW_MS) } : {}),
    ...(why === undefined ? {} : { noDrain: why }),
    ...(breaker === undefined || until === undefined
      ? {}
      : { breaker: { until: utc(until), code: breaker.lastCode, failures: breaker.failures } }),
    ...timeMember('nextAttemptAt', next === undefined ? undefined : Math.max(next, until ?? 0)),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

async function noDrain(
  store: Store,
  organId: OrganId,
  waiting: RecipientForecast['waiting'],
  pushes: number,
  { breaker, delivered }: Facts,
): Promise<NoDrain | undefined> {
  if (pushes === 0) return (waiting.pending ?? 0) > 0 ? 'collect' : 'held';
  if (breaker?.openUntil !== undefined) return 'breaker';
  if ((await store.getAgency(organId))?.route.kind !== 'push') return 'route';
  return delivered === 0 ? 'idle' : undefined;
}

/** The store lists by age, not by due time: where few wait all are looked at, else none. */
async function nextAttempt(
  store: Store,
  toOrganId: OrganId,
  waiting: RecipientForecast['waiting'],
  budget: { rows: number },
): Promise<number | undefined> {
  const count = (waiting.queued ?? 0) + (waiting.deferred ?? 0);
  if (count === 0 || count > MAX_OF_RECIPIENT || count > budget.rows) return undefined;
  budget.rows -= count;
  const filter = { states: ['queued', 'deferred'] as const, toOrganId };
  let next = Number.POSITIVE_INFINITY;
  for await (const one of walk((page) => store.listDeliveries(filter, page), MAX_OF_RECIPIENT)) {
    next = Math.min(next, one.dueAt);
  }
  return Number.isFinite(next) ? next : undefined;
}
