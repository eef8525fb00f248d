/**
 * A real store in a temporary folder, a clock that stands still, and messages put straight into it.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventName, Fields, Logger } from '../../../src/log.js';
import type { Breaker } from '../../../src/model/breaker.js';
import { documentKey } from '../../../src/model/document-id.js';
import type { FirstDelivery, LeasedDelivery, Message } from '../../../src/model/message.js';
import { type MessageId, newMessageId } from '../../../src/model/message-id.js';
import { type OrganId, parseOrganId } from '../../../src/model/organ-id.js';
import type { QueueContext } from '../../../src/operate/queue-context.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';

export const NOON = Date.UTC(2026, 10, 24, 5);
export const DAY = 86_400_000;

export interface Fixture extends QueueContext {
  readonly folder: string;
  /** Moves the clock forward. */
  pass(ms: number): void;
  readonly logged: { event: EventName; fields: Fields }[];
  close(): Promise<void>;
}

/** All that putting messages and attempts into a store needs. */
type Parts = Pick<Fixture, 'store' | 'clock'>;

export async function openFixture(): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-operate-'));
  let time = NOON;
  const clock = { now: () => time, monotonic: () => time };
  const refusals = { keepMs: 86_400_000, maxBytes: 1_000_000 };
  const store = await openSqliteStore({ folder, clock, refusals });
  const logged: Fixture['logged'] = [];
  const note = (event: EventName, fields: Fields = {}): void => {
    logged.push({ event, fields });
  };
  const logger: Logger = { error: note, warn: note, info: note, debug: note };
  return {
    folder,
    store,
    clock,
    logger,
    logged,
    actor: 'cli:test',
    lifetimes: { push: [10 * DAY, 5 * DAY, 3 * DAY, 2 * DAY, 2 * DAY] },
    retryMs: [60_000, 300_000],
    pass: (ms) => {
      time += ms;
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export function organ(text: string): OrganId {
  const id = parseOrganId(text);
  if (id === undefined) throw new Error(text);
  return id;
}

/** Stores a document from T99.01; T99.02 is pushed to, T99.03 collects. */
export async function storeDocument(
  { store, clock }: Parts,
  documentId = 'T99.01,2026/11/24,1',
  over: {
    readonly key?: string;
    readonly expiresAt?: number;
    /** Takes this document back in the lane of T99.02. */
    readonly recalls?: string;
  } = {},
): Promise<MessageId> {
  const messageId = newMessageId(clock.now());
  const content = Buffer.from(`<edXML>${documentId}</edXML>`);
  const contentDigest = createHash('sha256').update(content).digest('hex');
  const deliveries: FirstDelivery[] = [
    { organId: organ('T99.02'), state: 'queued' },
    { organId: organ('T99.03'), state: 'pending' },
  ];
  const signature = { class: 'absent', signedParts: [], reasons: [], present: false } as const;
  const message: Message = {
    messageId,
    kind: 'document',
    receivedAt: clock.now(),
    callerOrganId: organ('T99.01'),
    fromOrganId: organ('T99.01'),
    documentId,
    documentKey: documentKey(documentId),
    documentCode: '1/TB-SMA',
    businessType: 'new',
    subject: 'Thông báo mẫu',
    priority: 0,
    contentDigest,
    sizeBytes: content.byteLength,
    signatureClass: 'absent',
    signature,
    warnings: [],
    checks: [{ name: 'schema', verdict: 'warning', ms: 1.25, codes: ['dialect.order'] }],
    submission: {
      operation: 'SendPackage',
      soapVersion: '1.1',
      carrier: 'mtom',
      remoteAddress: '192.0.2.7',
      proof: 'basic',
      correlationId: 'c-1',
    },
    read: {
      kind: 'document',
      from: { organId: 'T99.01' },
      to: [{ organId: 'T99.02' }, { organId: 'T99.03' }],
      documentId,
      codeNumber: '1',
      codeNotation: 'TB-SMA',
      promulgationDate: '2026/11/24',
      subject: 'Thông báo mẫu',
      signer: {},
      priority: 0,
      responseFor: [],
      toPlaces: [],
      hops: [],
      business: { type: 'new', replacements: [] },
      attachments: [],
    },
    searchText: '',
  };
  const outcome = await store.acceptMessage({
    message,
    content,
    answer: {
      messageId,
      documentId,
      receivedAt: new Date(clock.now()).toISOString(),
      contentDigest,
      signatureClass: 'absent',
      deliveries,
      warnings: [],
      receipt: Buffer.from('<Receipt/>'),
    },
    duplicateKey: `T99.01 ${documentId} ${over.key ?? ''}`,
    ...(over.recalls === undefined
      ? {}
      : {
          recall: {
            documents: [{ key: documentKey(over.recalls) }],
            lanes: [{ organId: organ('T99.02') }],
          },
        }),
    deliveries: deliveries.map((one) =>
      over.expiresAt === undefined ? one : { ...one, expiresAt: over.expiresAt },
    ),
    events: [],
  });
  if (outcome.kind !== 'stored') throw new Error(outcome.kind);
  return messageId;
}

/** Claims the one delivery that is due, as a worker would. */
export async function leaseOne({ store, clock }: Parts): Promise<LeasedDelivery> {
  const [leased] = await store.leaseDue({
    now: clock.now(),
    limit: 1,
    perRecipient: 1,
    leaseMs: 90_000,
  });
  if (leased === undefined) throw new Error('nothing is due');
  return leased;
}

/** One attempt for the delivery that is due, with its end. */
export async function endAttempt(
  fixture: Parts,
  outcome: 'delivered' | 'dead' | 'held',
  code?: string,
): Promise<LeasedDelivery> {
  const leased = await leaseOne(fixture);
  const now = fixture.clock.now();
  await fixture.store.finishAttempt({
    deliveryId: leased.id,
    lease: leased.lease,
    state: outcome,
    attempt: {
      number: leased.attempt,
      startedAt: now,
      finishedAt: now + 20,
      outcome,
      rawAnswer: 'HTTP/1.1 200 OK\r\n\r\n<as/><it/><came/>',
      ...(code === undefined ? {} : { code, reason: 'so it was' }),
    },
  });
  return leased;
}

/** Makes one failed attempt for the delivery that is due. */
export async function failAttempt(
  fixture: Parts,
  waitMs: number,
  breaker?: Breaker,
): Promise<void> {
  const { store, clock } = fixture;
  const leased = await leaseOne(fixture);
  await store.finishAttempt({
    deliveryId: leased.id,
    lease: leased.lease,
    state: 'deferred',
    dueAt: clock.now() + waitMs,
    ...(breaker === undefined ? {} : { breaker }),
    attempt: {
      number: leased.attempt,
      startedAt: clock.now(),
      finishedAt: clock.now() + 20,
      outcome: 'deferred',
      code: 'delivery.unreachable',
      reason: 'ECONNREFUSED',
      endpoint: 'b.example:443',
      totalMs: 20,
    },
  });
}

/** The code that a promise is refused with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  return 'nothing was thrown';
}

export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const one of list) items.push(one);
  return items;
}
