/**
 * Where an agency stands in the partner suite, and its pass report. The report is made once, when all
 * requirements are first met, and recorded with its text as an act in the chained log: it stands although
 * retention may delete what showed it.
 *
 * A pass of an earlier stay in the sandbox lane, or of an earlier version of the suite, does not count.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { type Clock, utc } from '../../clock.js';
import { type Agency, type AgencyLane, laneOf } from '../../model/agency.js';
import type { OrganId } from '../../model/organ-id.js';
import {
  PARTNER_SUITE,
  PARTNER_SUITE_VERSION,
  PASS_ACT,
  type PassDetail,
  type PassFacts,
  type VerifiedPass,
} from '../../model/partner-pass.js';
import type { Store } from '../../store/store.js';
import { judgePartner, type RequirementState, shownOf, statesOfPass } from './judge.js';
import { readFacts } from './read-facts.js';

export interface PartnerContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Of this gateway. */
  readonly organId: OrganId;
  /** The agency's signature policy is `require`. */
  signatureRequired(agency: Agency): Promise<boolean>;
  /** Signed XML. */
  makeReport(facts: PassFacts): string;
  /** What a signed report of ours says; undefined when it does not hold. */
  readReport(xml: string): VerifiedPass | undefined;
}

/** What `GET /conformance` answers; members are added, never removed. */
export interface PartnerState {
  readonly organId: OrganId;
  readonly gateway: OrganId;
  readonly lane: AgencyLane;
  /** When it came into its lane; ISO 8601, UTC. Absent = always was there. */
  readonly since?: string;
  readonly suite: string;
  readonly suiteVersion: number;
  /** All requirements were met, and the report says so. */
  readonly passed: boolean;
  readonly requirements: readonly RequirementState[];
  /** ISO 8601, UTC. */
  readonly issuedAt?: string;
  /** Signed XML, base64. */
  readonly report?: string;
}

/** Of its latest acts so many are looked at; a pass is asked for soon after it was made. */
const MAX_ACTS = 10_000;
const PAGE_SIZE = 200;

/** The newest pass that was recorded for the agency since it came into its lane, or before in production. */
async function standingPass(
  { store, readReport }: PartnerContext,
  agency: Agency,
): Promise<VerifiedPass | undefined> {
  const oldest = laneOf(agency) === 'sandbox' ? (agency.laneSince ?? 0) : 0;
  let after: string | undefined;
  let seen = 0;
  do {
    const page = await store.listActs(agency.organId, { after, limit: PAGE_SIZE });
    for (const { act, time, detail } of page.items) {
      if (time < oldest) return undefined;
      if (act !== PASS_ACT || detail['suiteVersion'] !== PARTNER_SUITE_VERSION) continue;
      const { report } = detail;
      const pass = typeof report === 'string' ? readReport(report) : undefined;
      if (pass?.organId === agency.organId) return pass;
    }
    seen += page.items.length;
    after = page.next;
  } while (after !== undefined && seen < MAX_ACTS);
  return undefined;
}

export function passDetail(pass: VerifiedPass): PassDetail {
  const { suiteVersion, since, issuedAt, gateway, report } = pass;
  const digest = createHash('sha256').update(report).digest('hex');
  return { suiteVersion, since, issuedAt, gateway, digest, report };
}

function stateOf(
  context: PartnerContext,
  agency: Agency,
  requirements: readonly RequirementState[],
  pass: VerifiedPass | undefined,
): PartnerState {
  const { organId, laneSince } = agency;
  return {
    organId,
    gateway: context.organId,
    lane: laneOf(agency),
    ...(laneSince === undefined ? {} : { since: utc(laneSince) }),
    suite: PARTNER_SUITE,
    suiteVersion: PARTNER_SUITE_VERSION,
    passed: pass !== undefined,
    requirements,
    ...(pass === undefined
      ? {}
      : { issuedAt: pass.issuedAt, report: Buffer.from(pass.report).toString('base64') }),
  };
}

async function readState(context: PartnerContext, agency: Agency): Promise<PartnerState> {
  const { store, clock } = context;
  const { organId, laneSince = 0 } = agency;
  const standing = await standingPass(context, agency);
  if (standing !== undefined) {
    return stateOf(context, agency, statesOfPass(standing.shown), standing);
  }
  // What is done in earnest is no trial: it shows nothing here.
  if (laneOf(agency) !== 'sandbox') return stateOf(context, agency, statesOfPass([]), undefined);
  const signatureRequired = await context.signatureRequired(agency);
  const facts = await readFacts(store, { organId, since: laneSince, signatureRequired });
  const requirements = judgePartner(facts);
  if (!requirements.every(({ met }) => met)) {
    return stateOf(context, agency, requirements, undefined);
  }
  const now = clock.now();
  const passed: PassFacts = {
    organId,
    suiteVersion: PARTNER_SUITE_VERSION,
    since: utc(laneSince),
    issuedAt: utc(now),
    shown: shownOf(requirements),
  };
  const pass = { ...passed, gateway: context.organId, report: context.makeReport(passed) };
  const detail = { ...passDetail(pass) };
  await store.recordAct({ time: now, actor: 'gateway', act: PASS_ACT, subject: organId, detail });
  return stateOf(context, agency, requirements, pass);
}

export interface Partner {
  stateOf(agency: Agency): Promise<PartnerState>;
}

/** One reading per agency at a time: whoever asks meanwhile gets its answer, and one report is made. */
export function createPartner(context: PartnerContext): Partner {
  const running = new Map<OrganId, Promise<PartnerState>>();
  return {
    stateOf(agency) {
      const { organId } = agency;
      const known = running.get(organId);
      if (known !== undefined) return known;
      const reading = readState(context, agency).finally(() => running.delete(organId));
      running.set(organId, reading);
      return reading;
    },
  };
}
