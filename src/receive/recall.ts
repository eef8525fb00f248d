/**
 * Recalls: a revoke (business type 1) and a status 13 take documents of their own sender back where
 * they still wait. What is to be done is gathered here, before the commit that does it; the states of
 * that moment decide (store/sqlite/write-recall.ts). See docs/decisions/recall.md.
 *
 * @module
 */
import { isFinal } from '../model/delivery-state.js';
import { type DocumentKey, documentKey } from '../model/document-id.js';
import type { ReadPackage, StatusNotice } from '../model/edxml.js';
import type { Message, NewMessage, Recall, RecallLane } from '../model/message.js';
import type { MessageId } from '../model/message-id.js';
import type { OrganId } from '../model/organ-id.js';
import type { Store } from '../store/store.js';
import type { ReceiveContext } from './context.js';
import { actsOn } from './follow-up.js';
import { makeGatewayNotice } from './gateway-notice.js';
import type { Recipient } from './recipients.js';

/** Of a package that names thousands of documents these are kept in order with it. */
const MAX_ACTS_ON = 1000;
/** So many notices are made before others get their turn. */
const NOTICES_AT_ONCE = 20;

type Target = Recall['documents'][number];

/** The recipients of a recall with the agencies that they have followed: a lane for each. */
function lanesOf(recipients: readonly Recipient[]): { organId: OrganId; goesTo: OrganId }[] {
  return recipients.flatMap(({ agency, predecessors }) =>
    [agency.organId, ...predecessors].map((organId) => ({ organId, goesTo: agency.organId })),
  );
}

/** Number and notation begin anew each year: the date tells which one is meant. */
function isMeant(message: Message, status: StatusNotice): boolean {
  const { promulgationDate } = status.responseFor;
  return (
    message.read.kind === 'document' &&
    (promulgationDate === undefined || message.read.promulgationDate === promulgationDate)
  );
}

async function targetsOf(store: Store, read: ReadPackage, from: OrganId): Promise<Target[]> {
  if (read.kind === 'document') {
    if (read.business.type !== 'revoke') return [];
    return actsOn(read).map((one) => ({ key: documentKey(one) }));
  }
  if (read.statusCode !== '13') return [];
  const { documentId, code } = read.responseFor;
  if (documentId !== undefined) return [{ key: documentKey(documentId) }];
  const known = await store.findDocuments(from, undefined, code);
  const keys = new Set(known.filter((one) => isMeant(one, read)).map((one) => one.documentKey));
  return [...keys].map((key) => ({ key }));
}

/** Documents in the order in which they came; a revoke is none that could be taken back. */
async function documentsOf(
  store: Store,
  targets: readonly Target[],
  from: OrganId,
): Promise<Message[]> {
  const documents: Message[] = [];
  for (const { key } of targets) documents.push(...(await store.findDocuments(from, key)));
  return documents.filter((one) => one.businessType !== 'revoke').reverse();
}

/** By recipient, the document that a notice would speak about: the first one still under way there. */
async function openLanes(
  store: Store,
  documents: readonly Message[],
): Promise<Map<OrganId, Message>> {
  const open = new Map<OrganId, Message>();
  for (const document of documents) {
    for (const { toOrganId, state } of await store.deliveriesOf(document.messageId)) {
      if (!isFinal(state) && !open.has(toOrganId)) open.set(toOrganId, document);
    }
  }
  return open;
}

function noticeOf(
  context: ReceiveContext,
  about: Message,
  organId: OrganId,
  recallId: MessageId,
): Promise<NewMessage | undefined> {
  return makeGatewayNotice(context, {
    operation: 'RecallNotice',
    about,
    statusCode: '15',
    description:
      `Đã lấy lại trước khi chuyển tới ${organId} / ` + `taken back before delivery to ${organId}`,
    correlationId: `${recallId}-${organId}`,
    duplicateKey: JSON.stringify(['recall-notice', recallId, organId]),
  });
}

/** @returns undefined when the package takes nothing back. */
export async function makeRecall(
  context: ReceiveContext,
  { message }: NewMessage,
  recipients: readonly Recipient[],
): Promise<Recall | undefined> {
  const { store } = context;
  const { read, fromOrganId, messageId } = message;
  const targets = await targetsOf(store, read, fromOrganId);
  if (targets.length === 0) return undefined;
  const open = await openLanes(store, await documentsOf(store, targets, fromOrganId));
  const lanes: RecallLane[] = [];
  let made = 0;
  for (const lane of lanesOf(recipients)) {
    const about = open.get(lane.organId);
    if (about === undefined) {
      lanes.push(lane);
      continue;
    }
    // A document to thousands must not keep all other requests waiting.
    if (++made % NOTICES_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    const notice = await noticeOf(context, about, lane.organId, messageId);
    lanes.push(notice === undefined ? lane : { ...lane, notice });
  }
  return { documents: targets, lanes };
}

/** Keys of the documents that a follow-up acts on, in whose order it belongs; not its own. */
export function followedKeys({ message }: NewMessage, recall: Recall | undefined): DocumentKey[] {
  const { read, documentKey: own } = message;
  const named =
    read.kind === 'document'
      ? actsOn(read).slice(0, MAX_ACTS_ON).map(documentKey)
      : (recall?.documents ?? []).flatMap(({ key }) => key ?? []);
  return [...new Set(named)].filter((key) => key !== own && key !== '');
}
