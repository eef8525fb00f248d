/**
 * The whole kill matrix: every case of the built-in suite against every mutant. Prints a summary and,
 * with `--write`, writes docs/conformance-cases.md.
 *
 * `node dist/test/mutants/run.js [--write] [--minutes N] [--part NAME] [--keep FILE]`: N minutes at most
 * for each part with rule mutants; only the part `schemas`, `packages` or `exchanges`; what was found is
 * added to a file, and taken from it.
 *
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { loadOperations } from '../../src/soap/operations.js';
import { copyWithMutants, EXCHANGE_RULES, PACKAGE_RULES } from './copy.js';
import { exchangeMatrix } from './exchange-matrix.js';
import type { RuleMutant } from './instrument.js';
import { killersOf } from './matrix.js';
import { packageMatrix, representatives } from './package-matrix.js';
import { RECORD, recordText } from './record.js';
import { requestKillers, requestSubjects } from './request-matrix.js';
import { type Facts, packageMutants, requestMutants, suiteFacts } from './suite-facts.js';

interface Totals {
  unfound: number;
  one: number;
  several: number;
}

class Tally {
  readonly kills = new Map<string, string>();
  readonly #totals: Totals = { unfound: 0, one: 0, several: 0 };

  add(mutant: string, killers: readonly string[] | 'everything'): void {
    if (killers === 'everything' || killers.length > 1) this.#totals.several++;
    else if (killers[0] === undefined) this.#totals.unfound++;
    else {
      this.#totals.one++;
      if (!this.kills.has(killers[0])) this.kills.set(killers[0], mutant);
    }
  }

  report(name: string): void {
    const { unfound, one, several } = this.#totals;
    console.log(`${name}: found by one case ${one}, by several ${several}, by none ${unfound}`);
    Object.assign(this.#totals, { unfound: 0, one: 0, several: 0 });
  }
}

interface Matrix {
  passes(mutant: number): number;
  killers(mutant: number, most: number): Promise<string[]>;
}

async function rules(
  mutants: readonly RuleMutant[],
  matrix: Matrix,
  tally: Tally,
  minutes: number,
): Promise<void> {
  const end = systemClock.monotonic() + minutes * 60_000;
  let asked = 0;
  // What few cases pass is asked quickly, and is what one case alone may find.
  const order = mutants
    .map((one) => ({ ...one, passes: matrix.passes(one.id) }))
    .sort((a, b) => a.passes - b.passes);
  for (const { id, what } of order) {
    if (systemClock.monotonic() > end) break;
    tally.add(what, await matrix.killers(id, 2));
    asked++;
    if (asked % 100 === 0) console.log(`  ${asked} of ${mutants.length}`);
  }
  if (asked < mutants.length)
    console.log(`  only ${asked} of ${mutants.length} asked: out of time`);
}

async function schemas(facts: Facts, tally: Tally): Promise<void> {
  for (const one of packageMutants())
    tally.add(one.id, await killersOf(one, facts.subjects, facts.base));
  tally.report('schemas and shapes of packages');
  const operations = await loadOperations(join(PACKAGE_ROOT, 'wsdl', 'edxgate.wsdl'));
  const subjects = requestSubjects(facts.suite);
  for (const one of requestMutants()) tally.add(one.id, requestKillers(one, subjects, operations));
  tally.report('schema of requests');
}

async function packages(
  facts: Facts,
  folder: string,
  tally: Tally,
  minutes: number,
): Promise<void> {
  const copy = copyWithMutants(join(folder, 'packages'), PACKAGE_RULES);
  const subjects = representatives(facts.subjects, facts.isMade);
  const matrix = await packageMatrix(copy, subjects);
  if (matrix.wrong.length > 0) console.log(`not as expected: ${matrix.wrong.join(' ')}`);
  await rules(copy.mutants, matrix, tally, minutes);
  tally.report('rules of packages');
}

async function exchanges(
  facts: Facts,
  folder: string,
  tally: Tally,
  minutes: number,
): Promise<void> {
  const copy = copyWithMutants(join(folder, 'exchanges'), EXCHANGE_RULES);
  const packaged = new Set(facts.subjects.map((one) => one.id));
  const standIns = new Set([
    'document.subject.limit',
    'status.code-01',
    'document.type-1',
    'document.to.not-in-directory',
    'document.from.other',
  ]);
  const cases = facts.suite.cases.filter((one) => !packaged.has(one.id) || standIns.has(one.id));
  const matrix = await exchangeMatrix(copy, facts.suite, cases);
  try {
    if (matrix.wrong.length > 0) console.log(`not as expected: ${matrix.wrong.join(' ')}`);
    await rules(copy.mutants, matrix, tally, minutes);
  } finally {
    await matrix.stop();
  }
  tally.report('rules of the exchange');
}

async function main(): Promise<void> {
  const [, , ...args] = process.argv;
  const optionOf = (name: string) =>
    args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const minutes = Number(optionOf('--minutes') ?? '60');
  const part = optionOf('--part');
  const keep = optionOf('--keep');
  const facts = suiteFacts();
  const tally = new Tally();
  if (keep !== undefined && existsSync(keep)) {
    for (const [id, mutant] of JSON.parse(readFileSync(keep, 'utf8')) as [string, string][]) {
      tally.kills.set(id, mutant);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-mutants-'));
  try {
    if (part === undefined || part === 'schemas') await schemas(facts, tally);
    if (part === undefined || part === 'packages') await packages(facts, folder, tally, minutes);
    if (part === undefined || part === 'exchanges') await exchanges(facts, folder, tally, minutes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (keep !== undefined) writeFileSync(keep, JSON.stringify([...tally.kills]));
  console.log(
    `${tally.kills.size} of ${facts.suite.cases.length} cases find a mutant that no other finds`,
  );
  const none = facts.suite.cases.filter((one) => !tally.kills.has(one.id)).map((one) => one.id);
  console.log(`those that do not: ${none.join(' ')}`);
  if (args.includes('--write')) writeFileSync(RECORD, recordText(facts.suite, tally.kills));
}

await main();
