/**
 * What the files of the commands share: how a command is described, its common options, and how it
 * reaches configuration and store.
 *
 * @module
 */
import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config/config.js';
import { findConfigFile } from '../config/environment.js';
import { loadConfig } from '../config/load.js';
import { parseDuration } from '../config/units.js';
import { createLogger } from '../log.js';
import { GatewayError, type Issue, issue, refuse } from '../model/issue.js';
import type { OperatorContext } from '../operate/agencies.js';
import type { Store } from '../store/store.js';
import { EXIT, EXIT_STATUS_HELP, type ExitStatus } from './exit-status.js';
import type { Terminal } from './terminal.js';

/** The run of one command; the action leaves its exit status here. */
export interface Run {
  readonly terminal: Terminal;
  status: ExitStatus;
}

/** What each file of a command exports. */
export interface CommandModule {
  define(command: Command, run: Run): void;
}

export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** `--json`, and `-c` for commands that read the configuration; examples and exit statuses below. */
export function describe(
  command: Command,
  page: { description: string; config: boolean; examples: readonly string[]; notes?: string },
): Command {
  command.description(page.description);
  if (page.config) {
    command.option(
      '-c, --config <file>',
      'default: $EDXGATE_CONFIG, else ./edxgate.yaml, else ./data/edxgate.yaml',
    );
  }
  command.option('--json', 'one JSON object per line; members are added, never removed');
  const notes = page.notes === undefined ? '' : `\n${page.notes}\n`;
  const examples = page.examples.map((line) => `  ${line}`).join('\n');
  return command.addHelpText('after', `${notes}\nExamples\n${examples}\n\n${EXIT_STATUS_HELP}`);
}

/** Wraps an action so that its answer becomes the exit status; nothing answered = done. */
export function act<A extends readonly unknown[]>(
  run: Run,
  work: (...args: A) => Promise<ExitStatus | undefined> | ExitStatus | undefined,
): (...args: A) => Promise<void> {
  return async (...args) => {
    run.status = (await work(...args)) ?? EXIT.done;
  };
}

/** One object as a line of JSON, or its text for people. */
export function say(run: Run, options: CommonOptions, value: object, text: () => string): void {
  run.terminal.out(options.json === true ? `${JSON.stringify(value)}\n` : `${text()}\n`);
}

/** @throws GatewayError `config.missing`, `config.invalid` (with every problem as an issue). */
export function readConfig({ terminal }: Run, options: CommonOptions): Config {
  const file = configFile(terminal, options);
  const { config, errors, warnings } = loadConfig({
    file,
    env: terminal.env,
    folder: terminal.folder,
  });
  for (const one of warnings) terminal.err(`warning: ${one.variable} ${one.text}\n`);
  if (config !== undefined) return config;
  const issues = errors.map(
    (problem): Issue => ({
      code: 'config.invalid',
      path: problem.key ?? '',
      ...(problem.line === undefined ? {} : { line: problem.line }),
      text: withVariable(problem.text, problem.variable),
      textVi: withVariable(problem.textVi, problem.variable),
      hint: '',
      severity: 'error',
    }),
  );
  throw new GatewayError([issue('config.invalid', { file, count: errors.length }), ...issues]);
}

function withVariable(text: string, variable: string | undefined): string {
  return variable === undefined ? text : `${text} (${variable})`;
}

/** @throws GatewayError `config.missing` when there is none to be found. */
export function configFile(terminal: Terminal, options: CommonOptions): string {
  const file = options.config ?? findConfigFile(terminal.env, terminal.folder);
  if (file === undefined) throw refuse('config.missing', { file: 'edxgate.yaml' });
  return file;
}

/** Opens the store for one command and closes it again, whatever happens. */
export async function withStore<T>(
  run: Run,
  config: Config,
  access: 'read' | 'write',
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const { openSqliteStore } = await import('../store/sqlite/open.js');
  const store = await openSqliteStore({
    folder: config.store.folder,
    clock: run.terminal.clock,
    refusals: config.retention.refusals,
    readOnly: access === 'read',
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** For functions of src/operate/ that change something. */
export function operatorContext(run: Run, config: Config, store: Store): OperatorContext {
  return {
    store,
    clock: run.terminal.clock,
    logger: createLogger({ level: 'warn', format: config.log.format }),
    actor: `cli:${userName()}`,
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}

// ---- values of options ---------------------------------------------------------------------------

/** An option with a list of values, some of which come with a later version. */
export function choiceOption(
  flags: string,
  text: string,
  values: readonly string[],
  later: readonly string[] = [],
): Option {
  return new Option(flags, `${text} (${values.join(', ')})`).argParser((value) => {
    if (values.includes(value)) return value;
    throw new InvalidArgumentError(
      later.includes(value)
        ? 'It is not available in this version.'
        : `Write ${values.join(' or ')}.`,
    );
  });
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('Write a duration such as 90d.');
  return ms;
}

export function countOption(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Write a number from 1.');
  return Number(text);
}

const DAY_OR_TIME =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A point in time: `2026-11-24`, `2026-11-24T08:00` (Vietnam time unless it names a zone), or how long
 * ago: `24h`. @returns milliseconds since 1970.
 */
export function timeOption(clock: { now(): number }): (text: string) => number {
  return (text) => {
    const ago = parseDuration(text);
    if (ago !== undefined) return clock.now() - ago;
    const zoned = /(?:Z|[+-]\d{2}:\d{2})$/.test(text) && text.length > 10;
    const whole = text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T');
    const ms = DAY_OR_TIME.test(text) ? Date.parse(zoned ? whole : `${whole}+07:00`) : Number.NaN;
    if (Number.isNaN(ms)) {
      throw new InvalidArgumentError(
        'Write 2026-11-24, 2026-11-24T08:00+07:00, or 24h ago as 24h.',
      );
    }
    return ms;
  };
}
