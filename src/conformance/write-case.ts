/**
 * Writes suite.yaml and case.yaml of recorded fixtures, as load-case.ts reads them. Texts are written as
 * JSON strings, which are YAML too.
 *
 * @module
 */
import type { Case, Expectation, Step, StepRequest, Suite, Words } from './suite.js';

export function suiteYaml({ id, title }: Pick<Suite, 'id' | 'title'>): string {
  return `id: ${text(id)}\n${words('title', title)}`;
}

export function caseYaml(one: Case): string {
  return [
    words('title', one.title),
    `clause:\n  document: ${text(one.clause.document)}\n  place: ${text(one.clause.place)}\n`,
    one.needs === undefined ? '' : `needs: ${list(one.needs)}\n`,
    `steps:\n${one.steps.map(stepYaml).join('')}`,
  ].join('');
}

function text(value: string): string {
  return JSON.stringify(value);
}

function list(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`;
}

function words(key: string, { en, vi }: Words): string {
  return `${key}:\n  en: ${text(en)}\n  vi: ${text(vi)}\n`;
}

function stepYaml(step: Step): string {
  const lines = [
    `name: ${step.name}`,
    `as: ${step.as}`,
    ...requestLines(step.request),
    ...expectLines(step.expect),
    ...recordLines('save', step.save),
  ];
  return lines.map((line, i) => `${i === 0 ? '  - ' : '    '}${line}\n`).join('');
}

function requestLines(request: StepRequest): string[] {
  if (request.kind === 'http') {
    return [
      'http:',
      `  method: ${request.method}`,
      `  path: ${text(request.path)}`,
      ...recordLines('headers', request.headers).map((line) => `  ${line}`),
      ...(request.body === undefined ? [] : [`  body: ${text(request.body)}`]),
    ];
  }
  const { operation, soap, carrier, fields } = request;
  const source = request.package;
  return [
    `operation: ${operation}`,
    ...(soap === undefined ? [] : [`soap: "${soap}"`]),
    ...(carrier === undefined ? [] : [`carrier: ${carrier}`]),
    ...recordLines('fields', fields),
    ...(source === undefined ? [] : [`package: ${packageText(source)}`]),
  ];
}

function packageText({ file, signature }: { file: string; signature?: string }): string {
  return signature === undefined ? text(file) : `{ file: ${text(file)}, signature: ${signature} }`;
}

function recordLines(key: string, record: Readonly<Record<string, string>> | undefined): string[] {
  if (record === undefined || Object.keys(record).length === 0) return [];
  return [
    `${key}:`,
    ...Object.entries(record).map(([name, value]) => `  ${text(name)}: ${text(value)}`),
  ];
}

/** Of what is recorded; assertions are the author's. */
function expectLines({ class: kind, http, codes, golden }: Expectation): string[] {
  return [
    'expect:',
    `  class: ${kind}`,
    ...(http === undefined ? [] : [`  http: ${http}`]),
    ...(codes === undefined ? [] : [`  codes: ${list(codes)}`]),
    ...(golden === undefined ? [] : [`  golden: ${text(golden)}`]),
  ];
}
