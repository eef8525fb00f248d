/**
 * Differences between our verdict and that of xmlsec1 or the JDK which are known and right, from
 * disagreements.json: who refuses, for which reason of ours or on which text, and why that is as it
 * should be. Those with xml-crypto stand in src/xml/known-disagreements.ts, since the gateway itself
 * needs them.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import type { Engine } from './engines.js';

export interface Disagreement {
  readonly rule: string;
  readonly why: string;
  readonly engines: readonly Engine[];
  /** True: it holds for us and not for the other. */
  readonly weHold: boolean;
  /** What our answer starts with, one of them; any answer when absent. */
  readonly said?: readonly string[];
  /** What must stand in the text, as a regular expression over its bytes. */
  readonly text?: string;
  /** What must stand in the other's message. */
  readonly theirs?: string;
}

export interface Difference {
  readonly engine: Engine;
  readonly weHold: boolean;
  readonly said: string;
  /** latin1 */
  readonly text: string;
  readonly theirs: string;
}

export const DISAGREEMENTS = JSON.parse(
  readFileSync('test/fuzz/disagreements.json', 'utf8'),
) as readonly Disagreement[];

/** @returns the rule that explains it; undefined when none does */
export function explain(difference: Difference): string | undefined {
  return DISAGREEMENTS.find(
    ({ engines, weHold, said, text, theirs }) =>
      engines.includes(difference.engine) &&
      weHold === difference.weHold &&
      (said === undefined || said.some((start) => difference.said.startsWith(start))) &&
      (text === undefined || new RegExp(text).test(difference.text)) &&
      (theirs === undefined || new RegExp(theirs).test(difference.theirs)),
  )?.rule;
}
