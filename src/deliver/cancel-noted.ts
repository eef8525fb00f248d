/**
 * Ends deliveries that an operator cancelled during an attempt that was then lost: nobody was there to
 * make the notice, so the store has held them. Each is cancelled with the notice to its sender in the
 * same commit.
 *
 * @module
 */
import type { DeliverContext } from './deliver-one.js';
import { deliveryText } from './outcome.js';

/** So many are looked up at a time. */
const BATCH = 50;

type CancelContext = Pick<DeliverContext, 'store' | 'clock' | 'logger' | 'makeNotice'>;

/** @returns how many were ended. */
export async function cancelNoted(
  { store, clock, logger, makeNotice }: CancelContext,
  stopped: () => boolean = () => false,
): Promise<number> {
  let ended = 0;
  for (const { delivery, reason } of await store.listNotedCancels(BATCH)) {
    if (stopped()) break;
    const { id, messageId, fromOrganId, toOrganId } = delivery;
    const code = 'delivery.cancelled';
    const notice = await makeNotice(delivery, deliveryText(code, reason));
    const done = await store.endDelivery({
      id,
      cause: 'cancel',
      code,
      reason,
      now: clock.now(),
      ...(notice === undefined ? {} : { notice }),
    });
    if (!done) continue;
    ended += 1;
    logger.info('delivery.act', { act: 'cancel', messageId, from: fromOrganId, to: toOrganId });
  }
  return ended;
}
