/**
 * One case of a folder suite: `cases/<id>/case.yaml`, read strictly.
 *
 * @module
 */
import { readYamlTree } from '../config/yaml-tree.js';
import { Fields, type ProblemSink } from './fields.js';
import { readExpectation } from './load-expectation.js';
import {
  type CaseSource,
  checkVariables,
  readFileName,
  readXPath,
  type SuiteDefaults,
} from './load-values.js';
import { REQUEST_FIELDS } from './request.js';
import {
  type Case,
  type Clause,
  type HttpRequest,
  NEEDS,
  type Need,
  OPERATIONS,
  type OperationRequest,
  type PackageSource,
  ROLES,
  type Step,
  type StepRequest,
} from './suite.js';
import { FIXED_VARIABLES } from './variables.js';

/** @returns undefined when the file is no map of keys; problems are in the sink */
export function readCase(source: CaseSource): Case | undefined {
  const fields = openFields(source.text, source.sink);
  if (fields === undefined) return undefined;
  const title = fields.words('title');
  const clause = readClause(fields, source.defaults);
  const needs = readNeeds(fields);
  const names = new Set<string>();
  const known = new Set<string>(FIXED_VARIABLES);
  const steps = fields.maps('steps').map((one, i) => readStep(one, i, source, names, known));
  if (steps.length === 0) fields.problem('steps', 'there is no step', 'không có bước nào');
  fields.end();
  return { id: source.id, title, clause, ...(needs.length === 0 ? {} : { needs }), steps };
}

/** The keys of a YAML file that must be a map. */
export function openFields(text: string, sink: ProblemSink): Fields | undefined {
  const { tree, problems } = readYamlTree(text);
  for (const one of problems) sink.problems.push({ ...one, file: sink.file });
  if (tree?.kind === 'map') return new Fields(tree, sink);
  if (problems.length === 0) {
    sink.problems.push({
      file: sink.file,
      line: 1,
      text: 'the file must hold keys and values',
      textVi: 'tệp phải gồm các khóa và giá trị',
    });
  }
  return undefined;
}

function readClause(fields: Fields, { document }: SuiteDefaults): Clause {
  const map = fields.map('clause');
  if (map === undefined) return { document: '', place: '' };
  const named = map.optionalText('document') ?? document;
  if (named === undefined) map.problem('document', 'is missing', 'còn thiếu');
  const clause = { document: named ?? '', place: map.text('place') };
  map.end();
  return clause;
}

function readNeeds(fields: Fields): Need[] {
  return (fields.texts('needs') ?? []).flatMap((text) => {
    const need = NEEDS.find((one) => one === text);
    if (need !== undefined) return [need];
    const list = NEEDS.join(', ');
    fields.problem('needs', `"${text}" is none of ${list}`, `"${text}" không thuộc ${list}`);
    return [];
  });
}

// ---- steps --------------------------------------------------------------------------------------

function readStep(
  fields: Fields,
  index: number,
  source: CaseSource,
  names: Set<string>,
  known: Set<string>,
): Step {
  const name = fields.optionalText('name') ?? `step-${index + 1}`;
  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    fields.problem('name', `"${name}" is not one word`, `"${name}" không phải một từ`);
  } else if (names.has(name)) {
    fields.problem('name', `"${name}" stands twice`, `"${name}" bị lặp lại`);
  }
  names.add(name);
  const as = fields.choice('as', ROLES) ?? 'sender';
  const request = readRequest(fields, source, known);
  const expect = readExpectation(fields, source, known);
  const save = readSave(fields, known);
  fields.end();
  return { name, as, request, expect, ...(save === undefined ? {} : { save }) };
}

function readRequest(fields: Fields, source: CaseSource, known: ReadonlySet<string>): StepRequest {
  const isHttp = fields.has('http');
  if (isHttp === fields.has('operation')) {
    fields.problem(
      'operation',
      'operation or http: one of them',
      'cần đúng một: operation hoặc http',
    );
  }
  return isHttp ? readHttp(fields, source, known) : readOperation(fields, source, known);
}

function readHttp(fields: Fields, source: CaseSource, known: ReadonlySet<string>): HttpRequest {
  const map = fields.map('http');
  if (map === undefined) return { kind: 'http', method: '', path: '', headers: {} };
  const method = map.optionalText('method') ?? 'POST';
  if (!/^[A-Z]{1,20}$/.test(method)) {
    map.problem('method', `"${method}" is no method`, `"${method}" không phải phương thức`);
  }
  const path = checkVariables(map, 'path', map.optionalText('path') ?? '{{path}}', known);
  const headers = map.record('headers') ?? {};
  for (const value of Object.values(headers)) checkVariables(map, 'headers', value, known);
  const body = readFileName(map, 'body', source);
  map.end();
  return { kind: 'http', method, path, headers, ...(body === undefined ? {} : { body }) };
}

function readOperation(
  fields: Fields,
  source: CaseSource,
  known: ReadonlySet<string>,
): OperationRequest {
  const { defaults } = source;
  const operation = fields.choice('operation', OPERATIONS) ?? 'Ping';
  const soap = fields.choice('soap', ['1.1', '1.2']) ?? defaults.soap;
  const carrier = fields.choice('carrier', ['inline', 'mtom', 'swa']) ?? defaults.carrier;
  const values = fields.record('fields');
  for (const [name, value] of Object.entries(values ?? {})) {
    checkVariables(fields, 'fields', value, known);
    if (REQUEST_FIELDS[operation].includes(name)) continue;
    const list = REQUEST_FIELDS[operation].join(', ');
    fields.problem(
      'fields',
      `${operation} has no ${name}; it has ${list || 'none'}`,
      `${operation} không có ${name}; gồm ${list || 'không có trường nào'}`,
    );
  }
  const own = readPackage(fields, source);
  const takes = operation === 'SendPackage' || operation === 'SendDocument';
  if (takes !== (own !== undefined)) {
    const text = takes ? 'is missing' : `${operation} takes no package`;
    fields.problem('package', text, takes ? 'còn thiếu' : `${operation} không nhận gói tin`);
  }
  return {
    kind: 'operation',
    operation,
    ...(soap === undefined ? {} : { soap }),
    ...(carrier === undefined ? {} : { carrier }),
    ...(values === undefined ? {} : { fields: values }),
    ...(own === undefined ? {} : { package: own }),
  };
}

/** `package: a.edxml` or `package: {file: a.edxml, signature: own}`. */
function readPackage(fields: Fields, source: CaseSource): PackageSource | undefined {
  const node = fields.node('package');
  if (node === undefined) return undefined;
  const map = node.kind === 'map' ? fields.map('package') : undefined;
  const file =
    map === undefined ? readFileName(fields, 'package', source) : readFileName(map, 'file', source);
  const signature = map?.choice('signature', ['absent', 'own']) ?? source.defaults.signature;
  if (map !== undefined && !map.has('file')) map.problem('file', 'is missing', 'còn thiếu');
  map?.end();
  return { file: file ?? '', ...(signature === undefined ? {} : { signature }) };
}

function readSave(fields: Fields, known: Set<string>): Record<string, string> | undefined {
  if (!fields.has('save')) return undefined;
  const map = fields.map('save');
  const names = Object.keys(fields.record('save') ?? {});
  const saved = names.map((name): [string, string] => {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
      map?.problem(name, 'is not the name of a variable', 'không phải tên biến');
    }
    return [name, map === undefined ? '' : readXPath(map, name, known)];
  });
  for (const name of names) known.add(name);
  return Object.fromEntries(saved);
}
