/**
 * Leases due deliveries and runs their attempts, so many at a time. Sleeps until the next one is due or
 * until somebody wakes it. Other processes may write into the same store, so it also looks by itself
 * every few seconds.
 *
 * Bounded: so many attempts at once, so many of one recipient (the store sees to that), and so many
 * bytes of content held by running attempts. Nothing is leased that could not start at once.
 *
 * Stop: no new lease is taken; running attempts get a grace and are then cut off. What was cut off is
 * not recorded: its lease runs out and it is tried again under the same message id.
 *
 * @module
 */
import { setMaxListeners } from 'node:events';
import { causeText } from '../model/issue.js';
import type { LeasedDelivery } from '../model/message.js';
import { type DeliverContext, deliverOne } from './deliver-one.js';
import { startExpirer } from './expire.js';
import { Turns } from './turns.js';

export interface SchedulerSettings {
  /** Attempts at the same time, over all recipients. */
  readonly concurrency: number;
  readonly perRecipient: number;
  readonly leaseMs: number;
  /** Longest sleep: what another process wrote is found within it. */
  readonly idleMs: number;
  /** Content that running attempts may hold in memory; a single larger one runs alone. */
  readonly contentBytes?: number;
  /** So often deliveries whose lifetime is over are looked for. */
  readonly expireEveryMs?: number;
}

const CONTENT_BYTES = 256 * 1024 * 1024;
const EXPIRE_EVERY_MS = 5000;
/** Longer than a request takes from its first look at the clock to its commit. */
const PULL_FOR_MS = 120_000;
const PULL_EVERY_MS = 2000;
/** Something is due, yet nothing could be leased: what holds it back may be about to end. */
const OVERDUE_MS = 500;

export interface Scheduler {
  /** Look now. Cheap; may be called from anywhere. */
  wake(): void;
  /** @param graceMs how long running attempts may go on. */
  stop(graceMs: number): Promise<void>;
}

/** Cannot be cut short, unlike the sleep of the loop. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** After a failure of the store: not at once, so that a full disk is not met in a tight loop. */
const AFTER_ERROR_MS = 1000;

export function startScheduler(given: DeliverContext, settings: SchedulerSettings): Scheduler {
  const context = { ...given, turns: new Turns() };
  const budget = settings.contentBytes ?? CONTENT_BYTES;
  const running = new Set<Promise<void>>();
  let heldBytes = 0;
  let lastSeen = Number.POSITIVE_INFINITY;
  let pullUntil = 0;
  let pulledAt = 0;
  const abort = new AbortController();
  // Each running attempt listens to it, on more than one layer.
  setMaxListeners(4 * settings.concurrency, abort.signal);
  let stopping = false;
  let woken = false;
  let wakeUp: (() => void) | undefined;

  const wake = (): void => {
    woken = true;
    wakeUp?.();
  };

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (woken) return resolve();
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (delivery: LeasedDelivery): Promise<void> => {
    try {
      await deliverOne(context, delivery, abort.signal);
    } catch (error) {
      // Nothing was recorded; the lease runs out and the delivery comes back.
      if (!stopping) {
        context.logger.error('delivery.failed', {
          messageId: delivery.messageId,
          reason: causeText(error),
        });
        await pause(AFTER_ERROR_MS);
      }
    }
  };

  const start = (delivery: LeasedDelivery): void => {
    heldBytes += delivery.sizeBytes;
    const attempt = run(delivery).finally(() => {
      heldBytes -= delivery.sizeBytes;
      running.delete(attempt);
      wake();
    });
    running.add(attempt);
  };

  /**
   * At the start, whenever the clock was put back, and for a while afterwards: a request that read the
   * time before may be stored after.
   */
  const mindClock = async (): Promise<void> => {
    const now = context.clock.now();
    const monotonic = context.clock.monotonic();
    if (now < lastSeen) pullUntil = monotonic + PULL_FOR_MS;
    else if (monotonic > pullUntil || monotonic < pulledAt + PULL_EVERY_MS) {
      lastSeen = now;
      return;
    }
    lastSeen = now;
    pulledAt = monotonic;
    const count = await context.store.pullBack({
      now,
      leaseMs: settings.leaseMs,
      longestWaitMs: Math.max(...context.schedule()),
      longestPauseMs: context.breaker.maxPauseMs,
    });
    if (count > 0) context.logger.warn('delivery.clock', { count });
  };

  const leaseAndStart = async (): Promise<number> => {
    const free = settings.concurrency - running.size;
    if (free <= 0 || heldBytes >= budget) return 0;
    const leased = await context.store.leaseDue({
      now: context.clock.now(),
      limit: free,
      perRecipient: settings.perRecipient,
      leaseMs: settings.leaseMs,
      bytes: { free: budget - heldBytes, idle: running.size === 0 },
    });
    leased.forEach(start);
    return leased.length;
  };

  const untilNext = async (): Promise<number> => {
    const due = await context.store.nextDueAt();
    if (due === undefined) return settings.idleMs;
    // Due, yet not leased: its recipient is busy, elders go first or all room is taken. Mostly the end of
    // an attempt wakes us; behind a long row of elders leasing goes on step by step.
    const wait = due - context.clock.now();
    return Math.min(wait <= 0 ? OVERDUE_MS : wait, settings.idleMs);
  };

  const loop = (async () => {
    while (!stopping) {
      woken = false;
      try {
        await mindClock();
        const started = await leaseAndStart();
        if (started > 0 && running.size < settings.concurrency) continue;
        await sleep(await untilNext());
      } catch (error) {
        if (stopping) break;
        context.logger.error('delivery.failed', { reason: causeText(error) });
        await pause(AFTER_ERROR_MS);
      }
    }
  })();

  const expirer = startExpirer(context, settings.expireEveryMs ?? EXPIRE_EVERY_MS, wake);
  context.metrics.onPausedScrape(async () => (await context.store.listBreakers()).length);

  return {
    wake,
    async stop(graceMs) {
      stopping = true;
      wake();
      await Promise.all([loop, expirer.stop()]);
      const timer = setTimeout(() => abort.abort(), graceMs);
      await Promise.allSettled([...running]);
      clearTimeout(timer);
    },
  };
}
