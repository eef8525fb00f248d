/**
 * The delivery log: which messages there are and where their deliveries stand.
 *
 * @module
 */
import { documentKey } from '../model/document-id.js';
import { refuse } from '../model/issue.js';
import type { Message } from '../model/message.js';
import { parseMessageId } from '../model/message-id.js';
import { parseOrganId } from '../model/organ-id.js';
import type { MessageFilter, Store } from '../store/store.js';
import { type MessageView, viewMessage } from './message-view.js';
import { walk } from './pages.js';

export interface MessageQuery {
  /** Document id; compared after NFC. */
  readonly documentId?: string;
  /** Received at or after; milliseconds since 1970. */
  readonly since?: number;
  readonly fromOrganId?: string;
  readonly kind?: 'document' | 'status';
  /** At most so many, newest first. */
  readonly limit?: number;
}

export async function* listMessages(
  store: Store,
  query: MessageQuery,
): AsyncGenerator<MessageView> {
  const fromOrganId = query.fromOrganId === undefined ? undefined : parseOrganId(query.fromOrganId);
  if (query.fromOrganId !== undefined && fromOrganId === undefined) return;
  const filter: MessageFilter = {
    ...(query.documentId === undefined ? {} : { documentKey: documentKey(query.documentId) }),
    ...(query.since === undefined ? {} : { since: query.since }),
    ...(fromOrganId === undefined ? {} : { fromOrganId }),
    ...(query.kind === undefined ? {} : { kind: query.kind }),
  };
  for await (const message of walk((page) => store.listMessages(filter, page), query.limit)) {
    yield viewMessage(message, await store.deliveriesOf(message.messageId));
  }
}

/** @throws GatewayError `message.unknown` */
export async function findMessage(store: Store, messageId: string): Promise<Message> {
  const id = parseMessageId(messageId);
  const message = id === undefined ? undefined : await store.getMessage(id);
  if (message === undefined) throw refuse('message.unknown');
  return message;
}
