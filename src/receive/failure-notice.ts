/**
 * Failure notices: when a delivery ends as a dead letter, the sender of the document gets a status
 * package written by this gateway. The standard has no code for it; 02 (refused) with the gateway as
 * its author and the reason in words is what every system can read (QĐ 28/2018 art. 5.4: a refusal
 * goes back with its reason).
 *
 * @module
 */
import type { Delivery, NewMessage } from '../model/message.js';
import type { ReceiveContext } from './context.js';
import { makeGatewayNotice } from './gateway-notice.js';

export async function makeFailureNotice(
  context: ReceiveContext,
  delivery: Delivery,
  reason: string,
): Promise<NewMessage | undefined> {
  if (delivery.kind !== 'document') return undefined;
  const about = await context.store.getMessage(delivery.messageId);
  if (about === undefined) return undefined;
  const { messageId, toOrganId, restarts } = delivery;
  return makeGatewayNotice(context, {
    operation: 'FailureNotice',
    about,
    statusCode: '02',
    description: `Không chuyển được tới ${toOrganId} / not delivered to ${toOrganId}: ${reason}`,
    correlationId: `${messageId}-${delivery.id}`,
    // One notice for each end: what was started again by hand may end again.
    duplicateKey: JSON.stringify(['failure-notice', messageId, toOrganId, restarts]),
  });
}
