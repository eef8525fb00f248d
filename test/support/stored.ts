/**
 * Puts packages straight into a store, as if they had been received and judged.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../src/clock.js';
import { documentKey } from '../../src/model/document-id.js';
import { type MessageId, newMessageId } from '../../src/model/message-id.js';
import { parseOrganId } from '../../src/model/organ-id.js';
import type { SignatureClass } from '../../src/model/signature.js';
import type { Store } from '../../src/store/store.js';
import { sampleDocument } from './sample-document.js';

let count = 0;

/** A document to T99.02, with the class it was given at its receipt. */
export async function storePackage(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  content: Buffer,
  facts: { readonly class: SignatureClass; readonly from?: string },
): Promise<MessageId> {
  const { class: signatureClass, from = 'T99.01' } = facts;
  const fromOrganId = parseOrganId(from);
  const toOrganId = parseOrganId('T99.02');
  if (fromOrganId === undefined || toOrganId === undefined) throw new Error(from);
  const now = clock.now();
  const messageId = newMessageId(now);
  const documentId = `${from},2026/11/24,${++count}`;
  const contentDigest = createHash('sha256').update(content).digest('hex');
  const deliveries = [{ organId: toOrganId, state: 'pending' }] as const;
  const outcome = await store.acceptMessage({
    message: {
      messageId,
      kind: 'document',
      receivedAt: now,
      callerOrganId: fromOrganId,
      fromOrganId,
      documentId,
      documentKey: documentKey(documentId),
      documentCode: `${count}/TB-SMA`,
      businessType: 'new',
      priority: 0,
      contentDigest,
      sizeBytes: content.byteLength,
      signatureClass,
      signature: { class: signatureClass, signedParts: [], reasons: [], present: true },
      warnings: [],
      checks: [],
      submission: { operation: 'SendPackage', proof: 'basic', correlationId: `c-${count}` },
      read: sampleDocument({ from: { organId: from }, documentId }),
      searchText: '',
    },
    content,
    answer: {
      messageId,
      documentId,
      receivedAt: new Date(now).toISOString(),
      contentDigest,
      signatureClass,
      deliveries,
      warnings: [],
      receipt: Buffer.from('<Receipt/>'),
    },
    duplicateKey: `${from} ${documentId}`,
    deliveries,
    events: [],
  });
  if (outcome.kind !== 'stored') throw new Error(outcome.kind);
  return messageId;
}
