/**
 * The directory: add, change, show and list agencies.
 *
 * Errors: `agency.unknown`, `agency.exists`, `agency.value` (names the member that cannot be used),
 * `agency.validity`, `agency.successor`, and when the lane changes those of agency-lane.ts.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import type { Agency, AgencyCertificate, AgencyLane, Route } from '../model/agency.js';
import type { AttachmentPolicy } from '../model/attachment-signature.js';
import type { PeerProfile } from '../model/edxml.js';
import { refuse } from '../model/issue.js';
import { type OrganId, parseOrganId } from '../model/organ-id.js';
import type { SignaturePolicy } from '../model/signature.js';
import type { Actor, Store } from '../store/store.js';
import { checkLaneChange, inLane, type Qualification } from './agency-lane.js';
import { checkSuccessor, checkValidity, withSuccessor } from './agency-validity.js';
import { checkedCount, checkedRoute, checkedText, MAX_NAME_CHARS } from './agency-values.js';
import { type AgencyView, viewAgency } from './agency-view.js';

/** Who acts, with what; handed to every function of this folder that changes something. */
export interface OperatorContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `cli:USER`, `console:USER`. */
  readonly actor: Actor;
}

/** What may be given when an agency is added or changed; absent = default, or as it was. */
export interface AgencyChange {
  readonly organName?: string;
  readonly oldOrganId?: string;
  readonly organizationInCharge?: string;
  readonly email?: string;
  readonly active?: boolean;
  readonly lane?: AgencyLane;
  /** Milliseconds since 1970; null removes it. */
  readonly validFrom?: number | null;
  readonly validUntil?: number | null;
  /** Organ id or old organ id; null removes it. */
  readonly successor?: string | null;
  readonly route?: Route;
  /** Most attempts at once; null = the gateway's setting. */
  readonly perRecipient?: number | null;
  readonly profile?: PeerProfile;
  readonly signaturePolicy?: SignaturePolicy;
  readonly allowSha1?: boolean;
  readonly attachmentPolicy?: AttachmentPolicy;
  /** Replaces the whole list. */
  readonly mayActFor?: readonly string[];
  readonly signingKeyFile?: string;
}

export type NewAgency = AgencyChange & { readonly organId: string; readonly organName: string };

/** @returns the agency as it stands, and whether it was added now. */
export async function addAgency(
  context: OperatorContext,
  fresh: NewAgency,
  options: { readonly ifMissing?: boolean } = {},
): Promise<{ agency: AgencyView; added: boolean }> {
  const { store } = context;
  const organId = organIdOf('organId', fresh.organId);
  const existing = await store.getAgency(organId);
  if (existing !== undefined) {
    if (options.ifMissing === true) return { agency: viewAgency(existing), added: false };
    throw refuse('agency.exists', { value: organId });
  }
  const agency = await applied(context, blankAgency(organId), fresh);
  await put(context, agency, 'added');
  return { agency: viewAgency(agency), added: true };
}

export async function setAgency(
  context: OperatorContext,
  organId: string,
  change: AgencyChange,
  qualification: Qualification = { requirePass: false },
): Promise<AgencyView> {
  const before = await findAgency(context.store, organId);
  const agency = await applied(context, before, change);
  await checkLaneChange(context, before, agency, qualification);
  // Ever registered, as for the policy itself: an expired certificate does not lower it.
  const registered = (await context.store.listCertificates(agency.organId)).length > 0;
  await put(context, agency, 'changed');
  noteDowngrade(context, before, agency, registered);
  return viewAgency(agency);
}

export async function showAgency(store: Store, organId: string): Promise<AgencyView> {
  return viewAgency(await findAgency(store, organId));
}

/** Every agency, by organ id; pages are fetched as they are needed. */
export async function* listAgencies(store: Store): AsyncGenerator<AgencyView> {
  let after: string | undefined;
  do {
    const page = await store.listAgencies({ after, limit: 500 });
    yield* page.items.map(viewAgency);
    after = page.next;
  } while (after !== undefined);
}

/** @throws GatewayError `agency.unknown` */
export async function findAgency(store: Store, organId: string): Promise<Agency> {
  const agency = parseOrganId(organId) === undefined ? undefined : await store.getAgency(organId);
  if (agency === undefined) throw refuse('agency.unknown', { value: organId });
  return agency;
}

export function organIdOf(element: string, text: string): OrganId {
  const organId = parseOrganId(text);
  if (organId === undefined) {
    throw refuse('agency.value', { element, reason: `"${text}" is not an organ id` });
  }
  return organId;
}

export function blankAgency(organId: OrganId): Agency {
  return {
    organId,
    organName: '',
    active: true,
    route: { kind: 'collect' },
    profile: 'field',
    allowSha1: false,
    mayActFor: [],
    changedAt: 0,
  };
}

/** The agency with the change in it, every value checked. */
export function changedAgency(before: Agency, change: AgencyChange, now: number): Agency {
  const text = (element: string, value: string | undefined): string | undefined =>
    value === undefined ? undefined : checkedText(element, value);
  const optional = {
    oldOrganId:
      change.oldOrganId === undefined ? undefined : organIdOf('oldOrganId', change.oldOrganId),
    organizationInCharge: text('organizationInCharge', change.organizationInCharge),
    email: text('email', change.email),
    signaturePolicy: change.signaturePolicy,
    signingKeyFile: change.signingKeyFile,
    attachmentPolicy: change.attachmentPolicy,
  };
  const given = Object.fromEntries(
    Object.entries(optional).filter(([, value]) => value !== undefined),
  ) as Partial<Agency>;
  const organName = checkedText('organName', change.organName ?? before.organName);
  if (organName === '' || organName.length > MAX_NAME_CHARS) {
    throw refuse('agency.value', { element: 'organName', reason: 'a name is needed' });
  }
  const after: Agency = {
    ...before,
    ...given,
    organName,
    active: change.active ?? before.active,
    route: change.route === undefined ? before.route : checkedRoute(change.route),
    profile: change.profile ?? before.profile,
    allowSha1: change.allowSha1 ?? before.allowSha1,
    mayActFor: change.mayActFor?.map((one) => organIdOf('mayActFor', one)) ?? before.mayActFor,
    changedAt: now,
  };
  const { validFrom, validUntil, perRecipient, lane } = change;
  return checkValidity(
    replaced(inLane(after, lane, now), {
      validFrom,
      validUntil,
      perRecipient: checkedCount(perRecipient),
    }),
  );
}

/** What is undefined stays as it is, null goes. */
function replaced(
  agency: Agency,
  optional: Readonly<
    Record<'validFrom' | 'validUntil' | 'perRecipient', number | null | undefined>
  >,
): Agency {
  const named = Object.entries(optional).filter(([, value]) => value !== undefined);
  const merged = { ...agency, ...Object.fromEntries(named) };
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== null),
  ) as unknown as Agency;
}

async function applied(
  { store, clock }: OperatorContext,
  before: Agency,
  change: AgencyChange,
): Promise<Agency> {
  const find = (organId: string) => store.getAgency(organId);
  const changed = changedAgency(before, change, clock.now());
  const agency = await withSuccessor(changed, change.successor, find);
  if (change.successor !== undefined) await checkSuccessor(agency, find);
  if (agency.oldOrganId !== undefined) {
    const holder = await store.getAgency(agency.oldOrganId);
    if (agency.oldOrganId === agency.organId || (holder && holder.organId !== agency.organId)) {
      throw refuse('agency.value', {
        element: 'oldOrganId',
        reason: `${agency.oldOrganId} is the organ id of an agency already`,
      });
    }
  }
  return agency;
}

async function put(context: OperatorContext, agency: Agency, act: string): Promise<void> {
  await context.store.putAgency(agency, context.actor);
  context.logger.info('agency.changed', { organId: agency.organId, act, actor: context.actor });
}

const STRICTNESS: readonly SignaturePolicy[] = ['record', 'verify', 'require'];

/**
 * With a certificate registered, unsigned packages are refused unless somebody sets a weaker policy;
 * then forged ones may pass as unsigned, and the operator of the machine is told.
 */
function noteDowngrade(
  { logger, actor }: OperatorContext,
  before: Agency,
  after: Agency,
  registered: boolean,
): void {
  const was = before.signaturePolicy ?? 'require';
  const is = after.signaturePolicy ?? 'require';
  if (!registered || STRICTNESS.indexOf(is) >= STRICTNESS.indexOf(was)) return;
  logger.warn('alert.signature-downgrade', {
    organId: after.organId,
    before: was,
    policy: is,
    actor,
  });
}

/** True while it counts for new packages. */
export function isCurrent(certificate: AgencyCertificate, now: number): boolean {
  return certificate.expiredAt === undefined || certificate.expiredAt > now;
}
