/**
 * GetOrganizations: the directory in the lane of the caller, whole or since a time.
 *
 * @module
 */
import { utc } from '../clock.js';
import { type Agency, laneOf, takesPart } from '../model/agency.js';
import type { SoapRequest } from '../soap/envelope.js';
import { type DirectoryOrganization, organizationPage } from '../soap/results.js';
import type { Call, ReceiveContext } from './context.js';
import type { OperationAnswer } from './operations.js';
import { pageOf, timeOf } from './request-fields.js';

function itemOf(agency: Agency, now: number): DirectoryOrganization {
  const { oldOrganId, organizationInCharge, email } = agency;
  return {
    organId: agency.organId,
    ...(oldOrganId === undefined ? {} : { oldOrganId }),
    organName: agency.organName,
    ...(organizationInCharge === undefined ? {} : { organizationInCharge }),
    ...(email === undefined ? {} : { email }),
    active: takesPart(agency, now),
    changedAt: utc(agency.changedAt),
  };
}

export async function getOrganizations(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const { items, next } = await context.store.listAgencies({
    ...pageOf(request.body),
    changedSince: timeOf(request.body, 'ChangedSince'),
    lane: laneOf(call.caller.agency),
  });
  const now = context.clock.now();
  const organizations = items.map((one) => itemOf(one, now));
  const page = { organizations, ...(next === undefined ? {} : { next }) };
  return { body: organizationPage(page), outcome: 'answered' };
}
