/**
 * Handing one package to a recipient that takes pushes: `DeliverPackage` of
 * wsdl/edxgate-receiver.wsdl, SOAP 1.1, package inline, by MTOM or as SOAP with Attachments. One exchange; what it means and whether to try
 * again is not decided here. (Another edxgate is fed through send-client.ts.)
 *
 * @module
 */
import type { PushCarrier } from '../model/agency.js';
import type { PackageKind } from '../model/edxml.js';
import { childOf } from '../xml/tree.js';
import {
  type Answered,
  type BodyAnswer,
  booleanOf,
  type FailedAnswer,
  readAnswer,
} from './answer-reader.js';
import {
  answerContentType,
  mtomRelated,
  newContentId,
  type Related,
  swaRelated,
  writeEnvelope,
  writeEnvelopeAround,
  xopInclude,
} from './envelope-writer.js';
import { postSoap } from './exchange.js';
import { element } from './xml-text.js';

export const RECEIVER_NAMESPACE = 'urn:edxgate:receiver:1';
const SOAP_ACTION = '"urn:edxgate:receiver:1/DeliverPackage"';
/** An answer is one boolean and a reason; a fault with many issues is still far below. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_REASON_CHARS = 2000;

export interface PushTarget {
  readonly url: string;
  /** Sent as Bearer token. */
  readonly token?: string;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** Absent = `inline`. */
  readonly carrier?: PushCarrier;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface PushDelivery {
  readonly messageId: string;
  /** From 1. */
  readonly attempt: number;
  readonly fromOrganId: string;
  readonly toOrganId: string;
  readonly kind: PackageKind;
  readonly documentId: string;
  /** SHA-256, lower-case hex. */
  readonly contentDigest: string;
  readonly bytes: Buffer;
}

export type PushOutcome =
  /** The recipient has it, perhaps since an earlier attempt. */
  | (Answered & { readonly kind: 'accepted' })
  /** The recipient will not have it; the reason may be ''. */
  | (Answered & { readonly kind: 'refused'; readonly reason: string })
  | FailedAnswer;

/** Everything before the package. */
function beforePackage(delivery: PushDelivery): string {
  return (
    `<DeliverPackage xmlns="${RECEIVER_NAMESPACE}">` +
    element('MessageId', delivery.messageId) +
    element('Attempt', delivery.attempt) +
    element('FromOrganId', delivery.fromOrganId) +
    element('ToOrganId', delivery.toOrganId) +
    element('Kind', delivery.kind) +
    element('DocumentId', delivery.documentId) +
    element('ContentDigest', delivery.contentDigest)
  );
}

const END = '</DeliverPackage>';

/** The whole envelope in one Buffer, the base64 written where it belongs. */
export function deliverPackageEnvelope(delivery: PushDelivery): Buffer {
  const before = `${beforePackage(delivery)}<Package>`;
  return writeEnvelopeAround('1.1', before, delivery.bytes, `</Package>${END}`);
}

/** The whole request. As an attachment it is named by `href`, which Axis 1 reads as its own. */
export function deliverPackageRequest(delivery: PushDelivery, carrier: PushCarrier): Related {
  if (carrier === 'inline') {
    return { contentType: answerContentType('1.1'), body: deliverPackageEnvelope(delivery) };
  }
  const before = beforePackage(delivery);
  const part = { contentId: newContentId(), content: delivery.bytes };
  if (carrier === 'mtom') {
    const content = `<Package>${xopInclude(part.contentId)}</Package>`;
    return mtomRelated('1.1', writeEnvelope('1.1', before + content + END), part);
  }
  const content = `<Package href="cid:${part.contentId}"/>`;
  return swaRelated('1.1', writeEnvelope('1.1', before + content + END), part);
}

/** A body that is no DeliverPackageResponse is as unreadable as one that is no XML. */
function outcomeOf({ envelope, ...answered }: BodyAnswer): PushOutcome {
  const unreadable = (reason: string) => ({ ...answered, kind: 'unreadable', reason }) as const;
  try {
    const { body, document } = envelope;
    if (body.name !== 'DeliverPackageResponse' || body.namespace !== RECEIVER_NAMESPACE) {
      return unreadable(`the body holds ${body.name}`);
    }
    const [first] = document.validate('receiver', body);
    if (first !== undefined) return unreadable(`${first.code}: ${first.text}`);
    const said = childOf(body, 'DeliveryAnswer', RECEIVER_NAMESPACE);
    if (booleanOf(childOf(said, 'Accepted', RECEIVER_NAMESPACE)?.text.trim() ?? '')) {
      return { ...answered, kind: 'accepted' };
    }
    const reason = childOf(said, 'Reason', RECEIVER_NAMESPACE)?.text ?? '';
    return { ...answered, kind: 'refused', reason: reason.slice(0, MAX_REASON_CHARS) };
  } finally {
    envelope.dispose();
  }
}

/** One attempt. Never throws for what the recipient or the network does. */
export async function deliverPackage(
  target: PushTarget,
  delivery: PushDelivery,
): Promise<PushOutcome> {
  const { url, token, ca, carrier = 'inline', timeoutMs, signal } = target;
  const { contentType, body } = deliverPackageRequest(delivery, carrier);
  const posted = await postSoap({
    url,
    body,
    contentType,
    headers: {
      soapaction: SOAP_ACTION,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...(ca === undefined ? {} : { ca }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = readAnswer(posted, token === undefined ? [] : [token]);
  return answer.kind === 'body' ? outcomeOf(answer) : answer;
}
