/**
 * The SendResult of the three sending operations.
 *
 * @module
 */
import { sendResult } from '../soap/results.js';
import type { OperationAnswer } from './operations.js';
import type { ReceiveOutcome } from './receive-package.js';

export function sendAnswer(
  operation: 'SendDocument' | 'SendPackage' | 'SendStatus',
  outcome: ReceiveOutcome,
): OperationAnswer {
  return {
    body: sendResult(operation, {
      ...outcome.answer,
      receipt: Buffer.from(outcome.answer.receipt),
      duplicate: outcome.duplicate,
    }),
    outcome: outcome.duplicate ? 'duplicate' : 'accepted',
    messageId: outcome.answer.messageId,
    kind: outcome.kind,
  };
}
