/**
 * Reads the facts of one agency from the store: what it sent, what went to it, what was refused, since it
 * came into the sandbox lane. Bounded: the latest thousand of each.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises';
import type { Delivery, Message, Refusal } from '../../model/message.js';
import type { OrganId } from '../../model/organ-id.js';
import type { Page, PageRequest, Store } from '../../store/store.js';
import type { PartnerFacts, ReceivedFact, RefusedFact, SentFact } from './facts.js';

const MOST = 1000;
const PAGE_SIZE = 50;

export interface FactsRequest {
  readonly organId: OrganId;
  /** Nothing older counts; milliseconds since 1970. */
  readonly since: number;
  readonly signatureRequired: boolean;
}

export async function readFacts(store: Store, request: FactsRequest): Promise<PartnerFacts> {
  const { signatureRequired } = request;
  return {
    signatureRequired,
    sent: await readSent(store, request),
    received: await readReceived(store, request),
    refused: await readRefused(store, request),
  };
}

/**
 * Newest first out of the store, oldest first out of here; ends at what is too old.
 *
 * @param make undefined for what is no fact
 */
async function latest<T, F>(
  ask: (page: PageRequest) => Promise<Page<T>>,
  isOld: (one: T) => boolean,
  make: (one: T) => Promise<F | undefined> | F | undefined,
): Promise<F[]> {
  const found: F[] = [];
  let read = 0;
  let after: string | undefined;
  do {
    const page = await ask({ after, limit: PAGE_SIZE });
    for (const one of page.items) {
      if (isOld(one)) return found.reverse();
      const fact = await make(one);
      if (fact !== undefined) found.push(fact);
    }
    read += page.items.length;
    after = page.next;
    // Reading the embedded store blocks: between pages others get their turn.
    await setImmediate();
  } while (after !== undefined && read < MOST);
  return found.reverse();
}

function readSent(store: Store, { organId, since }: FactsRequest): Promise<SentFact[]> {
  return latest(
    (page) => store.listMessages({ fromOrganId: organId, since }, page),
    () => false,
    (message) => sentFact(store, message),
  );
}

/** What was not handed over by the agency itself shows nothing of its system. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set(['operator', 'gateway']);
const UNMATCHED: ReadonlySet<string> = new Set(['document.unmatched', 'status.unmatched']);

async function sentFact(store: Store, message: Message): Promise<SentFact | undefined> {
  const { messageId, kind, receivedAt, businessType, statusCode, read } = message;
  if (message.callerOrganId !== message.fromOrganId) return undefined;
  if (NOT_ITS_OWN.has(message.submission.proof)) return undefined;
  const several = read.kind === 'document' && read.to.length > 1;
  const events = kind === 'document' ? await store.listEvents(messageId) : [];
  return {
    messageId,
    kind,
    receivedAt,
    ...(businessType === undefined ? {} : { businessType }),
    ...(statusCode === undefined ? {} : { statusCode }),
    signatureClass: message.signatureClass,
    sizeBytes: message.sizeBytes,
    recipients: several ? (await store.deliveriesOf(messageId)).length : 1,
    repeated: events.some(
      ({ event, detail }) => event === 'repeated' && detail['caller'] === message.callerOrganId,
    ),
    matched: !message.warnings.some(({ code }) => UNMATCHED.has(code)),
  };
}

function readReceived(store: Store, { organId, since }: FactsRequest): Promise<ReceivedFact[]> {
  return latest(
    (page) => store.listDeliveries({ toOrganId: organId, kind: 'document' }, page),
    ({ createdAt }) => createdAt < since,
    (delivery) => receivedFact(store, delivery),
  );
}

async function receivedFact(
  store: Store,
  { messageId, toOrganId, state, attempts }: Delivery,
): Promise<ReceivedFact> {
  const collection = (await store.listCollections(messageId)).find(
    ({ organId }) => organId === toOrganId,
  );
  const confirmed = collection?.confirmation?.outcome;
  const fetched = (collection?.fetches ?? 0) > 0;
  return {
    messageId,
    state,
    how: fetched ? 'collect' : attempts > 0 ? 'push' : 'not-yet',
    ...(confirmed === undefined ? {} : { confirmed }),
  };
}

/** Codes that speak of the sign-in or the channel, not of the package. */
const NOT_THE_PACKAGE = /^(?:http|auth|server|soap)\./;
const SENDING: ReadonlySet<string> = new Set(['SendDocument', 'SendPackage', 'SendStatus']);

function readRefused(store: Store, { organId, since }: FactsRequest): Promise<RefusedFact[]> {
  return latest(
    (page) => store.listRefusals({ ...page, callerOrganId: organId }),
    ({ time }) => time < since,
    ({ time, code, operation = '' }: Refusal) =>
      SENDING.has(operation) && !NOT_THE_PACKAGE.test(code) ? { time, code } : undefined,
  );
}
