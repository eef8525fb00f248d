/**
 * Recipients of a package: who they are in the directory, each once.
 *
 * @module
 */
import type { Agency } from '../model/agency.js';
import type { ReadPackage } from '../model/edxml.js';
import { type Issue, issue, MAX_ISSUES } from '../model/issue.js';
import type { FirstDelivery } from '../model/message.js';
import type { OrganId } from '../model/organ-id.js';
import type { Store } from '../store/store.js';

interface Addressee {
  readonly organId: string;
  readonly path: string;
}

const HEADER = '/edXML/edXMLEnvelope/edXMLHeader/MessageHeader';

function addressees(read: ReadPackage): Addressee[] {
  if (read.kind === 'status') {
    return [{ organId: read.responseFor.organId, path: `${HEADER}/ResponseFor/OrganId` }];
  }
  return read.to.map(({ organId }, at) => ({
    organId,
    path: `${HEADER}/To${read.to.length > 1 ? `[${at + 1}]` : ''}/OrganId`,
  }));
}

/**
 * Old and new code of one agency collapse to one recipient.
 *
 * @param issues gets `recipient.unknown`, `recipient.inactive`, `recipient.repeated`.
 */
export async function findRecipients(
  store: Store,
  read: ReadPackage,
  issues: Issue[],
): Promise<Agency[]> {
  const found = new Map<OrganId, Agency>();
  const written = new Set<string>();
  let faults = 0;
  for (const { organId, path } of addressees(read)) {
    // Refused by then: there is no need to look up the rest. Warnings must never cut recipients off.
    if (faults >= MAX_ISSUES) break;
    // The same text twice was noticed when the package was read.
    if (written.has(organId)) continue;
    written.add(organId);
    const agency = await store.getAgency(organId);
    if (agency?.active !== true) {
      faults += 1;
      const code = agency === undefined ? 'recipient.unknown' : 'recipient.inactive';
      issues.push(issue(code, { value: organId }, { path }));
    } else if (found.has(agency.organId)) {
      issues.push(issue('recipient.repeated', { value: organId }, { path }));
    } else found.set(agency.organId, agency);
  }
  return [...found.values()];
}

export function firstDeliveries(recipients: readonly Agency[]): FirstDelivery[] {
  return recipients.map(({ organId, route }) => ({
    organId,
    state: route.kind === 'push' ? 'queued' : 'pending',
  }));
}
