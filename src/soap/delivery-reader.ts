/**
 * The side of the recipient of wsdl/edxgate-receiver.wsdl: reads a DeliverPackage, writes the answer.
 *
 * Errors: `soap.operation`, `soap.request`, and those of binaryContent.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { refuse } from '../model/issue.js';
import { childOf } from '../xml/tree.js';
import { binaryContent } from './binary.js';
import type { SoapVersion } from './content-type.js';
import type { SoapRequest } from './envelope.js';
import { writeEnvelope } from './envelope-writer.js';
import { RECEIVER_NAMESPACE } from './push-client.js';
import { element, optional } from './xml-text.js';

/** As the sender wrote it; nothing but the digest is checked. */
export interface ReadDelivery {
  readonly messageId: string;
  /** 0 when it is no whole number. */
  readonly attempt: number;
  readonly fromOrganId: string;
  readonly toOrganId: string;
  readonly kind: string;
  readonly documentId: string;
  /** SHA-256 of `bytes`. */
  readonly digest: string;
  /** ContentDigest says the same. */
  readonly digestMatches: boolean;
  readonly bytes: Buffer;
}

/** @throws GatewayError `soap.operation`, `soap.request`, `soap.base64`, `soap.part` */
export function readDelivery(envelope: SoapRequest): ReadDelivery {
  const { body } = envelope;
  if (body.name !== 'DeliverPackage' || body.namespace !== RECEIVER_NAMESPACE) {
    throw refuse('soap.operation', { element: body.name });
  }
  const text = (name: string): string => childOf(body, name, RECEIVER_NAMESPACE)?.text.trim() ?? '';
  const content = childOf(body, 'Package', RECEIVER_NAMESPACE);
  const messageId = text('MessageId');
  if (content === undefined || messageId === '') {
    throw refuse('soap.request', { reason: 'MessageId and Package are needed' });
  }
  const bytes = binaryContent(envelope, content);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const attempt = text('Attempt');
  return {
    messageId,
    attempt: /^\d{1,9}$/.test(attempt) ? Number(attempt) : 0,
    fromOrganId: text('FromOrganId'),
    toOrganId: text('ToOrganId'),
    kind: text('Kind'),
    documentId: text('DocumentId'),
    digest,
    digestMatches: digest === text('ContentDigest'),
    bytes,
  };
}

/** What stands in the body of a DeliverPackageResponse; the namespace can be a wrong one on purpose. */
export function deliveryAnswerXml(
  accepted: boolean,
  reason?: string,
  namespace: string = RECEIVER_NAMESPACE,
): string {
  const answer = element('Accepted', accepted) + optional('Reason', reason);
  return `<DeliverPackageResponse xmlns="${namespace}"><DeliveryAnswer>${answer}</DeliveryAnswer></DeliverPackageResponse>`;
}

export function writeDeliveryAnswer(
  version: SoapVersion,
  accepted: boolean,
  reason?: string,
): Buffer {
  return writeEnvelope(version, deliveryAnswerXml(accepted, reason));
}
