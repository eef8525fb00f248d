/**
 * Ping: shows a caller that sign-in, envelope and version fit.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { SoapRequest } from '../soap/envelope.js';
import { pong } from '../soap/results.js';
import { childOf } from '../xml/tree.js';
import type { Call, ReceiveContext } from './context.js';
import type { OperationAnswer } from './operations.js';

export async function ping(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const echo = childOf(request.body, 'Echo')?.text;
  return {
    body: pong({
      ...(echo === undefined ? {} : { echo }),
      time: utc(context.clock.now()),
      version: context.version,
      organId: call.caller.agency.organId,
    }),
    outcome: 'answered',
  };
}
