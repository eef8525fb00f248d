/**
 * Collects what the store holds of one message: facts, and the members that prove them.
 *
 * @module
 */
import { utc } from '../clock.js';
import type {
  Collection,
  Delivery,
  DeliveryAttempt,
  Message,
  StatusOfDelivery,
} from '../model/message.js';
import { type MessageId, parseMessageId } from '../model/message-id.js';
import type { Store } from '../store/store.js';
import type {
  AttemptFacts,
  CollectionFacts,
  DeliveryFacts,
  EvidenceFacts,
  StatusFacts,
} from './evidence-facts.js';
import type { Member } from './zip-format.js';

/** Latest notices whose packages are put in. */
const MAX_STATUSES = 500;
const PAGE = 200;

type Missing = EvidenceFacts['missing'][number];

export interface Collected<T> {
  readonly facts: T;
  readonly members: readonly Member[];
  readonly missing: readonly Missing[];
}

function defined<T extends object>(facts: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as unknown as T;
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : utc(ms);
}

// ---- package -------------------------------------------------------------------------------------

const PURGED = (what: string): Missing => ({
  what,
  text: 'deleted by retention; its digest stands in the receipt',
  textVi: 'đã xoá khi hết hạn lưu; giá trị băm vẫn còn trong biên nhận',
});

const DAMAGED = (what: string): Missing => ({
  what,
  text: 'the stored copy cannot be read or does not match its digest',
  textVi: 'bản lưu không đọc được hoặc không khớp giá trị băm',
});

/** The exact bytes under that name, or why they are not there. */
export async function packageOf(
  store: Store,
  messageId: MessageId,
  name: string,
): Promise<Collected<string | undefined>> {
  try {
    const bytes = await store.getContent(messageId);
    if (bytes !== undefined) return { facts: name, members: [{ name, bytes }], missing: [] };
    return { facts: undefined, members: [], missing: [PURGED(name)] };
  } catch {
    return { facts: undefined, members: [], missing: [DAMAGED(name)] };
  }
}

// ---- deliveries ----------------------------------------------------------------------------------

function attemptFacts(folder: string, attempt: DeliveryAttempt): Collected<AttemptFacts> {
  const { rawAnswer, startedAt, finishedAt, ...rest } = attempt;
  const answer = rawAnswer === undefined ? undefined : `${folder}/answer-${attempt.number}.txt`;
  const facts = {
    ...rest,
    startedAt: utc(startedAt),
    finishedAt: utc(finishedAt),
    ...(answer === undefined ? {} : { answer }),
  };
  const json = { name: `${folder}/attempt-${attempt.number}.json`, bytes: jsonBytes(facts) };
  const text =
    answer === undefined ? [] : [{ name: answer, bytes: Buffer.from(rawAnswer ?? '', 'utf8') }];
  return { facts, members: [json, ...text], missing: [] };
}

function collectionFacts(one: Collection): CollectionFacts {
  const { firstListedAt, firstFetchedAt, lastFetchedAt, fetches, confirmation } = one;
  return defined<CollectionFacts>({
    firstListedAt: time(firstListedAt),
    firstFetchedAt: time(firstFetchedAt),
    lastFetchedAt: time(lastFetchedAt),
    fetches,
    confirmation: confirmation && {
      outcome: confirmation.outcome,
      ...(confirmation.reason === undefined ? {} : { reason: confirmation.reason }),
      confirmedAt: utc(confirmation.confirmedAt),
    },
  });
}

export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');
}

export async function deliveriesOf(
  store: Store,
  messageId: MessageId,
): Promise<Collected<readonly DeliveryFacts[]>> {
  const members: Member[] = [];
  const facts: DeliveryFacts[] = [];
  const certificates = await store.listDeliveryCertificates(messageId);
  const collections = await store.listCollections(messageId);
  for (const delivery of await store.deliveriesOf(messageId)) {
    const folder = `deliveries/${delivery.id}`;
    const attempts = (await store.listAttempts(delivery.id)).map((one) =>
      attemptFacts(folder, one),
    );
    const own = certificates
      .filter((one) => one.deliveryId === delivery.id)
      .map(({ number, madeAt, certificate }) => ({
        facts: { number, madeAt: utc(madeAt), file: `${folder}/certificate-${number}.xml` },
        bytes: certificate,
      }));
    const collection = collections.find(({ organId }) => organId === delivery.toOrganId);
    members.push(
      ...own.map(({ facts: { file }, bytes }) => ({ name: file, bytes })),
      ...attempts.flatMap((one) => one.members),
    );
    facts.push({
      ...(await laneFacts(store, delivery)),
      attempts: attempts.map((one) => one.facts),
      certificates: own.map((one) => one.facts),
      ...(collection === undefined ? {} : { collection: collectionFacts(collection) }),
    });
  }
  return { facts, members, missing: [] };
}

async function laneFacts(
  store: Store,
  delivery: Delivery,
): Promise<Omit<DeliveryFacts, 'attempts' | 'certificates'>> {
  return defined<Omit<DeliveryFacts, 'attempts' | 'certificates'>>({
    id: delivery.id,
    organId: delivery.toOrganId,
    organName: (await store.getAgency(delivery.toOrganId))?.organName,
    state: delivery.state,
    createdAt: utc(delivery.createdAt),
    finishedAt: time(delivery.finishedAt),
    lastCode: delivery.lastCode,
    lastReason: delivery.lastReason,
  });
}

// ---- statuses ------------------------------------------------------------------------------------

interface Notice {
  readonly messageId: MessageId;
  readonly told?: StatusOfDelivery;
}

/** Those that the lanes know of, and those (failure notices, answers to recalls) named in events. */
async function noticesAbout(store: Store, message: Message): Promise<Notice[]> {
  const found = new Map<MessageId, Notice>();
  const filter = { messageId: message.messageId, viewer: message.fromOrganId };
  let after: string | undefined;
  do {
    const page = await store.listTraces(filter, { after, limit: PAGE });
    for (const told of page.items.flatMap(({ statuses }) => statuses)) {
      found.set(told.messageId, { messageId: told.messageId, told });
    }
    after = page.next;
  } while (after !== undefined);
  for (const { detail } of await store.listEvents(message.messageId)) {
    for (const value of Object.values(detail)) {
      const id = typeof value === 'string' ? parseMessageId(value) : undefined;
      if (id !== undefined && id !== message.messageId && !found.has(id)) {
        found.set(id, { messageId: id });
      }
    }
  }
  return [...found.values()];
}

async function statusOf(
  store: Store,
  { messageId, told }: Notice,
): Promise<Collected<StatusFacts> | undefined> {
  const notice = await store.getMessage(messageId);
  if (notice === undefined || notice.kind !== 'status') return undefined;
  const content = await packageOf(store, messageId, `statuses/${messageId}.edxml`);
  const receipt = (await store.getAnswer(messageId))?.receipt;
  const receiptName = `statuses/${messageId}.receipt.xml`;
  const facts = defined<StatusFacts>({
    messageId,
    fromOrganId: notice.fromOrganId,
    statusCode: notice.statusCode,
    timestamp: told?.timestamp,
    description: told?.description,
    receivedAt: utc(notice.receivedAt),
    contentDigest: notice.contentDigest,
    package: content.facts,
    receipt: receipt === undefined ? undefined : receiptName,
  });
  const receipts = receipt === undefined ? [] : [{ name: receiptName, bytes: receipt }];
  return { facts, members: [...content.members, ...receipts], missing: content.missing };
}

export async function statusesAbout(
  store: Store,
  message: Message,
): Promise<Collected<readonly StatusFacts[]>> {
  const notices = await noticesAbout(store, message);
  const taken = notices
    .sort((one, other) => (one.messageId < other.messageId ? -1 : 1))
    .slice(-MAX_STATUSES);
  const all: Collected<StatusFacts>[] = [];
  for (const notice of taken) {
    const one = await statusOf(store, notice);
    if (one !== undefined) all.push(one);
  }
  const left = notices.length - taken.length;
  return {
    facts: all.map(({ facts }) => facts),
    members: all.flatMap(({ members }) => members),
    missing: [
      ...all.flatMap(({ missing }) => missing),
      ...(left > 0
        ? [
            {
              what: 'statuses',
              text: `only the latest ${MAX_STATUSES} notices; ${left} older ones were left out`,
              textVi: `chỉ có ${MAX_STATUSES} thông báo mới nhất; bỏ ra ngoài ${left} thông báo cũ hơn`,
            },
          ]
        : []),
    ],
  };
}
