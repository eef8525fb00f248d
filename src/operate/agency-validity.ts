/**
 * When an agency takes part, and who follows it: checks of both, and what still waits for it.
 *
 * Errors: `agency.validity`, `agency.successor`.
 *
 * @module
 */
import { type Agency, laneOf } from '../model/agency.js';
import { isFinal } from '../model/delivery-state.js';
import { refuse } from '../model/issue.js';
import type { Store } from '../store/store.js';

type Find = (organId: string) => Promise<Agency | undefined>;

/** A circle of other agencies is found after so many steps. */
const MAX_STEPS = 100;

export function checkValidity(agency: Agency): Agency {
  const { organId, validFrom, validUntil } = agency;
  if (validFrom !== undefined && validUntil !== undefined && validUntil <= validFrom) {
    throw refuse('agency.validity', { value: organId, reason: 'it ends before it begins' });
  }
  return agency;
}

/** The agency with that successor, by its present organ id. @param successor null removes it */
export async function withSuccessor(
  agency: Agency,
  successor: string | null | undefined,
  find: Find,
): Promise<Agency> {
  if (successor === undefined) return agency;
  const { successor: _, ...rest } = agency;
  if (successor === null) return rest;
  const found = await find(successor);
  if (found === undefined) {
    const reason = 'it is not in the directory';
    throw refuse('agency.successor', { value: agency.organId, successor, reason });
  }
  if (laneOf(found) !== laneOf(agency)) {
    const reason = 'it is in another lane';
    throw refuse('agency.successor', { value: agency.organId, successor, reason });
  }
  // Unchanged, it keeps its place: an import tells by the text whether anything changed.
  if (agency.successor === found.organId) return agency;
  return { ...rest, successor: found.organId };
}

/** Neither itself nor, in the end, one that it follows itself. */
export async function checkSuccessor(agency: Agency, find: Find): Promise<void> {
  const { organId, successor } = agency;
  let at = successor;
  for (let steps = 0; at !== undefined && steps < MAX_STEPS; steps++) {
    if (at === organId) {
      const reason = steps === 0 ? 'it is the same agency' : 'the line leads back to it';
      throw refuse('agency.successor', { value: organId, successor: successor ?? '', reason });
    }
    at = (await find(at))?.successor;
  }
}

/** Deliveries to an agency that are not final. */
export async function waitingFor(store: Store, organId: string): Promise<number> {
  const { deliveries } = await store.counts();
  return deliveries
    .filter((one) => one.organId === organId && !isFinal(one.state))
    .reduce((sum, one) => sum + one.count, 0);
}
