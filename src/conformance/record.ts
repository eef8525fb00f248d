/**
 * Records fixtures: runs a suite and writes down what came back, so that a replay passes.
 *
 * - A plain folder becomes a suite in the folder of the recording: a case for each file, with the class, the
 *   codes and a masked golden answer. A file whose folder says otherwise than the gateway is left out.
 * - A suite is copied there (or changed in place) and its golden answers are written anew; everything else
 *   that its cases expect stays, and a case that differs in it keeps its golden answers.
 *
 * Errors: `cli.failed` when another suite stands there.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { refuse } from '../model/issue.js';
import type { SoapFault } from '../soap/answer-reader.js';
import { codesOf } from './codes.js';
import { goldenText } from './golden.js';
import { classOf } from './judge.js';
import { describeFile } from './load-plain.js';
import { type LoadedSuite, SUITE_FILE } from './load-suite.js';
import { maskedLines } from './mask.js';
import type { Answered } from './run-case.js';
import type { RunResult } from './run-result.js';
import type { Case, Expectation, Step, Suite } from './suite.js';
import { openSuiteFolder } from './suite-folder.js';
import { caseYaml, suiteYaml } from './write-case.js';

export interface Recorder {
  /** The suite to run: as loaded, but no golden answer is compared. */
  readonly suite: Suite;
  onAnswer(answered: Answered): void;
  /** Writes what was recorded. @returns the files, absolute */
  finish(result: RunResult): string[];
}

/** What came back for one step. */
interface Recorded {
  readonly expect: Expectation;
  readonly golden: string;
}

/** @throws GatewayError `cli.failed` */
export function startRecording(loaded: LoadedSuite, folder: string): Recorder {
  const target = resolve(folder);
  if (target !== loaded.folder && existsSync(join(target, SUITE_FILE))) {
    throw refuse('cli.failed', { reason: `${target} holds another suite` });
  }
  const recorded = new Map<string, Recorded>();
  return {
    suite: { ...loaded.suite, cases: loaded.suite.cases.map(withoutGolden) },
    onAnswer(answered) {
      recorded.set(keyOf(answered.case, answered.step), recordedOf(answered));
    },
    finish(result) {
      const passed = new Set(
        result.cases.filter((one) => one.verdict === 'passed').map(({ id }) => id),
      );
      const cases = loaded.suite.cases.filter((one) => passed.has(one.id));
      const write = fileWriter(target);
      if (loaded.kind === 'plain') writePlain(loaded, cases, recorded, write);
      else writeGolden(loaded, target, cases, recorded, write);
      return write.written;
    },
  };
}

function keyOf(one: Case, step: Step): string {
  return `${one.id}/${step.name}`;
}

function withoutGolden(one: Case): Case {
  const steps = one.steps.map((step): Step => {
    const { golden: _left, ...expect } = step.expect;
    return { ...step, expect };
  });
  return { ...one, steps };
}

function recordedOf({ answer, written, variables }: Answered): Recorded {
  const lines = maskedLines(answer, { filled: written.filled, variables: variables.entries });
  return {
    expect: expectationOf(classOf(answer), answer.http.status, answer.fault),
    golden: goldenText(lines),
  };
}

function expectationOf(
  kind: Expectation['class'],
  http: number,
  fault: SoapFault | undefined,
): Expectation {
  if (kind === 'http') return { class: 'http', http };
  if (fault === undefined) return { class: kind };
  return { class: 'refused', codes: codesOf(fault) };
}

// ---- writing --------------------------------------------------------------------------------------

interface FileWriter {
  (name: string, content: string | Uint8Array): void;
  readonly written: string[];
}

function fileWriter(folder: string): FileWriter {
  const written: string[] = [];
  const write = (name: string, content: string | Uint8Array): void => {
    const file = join(folder, ...name.split('/'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    written.push(file);
  };
  return Object.assign(write, { written });
}

function writePlain(
  { suite, unknown }: LoadedSuite,
  cases: readonly Case[],
  recorded: ReadonlyMap<string, Recorded>,
  write: FileWriter,
): void {
  write(SUITE_FILE, suiteYaml(suite));
  for (const one of cases) {
    const folder = `cases/${one.id}`;
    const steps = one.steps.map((step): Step => {
      const found = recorded.get(keyOf(one, step));
      if (found === undefined) return step;
      const golden = `${step.name}.golden.txt`;
      write(`${folder}/${golden}`, found.golden);
      return { ...withLocalFile(step, suite, folder, write), expect: { ...found.expect, golden } };
    });
    const words = unknown.has(one.id) ? recordedWords(one, steps) : {};
    write(`${folder}/case.yaml`, caseYaml({ ...one, ...words, steps }));
  }
}

/** Nothing but the answer says what a file is for that came without an expectation. */
function recordedWords(one: Case, steps: readonly Step[]): Partial<Case> {
  const [asked] = one.steps;
  const expect = steps[0]?.expect;
  if (asked === undefined || expect === undefined) return {};
  const { request } = asked;
  const name = request.kind === 'http' ? request.body : request.package?.file;
  return describeFile(name ?? one.id, expect.class, expect.codes?.[0]);
}

/** The package or body of a step beside its case. */
function withLocalFile(step: Step, suite: Suite, folder: string, write: FileWriter): Step {
  const { request } = step;
  const name = request.kind === 'http' ? request.body : request.package?.file;
  const bytes = name === undefined ? undefined : suite.file(name);
  if (name === undefined || bytes === undefined) return step;
  const local = request.kind === 'http' ? `${basename(name, '.http')}.body` : basename(name);
  write(`${folder}/${local}`, bytes);
  return request.kind === 'http'
    ? { ...step, request: { ...request, body: local } }
    : { ...step, request: { ...request, package: { ...request.package, file: local } } };
}

function writeGolden(
  loaded: LoadedSuite,
  target: string,
  cases: readonly Case[],
  recorded: ReadonlyMap<string, Recorded>,
  write: FileWriter,
): void {
  if (target !== loaded.folder) {
    const { names, read } = openSuiteFolder(loaded.folder);
    for (const name of names) write(name, read(name) ?? Buffer.alloc(0));
  }
  for (const one of cases) {
    for (const step of one.steps) {
      const found = recorded.get(keyOf(one, step));
      if (step.expect.golden !== undefined && found !== undefined) {
        write(step.expect.golden, found.golden);
      }
    }
  }
}
