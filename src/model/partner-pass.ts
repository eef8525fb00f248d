/**
 * The partner suite as the rest of the gateway knows it: its name, and what a pass report says. What it
 * asks for is in src/conformance/partner/.
 *
 * @module
 */
import type { MessageId } from './message-id.js';
import type { OrganId } from './organ-id.js';

export const PARTNER_SUITE = 'edxgate-partner';
/** Grows when a requirement is added or asks for more. */
export const PARTNER_SUITE_VERSION = 1;

/** Name of the act in the chained log that stands for a pass; its subject is the agency. */
export const PASS_ACT = 'partner.pass';

/** A requirement that is met, and the messages that showed it. */
export interface Shown {
  readonly requirementId: string;
  readonly messageIds: readonly MessageId[];
}

/** What a pass report vouches for. Schema: xsd/receipt/1/partner-pass.xsd. */
export interface PassFacts {
  readonly organId: OrganId;
  readonly suiteVersion: number;
  /** When the agency came into the sandbox lane: nothing older counted. ISO 8601, UTC. */
  readonly since: string;
  /** ISO 8601, UTC. */
  readonly issuedAt: string;
  readonly shown: readonly Shown[];
}

/** A report whose signature holds. */
export interface VerifiedPass extends PassFacts {
  /** Organ id of the gateway that signed. */
  readonly gateway: string;
  /** The signed XML. */
  readonly report: string;
}

/** Detail of the act. */
export interface PassDetail {
  readonly suiteVersion: number;
  readonly since: string;
  readonly issuedAt: string;
  readonly gateway: string;
  /** SHA-256 of the report, lower-case hex. */
  readonly digest: string;
  /** The signed XML itself. */
  readonly report: string;
}
