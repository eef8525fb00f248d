/**
 * Pushes a delivery the way its recipient takes it: DeliverPackage of the receiver contract, or
 * SendPackage of another edxgate.
 *
 * @module
 */
import type { Agency } from '../model/agency.js';
import type { LeasedDelivery } from '../model/message.js';
import type { OrganId } from '../model/organ-id.js';
import type { FailedAnswer } from '../soap/answer-reader.js';
import { deliverPackage, type PushOutcome as ReceiverOutcome } from '../soap/push-client.js';
import type { RawAnswer } from '../soap/raw-answer.js';
import { type SendOutcome, sendPackage } from '../soap/send-client.js';
import type { Push } from './deliver-one.js';
import type { PushFacts, PushOutcome } from './push-outcome.js';

export interface PushSettings {
  /** Who we are at another edxgate. */
  readonly organId: OrganId;
  readonly timeoutMs: number;
  /** Reads a token file; throws when it is missing or readable by others. */
  readSecret(file: string): string;
  /** Reads a CA file. */
  readText(file: string): string;
}

type Answer = ReceiverOutcome | SendOutcome;

const MAX_REASON_CHARS = 200;

function readFile<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The message of a file error holds paths, and the log of an attempt may be shown to partners. */
function unreadableFile(what: string): PushOutcome {
  return { kind: 'no-route', reason: `the ${what} of the agency cannot be read` };
}

function after(seconds: number | undefined): { retryAfterMs?: number } {
  return seconds === undefined ? {} : { retryAfterMs: seconds * 1000 };
}

function failed(answer: FailedAnswer, facts: PushFacts): PushOutcome {
  switch (answer.kind) {
    case 'fault': {
      const { code, text, gateway } = answer.fault;
      return {
        ...facts,
        kind: 'fault',
        reason: `${code}: ${text}`.slice(0, MAX_REASON_CHARS),
        ...(gateway === undefined
          ? {}
          : { gatewayCode: gateway.code, temporary: gateway.temporary }),
        ...after(answer.retryAfterSeconds),
      };
    }
    case 'http':
      return { ...facts, kind: 'http', status: answer.status, ...after(answer.retryAfterSeconds) };
    case 'unreadable':
      return { ...facts, kind: 'unreadable', reason: answer.reason };
    case 'timeout':
      return { ...facts, kind: 'timeout' };
    case 'cut':
      return { ...facts, kind: 'cut', reason: answer.reason };
    default:
      return { ...facts, kind: 'unreachable', reason: `${answer.kind}: ${answer.reason}` };
  }
}

/** Host and port only: a path or query may hold what is nobody else's business. */
function endpointOf(url: string): PushFacts {
  return URL.canParse(url) ? { endpoint: new URL(url).host } : {};
}

/** Status line, headers, body: one text for people. */
function rawText(raw: RawAnswer): string {
  const headers = raw.headers.map(([name, value]) => `${name}: ${value}\n`).join('');
  return `HTTP ${raw.status}\n${headers}\n${raw.body}${raw.truncated ? '\n[cut]' : ''}`;
}

function factsOf(url: string, answer: Answer): PushFacts {
  const { totalMs, connectMs } = answer;
  return {
    ...endpointOf(url),
    ...('rawAnswer' in answer
      ? { httpStatus: answer.rawAnswer.status, rawAnswer: rawText(answer.rawAnswer) }
      : {}),
    ...(connectMs === undefined ? {} : { connectMs }),
    totalMs,
  };
}

export function createPush(settings: PushSettings): Push {
  return async (
    agency: Agency,
    delivery: LeasedDelivery,
    bytes: Buffer,
    signal: AbortSignal,
  ): Promise<PushOutcome> => {
    const { route } = agency;
    if (route.kind !== 'push') return { kind: 'no-route', reason: 'the agency collects' };
    const { tokenFile, caFile } = route;
    const token = tokenFile && readFile(() => settings.readSecret(tokenFile).trim());
    if (tokenFile !== undefined && token === undefined) return unreadableFile('token file');
    const ca = caFile && readFile(() => settings.readText(caFile));
    if (caFile !== undefined && ca === undefined) return unreadableFile('CA file');
    const target = {
      url: route.url,
      timeoutMs: settings.timeoutMs,
      signal,
      ...(token === undefined ? {} : { token }),
      ...(ca === undefined ? {} : { ca }),
    };
    const answer =
      route.pushKind === 'edxgate'
        ? await sendPackage({ ...target, organId: settings.organId, bytes })
        : await deliverPackage(
            { ...target, carrier: route.carrier ?? 'inline' },
            {
              messageId: delivery.messageId,
              attempt: delivery.attempt,
              fromOrganId: delivery.fromOrganId,
              toOrganId: delivery.toOrganId,
              kind: delivery.kind,
              documentId: delivery.documentId,
              contentDigest: delivery.contentDigest,
              bytes,
            },
          );
    const facts = factsOf(route.url, answer);
    if (answer.kind === 'accepted') return { ...facts, kind: 'accepted' };
    if (answer.kind === 'refused') return { ...facts, kind: 'refused', reason: answer.reason };
    return failed(answer, facts);
  };
}
