/**
 * `edxgate queue list|show|retry`: deliveries that wait, and why.
 *
 * @module
 */
import type { Command } from 'commander';
import { DELIVERY_STATES, type DeliveryState } from '../model/delivery-state.js';
import { refuse } from '../model/issue.js';
import type { AttemptView } from '../operate/attempt-view.js';
import type { DeliveryView } from '../operate/message-view.js';
import { listQueue, retryDeliveries, showDeliveries } from '../operate/queue.js';
import {
  act,
  type CommonOptions,
  choiceOption,
  countOption,
  describe,
  operatorContext,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { localTime, plain, table } from './table.js';

interface QueueOptions extends CommonOptions {
  readonly state?: DeliveryState;
  readonly to?: string;
  readonly code?: string;
  readonly limit?: number;
  readonly dryRun?: boolean;
}

export function define(command: Command, run: Run): void {
  command.description('Deliveries that are not final: what waits, why, and until when.');
  describe(command.command('list').summary('what waits, why, and until when'), {
    description: 'List deliveries that are not final, or those in one state.',
    config: true,
    examples: [
      'edxgate queue list',
      'edxgate queue list --to T99.02 --code delivery.unreachable',
      'edxgate queue list --state dead --json',
    ],
  })
    .addOption(choiceOption('--state <state>', 'only this state', DELIVERY_STATES))
    .option('--to <organ>', 'only this recipient')
    .option('--code <code>', 'only where the last attempt ended with this code')
    .option('--limit <count>', 'at most so many', countOption)
    .action(act(run, (options: QueueOptions) => list(run, options)));
  describe(command.command('show').summary('one delivery with all its attempts'), {
    description: 'Show one delivery, or every delivery of a message, with all attempts.',
    config: true,
    examples: ['edxgate queue show 17', 'edxgate queue show 01JD8Z6T4B6X3WQ2N5R7V9K1MC'],
  })
    .argument('<id>', 'number of a delivery, or a message id')
    .action(act(run, (id: string, options: CommonOptions) => show(run, id, options)));
  describe(command.command('retry').summary('make deliveries due now'), {
    description: 'Make queued, deferred or held deliveries due now.',
    config: true,
    examples: [
      'edxgate queue retry 17',
      'edxgate queue retry --to T99.02',
      'edxgate queue retry --code delivery.unreachable --dry-run',
    ],
    notes:
      'The count of attempts is kept: a delivery on its last attempt becomes a dead letter if this\none fails too. Status 0: all made due; 3: some were not (they are listed); 4: none found.',
  })
    .argument('[id...]', 'numbers of deliveries, or message ids')
    .option('--to <organ>', 'every delivery to this recipient')
    .option('--code <code>', 'every delivery whose last attempt ended with this code')
    .option('-n, --dry-run', 'print what would be made due')
    .action(act(run, (ids: string[], options: QueueOptions) => retry(run, ids, options)));
}

async function list(run: Run, options: QueueOptions): Promise<undefined> {
  const { state, to, code, limit } = options;
  const query = {
    ...(state === undefined ? {} : { states: [state] }),
    ...(to === undefined ? {} : { toOrganId: to }),
    ...(code === undefined ? {} : { code }),
    ...(limit === undefined ? {} : { limit }),
  };
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    const rows: string[][] = [];
    for await (const one of listQueue(store, query)) {
      if (options.json === true) say(run, options, one, () => '');
      else rows.push(row(one));
    }
    if (rows.length > 0) {
      const head = ['NUMBER', 'MESSAGE', 'TO', 'STATE', 'ATTEMPTS', 'NEXT', 'LAST'];
      run.terminal.out(`${table([head, ...rows])}\n`);
    } else if (options.json !== true) run.terminal.out('nothing waits\n');
  });
  return undefined;
}

async function show(run: Run, id: string, options: CommonOptions): Promise<undefined> {
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    for (const one of await showDeliveries(store, id)) {
      say(run, options, one, () => [table([row(one)]), ...one.history.map(attemptLine)].join('\n'));
    }
  });
  return undefined;
}

async function retry(run: Run, ids: readonly string[], options: QueueOptions): Promise<ExitStatus> {
  const { to, code } = options;
  if (ids.length === 0 && to === undefined && code === undefined) {
    throw refuse('cli.usage', { reason: 'give an ID, --to or --code' });
  }
  if (ids.length > 0 && (to !== undefined || code !== undefined)) {
    throw refuse('cli.usage', { reason: 'give IDs, or --to and --code, not both' });
  }
  const config = readConfig(run, options);
  const query = {
    ...(ids.length === 0 ? {} : { references: ids }),
    ...(to === undefined ? {} : { toOrganId: to }),
    ...(code === undefined ? {} : { code }),
    dryRun: options.dryRun ?? false,
  };
  const found = await withStore(run, config, 'write', (store) =>
    retryDeliveries(operatorContext(run, config, store), query),
  );
  const word = options.dryRun === true ? 'would be due now' : 'due now';
  for (const one of found) {
    say(run, options, one, () => `${one.id}  ${one.retried ? word : `not changed (${one.state})`}`);
  }
  if (found.length === 0) return EXIT.notFound;
  return found.every((one) => one.retried) ? EXIT.done : EXIT.notPassed;
}

function row(one: DeliveryView): string[] {
  return [
    String(one.id),
    one.messageId,
    one.organId,
    one.state,
    String(one.attempts),
    one.nextAttemptAt === undefined ? '-' : localTime(one.nextAttemptAt),
    [one.lastCode, one.lastReason === undefined ? undefined : `"${plain(one.lastReason)}"`]
      .filter((part) => part !== undefined)
      .join(' ') || '-',
  ];
}

function attemptLine(attempt: AttemptView): string {
  const { number, startedAt, outcome, code, reason, httpStatus, totalMs } = attempt;
  return [
    `  attempt ${number}`,
    localTime(startedAt),
    outcome,
    ...(code === undefined ? [] : [code]),
    ...(httpStatus === undefined ? [] : [`HTTP ${httpStatus}`]),
    ...(totalMs === undefined ? [] : [`${Math.round(totalMs)} ms`]),
    ...(reason === undefined ? [] : [`"${plain(reason)}"`]),
  ].join('  ');
}
