/**
 * The nine operations: body element in, body text out. Dispatch is by the table derived from the WSDL;
 * a test fails when the WSDL and this map disagree.
 *
 * @module
 */
import type { PackageKind } from '../model/edxml.js';
import type { MessageId } from '../model/message-id.js';
import type { SoapRequest } from '../soap/envelope.js';
import type { OutgoingPart } from '../soap/envelope-writer.js';
import { confirmReceived } from './confirm-received.js';
import type { Call, ReceiveContext } from './context.js';
import { getOrganizations } from './get-organizations.js';
import { getPackage } from './get-package.js';
import { getTraces } from './get-traces.js';
import { listPending } from './list-pending.js';
import { ping } from './ping.js';
import { sendDocument } from './send-document.js';
import { sendPackage } from './send-package.js';
import { sendStatus } from './send-status.js';

export interface OperationAnswer {
  /** The response element as XML text. */
  readonly body: string;
  /** Bytes that travel as an MTOM part; `body` refers to it. Only for callers that used MTOM. */
  readonly part?: OutgoingPart;
  /** For log and metrics. */
  readonly outcome: 'accepted' | 'duplicate' | 'answered';
  readonly messageId?: MessageId;
  readonly kind?: PackageKind;
}

export type Operation = (
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
) => Promise<OperationAnswer>;

export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['SendDocument', sendDocument],
  ['SendPackage', sendPackage],
  ['SendStatus', sendStatus],
  ['ListPending', listPending],
  ['GetPackage', getPackage],
  ['ConfirmReceived', confirmReceived],
  ['GetTraces', getTraces],
  ['GetOrganizations', getOrganizations],
  ['Ping', ping],
]);
