/**
 * Leases due deliveries and runs their attempts, so many at a time. Sleeps until the next one is due or
 * until somebody wakes it. Other processes may write into the same store, so it also looks by itself
 * every few seconds.
 *
 * Stop: no new lease is taken; running attempts get a grace and are then cut off. What was cut off is
 * not recorded: its lease runs out and it is tried again under the same message id.
 *
 * @module
 */
import { causeText } from '../model/issue.js';
import type { LeasedDelivery } from '../model/message.js';
import { type DeliverContext, deliverOne } from './deliver-one.js';

export interface SchedulerSettings {
  /** Attempts at the same time, over all recipients. */
  readonly concurrency: number;
  readonly perRecipient: number;
  readonly leaseMs: number;
  /** Longest sleep: what another process wrote is found within it. */
  readonly idleMs: number;
}

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

export function startScheduler(context: DeliverContext, settings: SchedulerSettings): Scheduler {
  const running = new Set<Promise<void>>();
  const abort = new AbortController();
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

  const leaseAndStart = async (): Promise<number> => {
    const free = settings.concurrency - running.size;
    if (free <= 0) return 0;
    const leased = await context.store.leaseDue({
      now: context.clock.now(),
      limit: free,
      perRecipient: settings.perRecipient,
      leaseMs: settings.leaseMs,
    });
    for (const delivery of leased) {
      const attempt = run(delivery).finally(() => {
        running.delete(attempt);
        wake();
      });
      running.add(attempt);
    }
    return leased.length;
  };

  const untilNext = async (): Promise<number> => {
    const due = await context.store.nextDueAt();
    if (due === undefined) return settings.idleMs;
    // Due, yet not leased: its recipient is busy or an elder goes first; the end of an attempt wakes us.
    const wait = due - context.clock.now();
    return wait <= 0 ? settings.idleMs : Math.min(wait, settings.idleMs);
  };

  const loop = (async () => {
    while (!stopping) {
      woken = false;
      try {
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

  return {
    wake,
    async stop(graceMs) {
      stopping = true;
      wake();
      await loop;
      const timer = setTimeout(() => abort.abort(), graceMs);
      await Promise.allSettled([...running]);
      clearTimeout(timer);
    },
  };
}
