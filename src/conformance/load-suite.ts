/**
 * Reads a suite from a folder: suite.yaml and cases/<id>/case.yaml, or a plain folder of packages and
 * requests (load-plain.ts). Unknown keys, wrong values and missing files are all told at once.
 *
 * Errors: `file.unreadable` when the folder cannot be read, `suite.invalid` with every problem.
 *
 * @module
 */
import { basename, resolve } from 'node:path';
import { openFields, readCase } from './load-case.js';
import { loadPlain } from './load-plain.js';
import type { SuiteDefaults } from './load-values.js';
import type { Case, Suite, Words } from './suite.js';
import { openSuiteFolder, type SuiteFolder } from './suite-folder.js';
import { type SuiteProblem, suiteError } from './suite-problem.js';

export const SUITE_FILE = 'suite.yaml';
const CASE_FILE = /^cases\/([^/]+)\/case\.yaml$/;
const CASE_ID = /^[a-z0-9.-]+$/;

export interface LoadedSuite {
  readonly suite: Suite;
  /** Absolute. */
  readonly folder: string;
  /** `plain`: without a suite.yaml. */
  readonly kind: 'suite' | 'plain';
  /** Ids of cases of which nothing says how they must end; only while recording. */
  readonly unknown: ReadonlySet<string>;
}

export interface LoadOptions {
  /** Files without an expectation and golden answers that do not exist yet are taken. */
  readonly recording?: boolean;
}

/** @throws GatewayError `file.unreadable`, `suite.invalid` */
export function loadSuite(path: string, { recording = false }: LoadOptions = {}): LoadedSuite {
  const folder = openSuiteFolder(resolve(path));
  return folder.names.includes(SUITE_FILE)
    ? loadDescribed(folder, recording)
    : loadPlain(folder, recording);
}

interface Head {
  readonly id: string;
  readonly title: Words;
  readonly defaults: SuiteDefaults;
}

function loadDescribed(folder: SuiteFolder, recording: boolean): LoadedSuite {
  const problems: SuiteProblem[] = [];
  const head = readHead(folder, problems);
  const found = folder.names.flatMap((name): Case[] => {
    const id = CASE_FILE.exec(name)?.[1];
    if (id === undefined) return [];
    const sink = { file: name, problems };
    if (!CASE_ID.test(id)) {
      problems.push({
        file: name,
        text: `${id}: a case is named with a-z, 0-9, dot and hyphen`,
        textVi: `${id}: tên ca chỉ gồm a-z, 0-9, dấu chấm và gạch nối`,
      });
    }
    const one = readCase({
      id,
      text: textOfFile(folder, name),
      defaults: head.defaults,
      sink,
      fileName: (written) => folder.resolve(`cases/${id}`, written),
      recording,
    });
    return one === undefined ? [] : [one];
  });
  const cases = found.sort((a, b) => (a.id < b.id ? -1 : 1));
  if (cases.length === 0 && problems.length === 0) problems.push(NO_CASE);
  if (problems.length > 0) throw suiteError(folder.path, problems);
  return {
    suite: { id: head.id, title: head.title, cases, file: folder.read },
    folder: folder.path,
    kind: 'suite',
    unknown: new Set(),
  };
}

const NO_CASE: SuiteProblem = {
  file: SUITE_FILE,
  text: 'there is no cases/<id>/case.yaml',
  textVi: 'không có cases/<id>/case.yaml nào',
};

function textOfFile(folder: SuiteFolder, name: string): string {
  return (folder.read(name) ?? Buffer.alloc(0)).toString('utf8');
}

function readHead(folder: SuiteFolder, problems: SuiteProblem[]): Head {
  const fields = openFields(textOfFile(folder, SUITE_FILE), { file: SUITE_FILE, problems });
  const nothing = { id: basename(folder.path), title: { en: '', vi: '' }, defaults: {} };
  if (fields === undefined) return nothing;
  const id = fields.text('id');
  if (id !== '' && !CASE_ID.test(id)) {
    fields.problem('id', 'only a-z, 0-9, dot and hyphen', 'chỉ gồm a-z, 0-9, dấu chấm và gạch nối');
  }
  const title = fields.words('title');
  const map = fields.has('defaults') ? fields.map('defaults') : undefined;
  const soap = map?.choice('soap', ['1.1', '1.2']);
  const carrier = map?.choice('carrier', ['inline', 'mtom', 'swa']);
  const signature = map?.choice('signature', ['absent', 'own']);
  const document = map?.optionalText('document');
  map?.end();
  fields.end();
  return {
    id,
    title,
    defaults: {
      ...(soap === undefined ? {} : { soap }),
      ...(carrier === undefined ? {} : { carrier }),
      ...(signature === undefined ? {} : { signature }),
      ...(document === undefined ? {} : { document }),
    },
  };
}
