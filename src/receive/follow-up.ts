/**
 * Follow-ups: packages that speak about a document exchanged before. Those without authority over it
 * are delivered as they are, marked, and change nothing. Whether the document exists is never told to
 * somebody who had no part in it: the mark is the same.
 *
 * @module
 */
import { documentKey } from '../model/document-id.js';
import type { EdxmlDocument, ReadPackage, StatusNotice } from '../model/edxml.js';
import { type Issue, issue } from '../model/issue.js';
import type { Store } from '../store/store.js';

/**
 * The documents that a revoke, update or replace acts on: the one named in `Bussiness`, else the
 * package's own id; a replace names them in its list.
 */
export function actsOn(document: EdxmlDocument): string[] {
  const { business } = document;
  if (business.type === 'new') return [];
  if (business.type === 'replace') return business.replacements.map((one) => one.documentId);
  return [business.documentId ?? document.documentId];
}

/** A package that replaces thousands of unknown documents is marked well enough by these. */
const MAX_WARNINGS = 50;

async function documentFollowUp(
  store: Store,
  document: EdxmlDocument,
  from: string,
): Promise<Issue[]> {
  const issues: Issue[] = [];
  for (const documentId of actsOn(document)) {
    if (issues.length >= MAX_WARNINGS) break;
    const known = await store.findDocuments(from, documentKey(documentId));
    if (known.length === 0) issues.push(issue('document.unmatched', { value: documentId }));
  }
  return issues;
}

async function statusFollowUp(store: Store, status: StatusNotice, from: string): Promise<Issue[]> {
  const { responseFor } = status;
  const other = (await store.getAgency(responseFor.organId))?.organId ?? responseFor.organId;
  // Status 13 comes from the sender of the document; every other one from its recipient.
  const [sender, recipient] = status.statusCode === '13' ? [from, other] : [other, from];
  const key =
    responseFor.documentId === undefined ? undefined : documentKey(responseFor.documentId);
  if (await store.wasExchanged(sender, recipient, key, responseFor.code)) return [];
  return [issue('status.unmatched', { value: responseFor.documentId ?? responseFor.code })];
}

export function checkFollowUp(store: Store, read: ReadPackage, from: string): Promise<Issue[]> {
  return read.kind === 'document'
    ? documentFollowUp(store, read, from)
    : statusFollowUp(store, read, from);
}
