/**
 * `edxgate serve`: runs the gateway until it is told to stop.
 *
 * @module
 */
import type { Command } from 'commander';
import { createLogger } from '../log.js';
import {
  act,
  type CommonOptions,
  choiceOption,
  describe,
  type Run,
  readConfig,
} from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { runGateway } from './run-gateway.js';

interface ServeOptions extends CommonOptions {
  readonly logFormat?: 'json' | 'text';
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

export function define(command: Command, run: Run): void {
  describe(command, {
    description: 'Receive, deliver and serve the admin pages until stopped.',
    config: true,
    examples: ['edxgate serve -c edxgate.yaml', 'edxgate serve --log-format text'],
    notes:
      'Prints "ready exchange=URL admin=URL" on standard output once it takes requests; events go to\nstandard error. SIGTERM or SIGINT: takes no more, ends what runs, status 0; a second one ends\nat once. SIGHUP: reads trust anchors and revocation lists again.',
  })
    .addOption(choiceOption('--log-format <format>', 'instead of log.format', ['json', 'text']))
    .addOption(
      choiceOption('--log-level <level>', 'instead of log.level', [
        'debug',
        'info',
        'warn',
        'error',
      ]),
    )
    .action(act(run, (options: ServeOptions) => serve(run, options)));
}

async function serve(run: Run, options: ServeOptions): Promise<ExitStatus> {
  const config = readConfig(run, options);
  const logger = createLogger({
    level: options.logLevel ?? config.log.level,
    format: options.logFormat ?? config.log.format,
  });
  const gateway = await runGateway(run.terminal, config, logger);
  run.terminal.out(`ready exchange=${gateway.exchangeUrl} admin=${gateway.adminUrl}\n`);
  await gateway.stopped;
  return EXIT.done;
}
