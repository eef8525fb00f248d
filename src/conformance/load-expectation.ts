/**
 * What a step expects, as case.yaml says it.
 *
 * @module
 */
import type { Fields } from './fields.js';
import { type CaseSource, checkVariables, readFileName, readXPath } from './load-values.js';
import type { Assertion, Expectation } from './suite.js';

const CLASSES = ['accepted', 'refused', 'http'] as const;

/** `expect: accepted`, or a map. */
export function readExpectation(
  fields: Fields,
  source: CaseSource,
  known: ReadonlySet<string>,
): Expectation {
  const node = fields.node('expect');
  if (node?.kind === 'text') return { class: fields.choice('expect', CLASSES) ?? 'http' };
  const map = fields.map('expect');
  if (map === undefined) return { class: 'http' };
  if (!map.has('class')) map.problem('class', 'is missing', 'còn thiếu');
  const expected = map.choice('class', CLASSES) ?? 'http';
  const http = map.wholeNumber('http', 100, 599);
  const codes = map.texts('codes');
  const path = map.optionalText('path');
  const warnings = map.texts('warnings');
  const assertions = map.maps('assertions').map((one) => readAssertion(one, known));
  const golden = readGolden(map, source);
  if (codes !== undefined && expected !== 'refused') {
    map.problem('codes', 'only a refusal has codes', 'chỉ khi bị từ chối mới có mã');
  }
  map.end();
  return {
    class: expected,
    ...(http === undefined ? {} : { http }),
    ...(codes === undefined ? {} : { codes }),
    ...(path === undefined ? {} : { path: checkVariables(map, 'path', path, known) }),
    ...(warnings === undefined ? {} : { warnings }),
    ...(assertions.length === 0 ? {} : { assertions }),
    ...(golden === undefined ? {} : { golden }),
  };
}

function readGolden(map: Fields, source: CaseSource): string | undefined {
  if (!source.recording) return readFileName(map, 'golden', source);
  const name = map.optionalText('golden');
  if (name === undefined) return undefined;
  const found = source.fileName(name);
  if (found !== undefined) return found;
  // It will be written: never outside the folder of the case.
  if (!/^[\w-][\w.-]*$/.test(name)) {
    map.problem('golden', `"${name}" must stand beside the case`, `"${name}" phải nằm cạnh ca`);
  }
  return `cases/${source.id}/${name}`;
}

function readAssertion(fields: Fields, known: ReadonlySet<string>): Assertion {
  const xpath = readXPath(fields, 'xpath', known);
  const equals = fields.anyText('equals');
  const matches = fields.optionalText('matches');
  const count = fields.wholeNumber('count', 0, 999_999);
  if ([equals, matches, count].filter((one) => one !== undefined).length !== 1) {
    fields.problem(
      'xpath',
      'needs equals, matches or count: one of them',
      'cần đúng một: equals, matches hoặc count',
    );
  }
  if (matches !== undefined) checkPattern(fields, matches);
  fields.end();
  if (count !== undefined) return { xpath, count };
  if (matches !== undefined)
    return { xpath, matches: checkVariables(fields, 'matches', matches, known) };
  return { xpath, equals: checkVariables(fields, 'equals', equals ?? '', known) };
}

function checkPattern(fields: Fields, source: string): void {
  try {
    new RegExp(source.replaceAll('{{', '').replaceAll('}}', ''), 'u');
  } catch {
    fields.problem('matches', 'is no regular expression', 'không phải biểu thức chính quy');
  }
}
