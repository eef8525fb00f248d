/**
 * `node dist/test/crash/run.js --runs 5000`: kills the gateway at every point, resumes where the last
 * invocation stopped, and writes docs/reliability.md with `--report`. Status 3 when anything was found.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { campaign } from './campaign.js';
import { FAULTS, runFault } from './other-faults.js';
import { reliabilityDocument } from './report.js';
import { appendResults, currentBuild, type Result, readResults, sum } from './results.js';
import { markdown, pointRows, summary } from './table.js';

const HELP = `Usage: node dist/test/crash/run.js [--runs N] [--lanes N] [--seed N] [--minutes M] [--folder DIR]
       [--fault NAME]... [--faults] [--disk-full-seconds S] [--report]
Kills the gateway at every named point until N runs of this build are kept (0: none), then sums.
  --folder   where the stores lie: another file system
  --fault    one further fault: ${[...FAULTS.keys()].join(', ')}
  --faults   all of them
  --report   writes docs/reliability.md from what is kept
`;

function show(results: readonly Result[]): void {
  process.stdout.write(`${markdown(pointRows(results, false))}\n`);
  process.stdout.write(`At the start:\n${markdown(pointRows(results, true))}\n`);
  process.stdout.write(summary(results));
  for (const { point, findings } of results) {
    for (const { kind, detail } of findings) {
      process.stdout.write(`${kind} at ${point}: ${detail}\n`);
    }
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '0' },
      lanes: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '1440' },
      folder: { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      faults: { type: 'boolean', default: false },
      'disk-full-seconds': { type: 'string', default: '5' },
      report: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const numbers = [values.runs, values.lanes, values.seed, values.minutes].map(Number);
  const [runs = 0, lanes = 0, seed = 0, minutes = 0] = numbers;
  const names = values.faults ? [...FAULTS.keys()] : values.fault;
  const wrong = names.some((name) => !FAULTS.has(name)) || numbers.some((one) => !(one >= 0));
  if (values.help || wrong || lanes < 1) {
    (values.help ? process.stdout : process.stderr).write(HELP);
    return values.help ? 0 : 2;
  }
  const build = currentBuild();
  const kept = readResults(build);
  const missing = runs - kept.filter(({ fault }) => fault === 'kill').length;
  if (missing > 0) {
    const begun = performance.now();
    const { folder } = values;
    await campaign({
      runs: missing,
      lanes,
      // Another invocation draws other moments.
      seed: seed + kept.length,
      minutes,
      build,
      ...(folder === undefined ? {} : { folder }),
      progress(all) {
        const minute = (performance.now() - begun) / 60_000;
        process.stdout.write(`${Math.round(all.length / minute)} runs a minute; ${summary(all)}`);
      },
    });
  }
  for (const name of names) {
    const results = await runFault(name, {
      build,
      seed,
      diskFullSeconds: Number(values['disk-full-seconds']),
    });
    appendResults(build, results);
    process.stdout.write(`${name}: ${results.at(-1)?.note ?? ''}\n${summary(results)}`);
  }
  const all = readResults(build);
  show(all);
  if (values.report) {
    writeFileSync(join(PACKAGE_ROOT, 'docs', 'reliability.md'), reliabilityDocument(all, build));
  }
  const { found } = sum(all);
  return Object.values(found).some((count) => count > 0) ? 3 : 0;
}

process.exitCode = await main();
