import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createLogger } from '../log.js';
import { packageVersion } from '../package-root.js';
import type { BackupReport } from '../store/backup.js';
import type { CheckReport } from '../store/check-store.js';
import type { RestoreReport } from '../store/restore.js';
import {
  act,
  type CommonOptions,
  describe,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { bytesText, localTime, plain } from './table.js';

interface CheckOptions extends CommonOptions {
  readonly deep?: boolean;
  readonly repair?: boolean;
  readonly folder?: string;
}

interface BackupOptions extends CommonOptions {
  readonly out: string;
}

interface RestoreOptions extends CommonOptions {
  readonly to: string;
  readonly force?: boolean;
}

/** People get the first ones; the rest says the same. */
const SHOWN_FINDINGS = 50;

export function define(command: Command, run: Run): void {
  command.description('Check, back up, restore and bring up to date the store.');
  defineCheck(command, run);
  defineBackup(command, run);
  defineRestore(command, run);
  describe(command.command('migrate').summary('bring an older store up to date'), {
    description:
      'Bring the store of an older version up to date; the old database is kept in its backups/.',
    config: true,
    examples: ['edxgate store migrate'],
    notes: '`serve` does the same at its start. Refused while another process serves the store.',
  }).action(act(run, (options: CommonOptions) => migrate(run, options)));
  describe(command.command('purge').summary('delete what is past its retention, now'), {
    description: 'Delete content and log entries past retention.content and retention.log now.',
    config: true,
    examples: ['edxgate store purge'],
    notes: '`serve` does the same every ten minutes.',
  }).action(act(run, (options: CommonOptions) => purge(run, options)));
}

function defineCheck(command: Command, run: Run): void {
  describe(command.command('check').summary('is everything there and in agreement?'), {
    description:
      'Check database, content files and what must hold between them. Changes nothing; may run beside\n`serve`. Status 0: sound; 3: there are findings.',
    config: true,
    examples: ['edxgate store check', 'edxgate store check --deep --json'],
  })
    .option('--deep', 'read and hash every content, check every index of the database')
    .option('--repair', 'first delete left-over files that no message counts')
    .option('--folder <folder>', 'of a store other than that of the configuration')
    .action(act(run, (options: CheckOptions) => check(run, options)));
}

function defineBackup(command: Command, run: Run): void {
  describe(command.command('backup').summary('a whole copy, while `serve` goes on'), {
    description:
      'Write a backup into a new folder: database, content files, keys, and a manifest with digests.',
    config: true,
    examples: ['edxgate store backup --out /backup/edxgate-monday'],
    notes:
      'The folder holds private keys: keep it as safe as the store. On the same file system content\nfiles are hard links: copy the folder elsewhere before you call it a backup.',
  })
    .requiredOption('--out <folder>', 'a folder that is not there yet')
    .action(act(run, (options: BackupOptions) => backup(run, options)));
}

function defineRestore(command: Command, run: Run): void {
  describe(command.command('restore').argument('<folder>', 'of the backup'), {
    description:
      'Restore a backup into a new folder: every file against its digest, then the store is checked.',
    config: false,
    examples: ['edxgate store restore /backup/edxgate-monday --to /srv/edxgate/store'],
    notes:
      'What was accepted after the backup is lost. What was delivered after it is delivered again under\nthe same message id; recipients that keep ids drop it.',
  })
    .summary('a backup into a new folder')
    .requiredOption('--to <folder>', 'new or empty')
    .option('--force', 'put a store that is there aside; never one that is being served')
    .action(act(run, (from: string, options: RestoreOptions) => restore(run, from, options)));
}

async function check(run: Run, options: CheckOptions): Promise<ExitStatus> {
  const { checkStore } = await import('../store/check-store.js');
  const { clock, folder: here } = run.terminal;
  const config = options.folder === undefined ? readConfig(run, options) : undefined;
  const folder = config?.store.folder ?? resolve(here, options.folder ?? '');
  if (options.repair === true && config !== undefined) {
    await withStore(run, config, 'write', (store) => store.sweep(clock.now()));
  }
  const report = await checkStore(folder, { deep: options.deep === true, now: clock.now() });
  say(run, options, report, () => checkText(report));
  return report.ok ? EXIT.done : EXIT.notPassed;
}

function checkText(report: CheckReport): string {
  const { messages, deliveries, contents, contentFiles, findings, findingCount, deep } = report;
  const lines = findings
    .slice(0, SHOWN_FINDINGS)
    .map((one) => `${one.kind}  ${plain(one.subject)}  ${plain(one.text)}`);
  const rest = findingCount - lines.length;
  if (rest > 0) lines.push(`and ${rest} more; --json shows up to 1000`);
  const looked = `${messages} messages, ${deliveries} deliveries, ${contents} contents (${contentFiles} files)`;
  const how = deep ? 'every byte read' : 'sizes only; --deep reads every byte';
  lines.push(`${report.ok ? 'sound' : `${findingCount} findings`}: ${looked}; ${how}`);
  return lines.join('\n');
}

async function backup(run: Run, options: BackupOptions): Promise<ExitStatus> {
  const config = readConfig(run, options);
  const { backupStore } = await import('../store/backup.js');
  const to = resolve(run.terminal.folder, options.out);
  const now = run.terminal.clock.now();
  const report = await backupStore(config.store.folder, to, { version: packageVersion(), now });
  say(run, options, report, () => backupText(report, config.keys.receipt));
  return report.damaged.length === 0 ? EXIT.done : EXIT.notPassed;
}

function backupText(report: BackupReport, receiptKey: string | undefined): string {
  const { folder, messages, contentFiles, contentBytes, linked, damaged } = report;
  const lines = [
    `${folder}: ${messages} messages, ${contentFiles} content files (${bytesText(contentBytes)})`,
  ];
  if (linked > 0) lines.push(`${linked} content files are hard links to those of the store`);
  if (receiptKey !== undefined) lines.push(`not in it: ${receiptKey} (keys.receipt)`);
  if (damaged.length > 0) {
    lines.push(
      `${damaged.length} contents of the store are missing or damaged: edxgate store check`,
    );
  }
  return lines.join('\n');
}

async function restore(run: Run, from: string, options: RestoreOptions): Promise<ExitStatus> {
  const { restoreStore } = await import('../store/restore.js');
  const here = run.terminal.folder;
  const report = await restoreStore(resolve(here, from), resolve(here, options.to), {
    force: options.force === true,
    now: run.terminal.clock.now(),
  });
  say(run, options, report, () => restoreText(report));
  return report.check.ok ? EXIT.done : EXIT.notPassed;
}

function restoreText({ folder, manifest, files, putAside, check: checked }: RestoreReport): string {
  const lines = [
    `${folder}: ${manifest.messages} messages, ${files} files, as of ${localTime(manifest.createdAt)}`,
    checkText(checked),
    `set in edxgate.yaml: store: ${folder}`,
    'accepted after that time: not in it. Delivered after it: delivered again, under the same message id.',
  ];
  if (putAside !== undefined) lines.push(`the store that was there: ${putAside}`);
  return lines.join('\n');
}

async function migrate(run: Run, options: CommonOptions): Promise<undefined> {
  const { folder } = readConfig(run, options).store;
  const { withLock } = await import('../store/lock.js');
  const { checkPresent, prepareDatabase } = await import('../store/sqlite/database.js');
  checkPresent(folder);
  const done = withLock(folder, () => prepareDatabase(folder, run.terminal.clock.now()));
  say(run, options, { folder, migrated: done !== undefined, ...done }, () =>
    done === undefined
      ? `${folder} is up to date`
      : `${folder}: schema ${done.from} to ${done.to}; the old database: ${done.saved}`,
  );
}

async function purge(run: Run, options: CommonOptions): Promise<undefined> {
  const config = readConfig(run, options);
  const { retain } = await import('../operate/retain.js');
  const { clock } = run.terminal;
  const logger = createLogger({ level: 'warn', format: config.log.format });
  const purged = await withStore(run, config, 'write', (store) =>
    retain({ store, retention: config.retention, clock, logger }),
  );
  say(
    run,
    options,
    purged,
    () => `content of ${purged.contents} messages deleted, ${purged.messages} messages deleted`,
  );
}
