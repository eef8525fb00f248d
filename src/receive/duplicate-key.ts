/**
 * Duplicate keys: what makes two submissions the same. Design 2.3, Duplicates.
 *
 * @module
 */
import { documentKey } from '../model/document-id.js';
import type { ReadPackage } from '../model/edxml.js';
import type { OrganId } from '../model/organ-id.js';

/** Parts are joined as JSON so that no value can run into the next. */
function key(...parts: readonly (string | undefined)[]): string {
  return JSON.stringify(parts.map((part) => part ?? null));
}

/**
 * A new document is known by its sender and document id: other bytes under the same id are a conflict.
 * Everything else may come many times for one document, so its bytes belong to the key.
 *
 * @param from the organ id under which the directory holds the sender, not the one written.
 */
export function duplicateKeyOf(from: OrganId, read: ReadPackage, contentDigest: string): string {
  if (read.kind === 'document' && read.business.type === 'new') {
    return key('new', from, documentKey(read.documentId));
  }
  const kind = read.kind === 'document' ? read.business.type : 'status';
  return key(kind, from, contentDigest);
}

/** A status that the gateway writes has no bytes of the caller's; what was asked for is the key. */
export function statusRequestKey(
  caller: OrganId,
  asked: {
    readonly organId: string;
    readonly code: string;
    readonly documentId?: string | undefined;
    readonly promulgationDate: string;
    readonly statusCode: string;
    readonly timestamp?: string | undefined;
  },
): string {
  return key(
    'send-status',
    caller,
    asked.organId,
    asked.code,
    asked.documentId === undefined ? undefined : documentKey(asked.documentId),
    asked.promulgationDate,
    asked.statusCode,
    asked.timestamp,
  );
}
