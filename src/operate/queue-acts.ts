/**
 * What an operator does to deliveries: retry, hold, release, cancel, reroute, redirect, requeue and
 * resend; by number, message id or filter. Which states an act changes is decided by the table of
 * states (CAUSES); every change leaves an event and an entry in the acts of operators.
 *
 * Works in batches, each one transaction: memory is bounded and intake never waits long. A dry run
 * writes nothing and answers what would be changed.
 *
 * Errors: `delivery.unknown`, `queue.reason`, `queue.many`.
 *
 * @module
 */
import {
  DELIVERY_STATES,
  type DeliveryState,
  isFinal,
  isNoted,
  movesOf,
} from '../model/delivery-state.js';
import { issue, refuse } from '../model/issue.js';
import type { Delivery, NewMessage } from '../model/message.js';
import type { OrganId } from '../model/organ-id.js';
import type { ActOutcome, QueueAct } from '../store/store.js';
import { type DeliveryView, viewDelivery } from './message-view.js';
import { predict } from './queue-acts-predict.js';
import { checkedReason, type QueueContext } from './queue-context.js';
import { batches, findDeliveries, type QueueQuery, resolveAll } from './queue-query.js';
import { createSuccessors, type Successors } from './successors.js';

export interface ActOrder {
  readonly act: QueueAct;
  /** Numbers of deliveries or message ids; else the query decides. */
  readonly references?: readonly string[];
  readonly query?: QueueQuery;
  /** Needed for all but retry. */
  readonly reason?: string;
  /** Only answer what would be changed. */
  readonly dryRun?: boolean;
  /** More than MAX_UNCONFIRMED by filter are meant. */
  readonly confirmed?: boolean;
}

export type ActView = DeliveryView & {
  readonly result: ActOutcome['result'];
  /** Why it is unchanged. */
  readonly code?: string;
  /** `redirect`: where it goes. */
  readonly successor?: string;
  readonly dryRun?: true;
};

/** By filter so many are acted on without being asked again. */
export const MAX_UNCONFIRMED = 100;
const BATCH = 200;
const DEFAULT_RETRY_REASON = 'due now, by hand';

/** The states that a filter without states means: those that the act can change. */
export function statesFor(act: QueueAct): readonly DeliveryState[] {
  const able = DELIVERY_STATES.filter(
    (state) => movesOf(act, state).length > 0 || isNoted(act, state),
  );
  // Dead letters are redirected and cancelled deliveries requeued only when asked for by name.
  const open = able.filter((state) => !isFinal(state));
  if (open.length > 0) return open;
  return act === 'requeue' ? ['dead'] : able;
}

/** @returns each delivery as it stands afterwards, with what was done to it. */
export async function* actOnQueue(context: QueueContext, order: ActOrder): AsyncGenerator<ActView> {
  const { act, references, dryRun } = order;
  const retry = act === 'retry' && order.reason === undefined;
  // A dry run may look first and give its reason later.
  const reason = dryRun === true ? '' : checkedReason(retry ? DEFAULT_RETRY_REASON : order.reason);
  if (references === undefined && dryRun !== true && order.confirmed !== true) {
    await assertFew(context, order);
  }
  const found =
    references === undefined
      ? findDeliveries(context.store, order.query ?? {}, statesFor(act))
      : streamOf(await resolveAll(context.store, references));
  const successors = createSuccessors(context);
  for await (const batch of batches(found, BATCH)) {
    if (dryRun === true) yield* dryRunOf(context, act, batch, successors);
    else yield* actOn(context, act, reason, batch, successors);
  }
}

async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function assertFew({ store }: QueueContext, { act, query = {} }: ActOrder): Promise<void> {
  const limit = Math.min(MAX_UNCONFIRMED + 1, query.limit ?? Number.POSITIVE_INFINITY);
  let count = 0;
  for await (const _one of findDeliveries(store, { ...query, limit }, statesFor(act))) count += 1;
  if (count > MAX_UNCONFIRMED) throw refuse('queue.many', { limit: MAX_UNCONFIRMED });
}

async function* dryRunOf(
  context: QueueContext,
  act: QueueAct,
  batch: readonly Delivery[],
  successors: Successors,
): AsyncGenerator<ActView> {
  for (const one of batch) {
    const outcome = await predict(context, act, one, successors);
    const successor = act === 'redirect' ? await successors.of(one.toOrganId) : undefined;
    yield { ...viewOf(one, outcome, successor), dryRun: true };
  }
}

async function* actOn(
  context: QueueContext,
  act: QueueAct,
  reason: string,
  batch: readonly Delivery[],
  successors: Successors,
): AsyncGenerator<ActView> {
  const { store, logger, actor } = context;
  const outcomes = new Map<number, ActOutcome>();
  const groups: readonly SuccessorGroup[] =
    act === 'redirect' ? await bySuccessor(batch, successors) : [{ batch: [...batch] }];
  for (const { batch: group, successor } of groups) {
    const done =
      act === 'redirect' && successor === undefined
        ? group.map(({ id }) => ({ id, result: 'unchanged', code: 'queue.successor' }) as const)
        : await perform(context, act, reason, group, successor);
    for (const outcome of done) outcomes.set(outcome.id, outcome);
  }
  const count = [...outcomes.values()].filter(({ result }) => result !== 'unchanged').length;
  if (count > 0) logger.info('delivery.act', { act, count, actor, reason });
  for (const before of batch) {
    const outcome = outcomes.get(before.id) ?? { id: before.id, result: 'unchanged' as const };
    const successor = act === 'redirect' ? await successors.of(before.toOrganId) : undefined;
    yield viewOf((await store.getDelivery(before.id)) ?? before, outcome, successor);
  }
}

async function perform(
  context: QueueContext,
  act: QueueAct,
  reason: string,
  batch: readonly Delivery[],
  successor: OrganId | undefined,
): Promise<readonly ActOutcome[]> {
  const { store, clock, actor, lifetimes } = context;
  const notices = act === 'cancel' ? await noticesFor(context, batch, reason) : [];
  return store.actOnDeliveries({
    act,
    ids: batch.map(({ id }) => id),
    actor,
    reason,
    now: clock.now(),
    lifetimes,
    ...(successor === undefined ? {} : { toOrganId: successor }),
    ...(notices.length === 0 ? {} : { notices }),
  });
}

/**
 * For those that may be cancelled now, an attempt under way included: it may end before the commit. The
 * store keeps a notice only where it does happen.
 */
async function noticesFor(
  { makeNotice }: QueueContext,
  batch: readonly Delivery[],
  reason: string,
): Promise<{ id: number; notice: NewMessage }[]> {
  if (makeNotice === undefined) return [];
  const { text } = issue('delivery.cancelled', { reason });
  const notices: { id: number; notice: NewMessage }[] = [];
  for (const one of batch) {
    if (movesOf('cancel', one.state).length === 0) continue;
    const notice = await makeNotice(one, text);
    if (notice !== undefined) notices.push({ id: one.id, notice });
  }
  return notices;
}

interface SuccessorGroup {
  readonly batch: Delivery[];
  readonly successor?: OrganId;
}

async function bySuccessor(
  batch: readonly Delivery[],
  successors: Successors,
): Promise<SuccessorGroup[]> {
  const groups = new Map<OrganId | undefined, SuccessorGroup>();
  for (const one of batch) {
    const successor = await successors.of(one.toOrganId);
    const group: SuccessorGroup = groups.get(successor) ?? {
      batch: [],
      ...(successor === undefined ? {} : { successor }),
    };
    group.batch.push(one);
    groups.set(successor, group);
  }
  return [...groups.values()];
}

function viewOf(
  delivery: Delivery,
  { result, code }: ActOutcome,
  successor: OrganId | undefined,
): ActView {
  return {
    ...viewDelivery(delivery),
    result,
    ...(code === undefined ? {} : { code }),
    ...(successor === undefined ? {} : { successor }),
  };
}
