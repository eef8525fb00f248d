/**
 * Writes docs/reliability.md from the results that are kept.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, release, type as systemName, totalmem } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { CRASH_FOLDER } from './faults.js';
import { FAULTS } from './other-faults.js';
import { type Build, groupBy, other, type Result, sum } from './results.js';
import { markdown, pointRows, type Row } from './table.js';

function fileSystem(): string {
  try {
    const args = ['--noheadings', '-o', 'FSTYPE', '--target', CRASH_FOLDER];
    return execFileSync('findmnt', args).toString('utf8').trim();
  } catch {
    return 'unknown';
  }
}

function sqliteVersion(): string {
  const db = new Database(':memory:');
  try {
    return db.prepare<[], { v: string }>('SELECT sqlite_version() AS v').get()?.v ?? '';
  } finally {
    db.close();
  }
}

function machineRows(results: readonly Result[], build: Build): Row[] {
  const manifest = readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const days = results.map(({ time }) => time.slice(0, 10)).sort();
  const [cpu] = cpus();
  return [
    ['what', 'value'],
    ['dates', `${days[0] ?? '–'} to ${days.at(-1) ?? '–'}`],
    [
      'gateway',
      `edxgate ${version}, commit \`${results.at(-1)?.commit ?? build.commit}\`, build \`${build.build}\``,
    ],
    ['processor', `${cpu?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${arch()}`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['system', `${systemName()} ${release()}`],
    ['file system of the stores', fileSystem()],
    ['Node, SQLite', `${process.version}, ${sqliteVersion()}`],
  ];
}

function faultRows(results: readonly Result[]): Row[] {
  const rows: Row[] = [
    ['fault', 'runs', 'documents', 'lost', 'doubled', 'repeated', 'store faults', 'other'],
  ];
  const groups = groupBy(results, ({ fault }) => fault);
  const all = new Map([['kill', 'SIGKILL at a named point'], ...FAULTS]);
  for (const [fault, what] of all) {
    const mine = groups.get(fault) ?? [];
    const total = sum(mine);
    const { lost, doubled, store } = total.found;
    const counts = [
      total.runs,
      total.documents,
      lost,
      doubled,
      total.repeated,
      store,
      other(total),
    ];
    rows.push([what, ...counts]);
  }
  return rows;
}

function noteRows(results: readonly Result[]): Row[] {
  const rows: Row[] = [['fault', 'what was seen in the last run']];
  for (const [fault, mine] of groupBy(results, ({ fault: name }) => name)) {
    const note = mine.at(-1)?.note;
    if (note !== undefined && fault !== 'power-cut')
      rows.push([FAULTS.get(fault) ?? fault, note.trim()]);
  }
  return rows;
}

export function reliabilityDocument(results: readonly Result[], build: Build): string {
  const kills = results.filter(({ fault }) => fault === 'kill');
  const random = kills.filter(({ point }) => point === 'random moment');
  return `# Reliability: what was broken on purpose, and what became of it

Written by \`test/crash/report.ts\` from results; do not edit.

The promise: an accepted document is never lost, and never delivered twice to a recipient that keeps message ids. Here
it is put to the test. The real \`edxgate serve\` runs with a library in it that stands before the calls of the C library
(\`LD_PRELOAD\`) and ends the process with SIGKILL at the n-th call of a chosen kind, before it, after it, or, for writes,
with half of the bytes written. Four processes of their own know what should be: a sender, which sends the same bytes
again until it has an answer; a recipient that is pushed to; one that collects; and the one that kills. Their ledgers are
on disk before they answer or confirm.

## Results

${markdown(faultRows(results))}
- **documents**: packages that the sender was told are stored. A third is large enough for a content file; some are
  updates and revokes of earlier ones, some are sent again after they were acknowledged.
- **lost**: acknowledged, and not at every recipient once all was quiet. **doubled**: two message ids for one package at
  one recipient. **repeated**: the same message id once more at the same recipient, which the protocol allows.
- **store faults**: found in the store as the dead process left it: the database as SQLite checks it, content without bytes or
  with another digest, a message without receipt, delivery or duplicate key, counts and leases that contradict the rows.
- **other**: other bytes at a recipient, another receipt for a repeat, a package that nobody sent, an update before its
  document, a refusal that is not temporary, a gateway that did not start or did not come to rest.

## Killed while it worked

By the call at which it died: before it, half-way through it, after it.

${markdown(pointRows(kills, false))}
## Killed while it started

Every start follows a kill, so these are also kills during the recovery of the store.

${markdown(pointRows(kills, true))}
Killed at a random moment, since the planned call was not made in time: ${random.length} runs.

## What was seen

${markdown(noteRows(results))}
## What a SIGKILL shows, and what not

What a process has written survives its death even when it is not on disk, so a kill alone cannot show a missing fsync. The
runs with a power cut can: there every change of a file that no later fsync covers is taken back after the kill, all of them or
some by chance, as a disk that loses its cache may do. That is a model: it knows what was asked of the system, not what a
disk that lies about its cache makes of it.

## Machine

${markdown(machineRows(results, build))}
## How to repeat it

\`\`\`bash
node dist/test/crash/run.js --runs 5000 --lanes 2
node dist/test/crash/run.js --faults
node dist/test/crash/run.js --report
\`\`\`

It needs Linux and a C compiler; the disk-full runs mount a small file system and need root. Results are kept in \`data/crash/\`
by build, so that a campaign may be interrupted and taken up again, and runs of different code never mix. \`--seed\` gives
the same plans again, not the same races. A part of it, 60 kills and the proof that the comparison can fail, runs with
the other tests (\`test/system/crash-brief.test.ts\`).
`;
}
