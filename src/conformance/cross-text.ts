/**
 * A cross-check for people: a line for each file, what is to be looked at below it, and a summary by
 * engine with those that are not installed.
 *
 * @module
 */
import {
  CROSS_ENGINES,
  type CrossAnswer,
  type CrossChecked,
  type CrossOutcome,
  needsLook,
} from './cross-result.js';

const WORDS: Readonly<Record<CrossOutcome, string>> = {
  agrees: 'agrees',
  known: 'differs, as known',
  disagrees: 'DISAGREES',
  'not-compared': 'not compared',
  'not-installed': 'not installed',
  failed: 'FAILED',
};

/** Outcomes that have a line of their own. */
const TOLD: ReadonlySet<CrossOutcome> = new Set(['known', 'disagrees', 'failed']);

/** How to get an engine that is not installed. */
const INSTALL: Readonly<Record<string, string>> = {
  libxmljs2: 'the optional npm package libxmljs2',
  xmllint: 'xmllint of libxml2 (Debian: libxml2-utils)',
  xmlsec1: 'xmlsec1 (Debian: xmlsec1)',
  jdk: 'a JDK of 11 or later (Debian: default-jdk-headless)',
};

/** Controls could write over what stands on the terminal. */
function line(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** @returns lines without a newline at the end */
export function crossCheckText(one: CrossChecked): string {
  const told = one.answers.filter(({ outcome }) => TOLD.has(outcome)).map(answerLine);
  return [`${line(one.file)}: ${ownText(one)}; ${othersText(one)}`, ...told].join('\n');
}

function ownText({ refused, schema, signature }: CrossChecked): string {
  if (refused !== undefined) return `refused (${refused})`;
  const valid = schema?.valid === true ? 'valid' : `not valid (${schema?.codes.join(', ')})`;
  const reasons = signature?.reasons ?? [];
  const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  return `${schema?.name} ${valid}, signature ${signature?.found}${why}`;
}

function othersText(one: CrossChecked): string {
  const compared = one.answers.filter(({ outcome }) => !outcome.startsWith('not-')).length;
  if (compared === 0) return 'compared with nobody';
  if (needsLook(one)) return 'TO BE LOOKED AT';
  return `no unexplained difference from ${compared} engine${compared === 1 ? '' : 's'}`;
}

function answerLine({ about, engine, outcome, rule, reason }: CrossAnswer): string {
  const name = rule === undefined ? '' : ` (${rule})`;
  return line(`  ${about}: ${engine} ${WORDS[outcome]}${name}: ${reason ?? ''}`);
}

/** Counts by engine, and what is missing; for the end of a run. */
export function crossCheckSummary(all: readonly CrossChecked[]): string {
  const lines = [`cross-check of ${all.length} file${all.length === 1 ? '' : 's'}`];
  for (const about of ['schema', 'signature'] as const) {
    for (const engine of CROSS_ENGINES[about]) {
      const answers = all.flatMap((one) =>
        one.answers.filter((each) => each.about === about && each.engine === engine),
      );
      lines.push(`  ${about.padEnd(9)} ${engine.padEnd(10)} ${countsText(engine, answers)}`);
      lines.push(...knownLines(answers));
    }
  }
  return lines.join('\n');
}

/** Each rule once, with its reason. */
function knownLines(answers: readonly CrossAnswer[]): string[] {
  const known = answers.filter(({ outcome }) => outcome === 'known');
  const rules = [...new Set(known.map(({ rule }) => rule))];
  return rules.map((rule) => {
    const found = known.filter((one) => one.rule === rule);
    return `    ${found.length} ${rule}: ${line(found[0]?.reason ?? '')}`;
  });
}

function countsText(engine: string, answers: readonly CrossAnswer[]): string {
  const counts = (Object.keys(WORDS) as CrossOutcome[]).flatMap((outcome) => {
    const count = answers.filter((one) => one.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${WORDS[outcome]}`];
  });
  const isMissing = answers.some(({ outcome }) => outcome === 'not-installed');
  return counts.join(', ') + (isMissing ? `; needs ${INSTALL[engine] ?? engine}` : '');
}
