/**
 * What is asked of a large store: every filter alone and in pairs, first page and a deep one, searches
 * with words that are frequent, rare, absent or never together, and what the console shows at once.
 *
 * @module
 */
import { documentKey } from '../src/model/document-id.js';
import type { DeliveryId } from '../src/model/message.js';
import type { DeliveryFilter, MessageFilter, Page, Store } from '../src/store/store.js';

export interface Question {
  readonly name: string;
  ask(): Promise<unknown>;
}

const PAGE = 50;
/** A deep page begins after so many. */
const DEEP = 20_000;
const HOUR = 3_600_000;
const AGES = [HOUR, 24 * HOUR, 7 * 24 * HOUR];

type Named<T> = readonly (readonly [name: string, filter: T])[];

function pairs<T extends object>(single: Named<T>): Named<T> {
  return single.flatMap(([a, one], at) =>
    single.slice(at + 1).flatMap(([b, other]): (readonly [string, T])[] => {
      const clash = Object.keys(one).some((key) => key in other);
      return clash ? [] : [[`${a} + ${b}`, { ...one, ...other }]];
    }),
  );
}

const SEARCHES: Named<MessageFilter> = [
  ['word in most', { search: 'viec' }],
  ['one letter', { search: 't' }],
  ['digits in all', { search: '000' }],
  ['three words', { search: 'chuyen doi so' }],
  ['rare word', { search: 'wolfram' }],
  ['absent word', { search: 'khongco' }],
  ['two that never meet', { search: 'lut man' }],
  ['one that rarely meets', { search: 've wolfram' }],
  ['id of an agency', { search: '000.00.377.T99' }],
  ['beginning of an id', { search: '000.00.3' }],
  ['in the wrong order', { search: 'viec/ve' }],
];

interface Sample {
  readonly busy: MessageFilter['fromOrganId'] & string;
  readonly quiet: MessageFilter['fromOrganId'] & string;
  readonly documentId: string;
  readonly message: NonNullable<DeliveryFilter['messageId']>;
  readonly newest: number;
}

async function sampleOf(store: Store): Promise<Sample> {
  const { items } = await store.listMessages({ kind: 'document' }, { limit: 500 });
  const [newest] = items;
  const agencies = await store.listAgencies({ limit: 10_000 });
  const [busy, quiet] = [agencies.items.at(0), agencies.items.at(-2)];
  if (newest === undefined || busy === undefined || quiet === undefined) throw new Error('empty');
  return {
    busy: busy.organId,
    quiet: quiet.organId,
    documentId: newest.documentId,
    message: newest.messageId,
    newest: newest.receivedAt,
  };
}

function messageFilters(sample: Sample): Named<MessageFilter> {
  return [
    ['documentKey', { documentKey: documentKey(sample.documentId) }],
    ['since lately', { since: sample.newest - 30 * 24 * HOUR }],
    ['since long ago', { since: sample.newest - 900 * 24 * HOUR }],
    ['from busy', { fromOrganId: sample.busy }],
    ['from quiet', { fromOrganId: sample.quiet }],
    ['status', { kind: 'status' }],
    ['document', { kind: 'document' }],
    ...SEARCHES.map(([name, filter]) => [name, filter] as const),
  ];
}

function deliveryFilters(sample: Sample): Named<DeliveryFilter> {
  return [
    ['dead', { states: ['dead'] }],
    ['delivered', { states: ['delivered'] }],
    ['open', { states: ['queued', 'active', 'deferred', 'pending', 'held'] }],
    ['held', { states: ['held'] }],
    ['to busy', { toOrganId: sample.busy }],
    ['to quiet', { toOrganId: sample.quiet }],
    ['message', { messageId: sample.message }],
    ['from busy', { fromOrganId: sample.busy }],
    ['from quiet', { fromOrganId: sample.quiet }],
    ['documentKey', { documentKey: documentKey(sample.documentId) }],
    ['status', { kind: 'status' }],
    ['document', { kind: 'document' }],
    ['code', { lastCode: 'delivery.unreachable' }],
    ['unknown code', { lastCode: 'delivery.tls' }],
    ['old', { createdBefore: sample.newest - 900 * 24 * HOUR }],
    ['urgent', { urgent: true }],
    ['not urgent', { urgent: false }],
  ];
}

/** The cursor of a page that begins after many, or that of the last page but none. */
async function deepCursor<T>(
  list: (page: { after?: string | undefined; limit: number }) => Promise<Page<T>>,
): Promise<string | undefined> {
  const { next } = await list({ limit: DEEP / 2 });
  if (next === undefined) return undefined;
  return (await list({ after: next, limit: DEEP / 2 })).next ?? next;
}

async function lists<F extends object, T>(
  title: string,
  filters: Named<F>,
  list: (filter: F, page: { after?: string | undefined; limit: number }) => Promise<Page<T>>,
): Promise<Question[]> {
  const questions: Question[] = [];
  for (const [name, filter] of filters) {
    questions.push({
      name: `${title}: ${name}`,
      ask: () => list(filter, { limit: PAGE }),
    });
    const after = await deepCursor((page) => list(filter, page));
    if (after === undefined) continue;
    questions.push({
      name: `${title}: ${name}, deep`,
      ask: () => list(filter, { after, limit: PAGE }),
    });
  }
  return questions;
}

function others(store: Store, sample: Sample, newest: DeliveryId): Question[] {
  const { busy, newest: now } = sample;
  const traces = (name: string, filter: Parameters<Store['listTraces']>[0]): Question => ({
    name: `traces: ${name}`,
    ask: () => store.listTraces(filter, { limit: PAGE }),
  });
  return [
    { name: 'counts', ask: () => store.counts() },
    { name: 'queueAges', ask: () => store.queueAges(AGES, now) },
    { name: 'queueFlow of an hour', ask: () => store.queueFlow(now - HOUR) },
    { name: 'queueFlow of a day', ask: () => store.queueFlow(now - 24 * HOUR) },
    { name: 'listExpired', ask: () => store.listExpired(now, 100) },
    { name: 'nextDueAt', ask: () => store.nextDueAt() },
    { name: 'listActs', ask: () => store.listActs(undefined, { limit: PAGE }) },
    { name: 'listAttempts', ask: () => store.listAttempts(newest) },
    { name: 'message', ask: () => store.getMessage(sample.message) },
    traces('of a message', { viewer: busy, messageId: sample.message }),
    traces('of a document', { viewer: busy, documentKey: documentKey(sample.documentId) }),
    traces('since lately', { viewer: busy, since: now - 30 * 24 * HOUR }),
    traces('since ever', { viewer: busy }),
  ];
}

export async function questionsFor(store: Store): Promise<Question[]> {
  const sample = await sampleOf(store);
  const ofMessages = messageFilters(sample);
  const ofDeliveries = deliveryFilters(sample);
  const [delivery] = (await store.listDeliveries({}, { limit: 1 })).items;
  return [
    ...(await lists('messages', [['all', {}], ...ofMessages, ...pairs(ofMessages)], (f, p) =>
      store.listMessages(f, p),
    )),
    ...(await lists('deliveries', [['all', {}], ...ofDeliveries, ...pairs(ofDeliveries)], (f, p) =>
      store.listDeliveries(f, p),
    )),
    ...others(store, sample, delivery?.id ?? 1),
  ];
}
