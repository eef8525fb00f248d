/**
 * Circuit breaker of one recipient: after some failures of its channel in a row nothing is tried until
 * a time; then one delivery at a time probes it. A success closes it.
 *
 * @module
 */
import type { OrganId } from './organ-id.js';

export interface Breaker {
  readonly organId: OrganId;
  /** Failures of the channel in a row. */
  readonly failures: number;
  /** Code of the last one. */
  readonly lastCode: string;
  /** Set while it is open or half open (open until is over: one probe at a time). */
  readonly openedAt?: number;
  readonly openUntil?: number;
}
