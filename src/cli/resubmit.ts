/**
 * Hands a refused package in again, as its caller, through the same function as the listener.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.js';
import type { Logger } from '../log.js';
import { takesPart } from '../model/agency.js';
import { CheckList } from '../model/check.js';
import { causeText, refuse } from '../model/issue.js';
import type { MessageId } from '../model/message-id.js';
import type { Resubmit } from '../operate/quarantine.js';
import { inspectAttachments } from '../receive/attachment-signatures.js';
import type { Call, ReceiveContext } from '../receive/context.js';
import { receivePackage } from '../receive/receive-package.js';
import type { Store } from '../store/store.js';
import { operatorContext, type Run } from './command.js';
import { receiveContext } from './receive-context.js';

export function openResubmit(run: Run, config: Config, store: Store): Resubmit {
  const context = receiveContext(run, config, store);
  const { logger } = operatorContext(run, config, store);
  return async ({ operation, callerOrganId, content }) => {
    const agency = await store.getAgency(callerOrganId);
    if (agency === undefined || !takesPart(agency, context.clock.now())) {
      throw refuse('sender.unknown', { value: callerOrganId });
    }
    const call: Call = {
      // Nobody signs in again.
      caller: { agency, proof: 'operator' },
      submission: {
        operation,
        proof: 'operator',
        correlationId: randomUUID(),
        requestBytes: content.byteLength,
      },
      checks: new CheckList(context.clock),
      keep: () => undefined,
    };
    const outcome = await receivePackage(context, call, content, {
      documentOnly: operation === 'SendDocument',
    });
    const { messageId } = outcome.answer;
    // A running gateway learns of what it stored itself only, and looks for more at its next start.
    if (!outcome.duplicate) await inspect(context, logger, messageId);
    return { messageId, duplicate: outcome.duplicate };
  };
}

/** It refuses nothing: the document is stored, whatever comes of this. */
async function inspect(
  context: ReceiveContext,
  logger: Logger,
  messageId: MessageId,
): Promise<void> {
  try {
    await inspectAttachments(context, messageId);
  } catch (error) {
    logger.warn('receive.failed', { messageId, reason: causeText(error) });
  }
}
