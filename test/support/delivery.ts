/**
 * What tests of deliveries do again and again: send, look at the lane and its attempts, and make a
 * recipient fail so many times.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { DeliveryAttempt } from '../../src/model/message.js';
import { type MessageId, parseMessageId } from '../../src/model/message-id.js';
import { laneOf, resultOf } from './answers.js';
import type { TestGateway } from './gateway.js';
import type { TestRecipient } from './recipient.js';
import { samplePackage } from './sample-document.js';
import { type CallOptions, type Node, sendPackage } from './soap.js';
import { until } from './until.js';

export const ROUTE = (url: string) => ({ kind: 'push', pushKind: 'receiver', url }) as const;

/** Where a test holds an attempt back on purpose. */
export const PATIENT = { attemptTimeoutMs: 5000, leaseMs: 6000 };

/** Only to give what must not happen the time to happen. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
}

/** A document of T99.01 for one recipient, T99.04 unless said otherwise. */
export function documentFor(to = 'T99.04', over: Parameters<typeof samplePackage>[0] = {}): Buffer {
  return samplePackage({ to: [{ organId: to }], ...over });
}

export interface DeliveryTools {
  as(organId: string): CallOptions;
  send(bytes: Buffer, organId?: string): Promise<MessageId>;
  /** The first lane, as T99.01 sees it. */
  lane(messageId: MessageId): Promise<Node | undefined>;
  untilState(messageId: MessageId, state: string): Promise<void>;
  /** Of the first delivery. */
  attempts(messageId: MessageId): Promise<readonly DeliveryAttempt[]>;
  /** The recipient answers the first so many requests in this way, then properly. */
  misbehaveTimes(times: number, how: (response: ServerResponse) => void): void;
}

function noRecipient(): never {
  throw new Error('this test has no recipient');
}

/** Gateway and recipient are asked for at each use: tests replace them. */
export function deliveryTools(
  gateway: () => TestGateway,
  recipient: () => TestRecipient = noRecipient,
): DeliveryTools {
  const as = (organId: string) => ({ organId, token: gateway().tokenOf(organId) });
  const lane = (messageId: MessageId) => laneOf(gateway().soapUrl, as('T99.01'), messageId);
  return {
    as,
    lane,
    async send(bytes, organId = 'T99.01') {
      const result = resultOf(await sendPackage(gateway().soapUrl, bytes, as(organId)));
      const messageId = parseMessageId(result.get('MessageId'));
      if (messageId === undefined) throw new Error('no message id');
      return messageId;
    },
    untilState: (messageId, state) =>
      until(async () => (await lane(messageId))?.get('State') === state),
    async attempts(messageId) {
      const { store } = gateway();
      const [delivery] = await store.deliveriesOf(messageId);
      return delivery === undefined ? [] : store.listAttempts(delivery.id);
    },
    misbehaveTimes(times, how) {
      let left = times;
      recipient().misbehave = (_request, response) => {
        if (left === 0) return false;
        left -= 1;
        how(response);
        return true;
      };
    },
  };
}
