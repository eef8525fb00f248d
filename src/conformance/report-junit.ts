/**
 * A run as JUnit XML, for build servers: as the schemas of Ant and of Jenkins both have it. One suite;
 * the class of every test case is the id of the suite.
 *
 * @module
 */
import { escapeText } from '../soap/xml-text.js';
import type { CaseResult, Difference, RunResult } from './run-result.js';

/** Those that XML 1.0 has no place for, and those that a build log is better without. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/gu;
const MAX_MESSAGE = 300;
const MAX_VALUE = 4000;
const MAX_DIFFERENCES = 100;

export function junitXml(result: RunResult): string {
  const { suite, totals, cases } = result;
  const counts = {
    tests: String(cases.length),
    failures: String(totals.failed),
    errors: String(totals.broken),
  };
  const time = seconds(Date.parse(result.finishedAt) - Date.parse(result.startedAt));
  const properties = Object.entries({
    target: result.target,
    as: result.as,
    version: result.version,
  }).map(([name, value]) => `      <property${attributes({ name, value })}/>\n`);
  const ofSuite = {
    name: suite.title.en,
    package: suite.id,
    id: '0',
    hostname: hostOf(result.target),
    // Without an offset, as the schema wants it; UTC.
    timestamp: result.startedAt.slice(0, 19),
    ...counts,
    skipped: String(totals.skipped),
    time,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites${attributes({ name: 'edxgate conformance', ...counts, time })}>\n`,
    `  <testsuite${attributes(ofSuite)}>\n`,
    `    <properties>\n${properties.join('')}    </properties>\n`,
    ...cases.map((one) => testCase(suite.id, one)),
    '    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n',
  ].join('');
}

function testCase(suiteId: string, one: CaseResult): string {
  const start = `    <testcase${attributes({
    name: one.id,
    classname: suiteId,
    time: seconds(one.ms),
  })}`;
  const content = contentOf(one);
  return content === '' ? `${start}/>\n` : `${start}>\n      ${content}\n    </testcase>\n`;
}

function contentOf(one: CaseResult): string {
  const reason = one.reason?.en ?? '';
  switch (one.verdict) {
    case 'passed':
      return '';
    case 'skipped':
      return `<skipped${attributes({ message: reason })}/>`;
    case 'broken':
      return `<error${attributes({ message: reason, type: 'broken' })}>${text(about(one))}</error>`;
    case 'failed':
      return failure(one);
  }
}

function failure(one: CaseResult): string {
  const found = one.steps.flatMap((step) => step.differences.map((each) => ({ step, each })));
  const [first] = found;
  const message =
    first === undefined
      ? one.title.en
      : `${first.step.name}: ${placeOf(first.each)}: expected ${first.each.expected}, got ${first.each.actual}`;
  const shown = found.slice(0, MAX_DIFFERENCES).map(({ step, each }) => {
    return `step ${step.name}: ${placeOf(each)}\n  expected: ${short(each.expected)}\n  actual:   ${short(each.actual)}`;
  });
  const more = found.length - shown.length;
  if (more > 0) shown.push(`${more} more differences are left out; result.json holds them.`);
  const type = first?.each.what ?? 'failed';
  return `<failure${attributes({ message, type })}>${text([about(one), ...shown].join('\n'))}</failure>`;
}

function about({ title, clause }: CaseResult): string {
  return `${title.en}\n${title.vi}\nclause: ${clause.document}, ${clause.place}`;
}

function placeOf({ what, place }: Difference): string {
  return place === undefined ? what : `${what} at ${place}`;
}

function short(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE)}…`;
}

function text(value: string): string {
  return escapeText(value.replace(CONTROLS, ''));
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const line = value.replace(/\s+/g, ' ').slice(0, MAX_MESSAGE);
      return ` ${name}="${text(line)}"`;
    })
    .join('');
}

function seconds(ms: number): string {
  return (Math.max(0, Number.isFinite(ms) ? ms : 0) / 1000).toFixed(3);
}

function hostOf(target: string): string {
  return URL.canParse(target) ? new URL(target).hostname : 'unknown';
}
