/**
 * SendDocument: the typed document inline. Taken out as a document of its own, in exclusive canonical
 * form without comments, MTOM parts put back as base64; those bytes are stored, digested, verified and
 * forwarded.
 *
 * @module
 */
import { refuse } from '../model/issue.js';
import type { SoapRequest } from '../soap/envelope.js';
import { canonicalWithParts } from '../soap/inline-parts.js';
import type { Call, ReceiveContext } from './context.js';
import type { OperationAnswer } from './operations.js';
import { receivePackage } from './receive-package.js';
import { sendAnswer } from './send-answer.js';

export async function sendDocument(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const [document] = request.body.children;
  if (document === undefined) throw refuse('soap.request', { reason: 'edXML is missing' });
  const bytes = await call.checks.runAsync('parts', () => canonicalWithParts(request, document));
  call.keep(bytes);
  const outcome = await receivePackage(context, call, bytes, { documentOnly: true });
  return sendAnswer('SendDocument', outcome);
}
