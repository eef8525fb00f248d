/**
 * `edxgate log verify|export|checkpoint`: is the log whole and unchanged, and what to keep elsewhere so
 * that this can be told.
 *
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { utc } from '../clock.js';
import type { Config } from '../config/config.js';
import { checkpointDigest, continueFrom, fingerprint } from '../evidence/checkpoint.js';
import { type PublicKeys, publicKeysOf, readPublicKeys } from '../evidence/kept-keys.js';
import { type Broken, type LogReport, REASONS } from '../evidence/log-findings.js';
import { verifyLog } from '../evidence/verify-log.js';
import { causeText, refuse } from '../model/issue.js';
import type { StoredCheckpoint } from '../store/log-reader.js';
import type { Store } from '../store/store.js';
import {
  act,
  type CommonOptions,
  collect,
  countOption,
  describe,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { localTime, plain } from './table.js';

interface VerifyOptions extends CommonOptions {
  readonly checkpoint?: readonly string[];
  readonly key?: readonly string[];
}

interface ExportOptions extends CommonOptions {
  readonly since?: number;
  readonly out?: string;
}

/** People get the first ones. */
const SHOWN_BROKEN = 50;
const PAGE = 100;

export function define(command: Command, run: Run): void {
  describe(command.command('verify').summary('is the log whole and unchanged?'), {
    description:
      'Verify the log: every entry against the one before it and the row it stands for, every\ncheckpoint against its signature and its entries. Names what was changed, removed or put in\nanother place. May run beside `serve`. Status 0: whole; 3: broken.',
    config: true,
    examples: [
      'edxgate log verify',
      'edxgate log verify --checkpoint /safe/checkpoint-000017.xml',
      'edxgate log verify --key /safe/receipt-1.pub.pem --json',
    ],
    notes:
      'Without a checkpoint kept elsewhere, whoever can write to the store and sign with its key can\nrewrite the log unseen; see docs/evidence.md.',
  })
    .option('--checkpoint <file>', 'exported earlier; may be given several times', collect)
    .option('--key <file>', 'public key, in place of those in the store; several times', collect)
    .action(act(run, (options: VerifyOptions) => verify(run, options)));
  describe(command.command('export').summary('checkpoints, to be kept elsewhere'), {
    description:
      'Write the signed checkpoints: a file for each into a folder, or all to standard output, one\na line.',
    config: true,
    examples: [
      'edxgate log export --out /safe/checkpoints',
      'edxgate log export --since 120 | mail -s checkpoints auditor@t99.example',
    ],
  })
    .option('--since <number>', 'from this checkpoint on', countOption)
    .option('--out <folder>', 'made when it is not there')
    .action(act(run, (options: ExportOptions) => exportCheckpoints(run, options)));
  describe(command.command('checkpoint').summary('the last one, short enough for paper'), {
    description: 'Show the last checkpoint with a fingerprint that can be written down.',
    config: true,
    examples: ['edxgate log checkpoint'],
  }).action(act(run, (options: CommonOptions) => last(run, options)));
}

// ---- verify --------------------------------------------------------------------------------------

function publicKeys(config: Config, files: readonly string[] | undefined): PublicKeys {
  try {
    return files === undefined
      ? readPublicKeys(join(config.store.folder, 'keys'))
      : publicKeysOf(files);
  } catch (error) {
    throw refuse('cli.failed', { reason: causeText(error) });
  }
}

/** One checkpoint in a file, or several, one a line. */
function readExported(files: readonly string[]): string[] {
  return files.flatMap((file) => {
    try {
      return readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '');
    } catch (error) {
      throw refuse('cli.failed', { reason: causeText(error) });
    }
  });
}

async function verify(run: Run, options: VerifyOptions): Promise<ExitStatus> {
  const config = readConfig(run, options);
  const keys = publicKeys(config, options.key);
  const exported = readExported(options.checkpoint ?? []);
  const report = await withStore(run, config, 'read', (store) =>
    verifyLog(store, { keys, exported }),
  );
  say(run, options, report, () => reportText(report));
  return report.ok ? EXIT.done : EXIT.notPassed;
}

function reportText(report: LogReport): string {
  const { ok, events, acts, checkpoints, purged, uncovered, unchained, broken } = report;
  const counts = [
    `${events} events (${purged} deleted by retention), ${acts} acts, ${checkpoints} checkpoints`,
    `${uncovered} entries are covered by no checkpoint yet`,
    ...(unchained === 0 ? [] : [`${unchained} rows are from before the log was chained`]),
  ];
  const lines = broken.slice(0, SHOWN_BROKEN).map(brokenText);
  const more = report.brokenCount - lines.length;
  return [
    ok ? 'the log is whole and unchanged' : `the log is BROKEN in ${report.brokenCount} places`,
    ...counts,
    ...lines,
    ...(more > 0 ? [`… and ${more} more`] : []),
  ].join('\n');
}

function brokenText({ chain, index, reason, subject }: Broken): string {
  const about = subject === undefined ? '' : ` (${plain(subject)})`;
  return `${plain(chain)} ${index}${about}: ${reason}: ${REASONS[reason]}`;
}

// ---- checkpoints ---------------------------------------------------------------------------------

async function* checkpointsOf(store: Store, since: number): AsyncGenerator<StoredCheckpoint> {
  const log = await store.openLog();
  try {
    for (let after = since - 1; ; ) {
      const page = await log.checkpoints(after, PAGE);
      yield* page;
      const end = page.at(-1);
      if (end === undefined) return;
      after = end.number;
    }
  } finally {
    log.close();
  }
}

async function exportCheckpoints(run: Run, options: ExportOptions): Promise<undefined> {
  const { out, since = 1 } = options;
  let count = 0;
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    if (out !== undefined) mkdirSync(out, { recursive: true, mode: 0o700 });
    for await (const { number, time, text } of checkpointsOf(store, since)) {
      count++;
      if (out === undefined) say(run, options, { number, time: utc(time), text }, () => text);
      else writeFileSync(join(out, fileName(number)), text);
    }
  });
  if (out !== undefined) {
    say(run, options, { count, folder: out }, () => `${count} checkpoints in ${out}`);
  }
  return undefined;
}

function fileName(number: number): string {
  return `checkpoint-${String(number).padStart(6, '0')}.xml`;
}

async function last(run: Run, options: CommonOptions): Promise<ExitStatus> {
  return withStore(run, readConfig(run, options), 'read', async (store) => {
    const log = await store.openLog();
    let stored: StoredCheckpoint | undefined;
    try {
      stored = await log.lastCheckpoint();
    } finally {
      log.close();
    }
    if (stored === undefined) {
      throw refuse('cli.failed', {
        reason: 'there is no checkpoint yet; a running gateway makes one within a minute',
      });
    }
    const { number, time, text } = stored;
    const chains = (continueFrom(text)?.chains ?? []).map(({ name, to, head }) => {
      return { name, to, head };
    });
    const value = {
      ...{ number, time: utc(time), digest: checkpointDigest(text) },
      ...{ fingerprint: fingerprint(text), chains, text },
    };
    say(run, options, value, () =>
      [
        `checkpoint ${number} of ${localTime(value.time)}`,
        `fingerprint ${value.fingerprint}`,
        ...chains.map(({ name, to, head }) => `${name} up to ${to}: ${head.slice(0, 16)}…`),
      ].join('\n'),
    );
    return EXIT.done;
  });
}
