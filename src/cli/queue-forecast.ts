/**
 * `edxgate queue forecast`: the queue of each recipient, and when it will be empty.
 *
 * @module
 */
import type { Command } from 'commander';
import {
  AGE_NAMES,
  type NoDrain,
  queueForecast,
  type RecipientForecast,
} from '../operate/queue-forecast.js';
import {
  act,
  type CommonOptions,
  describe,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { localTime, table } from './table.js';

interface ForecastOptions extends CommonOptions {
  readonly to?: string;
}

const WHY: Readonly<Record<NoDrain, string>> = {
  breaker: 'paused',
  route: 'no route: it collects, or is not in the directory',
  held: 'all held',
  collect: 'waits to be collected',
  idle: 'nothing delivered in the last 15 minutes',
};

export function defineForecast(command: Command, run: Run): void {
  describe(command.command('forecast').summary('per recipient: what waits, how long, until when'), {
    description:
      'For each recipient with open deliveries: how many wait in which state and for how long, what\nwas delivered in the last 15 minutes, when the queue will be empty at that pace or why it will\nnot, and when the next attempt is due.',
    config: true,
    examples: ['edxgate queue forecast', 'edxgate queue forecast --to T99.02 --json'],
  })
    .option('--to <organ>', 'only this recipient')
    .action(
      act(run, async (options: ForecastOptions) => {
        const { clock } = run.terminal;
        await withStore(run, readConfig(run, options), 'read', async (store) => {
          const rows: string[][] = [];
          for await (const one of queueForecast({ store, clock }, options.to)) {
            if (options.json === true) say(run, options, one, () => '');
            else rows.push(row(one));
          }
          if (options.json === true) return;
          const head = ['RECIPIENT', 'WAITING', 'OLDEST', ...AGE_NAMES, '15 MIN', 'EMPTY', 'NEXT'];
          run.terminal.out(rows.length === 0 ? 'nothing waits\n' : `${table([head, ...rows])}\n`);
        });
        return undefined;
      }),
    );
}

function row(one: RecipientForecast): string[] {
  return [
    one.organId,
    Object.entries(one.waiting)
      .map(([state, count]) => `${state}:${count}`)
      .join(' '),
    localTime(one.oldestAt),
    ...one.ages.map(({ count }) => String(count)),
    String(one.deliveredLately),
    one.drainedAt === undefined ? whyNot(one) : localTime(one.drainedAt),
    one.nextAttemptAt === undefined ? '-' : localTime(one.nextAttemptAt),
  ];
}

function whyNot({ noDrain, breaker }: RecipientForecast): string {
  if (noDrain === undefined) return '-';
  if (breaker === undefined) return WHY[noDrain];
  return `${WHY.breaker} until ${localTime(breaker.until)} (${breaker.code})`;
}
