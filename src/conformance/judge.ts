/**
 * Holds an answer against what a step expects of it, and against the contract.
 *
 * @module
 */
import { childOf } from '../xml/tree.js';
import { evaluateXPath, XPathError } from '../xml/xpath.js';
import type { ReadAnswer } from './answer.js';
import { BrokenCase } from './broken-case.js';
import { codesOf } from './codes.js';
import { contractDifferences, refusalStatusDifference } from './contract.js';
import { compareGolden } from './golden.js';
import { maskedLines } from './mask.js';
import type { WrittenRequest } from './request.js';
import type { Difference } from './run-result.js';
import type { Assertion, Expectation, Step, Suite } from './suite.js';
import type { Variables } from './variables.js';

export interface Judged {
  readonly step: Step;
  readonly written: WrittenRequest;
  readonly answer: ReadAnswer;
  readonly suite: Suite;
  readonly variables: Variables;
}

const MAX_ACTUAL_CHARS = 2000;
/** A regular expression may need long for a long text. */
const MAX_MATCHED = 4000;

/** Empty when all is as expected. @throws BrokenCase when the expectation itself cannot be used */
export function judge(judged: Judged): Difference[] {
  const { step, written, answer } = judged;
  const { expect } = step;
  const wrongClass = classDifference(expect, answer);
  const contract = contractDifferences(step.request, written, answer);
  // Of an answer of the wrong class everything else differs too, and nobody asks why.
  if (wrongClass !== undefined) return [wrongClass, ...contract];
  return [
    ...httpDifferences(judged),
    ...codeDifferences(expect, answer),
    ...pathDifferences(expect, answer, judged.variables),
    ...warningDifferences(expect, answer),
    ...(expect.assertions ?? []).flatMap((one) => assertionDifferences(one, judged)),
    ...goldenDifferences(judged),
    ...contract,
  ];
}

// ---- class and status ---------------------------------------------------------------------------

/** The class of any answer; `http` is what is neither a refusal nor accepted. */
export function classOf({ http, fault, body, document }: ReadAnswer): Expectation['class'] {
  if (fault !== undefined) return 'refused';
  return http.status === 200 && (body ?? document) !== undefined ? 'accepted' : 'http';
}

function classDifference(expect: Expectation, answer: ReadAnswer): Difference | undefined {
  if (expect.class === 'http' || expect.class === classOf(answer)) return undefined;
  const wanted = expect.codes?.length ? `: ${expect.codes.join(', ')}` : '';
  return {
    what: 'class',
    expected: expect.class + (expect.class === 'refused' ? wanted : ''),
    actual: summaryOf(answer),
  };
}

/** One line for people: `refused: schema.missing (HTTP 500)`. */
export function summaryOf(answer: ReadAnswer): string {
  const { http, fault, unreadable } = answer;
  const status = `HTTP ${http.status}`;
  if (fault !== undefined) {
    const codes = codesOf(fault).join(', ') || fault.text;
    return `refused: ${codes} (${status})`.slice(0, MAX_ACTUAL_CHARS);
  }
  if (classOf(answer) === 'accepted') return `accepted (${status})`;
  return unreadable === undefined ? status : `${status}, ${unreadable}`;
}

function httpDifferences({ step, answer }: Judged): Difference[] {
  const { expect } = step;
  const { status } = answer.http;
  if (expect.http !== undefined) {
    if (expect.http === status) return [];
    return [{ what: 'http', expected: String(expect.http), actual: String(status) }];
  }
  if (expect.class !== 'refused') return [];
  const found = refusalStatusDifference(step.request, answer);
  return found === undefined ? [] : [found];
}

// ---- codes, path, warnings ----------------------------------------------------------------------

function sameSet(expected: readonly string[], actual: readonly string[]): boolean {
  const wanted = new Set(expected);
  return wanted.size === new Set(actual).size && actual.every((one) => wanted.has(one));
}

function listed(all: readonly string[]): string {
  return [...new Set(all)].sort().join(', ') || '(none)';
}

function codeDifferences(expect: Expectation, { fault }: ReadAnswer): Difference[] {
  if (expect.codes === undefined) return [];
  const codes = fault === undefined ? [] : codesOf(fault);
  if (sameSet(expect.codes, codes)) return [];
  return [{ what: 'codes', expected: listed(expect.codes), actual: listed(codes) }];
}

function pathDifferences(
  expect: Expectation,
  { fault }: ReadAnswer,
  variables: Variables,
): Difference[] {
  if (expect.path === undefined) return [];
  const path = variables.fill(expect.path);
  const paths = fault?.gateway?.issues.map((one) => one.path) ?? [];
  if (paths.includes(path)) return [];
  return [{ what: 'path', place: path, expected: path, actual: listed(paths) }];
}

function warningDifferences(expect: Expectation, { body }: ReadAnswer): Difference[] {
  if (expect.warnings === undefined) return [];
  const result = childOf(body, 'SendResult');
  const told = (result?.children ?? [])
    .filter((one) => one.name === 'Warning')
    .map((one) => childOf(one, 'Code')?.text.trim() ?? '');
  if (sameSet(expect.warnings, told)) return [];
  return [{ what: 'warnings', expected: listed(expect.warnings), actual: listed(told) }];
}

// ---- assertions and golden answers ------------------------------------------------------------------

/** The value of an expression on the answer; undefined when there is none. @throws BrokenCase */
export function xpathValue(expression: string, answer: ReadAnswer): string | undefined {
  return evaluated(expression, answer)?.text;
}

function evaluated(expression: string, { document }: ReadAnswer) {
  if (document === undefined) return undefined;
  try {
    return evaluateXPath(document, expression);
  } catch (error) {
    if (!(error instanceof XPathError)) throw error;
    throw new BrokenCase(
      `the XPath ${expression} cannot be used: ${error.message}`,
      `không dùng được XPath ${expression}: ${error.message}`,
    );
  }
}

function assertionDifferences(assertion: Assertion, judged: Judged): Difference[] {
  const { answer, variables } = judged;
  const place = variables.fillXPath(assertion.xpath);
  const value = evaluated(place, answer);
  const differs = (expected: string, actual: string): Difference[] => [
    { what: 'assertion', place, expected, actual: actual.slice(0, MAX_ACTUAL_CHARS) },
  ];
  if (value === undefined) return differs('XML', answer.unreadable ?? 'no XML');
  if ('count' in assertion) {
    // A number or a truth value would always be one: `count()` refuses what are no nodes.
    evaluated(`count(${place})`, answer);
    if (value.count === assertion.count) return [];
    return differs(`${assertion.count} nodes`, `${value.count} nodes`);
  }
  const actual = value.text ?? '(no such node)';
  if ('equals' in assertion) {
    const expected = variables.fill(assertion.equals);
    return value.text?.trim() === expected.trim() ? [] : differs(expected, actual);
  }
  const pattern = patternOf(variables.fillPattern(assertion.matches));
  const isMatched =
    value.text !== undefined && pattern.test(value.text.trim().slice(0, MAX_MATCHED));
  return isMatched ? [] : differs(`matches ${assertion.matches}`, actual);
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 'u');
  } catch {
    throw new BrokenCase(`${source} is no regular expression`, `${source} không phải biểu thức`);
  }
}

function goldenDifferences({ step, written, answer, suite, variables }: Judged): Difference[] {
  const { golden } = step.expect;
  if (golden === undefined) return [];
  const bytes = suite.file(golden);
  if (bytes === undefined) {
    throw new BrokenCase(`there is no file ${golden}`, `không có tệp ${golden}`);
  }
  const options = { filled: written.filled, variables: variables.entries };
  return compareGolden(bytes.toString('utf8'), maskedLines(answer, options), golden);
}
