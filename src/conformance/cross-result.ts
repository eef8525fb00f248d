/**
 * What came of a cross-check of one file.
 *
 * @module
 */
import type { SignatureClass } from '../model/signature.js';
import type { ForeignEngine } from './cross-disagreements.js';

export const CROSS_ENGINES = {
  schema: ['libxmljs2', 'xmllint'],
  signature: ['xml-crypto', 'xmlsec1', 'jdk'],
} as const satisfies Record<string, readonly CrossEngine[]>;

export type CrossEngine = ForeignEngine | 'xml-crypto';

/**
 * `known`: they differ, and a listed rule says why. `disagrees`: they differ, and none does. `failed`:
 * the engine crashed or took too long.
 */
export type CrossOutcome =
  | 'agrees'
  | 'known'
  | 'disagrees'
  | 'not-compared'
  | 'not-installed'
  | 'failed';

export interface CrossAnswer {
  readonly about: 'schema' | 'signature';
  readonly engine: CrossEngine;
  readonly outcome: CrossOutcome;
  /** Of `known`: the rule. */
  readonly rule?: string;
  /** For people: what the engine said, the reason of the rule, or why it was not asked; may quote the file. */
  readonly reason?: string;
}

export interface CrossChecked {
  readonly file: string;
  /** The code for which our scan or our parser refuses the file; then there is neither of the next two. */
  readonly refused?: string;
  /** Of the file as it stands, before any dialect is read as meant. */
  readonly schema?: {
    readonly name: 'document' | 'status';
    readonly valid: boolean;
    readonly codes: readonly string[];
  };
  /** `holds` stands for `valid` and `untrusted`: whose the certificate is, is not asked here. */
  readonly signature?: {
    readonly found: 'holds' | Exclude<SignatureClass, 'valid' | 'untrusted'>;
    /** Why not; codes. */
    readonly reasons: readonly string[];
  };
  readonly answers: readonly CrossAnswer[];
}

/** Something is to be looked at: two engines differ and no rule says why, or one of them gave up. */
export function needsLook({ answers }: CrossChecked): boolean {
  return answers.some(({ outcome }) => outcome === 'disagrees' || outcome === 'failed');
}
