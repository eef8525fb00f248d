/**
 * `edxgate queue`: deliveries that wait, why and until when; and what can be done about it.
 *
 * @module
 */
import type { Command } from 'commander';
import { listBreakers, resumeRecipient } from '../operate/breakers.js';
import { listQueue, showDeliveries } from '../operate/queue.js';
import {
  act,
  type CommonOptions,
  describe,
  operatorContext,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { defineActs } from './queue-acts.js';
import { queueContext } from './queue-context.js';
import { defineForecast } from './queue-forecast.js';
import { type FilterOptions, filterOptions, queryOf } from './queue-options.js';
import { DEFAULT_LINES, sayDeliveries, storyLines } from './queue-text.js';
import { localTime, table } from './table.js';

export function define(command: Command, run: Run): void {
  command.description(
    'Deliveries that are not final: what waits and why, and what to do about it.',
  );
  defineList(command, run);
  defineShow(command, run);
  defineForecast(command, run);
  defineActs(command, run);
  defineBreakers(command, run);
  defineResume(command, run);
}

function defineList(command: Command, run: Run): void {
  const list = describe(command.command('list').summary('what waits, why, and until when'), {
    description: 'List deliveries that are not final, or those in one state, newest first.',
    config: true,
    examples: [
      'edxgate queue list',
      'edxgate queue list --to T99.02 --code delivery.unreachable',
      'edxgate queue list --older 2h --urgent',
      'edxgate queue list --state dead --json',
    ],
    notes: `Without --limit people get the newest ${DEFAULT_LINES}, --json all.`,
  });
  filterOptions(list, run, true).action(
    act(run, async (options: FilterOptions) => {
      const { limit: _limit, ...query } = queryOf(options);
      await withStore(run, readConfig(run, options), 'read', (store) =>
        sayDeliveries(
          run,
          options,
          (limit) => listQueue(store, { ...query, ...(limit === undefined ? {} : { limit }) }),
          'nothing waits',
        ),
      );
      return undefined;
    }),
  );
}

export interface ShowOptions extends CommonOptions {
  readonly raw?: boolean;
}

function defineShow(command: Command, run: Run): void {
  describe(
    command.command('show').summary('one delivery: its attempts, what it waits for, what next'),
    {
      description:
        'Show one delivery, or every delivery of a message: all attempts, what it waits for, when it\nis tried again and when it would end.',
      config: true,
      examples: [
        'edxgate queue show 17',
        'edxgate queue show 17 --raw',
        'edxgate queue show 01JD8Z6T4B6X3WQ2N5R7V9K1MC',
      ],
    },
  )
    .argument('<id>', 'number of a delivery, or a message id')
    .option('--raw', "with the recipients' answers as they came")
    .action(act(run, (id: string, options: ShowOptions) => showOne(run, id, options)));
}

export async function showOne(run: Run, id: string, options: ShowOptions): Promise<undefined> {
  const config = readConfig(run, options);
  await withStore(run, config, 'read', async (store) => {
    for (const one of await showDeliveries(queueContext(run, config, store), id)) {
      say(run, options, one, () => storyLines(one, options.raw === true));
    }
  });
  return undefined;
}

function defineBreakers(command: Command, run: Run): void {
  describe(command.command('breakers').summary('recipients that are left alone for a while'), {
    description:
      'List recipients that are paused: their channel failed several times in a row, nothing is\ntried until the pause is over, and then one delivery at a time.',
    config: true,
    examples: ['edxgate queue breakers'],
  }).action(
    act(run, async (options: CommonOptions) => {
      const now = run.terminal.clock.now();
      const found = await withStore(run, readConfig(run, options), 'read', (store) =>
        listBreakers(store, { now }),
      );
      if (options.json === true) for (const one of found) say(run, options, one, () => '');
      else if (found.length === 0) run.terminal.out('no recipient is paused\n');
      else {
        const rows = found.map((one) => [
          one.organId,
          one.state,
          localTime(one.openUntil),
          String(one.failures),
          one.lastCode,
        ]);
        const head = ['RECIPIENT', 'STATE', 'UNTIL', 'FAILURES', 'LAST'];
        run.terminal.out(`${table([head, ...rows])}\n`);
      }
      return undefined;
    }),
  );
}

interface ResumeOptions extends CommonOptions {
  readonly reason?: string;
}

function defineResume(command: Command, run: Run): void {
  describe(command.command('resume').summary('try a paused recipient again at once'), {
    description: 'End the pause of a recipient: what is due for it is tried at once.',
    config: true,
    examples: ['edxgate queue resume T99.02 --reason "their server is up again"'],
  })
    .argument('<organ>', 'organ id of the recipient')
    .option('--reason <text>', 'why; needed, and kept in the log of acts')
    .action(
      act(run, async (organ: string, options: ResumeOptions) => {
        const config = readConfig(run, options);
        const done = await withStore(run, config, 'write', (store) =>
          resumeRecipient(operatorContext(run, config, store), organ, options.reason),
        );
        say(run, options, done, () => `${organ}  is tried again`);
        return undefined;
      }),
    );
}
