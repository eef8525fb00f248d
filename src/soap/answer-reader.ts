/**
 * Reading what a peer answered: the same scan, parse and shape as for requests, and faults of both SOAP
 * versions, with the detail of another edxgate when it is there.
 *
 * @module
 */
import { systemClock } from '../clock.js';
import { GatewayError } from '../model/issue.js';
import { childOf, type XmlElement } from '../xml/tree.js';
import { type ContentType, parseContentType, SOAP_NAMESPACE } from './content-type.js';
import { readEnvelope, type SoapRequest } from './envelope.js';
import type { ExchangeTimes, HttpAnswer, HttpResponse, NoAnswer } from './exchange.js';
import { GATEWAY_NAMESPACE } from './fault-writer.js';
import { type RawAnswer, rawAnswerOf } from './raw-answer.js';

/** An issue as a peer wrote it; its codes may be of another version than ours. */
export interface PeerIssue {
  readonly code: string;
  readonly path: string;
  readonly line?: number;
  readonly text: string;
  readonly textVi: string;
  readonly hint: string;
}

/** `GatewayFault` of another edxgate. */
export interface PeerGatewayFault {
  readonly code: string;
  readonly correlationId: string;
  readonly temporary: boolean;
  readonly retryAfterSeconds?: number;
  readonly issues: readonly PeerIssue[];
}

export interface SoapFault {
  /** Local part: `Client`, `Receiver`, `MustUnderstand`, … */
  readonly code: string;
  readonly text: string;
  /** Whose fault it is, by the peer's word; an unknown code counts as `server`. */
  readonly side: 'client' | 'server';
  readonly gateway?: PeerGatewayFault;
}

/** Members shared by everything that came as an HTTP answer. */
export interface Answered extends ExchangeTimes {
  readonly status: number;
  /** From the fault's detail, else the Retry-After header; at most a week. */
  readonly retryAfterSeconds?: number;
  /** Without our credentials. */
  readonly rawAnswer: RawAnswer;
}

export interface FaultAnswer extends Answered {
  readonly kind: 'fault';
  readonly fault: SoapFault;
}

/** A status that speaks for itself, whatever its body. */
export interface StatusAnswer extends Answered {
  readonly kind: 'http';
  /** When the body was a fault nevertheless. */
  readonly fault?: SoapFault;
}

/** The status promises an answer, the body is none. */
export interface UnreadableAnswer extends Answered {
  readonly kind: 'unreadable';
  readonly reason: string;
}

export interface BodyAnswer extends Answered {
  readonly kind: 'body';
  /** To be disposed by who takes it. */
  readonly envelope: SoapRequest;
}

export type FailedAnswer = FaultAnswer | StatusAnswer | UnreadableAnswer | NoAnswer;
export type PeerAnswer = BodyAnswer | FailedAnswer;

/** Faults come with 500, from some stacks with 200 or 400; every other error status speaks for itself. */
const SOAP_STATUSES: ReadonlySet<number> = new Set([200, 202, 400, 500]);
const DONE_STATUSES: ReadonlySet<number> = new Set([200, 202]);
const MAX_RETRY_AFTER_SECONDS = 7 * 24 * 3600;
const MAX_FAULT_CHARS = 2000;
const MAX_ISSUES = 200;

/** Retry-After (RFC 9110 §10.2.3) in seconds from now. */
export function parseRetryAfter(
  header: string | undefined,
  now: number = systemClock.now(),
): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const seconds = /^\d{1,9}$/.test(text)
    ? Number(text)
    : Math.ceil((Date.parse(text.slice(0, 40)) - now) / 1000);
  if (Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(0, seconds), MAX_RETRY_AFTER_SECONDS);
}

function textOf(parent: XmlElement | undefined, name: string, namespace?: string): string {
  return (childOf(parent, name, namespace)?.text ?? '').trim().slice(0, MAX_FAULT_CHARS);
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** xs:boolean */
export function booleanOf(text: string): boolean {
  return text === 'true' || text === '1';
}

/** Children of the schema type `Issue`. */
export function peerIssueOf(element: XmlElement): PeerIssue {
  const line = wholeNumber(textOf(element, 'Line'));
  return {
    code: textOf(element, 'Code'),
    path: textOf(element, 'Path'),
    ...(line === undefined ? {} : { line }),
    text: textOf(element, 'Text'),
    textVi: textOf(element, 'TextVi'),
    hint: textOf(element, 'Hint'),
  };
}

function gatewayFaultOf(detail: XmlElement | undefined): PeerGatewayFault | undefined {
  const fault = childOf(detail, 'GatewayFault', GATEWAY_NAMESPACE);
  if (fault === undefined) return undefined;
  const seconds = wholeNumber(textOf(fault, 'RetryAfterSeconds'));
  return {
    code: textOf(fault, 'Code'),
    correlationId: textOf(fault, 'CorrelationId'),
    temporary: booleanOf(textOf(fault, 'Temporary')),
    ...(seconds === undefined
      ? {}
      : { retryAfterSeconds: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) }),
    issues: fault.children
      .filter((one) => one.name === 'Issue')
      .slice(0, MAX_ISSUES)
      .map(peerIssueOf),
  };
}

const CLIENT_CODES: ReadonlySet<string> = new Set([
  'Client',
  'Sender',
  'MustUnderstand',
  'VersionMismatch',
  'DataEncodingUnknown',
]);

/** `soap:Client.Authentication` is a kind of Client (SOAP 1.1 §4.4.1). */
function faultOf(code: string, text: string, detail: XmlElement | undefined): SoapFault {
  const local = code.slice(code.indexOf(':') + 1);
  const gateway = gatewayFaultOf(detail);
  return {
    code: local,
    text,
    side: CLIENT_CODES.has(local.split('.')[0] ?? '') ? 'client' : 'server',
    ...(gateway === undefined ? {} : { gateway }),
  };
}

/** @returns undefined when the body is no fault */
export function readFault(envelope: SoapRequest): SoapFault | undefined {
  const { body, version } = envelope;
  const namespace = SOAP_NAMESPACE[version];
  if (body.name !== 'Fault' || body.namespace !== namespace) return undefined;
  if (version === '1.1') {
    return faultOf(textOf(body, 'faultcode'), textOf(body, 'faultstring'), childOf(body, 'detail'));
  }
  const code = childOf(body, 'Code', namespace);
  return faultOf(
    textOf(code, 'Value', namespace),
    textOf(childOf(body, 'Reason', namespace), 'Text', namespace),
    childOf(body, 'Detail', namespace),
  );
}

/** Some stacks answer without a content type, or with that of plain XML. */
function lenient(contentType: ContentType): ContentType {
  return contentType.type === '' || contentType.type === 'application/xml'
    ? { ...contentType, type: 'text/xml' }
    : contentType;
}

type Parsed = { readonly envelope: SoapRequest } | { readonly reason: string };

function parseAnswer(answer: HttpResponse): Parsed {
  if (answer.truncated) return { reason: `longer than ${answer.body.length} bytes` };
  try {
    const contentType = lenient(parseContentType(answer.headers.get('content-type')));
    return { envelope: readEnvelope(answer.body, contentType) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { reason: `${error.code}: ${error.message}` };
  }
}

function answeredOf(
  answer: HttpResponse,
  secrets: readonly string[],
  fault: SoapFault | undefined,
): Answered {
  const { status, headers, connectMs, totalMs } = answer;
  const seconds = fault?.gateway?.retryAfterSeconds ?? parseRetryAfter(headers.get('retry-after'));
  return {
    status,
    rawAnswer: rawAnswerOf(answer, secrets),
    totalMs,
    ...(connectMs === undefined ? {} : { connectMs }),
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
}

/** @param secrets credentials that were sent, never to be seen in `rawAnswer` */
export function readAnswer(answer: HttpAnswer, secrets: readonly string[]): PeerAnswer {
  if (answer.kind !== 'answer') return answer;
  const { status } = answer;
  const parsed = parseAnswer(answer);
  const envelope = 'envelope' in parsed ? parsed.envelope : undefined;
  const fault = envelope === undefined ? undefined : readFault(envelope);
  const answered = answeredOf(answer, secrets, fault);
  if (envelope !== undefined && fault === undefined && DONE_STATUSES.has(status)) {
    return { kind: 'body', ...answered, envelope };
  }
  envelope?.dispose();
  if (fault !== undefined && SOAP_STATUSES.has(status))
    return { kind: 'fault', ...answered, fault };
  if ('reason' in parsed && DONE_STATUSES.has(status)) {
    return { kind: 'unreadable', ...answered, reason: parsed.reason };
  }
  return { kind: 'http', ...answered, ...(fault === undefined ? {} : { fault }) };
}
