/**
 * Ends deliveries whose lifetime is over while they wait: as dead letters, each with a notice to its
 * sender in the same commit. Attempts that fail too late are ended where they are decided (outcome.ts).
 * The same round ends what was cancelled during an attempt that was lost (cancel-noted.ts).
 *
 * @module
 */
import { causeText } from '../model/issue.js';
import type { Delivery } from '../model/message.js';
import { cancelNoted } from './cancel-noted.js';
import type { DeliverContext } from './deliver-one.js';
import { deliveryText } from './outcome.js';

/** So many are looked up at a time: however many expire at once, memory stays small. */
const BATCH = 50;

type ExpireContext = Pick<DeliverContext, 'store' | 'clock' | 'logger' | 'metrics' | 'makeNotice'>;

function reasonOf({ lastCode, lastReason }: Delivery): string {
  if (lastCode === undefined) return 'no attempt was made';
  return lastReason === undefined ? lastCode : `${lastCode}: ${lastReason}`;
}

async function endOne(context: ExpireContext, delivery: Delivery): Promise<boolean> {
  const code = 'delivery.expired';
  const reason = reasonOf(delivery);
  const notice = await context.makeNotice(delivery, deliveryText(code, reason));
  const ended = await context.store.endDelivery({
    id: delivery.id,
    cause: 'expired',
    code,
    reason,
    now: context.clock.now(),
    ...(notice === undefined ? {} : { notice }),
  });
  if (!ended) return false;
  context.metrics.expired();
  context.logger.warn('delivery.expired', {
    messageId: delivery.messageId,
    from: delivery.fromOrganId,
    to: delivery.toOrganId,
    attempt: delivery.attempts,
    reason: delivery.lastCode,
  });
  return true;
}

/** @returns how many were ended. */
export async function expireWaiting(
  context: ExpireContext,
  stopped: () => boolean = () => false,
): Promise<number> {
  let count = 0;
  for (;;) {
    const batch = await context.store.listExpired(context.clock.now(), BATCH);
    let ended = 0;
    for (const delivery of batch) {
      if (stopped()) return count;
      if (await endOne(context, delivery)) ended += 1;
    }
    count += ended;
    // Nothing of a full batch could be ended: not again at once.
    if (batch.length < BATCH || ended === 0) return count;
  }
}

export interface Expirer {
  stop(): Promise<void>;
}

/** @param woken is called when notices may have come into the queue. */
export function startExpirer(context: ExpireContext, everyMs: number, woken: () => void): Expirer {
  let stopping = false;
  let running: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      const expired = await expireWaiting(context, () => stopping);
      const cancelled = await cancelNoted(context, () => stopping);
      if (expired + cancelled > 0) woken();
    } catch (error) {
      if (!stopping) context.logger.error('delivery.failed', { reason: causeText(error) });
    }
  };
  const timer = setInterval(() => {
    running ??= look().finally(() => {
      running = undefined;
    });
  }, everyMs);
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      await running;
    },
  };
}
