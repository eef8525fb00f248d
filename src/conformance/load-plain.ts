/**
 * A plain folder of fixtures as a suite: each package (`.edxml`, `.xml`) is sent with SendPackage, each raw
 * request (`.http`: headers, an empty line, the body) as it stands. The names of the folders say what must
 * come back:
 *
 * | folder | a package | a request |
 * | --- | --- | --- |
 * | `valid/` | accepted | accepted |
 * | `accepted/OPERATION/` | accepted | read as a request: no fault speaks of HTTP, SOAP or XML |
 * | `refused/CODE/` | refused with that code, perhaps among others | the same |
 * | `CODE/` | – | refused with that code |
 *
 * @module
 */
import { basename } from 'node:path';
import type { LoadedSuite } from './load-suite.js';
import { readRawRequest } from './raw-request.js';
import type { Case, Expectation, HttpRequest, Step, StepRequest, Words } from './suite.js';
import type { SuiteFolder } from './suite-folder.js';
import { type SuiteProblem, suiteError } from './suite-problem.js';
import { withUniqueId } from './unique-id.js';

const PACKAGE = /\.(?:edxml|xml)$/i;
const REQUEST = /\.http$/i;
const CODE = /^[a-z0-9]+(?:\.[a-z0-9-]+)+$/;
/** How many files without an expectation are named. */
const MAX_NAMED = 50;

/** @throws GatewayError `suite.invalid` */
export function loadPlain(folder: SuiteFolder, recording: boolean): LoadedSuite {
  const made = new Map<string, Buffer>();
  const ids = new Set<string>();
  const unknown = new Set<string>();
  const problems: SuiteProblem[] = [];
  const cases = folder.names.flatMap((name): Case[] => {
    const isRequest = REQUEST.test(name);
    if (!isRequest && !PACKAGE.test(name)) return [];
    const found = expectationOf(folder.path, name, isRequest);
    if (found === undefined && !recording) {
      // A package beside the folders of requests is material for them, not a case.
      if (!isRequest && !name.includes('/') && hasRequests(folder)) return [];
      problems.push(noExpectation(name));
      return [];
    }
    const id = freeId(name, ids);
    if (found === undefined) unknown.add(id);
    const expect = found?.expect ?? { class: 'http' };
    const bytes = folder.read(name) ?? Buffer.alloc(0);
    const request = isRequest
      ? rawRequest(name, bytes, made)
      : packageRequest(name, bytes, made, expect);
    const step: Step = { name: 'send', as: 'sender', request, expect };
    return [{ id, ...describeFile(name, found?.expect.class, found?.code), steps: [step] }];
  });
  if (cases.length === 0 && problems.length === 0) problems.push(NOTHING);
  if (problems.length > 0) throw suiteError(folder.path, problems.slice(0, MAX_NAMED));
  const id =
    basename(folder.path)
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, '-') || 'folder';
  return {
    suite: {
      id,
      title: {
        en: `Files of ${basename(folder.path)}`,
        vi: `Các tệp của ${basename(folder.path)}`,
      },
      cases,
      file: (name) => made.get(name) ?? folder.read(name),
    },
    folder: folder.path,
    kind: 'plain',
    unknown,
  };
}

const NOTHING: SuiteProblem = {
  file: '.',
  text: 'there is neither suite.yaml nor a file .edxml, .xml or .http',
  textVi: 'không có suite.yaml, cũng không có tệp .edxml, .xml hay .http',
};

function noExpectation(file: string): SuiteProblem {
  return {
    file,
    text: 'nothing says how it must end: put it below valid/ or refused/CODE/, or record it',
    textVi: 'không rõ kết quả mong đợi: đặt vào valid/ hoặc refused/MÃ/, hoặc dùng --record',
  };
}

function hasRequests({ names }: SuiteFolder): boolean {
  return names.some((name) => REQUEST.test(name));
}

// ---- what is expected ------------------------------------------------------------------------------

const READ_AS_REQUEST: Expectation = {
  class: 'http',
  assertions: [
    {
      xpath:
        "//g:GatewayFault/g:Code[starts-with(., 'soap.') or starts-with(., 'http.') or starts-with(., 'xml.')]",
      count: 0,
    },
    { xpath: '/soap11:Envelope | /soap12:Envelope', count: 1 },
  ],
};

/** What the names of the folders say. */
interface Named {
  readonly expect: Expectation;
  /** Code that a refusal must name, perhaps among others. */
  readonly code?: string;
}

function expectationOf(path: string, name: string, isRequest: boolean): Named | undefined {
  const folders = [basename(path), ...name.split('/').slice(0, -1)];
  const refused = folders.lastIndexOf('refused');
  const code = refused < 0 ? (isRequest ? folders.at(-1) : undefined) : folders[refused + 1];
  if (code !== undefined && CODE.test(code)) return { expect: refusedWith(code), code };
  if (refused >= 0) return { expect: { class: 'refused' } };
  if (isRequest && folders.includes('accepted')) return { expect: READ_AS_REQUEST };
  const isGood = folders.includes('valid') || folders.includes('accepted');
  return isGood ? { expect: { class: 'accepted' } } : undefined;
}

/** A file may have other faults too; CODE holds no quotes. */
function refusedWith(code: string): Expectation {
  const xpath = `//g:Code[. = '${code}'] or starts-with(//faultstring | //soap12:Text, '${code}: ')`;
  return { class: 'refused', assertions: [{ xpath, equals: 'true' }] };
}

/** Title and clause of a case made of one file. @param code that a refusal names */
export function describeFile(
  name: string,
  kind: Expectation['class'] | undefined,
  code: string | undefined,
): Pick<Case, 'title' | 'clause'> {
  const place = code === undefined ? 'docs/semantics.md, Accepted' : `docs/errors.md, ${code}`;
  return { title: titleOf(name, kind, code), clause: { document: 'edxgate contract', place } };
}

function titleOf(name: string, kind?: Expectation['class'], code?: string): Words {
  if (kind === 'refused') {
    return {
      en: `${name} is refused${code === undefined ? '' : ` with ${code}`}`,
      vi: `${name} bị từ chối${code === undefined ? '' : ` với mã ${code}`}`,
    };
  }
  if (kind === 'accepted') return { en: `${name} is accepted`, vi: `${name} được nhận` };
  return { en: `${name} is read`, vi: `${name} đọc được` };
}

/** `valid/new.edxml` → `valid.new`, made unlike all others. */
function freeId(name: string, ids: Set<string>): string {
  const bare = name
    .replace(/\.[^./]+$/, '')
    .replaceAll('/', '.')
    .toLowerCase();
  const base = bare.replace(/[^a-z0-9.-]+/g, '-') || 'case';
  let id = base;
  for (let n = 2; ids.has(id); n++) id = `${base}-${n}`;
  ids.add(id);
  return id;
}

// ---- what is sent --------------------------------------------------------------------------------

/** A new document gets another id in every run: else only the first of a folder would be new. */
function packageRequest(
  name: string,
  bytes: Buffer,
  made: Map<string, Buffer>,
  expect: Expectation,
): StepRequest {
  const changed = expect.class === 'refused' ? undefined : withUniqueId(bytes);
  if (changed !== undefined) made.set(name, changed);
  return { kind: 'operation', operation: 'SendPackage', package: { file: name } };
}

function rawRequest(name: string, bytes: Buffer, made: Map<string, Buffer>): HttpRequest {
  const { headers, body } = readRawRequest(bytes);
  made.set(name, body);
  return { kind: 'http', method: 'POST', path: '{{path}}', headers, body: name };
}
