/**
 * `edxgate config check|show`.
 *
 * @module
 */
import type { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import { loadTrust } from '../operate/trust.js';
import {
  act,
  type CommonOptions,
  configFile,
  describe,
  type Run,
  readConfig,
  say,
} from './command.js';
import type { ExitStatus } from './exit-status.js';
import { table } from './table.js';

export function define(command: Command, run: Run): void {
  command.description('Check the configuration, or show every value and where it comes from.');
  describe(command.command('check').summary('all problems at once, with their lines'), {
    description: 'Check the configuration without starting anything.',
    config: true,
    examples: ['edxgate config check -c edxgate.yaml'],
  }).action(act(run, (options: CommonOptions) => check(run, options)));
  describe(command.command('show').summary('every key, its value, its origin'), {
    description:
      'Show every key with its value and whether it comes from file, environment or default.',
    config: true,
    examples: ['edxgate config show', 'edxgate config show --json'],
  }).action(act(run, (options: CommonOptions) => show(run, options)));
}

function check(run: Run, options: CommonOptions): undefined {
  const config = readConfig(run, options);
  loadTrust(config.trust);
  const file = configFile(run.terminal, options);
  say(run, options, { file, ok: true }, () => `${file}: no problems`);
}

function show(run: Run, options: CommonOptions): ExitStatus | undefined {
  readConfig(run, options);
  const { terminal } = run;
  const file = configFile(terminal, options);
  const { origins } = loadConfig({ file, env: terminal.env, folder: terminal.folder });
  const rows = [...origins].map(([key, { raw, source, line, variable }]) => ({
    key,
    value: raw,
    source,
    ...(line === undefined ? {} : { line }),
    ...(variable === undefined ? {} : { variable }),
  }));
  if (options.json === true) {
    for (const row of rows) say(run, options, row, () => '');
    return undefined;
  }
  const lines = rows.map(({ key, value, source, line, variable }) => [
    key,
    typeof value === 'string' ? value || '-' : value.join(', '),
    line === undefined ? (variable ?? source) : `line ${line}`,
  ]);
  terminal.out(`${table(lines)}\n`);
  return undefined;
}
