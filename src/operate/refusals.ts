/**
 * Refusals: packages that were answered with a fault and not stored as messages.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { Issue } from '../model/issue.js';
import type { Refusal } from '../model/message.js';
import type { Store } from '../store/store.js';
import { walk } from './pages.js';

export interface RefusalView {
  readonly correlationId: string;
  readonly time: string;
  readonly callerOrganId?: string;
  readonly remoteAddress?: string;
  readonly operation?: string;
  readonly code: string;
  readonly fromOrganId?: string;
  readonly documentId?: string;
  readonly sizeBytes: number;
  readonly contentDigest?: string;
  readonly issues: readonly Issue[];
}

/** Newest first. */
export async function* listRefusals(store: Store, limit?: number): AsyncGenerator<RefusalView> {
  for await (const one of walk((page) => store.listRefusals(page), limit)) yield viewRefusal(one);
}

function viewRefusal(refusal: Refusal): RefusalView {
  const { content: _content, checks: _checks, soapVersion: _soapVersion, time, ...rest } = refusal;
  return { ...rest, time: utc(time) };
}
