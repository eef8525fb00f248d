/**
 * Recipients of a package: who they are in the directory, each once. Mail for an agency that has ended
 * goes to its successor.
 *
 * @module
 */
import { utc } from '../clock.js';
import { type Agency, type AgencyLane, isNotYet, laneOf, takesPart } from '../model/agency.js';
import type { ReadPackage } from '../model/edxml.js';
import { type Issue, issue, MAX_ISSUES } from '../model/issue.js';
import { expiryOf, type Lifetimes } from '../model/lifetime.js';
import type { FirstDelivery, NewDelivery } from '../model/message.js';
import type { OrganId } from '../model/organ-id.js';
import { successionOf } from '../model/successor.js';
import type { Store } from '../store/store.js';

interface Addressee {
  readonly organId: string;
  readonly path: string;
}

export interface Recipient {
  readonly agency: Agency;
  /** Agencies that have ended and whose mail it gets here; their deliveries of before are its business. */
  readonly predecessors: readonly OrganId[];
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

interface Found {
  readonly recipient?: Recipient;
  readonly issue?: Issue;
}

/** Who gets what is addressed so; without a recipient the issue says why. */
async function resolve(
  store: Store,
  { organId, path }: Addressee,
  now: number,
  lane: AgencyLane | undefined,
): Promise<Found> {
  const agency = await store.getAgency(organId);
  const value = organId;
  if (agency === undefined) return { issue: issue('recipient.unknown', { value }, { path }) };
  if (lane !== undefined && laneOf(agency) !== lane) {
    return { issue: issue('recipient.lane', { value, lane }, { path }) };
  }
  if (takesPart(agency, now)) return { recipient: { agency, predecessors: [] } };
  if (isNotYet(agency, now)) {
    const since = utc(agency.validFrom ?? now);
    return { issue: issue('recipient.not-yet', { value, since }, { path }) };
  }
  const { agency: successor, passed } = await successionOf(agency, now, (one) =>
    store.getAgency(one),
  );
  if (successor !== undefined) {
    const noted = issue('recipient.succeeded', { value, successor: successor.organId }, { path });
    return { recipient: { agency: successor, predecessors: passed }, issue: noted };
  }
  if (agency.validUntil === undefined || agency.validUntil > now) {
    return { issue: issue('recipient.inactive', { value }, { path }) };
  }
  const since = utc(agency.validUntil);
  return { issue: issue('recipient.dissolved', { value, since }, { path }) };
}

/**
 * Old and new code of one agency collapse to one recipient, and so do a successor and those it follows.
 *
 * @param lane that of the sender; absent = not known, and not asked
 * @param issues gets `recipient.unknown`, `recipient.lane`, `recipient.inactive`, `recipient.not-yet`,
 *   `recipient.dissolved`; warnings `recipient.succeeded`, `recipient.repeated`.
 */
export async function findRecipients(
  store: Store,
  read: ReadPackage,
  issues: Issue[],
  now: number,
  lane?: AgencyLane,
): Promise<Recipient[]> {
  const found = new Map<OrganId, Recipient>();
  /** Named by a code of their own, not only by a predecessor. */
  const named = new Set<OrganId>();
  const written = new Set<string>();
  let faults = 0;
  for (const addressee of addressees(read)) {
    // Refused by then: there is no need to look up the rest. Warnings must never cut recipients off.
    if (faults >= MAX_ISSUES) break;
    const { organId: value, path } = addressee;
    // The same text twice was noticed when the package was read.
    if (written.has(value)) continue;
    written.add(value);
    const { recipient, issue: noted } = await resolve(store, addressee, now, lane);
    if (noted !== undefined) issues.push(noted);
    if (recipient === undefined) {
      faults += 1;
      continue;
    }
    const { agency, predecessors } = recipient;
    if (predecessors.length === 0) {
      if (named.has(agency.organId)) issues.push(issue('recipient.repeated', { value }, { path }));
      named.add(agency.organId);
    }
    const before = found.get(agency.organId)?.predecessors ?? [];
    const all = [...new Set([...before, ...predecessors])];
    found.set(agency.organId, { agency, predecessors: all });
  }
  return [...found.values()];
}

export function firstDeliveries(recipients: readonly Agency[]): FirstDelivery[] {
  return recipients.map(({ organId, route }) => ({
    organId,
    state: route.kind === 'push' ? 'queued' : 'pending',
  }));
}

/** The same with the time at which each ends if nobody takes it. */
export function newDeliveries(
  first: readonly FirstDelivery[],
  lifetimes: Lifetimes,
  priority: number,
  now: number,
): NewDelivery[] {
  return first.map((one) => {
    const expiresAt = expiryOf(lifetimes, one.state, priority, now);
    return expiresAt === undefined ? one : { ...one, expiresAt };
  });
}
