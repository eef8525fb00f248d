/**
 * Reading the simple fields of a request that the schema has accepted.
 *
 * @module
 */
import { refuse } from '../model/issue.js';
import { type MessageId, parseMessageId } from '../model/message-id.js';
import type { PageRequest } from '../store/store.js';
import { childOf, type XmlElement } from '../xml/tree.js';

export const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;

/** Text of a child; undefined when it is absent or empty. */
export function field(body: XmlElement, name: string): string | undefined {
  const text = childOf(body, name)?.text.trim();
  return text === '' ? undefined : text;
}

/** `MaxItems` (1 to 1000, default 100) and `After`. */
export function pageOf(body: XmlElement): PageRequest {
  const text = field(body, 'MaxItems');
  const limit = text === undefined ? DEFAULT_PAGE : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw refuse('request.value', { element: 'MaxItems', reason: 'it must be 1 to 1000' });
  }
  return { limit, after: field(body, 'After') };
}

/** xs:dateTime to milliseconds; without a zone it is read as UTC. */
export function timeOf(body: XmlElement, name: string): number | undefined {
  const text = field(body, name);
  if (text === undefined) return undefined;
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) {
    throw refuse('request.value', { element: name, reason: 'it is not an xs:dateTime' });
  }
  return time;
}

/** An id that cannot be one of ours is answered like one that is unknown. */
export function messageIdOf(body: XmlElement, name = 'MessageId'): MessageId {
  const element = childOf(body, name);
  const id = parseMessageId(element?.text.trim() ?? '');
  if (id === undefined) throw unknownMessage();
  return id;
}

/** One text for every id that the caller may not see, wherever it was asked. */
export function unknownMessage(): Error {
  return refuse('message.unknown');
}
