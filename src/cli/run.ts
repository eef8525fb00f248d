import { Command, CommanderError } from 'commander';
import { refuse } from '../model/issue.js';
import { packageVersion } from '../package-root.js';
import type { Run } from './command.js';
import { COMMANDS, type CommandEntry } from './commands.js';
import { EXIT, EXIT_STATUS_HELP, type ExitStatus } from './exit-status.js';
import { Failure, reportFailure } from './failure.js';
import type { Terminal } from './terminal.js';

/** The same on every terminal, so that docs/cli.md can hold the pages. */
const HELP_COLUMNS = 100;

/** @param args what follows `edxgate`. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitStatus> {
  const json = args.includes('--json');
  const run: Run = { terminal, status: EXIT.done };
  let complaint = '';
  const called = calledName(args);
  try {
    const program = await buildProgram(
      run,
      ({ name }) => name === called,
      (text) => {
        complaint += text;
      },
    );
    await program.parseAsync([...args], { from: 'user' });
    return run.status;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(terminal, error, json);
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === 'commander.help') return EXIT.usage;
    return reportFailure(terminal, usageFailure(complaint, called), json);
  }
}

/**
 * Every command by name; options and actions only of those that are wanted.
 *
 * @param complain gets what is wrong with the command line.
 */
export async function buildProgram(
  run: Run,
  wanted: (entry: CommandEntry) => boolean,
  complain: (text: string) => void = () => undefined,
): Promise<Command> {
  const { terminal } = run;
  const program = new Command('edxgate')
    .description('Store-and-forward gateway for edXML documents (QCVN 102:2016)')
    .version(packageVersion(), '--version')
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: complain,
    })
    .configureHelp({ helpWidth: HELP_COLUMNS })
    .addHelpText(
      'after',
      `\nEvery command has a page: edxgate COMMAND --help\n\n${EXIT_STATUS_HELP}`,
    );
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary).helpGroup(entry.group);
    if (wanted(entry)) (await entry.load()).define(command, run);
  }
  return program;
}

/** `edxgate help serve` and `edxgate serve …` both call for serve. */
function calledName(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  return first === 'help' ? second : first;
}

function usageFailure(complaint: string, called: string | undefined): Failure {
  const reason = complaint.replace(/^error: /, '').trim();
  const { code, textVi } = refuse('cli.usage', { reason: reason.split('\n').join(' ') });
  const known = COMMANDS.some(({ name }) => name === called);
  return new Failure({
    code,
    text: reason,
    textVi,
    hint: known ? `edxgate ${called} --help` : 'edxgate --help',
  });
}
