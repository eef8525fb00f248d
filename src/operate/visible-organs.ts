/**
 * Which agencies a scope stands for: those that it names, and all of the directory below them.
 *
 * @module
 */

import type { OrganId } from '../model/organ-id.js';
import { covers, type Scope } from '../model/permission.js';
import type { Store } from '../store/store.js';
import { walk } from './pages.js';

/** @returns undefined for all. */
export async function visibleOrgans(
  store: Store,
  scope: Scope,
): Promise<readonly OrganId[] | undefined> {
  if (scope === 'all') return undefined;
  // Also those that are no longer in the directory: their messages are still there.
  const organs = new Set<OrganId>(scope);
  for await (const { organId } of walk((page) => store.listAgencies(page))) {
    if (covers(scope, organId)) organs.add(organId);
  }
  return [...organs];
}
