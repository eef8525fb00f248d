/**
 * What the calling thread and the writer thread say to each other. Operations go in groups; a group is
 * one transaction and one answer. Bytes of a group travel in one transferred buffer.
 *
 * @module
 */
import type { ChainName } from '../../model/log-entry.js';
import type { PlainError } from './errors.js';
import type { RefusalLimits } from './write-refusals.js';

export interface WriterData {
  readonly folder: string;
  readonly refusals: RefusalLimits;
  /** Where its log entries go. */
  readonly chain: ChainName;
}

export interface Posted {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Lengths of this operation's bytes, which follow those of the operations before it. */
  readonly lengths: readonly number[];
}

export type Request =
  | { readonly kind: 'group'; readonly operations: readonly Posted[]; readonly bytes: ArrayBuffer }
  | { readonly kind: 'close' };

export type Outcome = { readonly value: unknown } | { readonly error: PlainError };

/** One outcome per operation, in order, after the commit. */
export interface Response {
  readonly outcomes: readonly Outcome[];
}
