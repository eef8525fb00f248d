/**
 * What commands on the queue hand to src/operate/: the configured times, and what the way in lends.
 *
 * @module
 */
import type { Config } from '../config/config.js';
import type { QueueContext } from '../operate/queue-context.js';
import type { ReceiveContext } from '../receive/context.js';
import type { Store } from '../store/store.js';
import { operatorContext, type Run } from './command.js';

export function queueContext(run: Run, config: Config, store: Store): QueueContext {
  let receive: ReceiveContext | undefined;
  return {
    ...operatorContext(run, config, store),
    lifetimes: config.delivery.lifetimes,
    retryMs: config.delivery.retryMs,
    makeNotice: async (delivery, reason) => {
      // Trust and receipt key are read only when a notice is to be written.
      const { receiveContext } = await import('./receive-context.js');
      const { makeFailureNotice } = await import('../receive/failure-notice.js');
      receive ??= receiveContext(run, config, store);
      return makeFailureNotice(receive, delivery, reason);
    },
  };
}
