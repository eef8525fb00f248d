/**
 * `edxgate conformance run|list|partner`: replays a suite of fixtures against an edxgate, or another gateway of the
 * same contract, and reports what differs.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LoadedSuite } from '../conformance/load-suite.js';
import { type Recorder, startRecording } from '../conformance/record.js';
import type { RunResult } from '../conformance/run-result.js';
import { runSuite, selectCases } from '../conformance/run-suite.js';
import { suiteByName } from '../conformance/suites.js';
import { refuse } from '../model/issue.js';
import { act, countOption, describe, durationOption, type Run, say } from './command.js';
import { crossCheckFolder } from './conformance-cross-check.js';
import { type ConformanceOptions, runOptions } from './conformance-options.js';
import { definePartner } from './conformance-partner.js';
import { listedCase, runText } from './conformance-text.js';
import { EXIT, type ExitStatus } from './exit-status.js';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_CONCURRENCY = 4;
const SUITE_HELP = 'a folder of fixtures, or built-in';

export function define(command: Command, run: Run): void {
  command.description('Replay fixtures against a gateway and report what differs.');
  defineRun(command.command('run').summary('run a suite against a gateway'), run);
  defineList(command.command('list').summary('the cases of a suite'), run);
  definePartner(command.command('partner'), run);
}

function defineRun(command: Command, run: Run): void {
  describe(command, {
    description: 'Run a suite against a gateway: an edxgate, or another of the same contract.',
    config: false,
    examples: [
      'edxgate conformance run --target https://gateway.example/soap --suite built-in \\\n    --as T99.01 --token-file t1 --peer T99.02 --peer-token-file t2 --out report',
      'edxgate conformance run --target http://127.0.0.1:8080/soap --suite fixtures/conformance/main-job \\\n    --as T99.01 --token-file t1 --peer T99.02 --peer-token-file t2',
      'edxgate conformance run --target http://127.0.0.1:8080/soap --suite my-packages --record my-suite \\\n    --as T99.01 --token-file t1',
    ],
    notes:
      'Each case sends documents of its own; run suites against a gateway for tests. Cases that need\nwhat is not given are skipped. Status 3: something differed; 6: the gateway was not reached.\nHow to write a suite: docs/conformance.md.',
  })
    .requiredOption('--target <url>', 'SOAP endpoint of the gateway, https://host/soap')
    .requiredOption('--suite <name>', SUITE_HELP)
    .requiredOption('--as <organ>', 'organ id of the sender')
    .option('--token-file <file>', 'file with its token, mode 0600')
    .option('--peer <organ>', 'organ id of the recipient, which collects')
    .option('--peer-token-file <file>', 'file with its token')
    .option('--third <organ>', 'organ id of an agency that is not concerned')
    .option('--third-token-file <file>', 'file with its token')
    .option('--signing-key <file>', 'PEM key that signs packages of the sender')
    .option('--certificate <file>', 'PEM certificate of that key')
    .option('--ca <file>', 'PEM file with the CA of the gateway, instead of those of the system')
    .option('--only <glob>', 'only cases whose id fits; * stands for any characters')
    .option('--concurrency <n>', 'cases at a time', countOption, DEFAULT_CONCURRENCY)
    .option(
      '--timeout <duration>',
      'longest time for one answer',
      durationOption,
      DEFAULT_TIMEOUT_MS,
    )
    .option('--record <folder>', 'write what comes back as fixtures with golden answers')
    .option('--out <folder>', 'write junit.xml, result.json and HTML reports there')
    .option('--cross-check', 'also hold the files of the suite against other XML engines')
    .action(act(run, (options: ConformanceOptions) => runCommand(run, options)));
}

function defineList(command: Command, run: Run): void {
  describe(command, {
    description: 'List the cases of a suite with their clauses; nothing is sent.',
    config: false,
    examples: [
      'edxgate conformance list --suite built-in',
      'edxgate conformance list --suite fixtures/conformance/main-job --json',
    ],
  })
    .requiredOption('--suite <name>', SUITE_HELP)
    .option('--only <glob>', 'only cases whose id fits; * stands for any characters')
    .action(act(run, (options: ConformanceOptions) => listCommand(run, options)));
}

async function listCommand(run: Run, options: ConformanceOptions): Promise<ExitStatus> {
  const { suite } = await load(run, options);
  const cases = selectCases(suite, options.only);
  for (const one of cases) {
    const { id, title, clause, needs = [], steps } = one;
    const shown = { id, title, clause, needs, steps: steps.length };
    say(run, options, shown, () => listedCase(one));
  }
  return cases.length === 0 ? EXIT.notFound : EXIT.done;
}

async function load(run: Run, options: ConformanceOptions): Promise<LoadedSuite> {
  const recording = options.record !== undefined;
  return suiteByName(options.suite, run.terminal.folder, { recording });
}

async function runCommand(run: Run, options: ConformanceOptions): Promise<ExitStatus> {
  const { terminal } = run;
  const settings = runOptions(run, options);
  const loaded = await load(run, options);
  if (selectCases(loaded.suite, options.only).length === 0) {
    throw refuse('cli.usage', { reason: `no case fits --only ${options.only ?? ''}` });
  }
  if (options.crossCheck === true && loaded.folder === '') {
    throw refuse('cli.usage', { reason: 'only the files of a folder can be cross-checked' });
  }
  const recorder = openRecorder(run, loaded, options);
  const result = await runSuite(recorder?.suite ?? loaded.suite, {
    ...settings,
    ...(recorder === undefined ? {} : { onAnswer: recorder.onAnswer }),
  });
  const files = recorder?.finish(result) ?? [];
  if (options.out !== undefined) {
    const { writeReports } = await import('../conformance/report.js');
    files.push(...(await writeReports(result, resolve(terminal.folder, options.out))));
  }
  say(run, options, result, () => runText(result, files));
  const disagrees =
    options.crossCheck === true && (await crossCheckFolder(run, loaded.folder, options));
  return disagrees ? EXIT.notPassed : statusOf(result);
}

function openRecorder(
  { terminal }: Run,
  loaded: LoadedSuite,
  { record }: ConformanceOptions,
): Recorder | undefined {
  if (record === undefined) return undefined;
  if (loaded.folder === '') {
    throw refuse('cli.usage', { reason: 'only suites in folders can be recorded' });
  }
  return startRecording(loaded, resolve(terminal.folder, record));
}

/** A skipped case did not differ; the totals tell of it. */
function statusOf({ totals }: RunResult): ExitStatus {
  return totals.failed + totals.broken > 0 ? EXIT.notPassed : EXIT.done;
}
