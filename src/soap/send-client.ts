/**
 * Sending a package to an edxgate as a client: `edxgate send`, and pushes to another edxgate.
 *
 * The request is written by a node-soap client made from our own WSDL file, as any customer's would be;
 * nothing is downloaded. It travels through exchange.ts, and the answer is read by our own reader, under
 * its bounds and against the schema.
 *
 * @module
 */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, type SoapMethod, type WSDL } from 'soap';
import { PACKAGE_ROOT } from '../package-root.js';
import { childOf, type XmlElement } from '../xml/tree.js';
import {
  type Answered,
  type BodyAnswer,
  booleanOf,
  type FailedAnswer,
  type PeerIssue,
  peerIssueOf,
  readAnswer,
} from './answer-reader.js';
import { answerContentType, writeAroundBase64 } from './envelope-writer.js';
import { postSoap } from './exchange.js';
import { GATEWAY_NAMESPACE } from './fault-writer.js';
import { readWsdl } from './operations.js';

/** A receipt and some warnings; a package with thousands of recipients is still below. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface SendTarget {
  readonly url: string;
  /** With it HTTP Basic, without it a Bearer token. */
  readonly organId?: string;
  readonly token?: string;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** `SendResult` of the peer; states and codes may be of another version than ours. */
export interface PeerSendResult {
  readonly messageId: string;
  readonly documentId: string;
  readonly receivedAt: string;
  readonly duplicate: boolean;
  readonly contentDigest: string;
  readonly signatureClass: string;
  readonly deliveries: readonly { readonly organId: string; readonly state: string }[];
  readonly warnings: readonly PeerIssue[];
  /** The bytes of the signed XML, not verified. */
  readonly receipt: Buffer;
}

export type SendOutcome =
  | (Answered & { readonly kind: 'accepted'; readonly result: PeerSendResult })
  | FailedAnswer;

let ownWsdl: Promise<WSDL> | undefined;

interface WrittenRequest {
  readonly body: Buffer;
  readonly soapAction: string;
}

/**
 * node-soap writes the request around a stand-in for the package and hands it to its HTTP client at
 * once; ours only keeps it. The base64 of the package takes the place of the stand-in.
 */
function writeRequest(wsdl: WSDL, url: string, bytes: Buffer): WrittenRequest {
  const standIn = randomUUID();
  let text = '';
  let soapAction = '""';
  const client = new Client(wsdl, url, {
    httpClient: {
      request(_url, body: unknown, _callback, headers = {}) {
        text = String(body);
        soapAction = String(headers['SOAPAction'] ?? soapAction);
        return new Promise<never>(() => undefined);
      },
    },
  });
  const method: SoapMethod = client['EdxGateway'].EdxGateway11.SendPackage;
  method({ Package: standIn }, () => undefined);
  const [before, after, ...more] = text.split(standIn);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error('The SOAP client did not write the package once');
  }
  return { body: writeAroundBase64(before, bytes, after), soapAction };
}

/** How the caller signs in, and what must never be shown of it. */
function credentials(target: SendTarget): { authorization?: string; secrets: string[] } {
  const { organId, token } = target;
  if (token === undefined) return { secrets: [] };
  if (organId === undefined) return { authorization: `Bearer ${token}`, secrets: [token] };
  const pair = Buffer.from(`${organId}:${token}`, 'utf8').toString('base64');
  return { authorization: `Basic ${pair}`, secrets: [token, pair] };
}

function textOf(parent: XmlElement | undefined, name: string): string {
  return childOf(parent, name, GATEWAY_NAMESPACE)?.text ?? '';
}

function resultOf(answer: BodyAnswer, digest: string): SendOutcome {
  const { envelope, ...answered } = answer;
  const { body, document } = envelope;
  const unreadable = (reason: string) => ({ ...answered, kind: 'unreadable', reason }) as const;
  try {
    if (body.name !== 'SendPackageResponse' || body.namespace !== GATEWAY_NAMESPACE) {
      return unreadable(`the body holds ${body.name}`);
    }
    const [first] = document.validate('gateway', body);
    if (first !== undefined) return unreadable(`${first.code}: ${first.text}`);
    const result = childOf(body, 'SendResult', GATEWAY_NAMESPACE);
    const receipt = childOf(result, 'Receipt', GATEWAY_NAMESPACE);
    const receiptBytes = receipt === undefined ? undefined : document.base64(receipt);
    if (result === undefined || receiptBytes === undefined) return unreadable('no receipt');
    const contentDigest = textOf(result, 'ContentDigest');
    if (contentDigest !== digest) return unreadable('the digest in the answer is not ours');
    const all = (name: string) => result.children.filter((one) => one.name === name);
    return {
      ...answered,
      kind: 'accepted',
      result: {
        messageId: textOf(result, 'MessageId'),
        documentId: textOf(result, 'DocumentId'),
        receivedAt: textOf(result, 'ReceivedAt').trim(),
        duplicate: booleanOf(textOf(result, 'Duplicate').trim()),
        contentDigest,
        signatureClass: textOf(result, 'SignatureClass'),
        deliveries: all('Delivery').map((one) => ({
          organId: textOf(one, 'OrganId'),
          state: textOf(one, 'State'),
        })),
        warnings: all('Warning').map(peerIssueOf),
        receipt: receiptBytes,
      },
    };
  } finally {
    envelope.dispose();
  }
}

/** One exchange. Never throws for what the peer or the network does. */
export async function sendPackage(
  target: SendTarget & { readonly bytes: Buffer },
): Promise<SendOutcome> {
  ownWsdl ??= readWsdl(join(PACKAGE_ROOT, 'wsdl', 'edxgate.wsdl'));
  const { url, bytes, ca, timeoutMs, signal } = target;
  const { authorization, secrets } = credentials(target);
  const { body, soapAction } = writeRequest(await ownWsdl, url, bytes);
  const posted = await postSoap({
    url,
    body,
    contentType: answerContentType('1.1'),
    headers: {
      soapaction: soapAction,
      ...(authorization === undefined ? {} : { authorization }),
    },
    timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...(ca === undefined ? {} : { ca }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = readAnswer(posted, secrets);
  if (answer.kind !== 'body') return answer;
  return resultOf(answer, createHash('sha256').update(bytes).digest('hex'));
}
