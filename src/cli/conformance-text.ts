/**
 * What a conformance run says on a terminal: a few lines for each case that did not pass, and totals.
 *
 * @module
 */
import type { CaseResult, Difference, RunResult } from '../conformance/run-result.js';
import type { Case } from '../conformance/suite.js';
import { plain } from './table.js';

/** Reports hold the rest. */
const MAX_CHARS = 300;

function short(text: string): string {
  const line = plain(text.replace(/\s+/g, ' ').trim());
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line;
}

function differenceText({ what, place, expected, actual }: Difference): string {
  const at = place === undefined ? what : `${what} ${short(place)}`;
  return `    ${at}\n      expected  ${short(expected)}\n      actual    ${short(actual)}`;
}

/** @returns undefined for a case that passed */
export function caseText(one: CaseResult): string | undefined {
  const { verdict, id, clause, reason, steps } = one;
  if (verdict === 'passed') return undefined;
  const head = `${verdict.toUpperCase().padEnd(7)}  ${id}  (${plain(clause.document)}, ${plain(clause.place)})`;
  const last = steps.at(-1);
  return [
    head,
    ...(reason === undefined ? [] : [`    ${short(reason.en)}`]),
    ...(last === undefined || last.differences.length === 0
      ? []
      : [`    step ${last.name}`, ...last.differences.map(differenceText)]),
  ].join('\n');
}

export function runText(result: RunResult, files: readonly string[]): string {
  const { totals, suite, target } = result;
  const lines = result.cases.flatMap((one) => caseText(one) ?? []);
  const counts = Object.entries(totals).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    ...lines,
    `${counts.join(', ')}: suite ${suite.id} against ${target}`,
    ...files.map((file) => `wrote ${file}`),
  ].join('\n');
}

export function listedCase({ id, title, clause }: Case): string {
  return `${id}\n    ${plain(title.en)} (${plain(clause.document)}, ${plain(clause.place)})`;
}
