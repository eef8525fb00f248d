/**
 * Who gets the mail of an agency that was merged or dissolved: the successor that the directory names,
 * or that one's own when it has ended as well.
 *
 * @module
 */
import { laneOf } from '../model/agency.js';
import type { OrganId } from '../model/organ-id.js';
import { successionOf } from '../model/successor.js';
import type { QueueContext } from './queue-context.js';

export interface Successors {
  /** @returns undefined when there is none that takes part. */
  of(organId: OrganId): Promise<OrganId | undefined>;
}

/** Asks the directory once for each recipient. */
export function createSuccessors({
  store,
  clock,
}: Pick<QueueContext, 'store' | 'clock'>): Successors {
  const known = new Map<OrganId, OrganId | undefined>();
  const find = async (organId: OrganId): Promise<OrganId | undefined> => {
    const agency = await store.getAgency(organId);
    const next = agency?.successor && (await store.getAgency(agency.successor));
    if (agency === undefined || next === undefined) return undefined;
    if (laneOf(next) !== laneOf(agency)) return undefined;
    const line = await successionOf(next, clock.now(), (id) => store.getAgency(id));
    return line.agency?.organId === organId ? undefined : line.agency?.organId;
  };
  return {
    async of(organId) {
      if (!known.has(organId)) known.set(organId, await find(organId));
      return known.get(organId);
    },
  };
}
