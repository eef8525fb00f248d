/**
 * The story of one message, in time order: how it came, every check, where it was stored, each
 * attempt, each collection, what the recipients said. This is what an administrator reads to answer
 * "where is my document, and can you prove it?".
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { utc } from '../clock.js';
import type { DeliveryCertificate } from '../model/certificate.js';
import type { Check } from '../model/check.js';
import type { Issue } from '../model/issue.js';
import type { Collection, Delivery, DeliveryAttempt, Message, Trace } from '../model/message.js';
import type { SignatureVerdict } from '../model/signature.js';
import type { Store } from '../store/store.js';
import { type AttemptView, viewAttempt } from './attempt-view.js';
import {
  type DeliveryOfMessage,
  type MessageView,
  viewDeliveryOfMessage,
  viewMessage,
} from './message-view.js';
import { findMessage } from './messages.js';
import { walk } from './pages.js';

export interface StoryEvent {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event: string;
  /** The recipient it concerns. */
  readonly organId?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface LaneView extends DeliveryOfMessage {
  readonly history: readonly AttemptView[];
  /** Proof that it was delivered, one for each time. */
  readonly certificates?: readonly CertificateView[];
}

export interface CertificateView {
  readonly number: number;
  readonly madeAt: string;
  /** SHA-256 of the signed certificate. */
  readonly digest: string;
}

export interface MessageStory extends MessageView {
  readonly callerOrganId: string;
  readonly submission: Message['submission'];
  readonly signature: SignatureVerdict;
  readonly checks: readonly Check[];
  readonly warnings: readonly Issue[];
  readonly deliveries: readonly LaneView[];
  readonly events: readonly StoryEvent[];
}

/** One recipient's part, as the store keeps it. */
interface Lane {
  readonly delivery: Delivery;
  readonly attempts: readonly DeliveryAttempt[];
}

type Fact = Omit<StoryEvent, 'time'> & { readonly time: number };

/** @throws GatewayError `message.unknown` */
export async function messageStory(store: Store, messageId: string): Promise<MessageStory> {
  const message = await findMessage(store, messageId);
  const id = message.messageId;
  const [deliveries, events, collections, certificates] = await Promise.all([
    store.deliveriesOf(id),
    store.listEvents(id),
    store.listCollections(id),
    store.listDeliveryCertificates(id),
  ]);
  const lanes: Lane[] = await Promise.all(
    deliveries.map(async (delivery) => ({
      delivery,
      attempts: await store.listAttempts(delivery.id),
    })),
  );
  const traces: Trace[] = [];
  const filter = { messageId: id, viewer: message.fromOrganId };
  for await (const one of walk((page) => store.listTraces(filter, page))) traces.push(one);

  const told: Fact[] = events.map(({ time, event, organId, detail }) => ({
    time,
    event,
    ...(organId === undefined ? {} : { organId }),
    detail,
  }));
  const rows = [
    ...lanes.flatMap(attemptFacts),
    ...collections.flatMap(collectionFacts),
    ...traces.flatMap(statusFacts),
  ];
  return {
    ...viewMessage(message, deliveries),
    callerOrganId: message.callerOrganId,
    submission: message.submission,
    signature: message.signature,
    checks: message.checks,
    warnings: message.warnings,
    deliveries: lanes.map(({ delivery, attempts }) => ({
      ...viewDeliveryOfMessage(delivery),
      history: attempts.map(viewAttempt),
      ...certificatesOf(delivery, certificates),
    })),
    events: inOrder(told, rows).map(viewFact),
  };
}

function certificatesOf(
  { id }: Delivery,
  all: readonly DeliveryCertificate[],
): Pick<LaneView, 'certificates'> {
  const own = all.filter((one) => one.deliveryId === id);
  if (own.length === 0) return {};
  const certificates = own.map(({ number, madeAt, certificate }) => ({
    number,
    madeAt: utc(madeAt),
    digest: createHash('sha256').update(certificate).digest('hex'),
  }));
  return { certificates };
}

function attemptFacts({ delivery, attempts }: Lane): Fact[] {
  return attempts.map((attempt) => {
    const { startedAt: _startedAt, finishedAt, rawAnswer: _rawAnswer, ...facts } = attempt;
    return { time: finishedAt, event: 'attempt', organId: delivery.toOrganId, detail: facts };
  });
}

function collectionFacts(one: Collection): Fact[] {
  const { organId, firstListedAt, firstFetchedAt, fetches, confirmation } = one;
  const facts: Fact[] = [];
  if (firstListedAt !== undefined) {
    facts.push({ time: firstListedAt, event: 'listed', organId, detail: {} });
  }
  if (firstFetchedAt !== undefined) {
    facts.push({ time: firstFetchedAt, event: 'fetched', organId, detail: { fetches } });
  }
  if (confirmation !== undefined) {
    const { outcome, reason, confirmedAt } = confirmation;
    const detail = { outcome, ...(reason === undefined ? {} : { reason }) };
    facts.push({ time: confirmedAt, event: 'confirmed', organId, detail });
  }
  return facts;
}

function statusFacts(trace: Trace): Fact[] {
  return trace.statuses.map((one) => ({
    time: one.receivedAt,
    event: 'status',
    organId: trace.toOrganId,
    detail: {
      code: one.statusCode,
      from: one.fromOrganId,
      messageId: one.messageId,
      timestamp: one.timestamp,
      ...(one.description === undefined ? {} : { description: one.description }),
    },
  }));
}

/** The one time that the log keeps inside a detail is shown like all others. */
function viewFact({ time, detail, ...fact }: Fact): StoryEvent {
  const { dueAt, ...rest } = detail;
  const shown = typeof dueAt === 'number' ? { ...rest, nextAttemptAt: utc(dueAt) } : detail;
  return { time: utc(time), ...fact, detail: shown };
}

/** What makes two tellings of the same thing the same: the number of an attempt, the id of a notice. */
function identity({ event, organId, detail }: Fact): string {
  switch (event) {
    case 'attempt':
      return `attempt ${organId} ${detail['number'] ?? detail['attempt']}`;
    case 'status':
      return `status ${detail['messageId']}`;
    default:
      return `${event} ${organId}`;
  }
}

/**
 * The log of events and the rows of attempts, collections and notices tell some things twice. The log
 * keeps the place in time, the row adds what the log left out; what only the rows know is added.
 */
function inOrder(told: readonly Fact[], rows: readonly Fact[]): Fact[] {
  const byIdentity = new Map(rows.map((row) => [identity(row), row]));
  const used = new Set<string>();
  const merged = told.map((fact): Fact => {
    const row = byIdentity.get(identity(fact));
    if (row === undefined) return fact;
    used.add(identity(fact));
    return { ...fact, detail: { ...row.detail, ...fact.detail } };
  });
  const missing = rows.filter((row) => !used.has(identity(row)));
  return [...merged, ...missing].sort((a, b) => a.time - b.time);
}
