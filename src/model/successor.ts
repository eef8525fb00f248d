/**
 * Successors: who gets the mail of an agency that has ended.
 *
 * @module
 */
import { type Agency, hasEnded, isNotYet, laneOf, takesPart } from './agency.js';
import type { OrganId } from './organ-id.js';

/** Mergers of mergers; more steps than these are a mistake in the directory. */
export const MAX_SUCCESSION = 5;

export interface Succession {
  /** The first one in the line that takes part; absent when there is none. */
  readonly agency?: Agency;
  /** Those passed on the way, the agency asked about first. */
  readonly passed: readonly OrganId[];
}

/**
 * Follows the line of successors. It stops at an agency that has not begun or is only switched off:
 * what is addressed to its predecessor is not handed on past it, nor into another lane.
 *
 * @param find looks an agency up by its organ id
 */
export async function successionOf(
  agency: Agency,
  now: number,
  find: (organId: OrganId) => Promise<Agency | undefined>,
): Promise<Succession> {
  const passed: OrganId[] = [];
  let at: Agency | undefined = agency;
  while (at !== undefined && !passed.includes(at.organId)) {
    if (takesPart(at, now)) return { agency: at, passed };
    if (isNotYet(at, now) || !hasEnded(at, now) || passed.length >= MAX_SUCCESSION) break;
    passed.push(at.organId);
    const next: Agency | undefined =
      at.successor === undefined ? undefined : await find(at.successor);
    at = next !== undefined && laneOf(next) === laneOf(agency) ? next : undefined;
  }
  return { passed };
}
