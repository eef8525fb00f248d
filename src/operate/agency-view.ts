/**
 * How an agency is shown: the object of `edxgate agency list --json` and of the REST interface.
 *
 * @module
 */
import { utc } from '../clock.js';
import { type Agency, type AgencyLane, laneOf } from '../model/agency.js';

export interface AgencyView {
  readonly organId: string;
  readonly oldOrganId?: string;
  readonly organName: string;
  readonly organizationInCharge?: string;
  readonly email?: string;
  /** Set by hand; whether it takes part now depends on the times as well. */
  readonly active: boolean;
  readonly lane: AgencyLane;
  /** When it came into its lane; absent = always was there. ISO 8601, UTC. */
  readonly laneSince?: string;
  /** ISO 8601, UTC. */
  readonly validFrom?: string;
  /** ISO 8601, UTC; exclusive. */
  readonly validUntil?: string;
  /** Who gets its mail after its end. */
  readonly successor?: string;
  readonly route:
    | { readonly kind: 'collect' }
    | {
        readonly kind: 'push';
        readonly pushKind: string;
        /** Absent = `inline`. */
        readonly carrier?: string;
        readonly url: string;
        readonly tokenFile?: string;
        readonly caFile?: string;
      };
  /** Waits after failed attempts, milliseconds. Absent = the gateway's schedule. */
  readonly retryMs?: readonly number[];
  /** Most attempts at once. Absent = the gateway's setting. */
  readonly perRecipient?: number;
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
  const { validFrom, validUntil, laneSince, ...rest } = agency;
  return {
    ...rest,
    lane: laneOf(agency),
    ...(laneSince === undefined ? {} : { laneSince: utc(laneSince) }),
    ...(validFrom === undefined ? {} : { validFrom: utc(validFrom) }),
    ...(validUntil === undefined ? {} : { validUntil: utc(validUntil) }),
    changedAt: utc(agency.changedAt),
  };
}
