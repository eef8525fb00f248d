/**
 * Roles of people and what each may do. Administrators do not read documents and operators do not give
 * rights: duties are separate. A role is given for all agencies or for some of them.
 *
 * @module
 */
import type { OrganId } from './organ-id.js';

export const ROLES = ['viewer', 'operator', 'administrator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Which roles hold a permission. */
const HOLDERS = {
  /** Search, story, traces, counts. */
  'message.read': ['viewer', 'operator', 'administrator', 'auditor'],
  /** Raw XML, attachments, package; each opening is an entry of the log. */
  'message.content': ['operator', 'auditor'],
  /** Receipt, evidence file. */
  'evidence.export': ['operator', 'auditor'],
  /** Retry, hold, release, requeue. */
  'queue.act': ['operator'],
  /** Reroute, cancel. */
  'queue.decide': ['operator'],
  'agency.read': ['viewer', 'operator', 'administrator', 'auditor'],
  /** Profile, policy, endpoint, validity. */
  'agency.write': ['administrator'],
  /** Tokens, certificates. */
  'agency.secret': ['administrator'],
  'trust.read': ['operator', 'administrator', 'auditor'],
  'trust.write': ['administrator'],
  /** Own acts for all who hold it; all acts for auditors. */
  'audit.read': ['operator', 'administrator', 'auditor'],
  'audit.all': ['auditor'],
  'conformance.run': ['operator', 'administrator'],
  'user.read': ['administrator', 'auditor'],
  'user.write': ['administrator'],
  'settings.read': ['operator', 'administrator', 'auditor'],
  'health.read': ['operator', 'administrator', 'auditor'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof HOLDERS;
export const PERMISSIONS = Object.keys(HOLDERS) as readonly Permission[];

/** `all` agencies, or these with what stands below them (`H53` covers `H53.10`). */
export type Scope = 'all' | readonly OrganId[];

export interface Grant {
  readonly role: Role;
  readonly scope: Scope;
}

export function holds(role: Role, permission: Permission): boolean {
  return (HOLDERS[permission] as readonly Role[]).includes(role);
}

/** @returns undefined when no grant gives the permission; else the union of the scopes that do. */
export function scopeOf(grants: readonly Grant[], permission: Permission): Scope | undefined {
  const giving = grants.filter(({ role }) => holds(role, permission));
  if (giving.length === 0) return undefined;
  const organs = new Set<OrganId>();
  for (const { scope } of giving) {
    if (scope === 'all') return 'all';
    for (const organId of scope) organs.add(organId);
  }
  return [...organs].sort();
}

export function covers(scope: Scope, organId: string): boolean {
  return scope === 'all' || scope.some((one) => organId === one || organId.startsWith(`${one}.`));
}
