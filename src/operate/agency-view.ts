/**
 * How an agency is shown: the object of `edxgate agency list --json` and of the REST interface.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { Agency } from '../model/agency.js';

export interface AgencyView {
  readonly organId: string;
  readonly oldOrganId?: string;
  readonly organName: string;
  readonly organizationInCharge?: string;
  readonly email?: string;
  readonly active: boolean;
  readonly route:
    | { readonly kind: 'collect' }
    | {
        readonly kind: 'push';
        readonly pushKind: string;
        readonly url: string;
        readonly tokenFile?: string;
        readonly caFile?: string;
      };
  readonly profile: string;
  /** Absent = `require` once a certificate is registered, else the gateway's default. */
  readonly signaturePolicy?: string;
  readonly allowSha1: boolean;
  /** Absent = `record`. */
  readonly attachmentPolicy?: string;
  readonly mayActFor: readonly string[];
  readonly signingKeyFile?: string;
  /** ISO 8601, UTC. */
  readonly changedAt: string;
}

export function viewAgency(agency: Agency): AgencyView {
  return { ...agency, changedAt: utc(agency.changedAt) };
}
