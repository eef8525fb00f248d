/**
 * Cases as they are made: a package, what must come of it, and why; and what makes a case of the suite
 * of them.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import type { Case, Clause, Expectation, Need, Step, Words } from '../suite.js';
import type { Part } from './parts.js';

/** Files that the cases name, by name. */
export type Files = Map<string, Buffer>;

/** Every package of the suite that is taken is unsigned, and its status is on an unknown document. */
const ALWAYS = {
  document: ['signature.not-signed'],
  status: ['signature.not-signed', 'status.unmatched'],
};

export type Kind = keyof typeof ALWAYS;

/** What must come of a package: taken with these warnings, or refused with these codes. */
export type Outcome =
  | { readonly warnings: readonly string[] }
  | { readonly codes: readonly string[] };

export const taken = (...warnings: string[]): Outcome => ({ warnings });
export const refused = (...codes: string[]): Outcome => ({ codes });

export interface Draft {
  readonly id: string;
  readonly title: Words;
  readonly clause: Clause;
  readonly kind: Kind;
  /** A tree, or the text of the file. */
  readonly content: Part | string | Buffer;
  readonly outcome: Outcome;
  /** Element that one of the issues must name. */
  readonly path?: string;
}

export function expectationOf(kind: Kind, outcome: Outcome, path?: string): Expectation {
  if ('codes' in outcome) {
    return { class: 'refused', codes: outcome.codes, ...(path === undefined ? {} : { path }) };
  }
  return { class: 'accepted', warnings: [...new Set([...outcome.warnings, ...ALWAYS[kind]])] };
}

/** A case of one step: the package is sent with SendPackage. */
export function packageCase(draft: Draft, files: Files): Case {
  const { id, title, clause, kind, content, outcome, path } = draft;
  const file = `${id}.edxml`;
  if (Buffer.isBuffer(content)) files.set(file, content);
  else files.set(file, Buffer.from(typeof content === 'string' ? content : writeXml(content)));
  const step: Step = {
    name: 'send',
    as: 'sender',
    request: { kind: 'operation', operation: 'SendPackage', package: { file } },
    expect: expectationOf(kind, outcome, path),
  };
  const needs: Need[] = ['recipient'];
  return { id, title, clause, needs, steps: [step] };
}
