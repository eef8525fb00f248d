/**
 * Imports the directory from CSV or JSON: all lines or none.
 *
 * CSV: UTF-8, RFC 4180, a header line with the names of GetOrganizations (`OrganId`, `OrganName`,
 * `OldOrganId`, `OrganizationInCharge`, `Email`, `Active`) in any order and case; unknown columns are
 * named and refused. JSON: a list of objects with the same members in camelCase.
 * Agencies that are there keep their route, policy and tokens; only what the file holds is changed.
 *
 * @module
 */
import type { Agency } from '../model/agency.js';
import { GatewayError, refuse } from '../model/issue.js';
import {
  type AgencyChange,
  blankAgency,
  changedAgency,
  type OperatorContext,
  organIdOf,
} from './agencies.js';
import { readCsv } from './csv.js';

/** The national directory has some 30,000 agencies. */
const MAX_AGENCIES = 200_000;

/** Progress is told once for so many agencies. */
const PROGRESS_STEP = 10_000;

export interface ImportResult {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

const MEMBERS = [
  'organId',
  'organName',
  'oldOrganId',
  'organizationInCharge',
  'email',
  'active',
] as const;
type Member = (typeof MEMBERS)[number];

/** One agency of the file, and where it stands there. */
interface ImportRow {
  readonly place: string;
  readonly values: ReadonlyMap<Member, string>;
}

/** @throws GatewayError `agency.import`, which names the first line that cannot be used. */
export async function importAgencies(
  { store, clock, logger, actor }: OperatorContext,
  text: string,
  onProgress?: (done: number, total: number) => void,
): Promise<ImportResult> {
  const source = text.replace(/^\ufeff/, '');
  const rows = /^\s*\[/.test(source) ? jsonRows(source) : csvRows(source);
  if (rows.length > MAX_AGENCIES) {
    throw refuse('agency.import', { reason: `more than ${MAX_AGENCIES} agencies` });
  }
  const now = clock.now();
  const seen = new Set<string>();
  const result = { added: 0, changed: 0, unchanged: 0 };
  const changes: Agency[] = [];
  for (const row of rows) {
    const { organId, change } = readRow(row);
    if (seen.has(organId)) throw unusable(row.place, `${organId} stands twice`);
    seen.add(organId);
    const before = await store.getAgency(organId);
    if (before !== undefined && before.organId !== organId) {
      throw unusable(row.place, `${organId} is the old organ id of ${before.organId}`);
    }
    const after = changed(row.place, before ?? blankAgency(organId), change, now);
    if (before === undefined) result.added++;
    else if (sameBut(before, after)) {
      result.unchanged++;
      continue;
    } else result.changed++;
    changes.push(after);
    if (seen.size % PROGRESS_STEP === 0) onProgress?.(seen.size, rows.length);
  }
  if (changes.length > 0) await store.putAgencies(changes, actor);
  logger.info('agency.changed', { act: 'imported', count: changes.length, actor });
  return result;
}

function unusable(place: string, reason: string): GatewayError {
  return refuse('agency.import', { reason: `${place}: ${reason}` });
}

function changed(place: string, before: Agency, change: AgencyChange, now: number): Agency {
  try {
    return changedAgency(before, change, now);
  } catch (error) {
    throw error instanceof GatewayError ? unusable(place, error.message) : error;
  }
}

function sameBut(before: Agency, after: Agency): boolean {
  return JSON.stringify({ ...after, changedAt: 0 }) === JSON.stringify({ ...before, changedAt: 0 });
}

function readRow({ place, values }: ImportRow) {
  const text = (member: Member): string | undefined => {
    const value = values.get(member)?.trim();
    return value === '' ? undefined : value;
  };
  const [organName, oldOrganId] = [text('organName'), text('oldOrganId')];
  const [inCharge, email, active] = [text('organizationInCharge'), text('email'), text('active')];
  try {
    const organId = organIdOf('organId', text('organId') ?? '');
    const change: AgencyChange = {
      ...(organName === undefined ? {} : { organName }),
      ...(oldOrganId === undefined || oldOrganId === organId ? {} : { oldOrganId }),
      ...(inCharge === undefined ? {} : { organizationInCharge: inCharge }),
      ...(email === undefined ? {} : { email }),
      ...(active === undefined ? {} : { active: yesOrNo(place, active) }),
    };
    return { organId, change };
  } catch (error) {
    throw error instanceof GatewayError && error.code === 'agency.value'
      ? unusable(place, error.message)
      : error;
  }
}

function yesOrNo(place: string, text: string): boolean {
  const lower = text.toLowerCase();
  if (['true', '1', 'yes', 'có'].includes(lower)) return true;
  if (['false', '0', 'no', 'không'].includes(lower)) return false;
  throw unusable(place, `Active is "${text}", neither true nor false`);
}

function memberOf(name: string): Member | undefined {
  return MEMBERS.find((one) => one.toLowerCase() === name.trim().toLowerCase());
}

function csvRows(text: string): ImportRow[] {
  const table = readCsv(text);
  if (table === undefined) throw refuse('agency.import', { reason: 'a quote is never closed' });
  const [header, ...lines] = table;
  const members = (header?.cells ?? []).map((name) => {
    const member = memberOf(name);
    if (member === undefined) throw unusable('line 1', `the column "${name}" is not known`);
    return member;
  });
  if (!members.includes('organId')) throw unusable('line 1', 'there is no column OrganId');
  return lines.map(({ line, cells }) => {
    if (cells.length > members.length) throw unusable(`line ${line}`, 'more cells than columns');
    const pairs = members.map((member, i): [Member, string] => [member, cells[i] ?? '']);
    return { place: `line ${line}`, values: new Map(pairs) };
  });
}

function jsonRows(text: string): ImportRow[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw refuse('agency.import', { reason: 'it is not JSON' });
  }
  if (!Array.isArray(list)) throw refuse('agency.import', { reason: 'a list is expected' });
  return list.map((one: unknown, i) => {
    const place = `entry ${i + 1}`;
    if (typeof one !== 'object' || one === null) throw unusable(place, 'an object is expected');
    const values = new Map<Member, string>();
    for (const [name, value] of Object.entries(one)) {
      const member = memberOf(name);
      if (member === undefined) throw unusable(place, `the member "${name}" is not known`);
      if (value !== null && typeof value === 'object') throw unusable(place, `${name} is no text`);
      values.set(member, value === null ? '' : String(value));
    }
    return { place, values };
  });
}
