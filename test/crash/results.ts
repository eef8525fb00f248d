/**
 * Results of crash runs: JSON lines in a git-ignored folder, summed over invocations. Runs of another
 * build of the gateway are never counted together.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { CRASH_FOLDER } from './faults.js';
import type { Finding, FindingKind } from './ledger.js';

export interface Result {
  /** `kill`, `power-cut`, `disk-full` ... */
  readonly fault: string;
  readonly commit: string;
  /** Hash of the compiled gateway. */
  readonly build: string;
  readonly time: string;
  readonly seed: number;
  readonly lane: number;
  /** Where it died; of other faults what was done. */
  readonly point: string;
  readonly planned: string;
  readonly hit: number;
  readonly repeated: number;
  readonly findings: readonly Finding[];
  /** Documents acknowledged; of a chain at its last run. */
  readonly documents?: number;
  /** What was measured, for the report. */
  readonly note?: string;
}

export interface Build {
  readonly commit: string;
  readonly build: string;
}

/** Hash of every compiled file of the gateway under test. */
export function currentBuild(): Build {
  const top = fileURLToPath(new URL('../../src', import.meta.url));
  const hash = createHash('sha256');
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.js')).sort()) {
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(top, name)));
  }
  let commit = 'unknown';
  try {
    const git = ['rev-parse', '--short=12', 'HEAD'];
    const out = execFileSync('git', git, {
      cwd: PACKAGE_ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    commit = out.toString('utf8').trim();
  } catch {
    // No checkout: the build's hash names it.
  }
  return { commit, build: hash.digest('hex').slice(0, 16) };
}

function fileOf(folder: string, { build }: Build): string {
  return join(folder, `results-${build}.jsonl`);
}

export function appendResults(
  build: Build,
  results: readonly Result[],
  folder: string = CRASH_FOLDER,
): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  appendFileSync(fileOf(folder, build), results.map((one) => `${JSON.stringify(one)}\n`).join(''));
}

export function readResults(build: Build, folder: string = CRASH_FOLDER): Result[] {
  const file = fileOf(folder, build);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Result);
}

export interface Sum {
  readonly runs: number;
  readonly documents: number;
  readonly repeated: number;
  /** How many findings of each kind. */
  readonly found: Readonly<Record<FindingKind, number>>;
}

export const NONE: Readonly<Record<FindingKind, number>> = {
  lost: 0,
  doubled: 0,
  'changed-bytes': 0,
  'changed-answer': 0,
  'unknown-package': 0,
  overtaken: 0,
  store: 0,
  refused: 0,
  stuck: 0,
  unmet: 0,
};

export function sum(results: readonly Result[]): Sum {
  const found = { ...NONE };
  for (const { findings } of results) for (const { kind } of findings) found[kind] += 1;
  return {
    runs: results.length,
    documents: results.reduce((all, one) => all + (one.documents ?? 0), 0),
    repeated: results.reduce((all, one) => all + one.repeated, 0),
    found,
  };
}

/** Findings that are neither lost nor doubled nor about the store. */
export function other({ found }: Sum): number {
  const { lost: _lost, doubled: _doubled, store: _store, ...rest } = found;
  return Object.values(rest).reduce((all, one) => all + one, 0);
}

export function groupBy<K>(
  results: readonly Result[],
  key: (one: Result) => K,
): ReadonlyMap<K, readonly Result[]> {
  const groups = new Map<K, Result[]>();
  for (const one of results) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}
