/**
 * GetPackage: the exact bytes, for recipients only, also after their confirmation until retention.
 * Getting is not confirming.
 *
 * @module
 */

import type { SoapRequest } from '../soap/envelope.js';
import { newContentId } from '../soap/envelope-writer.js';
import { packageContent } from '../soap/results.js';
import type { Call, ReceiveContext } from './context.js';
import type { OperationAnswer } from './operations.js';
import { messageIdOf, unknownMessage } from './request-fields.js';
import { isVisible } from './visible.js';

export async function getPackage(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const { store } = context;
  const { agency, proof, tokenId } = call.caller;
  const { organId } = agency;
  const messageId = messageIdOf(request.body);
  const [delivery, message] = await Promise.all([
    store.findDelivery(messageId, organId),
    store.getMessage(messageId),
  ]);
  if (delivery === undefined || message === undefined) throw unknownMessage();
  if (!(await isVisible(store, delivery))) throw unknownMessage();
  const bytes = await store.getContent(messageId);
  if (bytes === undefined) throw unknownMessage();
  const by = tokenId ?? proof;
  // It may have been taken back since we looked: then the sender was told that nobody got it.
  if (!(await store.recordAccess(messageId, organId, by, 'soap', context.clock.now()))) {
    throw unknownMessage();
  }
  const result = {
    messageId,
    kind: message.kind,
    contentDigest: message.contentDigest,
    signatureClass: message.signatureClass,
  };
  // Inline unless the caller used MTOM: an MTOM answer breaks half of the stacks in the field.
  if (request.carrier !== 'mtom') {
    return { body: packageContent({ ...result, package: bytes }), outcome: 'answered' };
  }
  const contentId = newContentId();
  return {
    body: packageContent({ ...result, package: { contentId } }),
    part: { contentId, content: bytes },
    outcome: 'answered',
  };
}
