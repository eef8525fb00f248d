/**
 * SendPackage: the exact bytes of an `.edxml` file, inline, MTOM or SwA.
 *
 * @module
 */
import { refuse } from '../model/issue.js';
import { loadContent } from '../soap/binary.js';
import type { SoapRequest } from '../soap/envelope.js';
import { childOf } from '../xml/tree.js';
import type { Call, ReceiveContext } from './context.js';
import type { OperationAnswer } from './operations.js';
import { receivePackage } from './receive-package.js';
import { sendAnswer } from './send-answer.js';

export async function sendPackage(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const element = childOf(request.body, 'Package');
  if (element === undefined) throw refuse('soap.request', { reason: 'Package is missing' });
  const bytes = await call.checks.runAsync('parts', () => loadContent(request, element));
  if (bytes.byteLength === 0) throw refuse('package.empty');
  call.keep(bytes);
  return sendAnswer('SendPackage', await receivePackage(context, call, bytes));
}
