/**
 * `edxgate log list|show|acts`: which messages there are, the story of one, and what operators did. The
 * rest is in log-verify.ts.
 *
 * @module
 */
import type { Command } from 'commander';
import { listActs } from '../operate/acts.js';
import type { MessageView } from '../operate/message-view.js';
import { listMessages, type MessageQuery } from '../operate/messages.js';
import { messageStory } from '../operate/story.js';
import {
  act,
  type CommonOptions,
  choiceOption,
  countOption,
  describe,
  type Run,
  readConfig,
  say,
  timeOption,
  withStore,
} from './command.js';
import { define as defineVerify } from './log-verify.js';
import { storyText } from './story-text.js';
import { localTime, plain, table } from './table.js';

interface ListOptions extends CommonOptions {
  readonly document?: string;
  readonly since?: number;
  readonly from?: string;
  readonly kind?: 'document' | 'status';
  readonly limit?: number;
}

/** For people; scripts get everything unless they say otherwise. */
const DEFAULT_LINES = 100;

export function define(command: Command, run: Run): void {
  command.description('The delivery log: where is my document, and can you prove it?');
  describe(command.command('list').summary('messages, newest first'), {
    description: 'List messages with the state of each delivery, newest first.',
    config: true,
    examples: [
      'edxgate log list --since 24h',
      'edxgate log list --document "000.00.01.T99,2026/11/20,7816"',
      'edxgate log list --from T99.01 --json',
    ],
    notes: `Without --limit people get the newest ${DEFAULT_LINES}, --json all.`,
  })
    .option('--document <id>', 'document id, whole')
    .option(
      '--since <time>',
      'received at or after: 2026-11-24, or 24h',
      timeOption(run.terminal.clock),
    )
    .option('--from <organ>', 'only what this agency sent')
    .addOption(choiceOption('--kind <kind>', 'only this kind', ['document', 'status']))
    .option('--limit <count>', 'at most so many', countOption)
    .action(act(run, (options: ListOptions) => list(run, options)));
  describe(command.command('show').summary('the story of one message'), {
    description:
      'Show the story of one message in time order: how it came, every check, where it was stored,\neach delivery attempt, each collection, what the recipients said.',
    config: true,
    examples: ['edxgate log show 01JD8Z6T4B6X3WQ2N5R7V9K1MC'],
    notes: 'Times are Vietnam time; with --json they are UTC.',
  })
    .argument('<message>', 'message id, as in log list')
    .action(act(run, (message: string, options: CommonOptions) => show(run, message, options)));
  describe(command.command('acts').summary('what operators did, newest first'), {
    description: 'List the acts of operators, newest first: when, who, what, to what, and why.',
    config: true,
    examples: [
      'edxgate log acts --since 24h',
      'edxgate log acts --subject T99.02',
      'edxgate log acts --subject 17 --json',
    ],
    notes: `Without --limit people get the newest ${DEFAULT_LINES}, --json all.`,
  })
    .option('--subject <subject>', 'organ id, number of a delivery, …: what was acted on')
    .option('--since <time>', 'at or after: 2026-11-24, or 24h', timeOption(run.terminal.clock))
    .option('--limit <count>', 'at most so many', countOption)
    .action(act(run, (options: ActsOptions) => acts(run, options)));
  defineVerify(command, run);
}

interface ActsOptions extends CommonOptions {
  readonly subject?: string;
  readonly since?: number;
  readonly limit?: number;
}

async function acts(run: Run, options: ActsOptions): Promise<undefined> {
  const { subject, since } = options;
  const limit = options.limit ?? (options.json === true ? undefined : DEFAULT_LINES);
  const query = {
    ...(subject === undefined ? {} : { subject }),
    ...(since === undefined ? {} : { since }),
    ...(limit === undefined ? {} : { limit }),
  };
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    const rows: string[][] = [];
    for await (const one of listActs(store, query)) {
      if (options.json === true) say(run, options, one, () => '');
      else rows.push([localTime(one.time), one.actor, one.act, one.subject, quoted(one.reason)]);
    }
    if (options.json === true) return;
    const head = ['TIME', 'WHO', 'ACT', 'SUBJECT', 'REASON'];
    run.terminal.out(rows.length === 0 ? 'no acts\n' : `${table([head, ...rows])}\n`);
  });
  return undefined;
}

function quoted(reason: string | undefined): string {
  return reason === undefined ? '-' : `"${plain(reason)}"`;
}

async function list(run: Run, options: ListOptions): Promise<undefined> {
  const { document, since, from, kind } = options;
  const limit = options.limit ?? (options.json === true ? undefined : DEFAULT_LINES);
  const query: MessageQuery = {
    ...(document === undefined ? {} : { documentId: document }),
    ...(since === undefined ? {} : { since }),
    ...(from === undefined ? {} : { fromOrganId: from }),
    ...(kind === undefined ? {} : { kind }),
    ...(limit === undefined ? {} : { limit }),
  };
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    const rows: string[][] = [];
    for await (const one of listMessages(store, query)) {
      if (options.json === true) say(run, options, one, () => '');
      else rows.push(row(one));
    }
    if (rows.length > 0) {
      const head = ['RECEIVED', 'MESSAGE', 'KIND', 'FROM', 'SIGNATURE', 'DELIVERIES', 'DOCUMENT'];
      run.terminal.out(`${table([head, ...rows])}\n`);
    } else if (options.json !== true) run.terminal.out('no messages\n');
  });
  return undefined;
}

function row(one: MessageView): string[] {
  return [
    localTime(one.receivedAt),
    one.messageId,
    one.statusCode === undefined ? one.kind : `${one.kind} ${one.statusCode}`,
    one.fromOrganId,
    one.signatureClass,
    one.deliveries.map(({ organId, state }) => `${organId}:${state}`).join(' ') || '-',
    plain(one.documentId) || '-',
  ];
}

async function show(run: Run, message: string, options: CommonOptions): Promise<undefined> {
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    const story = await messageStory(store, message);
    say(run, options, story, () => storyText(story, run.terminal.clock.now()));
  });
  return undefined;
}
