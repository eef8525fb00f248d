/**
 * ConfirmReceived: the recipient has the package safely (`done`) or cannot use it (`fail`). The first
 * confirmation stands; a repeat gets it again.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { CertificateFacts } from '../model/certificate.js';
import { issue, refuse } from '../model/issue.js';
import type { Confirmation, Delivery } from '../model/message.js';
import type { SoapRequest } from '../soap/envelope.js';
import { confirmation as writeConfirmation } from '../soap/results.js';
import type { Call, ReceiveContext } from './context.js';
import { makeFailureNotice } from './failure-notice.js';
import type { OperationAnswer } from './operations.js';
import { field, messageIdOf, unknownMessage } from './request-fields.js';
import { isVisible } from './visible.js';

function certificateFacts(delivery: Delivery, { confirmedAt }: Confirmation): CertificateFacts {
  const { messageId, kind, fromOrganId, toOrganId, documentId, contentDigest } = delivery;
  return {
    messageId,
    kind,
    fromOrganId,
    toOrganId,
    documentId,
    contentDigest,
    deliveredAt: utc(confirmedAt),
    how: { kind: 'collect' },
  };
}

export async function confirmReceived(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const { store } = context;
  const { organId } = call.caller.agency;
  const messageId = messageIdOf(request.body);
  const outcome = field(request.body, 'Outcome');
  if (outcome !== 'done' && outcome !== 'fail') {
    throw refuse('request.value', { element: 'Outcome', reason: 'it must be done or fail' });
  }
  const delivery = await store.findDelivery(messageId, organId);
  if (delivery === undefined || !(await isVisible(store, delivery))) throw unknownMessage();
  const reason = field(request.body, 'Reason');
  const asked: Confirmation = {
    messageId,
    outcome,
    ...(reason === undefined ? {} : { reason: reason.slice(0, 1000) }),
    confirmedAt: context.clock.now(),
  };
  // Made whatever the state is now: it may be another one in the commit, which keeps them only at an end.
  const notice =
    outcome === 'fail'
      ? await makeFailureNotice(
          context,
          delivery,
          issue('delivery.rejected-by-recipient', { reason: reason ?? '-' }).text,
        )
      : undefined;
  const certificate =
    outcome === 'done' ? context.makeCertificate(certificateFacts(delivery, asked)) : undefined;
  const stands = await store.confirm(messageId, organId, asked, notice, certificate);
  if (stands === undefined) throw unknownMessage();
  context.wake();
  return {
    body: writeConfirmation({
      messageId,
      outcome: stands.outcome,
      confirmedAt: utc(stands.confirmedAt),
    }),
    outcome: 'answered',
  };
}
