/**
 * `edxgate dead list|show|requeue`: deliveries that will not be tried again unless somebody says so.
 *
 * @module
 */
import type { Command } from 'commander';
import { listDead } from '../operate/dead.js';
import { act, describe, type Run, readConfig, withStore } from './command.js';
import { type ShowOptions, showOne } from './queue.js';
import { defineAct } from './queue-acts.js';
import { type FilterOptions, filterOptions, queryOf } from './queue-options.js';
import { DEFAULT_LINES, sayDeliveries } from './queue-text.js';

export function define(command: Command, run: Run): void {
  command.description('Dead letters: what was not delivered and will not be tried again.');
  const list = describe(command.command('list').summary('dead letters, newest first'), {
    description: 'List dead letters, newest first.',
    config: true,
    examples: ['edxgate dead list --since 24h', 'edxgate dead list --to T99.02 --json'],
    notes: `Without --limit people get the newest ${DEFAULT_LINES}, --json all.`,
  });
  filterOptions(list, run, false).action(
    act(run, async (options: FilterOptions) => {
      const { limit: _limit, ...query } = queryOf(options);
      await withStore(run, readConfig(run, options), 'read', (store) =>
        sayDeliveries(
          run,
          options,
          (limit) => listDead(store, { ...query, ...(limit === undefined ? {} : { limit }) }),
          'no dead letters',
        ),
      );
      return undefined;
    }),
  );
  describe(command.command('show').summary('one of them with all its attempts'), {
    description: 'Show one delivery, or every delivery of a message, with all attempts.',
    config: true,
    examples: ['edxgate dead show 17 --raw'],
  })
    .argument('<id>', 'number of a delivery, or a message id')
    .option('--raw', "with the recipients' answers as they came")
    .action(act(run, (id: string, options: ShowOptions) => showOne(run, id, options)));
  defineAct(command, run, {
    act: 'requeue',
    states: ['dead'],
    summary: 'start dead letters again',
    description:
      'Start dead letters again, with a whole schedule and a new lifetime; by number also cancelled\ndeliveries. What its sender took back, or whose content is deleted, is refused.',
    examples: [
      'edxgate dead requeue 17 --reason "T99.02 has mended its address"',
      'edxgate dead requeue --to T99.02 --code delivery.exhausted --dry-run',
    ],
  });
}
