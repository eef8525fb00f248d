/**
 * Samples in docs/clients/*.md are copies of code that runs: `<!-- sample: FILE#REGION -->` and the fenced
 * block after it.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { INTEROP } from './clients.js';

export const PAGES = join(PACKAGE_ROOT, 'docs', 'clients');

const SAMPLE = /(<!-- sample: (\S+?)(?:#(\S+))? -->\n+```\S*\n)([\s\S]*?)(^```$)/gm;
const ANY_MARK = /sample:(?:begin|end) \S/;

function withoutIndent(lines: readonly string[]): string {
  const widths = lines.filter((one) => one.trim() !== '').map((one) => one.search(/\S/));
  const width = widths.length === 0 ? 0 : Math.min(...widths);
  return `${lines.map((one) => one.slice(width)).join('\n')}\n`;
}

/**
 * A file of test/interop/, or a marked region of it.
 *
 * @throws {Error} when it is not there
 */
export function sourceOf(file: string, region?: string): string {
  const text = readFileSync(join(INTEROP, file), 'utf8');
  const lines = text.trimEnd().split('\n');
  if (region === undefined) return withoutIndent(lines.filter((line) => !ANY_MARK.test(line)));
  const isMark = (edge: string) => {
    const mark = new RegExp(`sample:${edge}\\s+${region}(?![\\w-])`);
    return (line: string) => mark.test(line);
  };
  const begin = lines.findIndex(isMark('begin'));
  const isEnd = isMark('end');
  const end = lines.findIndex((line, at) => at > begin && isEnd(line));
  if (begin < 0 || end < 0) throw new Error(`${file} has no region ${region}`);
  const inside = lines.slice(begin + 1, end).filter((line) => !ANY_MARK.test(line));
  return withoutIndent(inside);
}

export interface Sample {
  readonly source: string;
  /** As the page has it. */
  readonly shown: string;
  /** As the source has it. */
  readonly wanted: string;
}

export function samplesOf(page: string): Sample[] {
  return [...page.matchAll(SAMPLE)].map(([, , file = '', region, shown = '']) => ({
    source: region === undefined ? file : `${file}#${region}`,
    shown,
    wanted: sourceOf(file, region),
  }));
}

/** Paths of the pages. */
export function pageFiles(): string[] {
  if (!existsSync(PAGES)) return [];
  return readdirSync(PAGES)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(PAGES, name));
}

/** Copies the samples into the pages. @returns the pages that changed. */
export function writePages(): string[] {
  return pageFiles().filter((path) => {
    const text = readFileSync(path, 'utf8');
    const made = text.replaceAll(
      SAMPLE,
      (_all, head: string, file: string, region: string | undefined, _shown, tail: string) =>
        head + sourceOf(file, region) + tail,
    );
    if (made !== text) writeFileSync(path, made);
    return made !== text;
  });
}
