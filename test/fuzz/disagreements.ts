/**
 * Differences between our verdict and that of xmlsec1 or the JDK which are known and right: those that
 * the cross-check of `edxgate conformance` knows too.
 *
 * @module
 */
import {
  explainForeign,
  FOREIGN_DISAGREEMENTS,
  type ForeignDifference,
} from '../../src/conformance/cross-disagreements.js';

export const DISAGREEMENTS = FOREIGN_DISAGREEMENTS;

/** @returns the rule that explains it; undefined when none does */
export function explain(difference: ForeignDifference): string | undefined {
  return explainForeign(difference)?.rule;
}
