/**
 * Imports the directory from CSV or JSON: all lines or none.
 *
 * CSV: UTF-8, RFC 4180, a header line with the names of GetOrganizations (`OrganId`, `OrganName`,
 * `OldOrganId`, `OrganizationInCharge`, `Email`, `Active`) and `valid_from`, `valid_until`, `successor`
 * (`none` removes what was there) in any order and case; unknown columns are named and refused. A
 * successor may stand in the same file. JSON: a list of objects with the same members in camelCase.
 * Agencies that are there keep their route, policy and tokens; only what the file holds is changed.
 *
 * @module
 */
import type { Agency } from '../model/agency.js';
import { GatewayError, refuse } from '../model/issue.js';
import type { OrganId } from '../model/organ-id.js';
import type { Store } from '../store/store.js';
import {
  type AgencyChange,
  blankAgency,
  changedAgency,
  type OperatorContext,
  organIdOf,
} from './agencies.js';
import { checkSuccessor, withSuccessor } from './agency-validity.js';
import { checkedTime } from './agency-values.js';
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
  'validFrom',
  'validUntil',
  'successor',
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
  const read = new Map<OrganId, ReadRow>();
  for (const row of rows) {
    const { organId, change } = readRow(row);
    if (seen.has(organId)) throw unusable(row.place, `${organId} stands twice`);
    seen.add(organId);
    const before = await store.getAgency(organId);
    if (before !== undefined && before.organId !== organId) {
      throw unusable(row.place, `${organId} is the old organ id of ${before.organId}`);
    }
    const after = changed(row.place, before ?? blankAgency(organId), change, now);
    read.set(organId, { place: row.place, before, after, successor: change.successor });
    if (seen.size % PROGRESS_STEP === 0) onProgress?.(seen.size, rows.length);
  }
  const changes: Agency[] = [];
  for (const { before, after } of await withSuccessors(store, read)) {
    if (before === undefined) result.added++;
    else if (sameBut(before, after)) {
      result.unchanged++;
      continue;
    } else result.changed++;
    changes.push(after);
  }
  if (changes.length > 0) await store.putAgencies(changes, actor);
  logger.info('agency.changed', { act: 'imported', count: changes.length, actor });
  return result;
}

interface ReadRow {
  readonly place: string;
  readonly before: Agency | undefined;
  readonly after: Agency;
  readonly successor: string | null | undefined;
}

/** After all lines are read, since a successor may stand below the agency that it follows. */
async function withSuccessors(
  store: Store,
  read: ReadonlyMap<OrganId, ReadRow>,
): Promise<ReadRow[]> {
  const present = new Map([...read].map(([organId, { after }]) => [organId as string, after]));
  const find = async (organId: string) => present.get(organId) ?? (await store.getAgency(organId));
  const named: ReadRow[] = [];
  const rows: ReadRow[] = [];
  for (const row of read.values()) {
    const { place, after, successor } = row;
    const agency = await withSuccessor(after, successor, find).catch(placed(place));
    present.set(after.organId, agency);
    rows.push({ ...row, after: agency });
    if (typeof successor === 'string') named.push({ ...row, after: agency });
  }
  for (const { place, after } of named) await checkSuccessor(after, find).catch(placed(place));
  return rows;
}

/** The same refusal, told of the line that it is about. */
function placed(place: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof GatewayError ? unusable(place, error.message) : error;
  };
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
  const [from, until, successor] = [text('validFrom'), text('validUntil'), text('successor')];
  try {
    const organId = organIdOf('organId', text('organId') ?? '');
    const change: AgencyChange = {
      ...(organName === undefined ? {} : { organName }),
      ...(oldOrganId === undefined || oldOrganId === organId ? {} : { oldOrganId }),
      ...(inCharge === undefined ? {} : { organizationInCharge: inCharge }),
      ...(email === undefined ? {} : { email }),
      ...(active === undefined ? {} : { active: yesOrNo(place, active) }),
      ...(from === undefined ? {} : { validFrom: checkedTime('validFrom', from) }),
      ...(until === undefined ? {} : { validUntil: checkedTime('validUntil', until) }),
      ...(successor === undefined ? {} : { successor: successor === 'none' ? null : successor }),
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
  const written = name.trim().toLowerCase();
  return MEMBERS.find((one) => one.toLowerCase() === written || snakeCase(one) === written);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
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
