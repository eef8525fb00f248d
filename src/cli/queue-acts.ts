/**
 * `edxgate queue retry|hold|release|cancel|reroute|redirect|resend`, and what `dead requeue` shares
 * with them: by number, message id or filter, dry or for real.
 *
 * @module
 */
import type { Command } from 'commander';
import type { DeliveryState } from '../model/delivery-state.js';
import { type ActView, actOnQueue, MAX_UNCONFIRMED } from '../operate/queue-acts.js';
import type { QueueAct } from '../store/store.js';
import { act, describe, type Run, readConfig, say, withStore } from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { queueContext } from './queue-context.js';
import { chosen, type FilterOptions, filterOptions } from './queue-options.js';
import { actLine } from './queue-text.js';

interface ActOptions extends FilterOptions {
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface ActPage {
  readonly act: QueueAct;
  readonly summary: string;
  readonly description: string;
  readonly notes?: string;
  readonly examples: readonly string[];
}

const PAGES: readonly ActPage[] = [
  {
    act: 'retry',
    summary: 'make deliveries due now',
    description: 'Make queued, deferred or held deliveries due now.',
    notes:
      'The count of attempts is kept: a delivery on its last attempt becomes a dead letter if this\none fails too.',
    examples: [
      'edxgate queue retry 17',
      'edxgate queue retry --to T99.02',
      'edxgate queue retry --code delivery.unreachable --dry-run',
    ],
  },
  {
    act: 'hold',
    summary: 'keep deliveries back until they are released',
    description: 'Keep deliveries back until they are released or cancelled.',
    notes:
      'One that is being tried is held when the attempt ends without delivery: its result is `noted`.',
    examples: [
      'edxgate queue hold 17 --reason "asked by T99.01 by phone"',
      'edxgate queue hold --to T99.02 --reason "T99.02 moves its servers" --yes',
    ],
  },
  {
    act: 'release',
    summary: 'let held deliveries go on',
    description: 'Let held deliveries go on: due now, with a new lifetime.',
    examples: ['edxgate queue release --to T99.02 --reason "the servers have moved"'],
  },
  {
    act: 'cancel',
    summary: 'call deliveries off for good',
    description: 'Call deliveries off. The sender of a document is told with status 02.',
    notes:
      'One that is being tried is cancelled when the attempt ends without delivery: its result is\n`noted`.',
    examples: ['edxgate queue cancel 17 --reason "sent twice by mistake"'],
  },
  {
    act: 'reroute',
    summary: 'let deliveries wait where the present route wants them',
    description:
      'After a recipient changed between push and collection: let its deliveries wait where its\npresent route wants them.',
    examples: ['edxgate queue reroute --to T99.02 --reason "T99.02 collects from today"'],
  },
  {
    act: 'redirect',
    summary: 'send deliveries to the successor of their recipient',
    description:
      'Send deliveries to the successor that the directory names for their recipient: the old ones\nare cancelled, and each message gets a delivery to the successor.',
    notes: 'Dead letters only by number, or with --state dead.',
    examples: [
      'edxgate queue redirect --to T99.05 --dry-run',
      'edxgate queue redirect --to T99.05 --reason "merged into T99.06" --yes',
    ],
  },
  {
    act: 'resend',
    summary: 'deliver once more what a recipient had',
    description:
      'Deliver once more, under the same message id: for a recipient that lost what it had taken.',
    notes: 'A recipient that keeps to the protocol knows the message id and takes it once.',
    examples: [
      'edxgate queue resend --message 01JD8Z6T4B6X3WQ2N5R7V9K1MC --to T99.02 --reason "lost there"',
      'edxgate queue resend --to T99.02 --since 2026-11-23 --until 2026-11-24 --dry-run',
    ],
  },
];

export const ACT_NAMES = PAGES.map((page) => page.act);

export function defineActs(command: Command, run: Run): void {
  for (const page of PAGES) defineAct(command, run, page);
}

const STATUS_NOTE =
  'Status 0: all done; 3: some were not (they are listed, with the reason); 4: none found.';

/** @param states a filter means these alone, and there is no --state */
export function defineAct(
  command: Command,
  run: Run,
  page: ActPage & { readonly name?: string; readonly states?: readonly DeliveryState[] },
): void {
  const { states } = page;
  const own = command.command(page.name ?? page.act).summary(page.summary);
  describe(own, {
    description: page.description,
    config: true,
    examples: page.examples,
    notes: page.notes === undefined ? STATUS_NOTE : `${page.notes}\n${STATUS_NOTE}`,
  }).argument('[id...]', 'numbers of deliveries, or message ids');
  filterOptions(own, run, states === undefined)
    .option(
      '--reason <text>',
      page.act === 'retry'
        ? 'why; it is kept in the log of acts'
        : 'why; needed, and kept in the log of acts',
    )
    .option('-n, --dry-run', 'print what would be done; nothing is written')
    .option('-y, --yes', `by filter: more than ${MAX_UNCONFIRMED} deliveries are meant`)
    .action(act(run, (ids: string[], options: ActOptions) => perform(run, page, ids, options)));
}

async function perform(
  run: Run,
  page: ActPage & { readonly states?: readonly DeliveryState[] },
  ids: readonly string[],
  options: ActOptions,
): Promise<ExitStatus> {
  const which = chosen(ids, options);
  const config = readConfig(run, options);
  const { reason, dryRun = false, yes = false } = options;
  const query =
    'query' in which && page.states ? { ...which.query, states: page.states } : undefined;
  const order = {
    act: page.act,
    ...which,
    ...(query === undefined ? {} : { query }),
    ...(reason === undefined ? {} : { reason }),
    dryRun,
    confirmed: yes,
  };
  return withStore(run, config, dryRun ? 'read' : 'write', async (store) => {
    let found = 0;
    let done = 0;
    for await (const one of actOnQueue(queueContext(run, config, store), order)) {
      found += 1;
      if (one.result === 'done') done += 1;
      say(run, options, withRetried(page.act, one), () => actLine(one));
    }
    if (found === 0) {
      if (options.json !== true) run.terminal.out('none found\n');
      return EXIT.notFound;
    }
    return done === found ? EXIT.done : EXIT.notPassed;
  });
}

/** `retried` stood in the answer of retry before there was `result`. */
function withRetried(name: QueueAct, one: ActView): ActView & { readonly retried?: boolean } {
  return name === 'retry' ? { ...one, retried: one.result === 'done' } : one;
}
