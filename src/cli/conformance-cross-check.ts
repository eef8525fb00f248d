/**
 * `--cross-check` of `edxgate conformance run`: holds the packages of a suite's folder against other XML
 * engines, after the run.
 *
 * @module
 */
import { join } from 'node:path';
import type { CrossChecked } from '../conformance/cross-check.js';
import { openSuiteFolder } from '../conformance/suite-folder.js';
import { type Run, say } from './command.js';
import type { ConformanceOptions } from './conformance-options.js';

const PACKAGE = /\.(?:edxml|xml)$/i;

/** @returns whether something is to be looked at */
export async function crossCheckFolder(
  run: Run,
  folder: string,
  options: ConformanceOptions,
): Promise<boolean> {
  const { crossCheck, crossCheckSummary, crossCheckText, needsLook } = await import(
    '../conformance/cross-check.js'
  );
  const names = openSuiteFolder(folder).names.filter((name) => PACKAGE.test(name));
  const files = names.map((name) => join(folder, ...name.split('/')));
  const all: CrossChecked[] = [];
  for await (const one of crossCheck(files, { clock: run.terminal.clock })) {
    all.push(one);
    if (options.json === true || needsLook(one)) say(run, options, one, () => crossCheckText(one));
  }
  if (options.json !== true) run.terminal.out(`${crossCheckSummary(all)}\n`);
  return all.some(needsLook);
}
