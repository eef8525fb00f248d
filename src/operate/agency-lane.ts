/**
 * Lanes of agencies: when one may come from the sandbox lane into production, and what must be over before
 * it changes its lane at all.
 *
 * Errors: `agency.waiting`, `agency.not-qualified`, `agency.pass-report`.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { type Agency, type AgencyLane, laneOf } from '../model/agency.js';
import { OPEN_STATES } from '../model/delivery-state.js';
import { refuse } from '../model/issue.js';
import { PASS_ACT, type VerifiedPass } from '../model/partner-pass.js';
import type { Store } from '../store/store.js';
import type { OperatorContext } from './agencies.js';
import { waitingFor } from './agency-validity.js';
import { walk } from './pages.js';

/** What is asked of an agency that comes into production. */
export interface Qualification {
  /** `conformance.require_pass` */
  readonly requirePass: boolean;
  /** Given with the act; its signature was verified. */
  readonly pass?: VerifiedPass;
}

/** @param lane undefined = as it is */
export function inLane(agency: Agency, lane: AgencyLane | undefined, now: number): Agency {
  if (lane === undefined || lane === laneOf(agency)) return agency;
  const { lane: _, ...rest } = agency;
  return { ...rest, ...(lane === 'sandbox' ? { lane } : {}), laneSince: now };
}

/**
 * Before an agency changes its lane. What waits would be carried from one lane into the other.
 *
 * @throws GatewayError `agency.waiting`, `agency.not-qualified`, `agency.pass-report`
 */
export async function checkLaneChange(
  context: OperatorContext,
  before: Agency,
  after: Agency,
  { requirePass, pass }: Qualification,
): Promise<void> {
  const { store, clock, actor } = context;
  const { organId } = before;
  if (pass !== undefined && pass.organId !== organId) {
    const reason = `it is the report of ${pass.organId}`;
    throw refuse('agency.pass-report', { value: organId, reason });
  }
  if (laneOf(before) === laneOf(after)) return;
  const count = (await waitingFor(store, organId)) + (await waitingFrom(store, before));
  if (count > 0) throw refuse('agency.waiting', { value: organId, count });
  if (laneOf(after) !== 'production') return;
  if (requirePass && pass === undefined && !(await hasPass(store, before))) {
    throw refuse('agency.not-qualified', { value: organId });
  }
  if (pass === undefined) return;
  const { suiteVersion, since, issuedAt, gateway, report } = pass;
  const digest = createHash('sha256').update(report).digest('hex');
  const detail = { suiteVersion, since, issuedAt, gateway, digest, report };
  await store.recordAct({ time: clock.now(), actor, act: PASS_ACT, subject: organId, detail });
}

/** At most a page: one is enough to refuse. */
async function waitingFrom(store: Store, { organId }: Agency): Promise<number> {
  const filter = { fromOrganId: organId, states: OPEN_STATES };
  return (await store.listDeliveries(filter, { limit: 100 })).items.length;
}

/** A pass since it came into the sandbox lane; one of an earlier stay does not count. */
async function hasPass(store: Store, { organId, laneSince = 0 }: Agency): Promise<boolean> {
  for await (const { act, time } of walk((page) => store.listActs(organId, page))) {
    if (time < laneSince) return false;
    if (act === PASS_ACT) return true;
  }
  return false;
}
