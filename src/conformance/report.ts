/**
 * Writes what came of a run into a folder: `junit.xml` for build servers, `result.json` with everything,
 * `report.vi.html` and `report.en.html` for people.
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportFile, reportHtml } from './report-html.js';
import { junitXml } from './report-junit.js';
import { LANGUAGES } from './report-texts.js';
import type { RunResult } from './run-result.js';

/**
 * @param folder made when it is not there; older reports in it are written over
 * @returns the files
 * @throws Error of the file system
 */
export async function writeReports(result: RunResult, folder: string): Promise<string[]> {
  const contents: readonly (readonly [name: string, text: string])[] = [
    ['junit.xml', junitXml(result)],
    ['result.json', `${JSON.stringify(result, undefined, 2)}\n`],
    ...LANGUAGES.map((one) => [reportFile(one), reportHtml(result, one)] as const),
  ];
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const [name, text] of contents) {
    const file = join(folder, name);
    await writeFile(file, text);
    files.push(file);
  }
  return files;
}
