/**
 * What keeps a delivery from being tried: an open elder, the recipient's breaker, a hold and who laid
 * it, no route, or a recipient that has not come to collect. Times are ISO 8601, UTC.
 *
 * @module
 */
import { utc } from '../clock.js';
import { isFinal, OPEN_STATES } from '../model/delivery-state.js';
import { documentKey } from '../model/document-id.js';
import type { Delivery } from '../model/message.js';
import type { Store } from '../store/store.js';
import { walk } from './pages.js';
import { type QueueContext, timeMember } from './queue-context.js';

export type Block =
  /** An earlier delivery of the same document to the same recipient is not final. */
  | {
      readonly kind: 'elder';
      readonly id: number;
      readonly messageId: string;
      readonly state: string;
    }
  /** Nothing is tried at this recipient until then; afterwards one delivery at a time. */
  | {
      readonly kind: 'breaker';
      readonly until: string;
      readonly code: string;
      readonly failures: number;
    }
  | {
      readonly kind: 'held';
      readonly by: string;
      readonly since?: string;
      readonly reason?: string;
      readonly code?: string;
    }
  | { readonly kind: 'route'; readonly reason: string }
  | { readonly kind: 'collect'; readonly listedAt?: string; readonly fetchedAt?: string };

/** Elders named at most; one is enough to wait for. */
const MAX_ELDERS = 5;
/** Deliveries of one document to one recipient looked at for elders. */
const MAX_LOOKED_AT = 500;

export async function blocksOf(
  { store }: Pick<QueueContext, 'store'>,
  delivery: Delivery,
): Promise<readonly Block[]> {
  if (isFinal(delivery.state)) return [];
  if (delivery.state === 'pending') return [await collectBlock(store, delivery)];
  if (delivery.state === 'held') return [await heldBlock(store, delivery)];
  if (delivery.state === 'active') return [];
  return [
    ...(await elders(store, delivery)),
    ...(await breakerBlock(store, delivery)),
    ...(await routeBlock(store, delivery)),
  ];
}

async function collectBlock(store: Store, delivery: Delivery): Promise<Block> {
  const collections = await store.listCollections(delivery.messageId);
  const own = collections.find((one) => one.organId === delivery.toOrganId);
  return {
    kind: 'collect',
    ...timeMember('listedAt', own?.firstListedAt),
    ...timeMember('fetchedAt', own?.lastFetchedAt),
  };
}

async function heldBlock(store: Store, delivery: Delivery): Promise<Block> {
  const events = await store.listEvents(delivery.messageId);
  const last = events.findLast(
    ({ event, organId, detail }) =>
      event === 'operator' && organId === delivery.toOrganId && detail['act'] === 'hold',
  );
  // The gateway holds a delivery by itself when its own copy is damaged.
  if (last === undefined || delivery.lastCode === 'store.damaged') {
    const { lastCode, lastReason } = delivery;
    return {
      kind: 'held',
      by: 'gateway',
      ...(lastReason === undefined ? {} : { reason: lastReason }),
      ...(lastCode === undefined ? {} : { code: lastCode }),
    };
  }
  const { actor, reason } = last.detail;
  return { kind: 'held', by: String(actor), since: utc(last.time), reason: String(reason) };
}

/** Documents whose open deliveries of before it waits for: its own, and those a follow-up acts on. */
async function documentsOf(store: Store, delivery: Delivery): Promise<string[]> {
  const read = (await store.getMessage(delivery.messageId))?.read;
  if (read?.kind !== 'document') return [delivery.documentId];
  const { business } = read;
  const named = [
    ...business.replacements.map((one) => one.documentId),
    ...(business.documentId === undefined ? [] : [business.documentId]),
  ];
  return [...new Set([delivery.documentId, ...named])];
}

async function elders(store: Store, delivery: Delivery): Promise<Block[]> {
  const { fromOrganId, toOrganId } = delivery;
  const found: Block[] = [];
  for (const documentId of await documentsOf(store, delivery)) {
    const filter = {
      states: OPEN_STATES,
      toOrganId,
      fromOrganId,
      documentKey: documentKey(documentId),
    };
    for await (const { id, messageId, state } of walk(
      (page) => store.listDeliveries(filter, page),
      MAX_LOOKED_AT,
    )) {
      if (id < delivery.id) found.push({ kind: 'elder', id, messageId, state });
      if (found.length === MAX_ELDERS) return found;
    }
  }
  return found;
}

async function breakerBlock(store: Store, { toOrganId }: Delivery): Promise<Block[]> {
  const breaker = await store.getBreaker(toOrganId);
  if (breaker?.openUntil === undefined) return [];
  const { openUntil, lastCode: code, failures } = breaker;
  return [{ kind: 'breaker', until: utc(openUntil), code, failures }];
}

async function routeBlock(store: Store, { toOrganId }: Delivery): Promise<Block[]> {
  const agency = await store.getAgency(toOrganId);
  if (agency === undefined) return [{ kind: 'route', reason: 'it is not in the directory' }];
  if (agency.route.kind === 'push') return [];
  return [{ kind: 'route', reason: 'it collects; use queue reroute' }];
}
