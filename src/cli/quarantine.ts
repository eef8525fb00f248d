/**
 * `edxgate quarantine list|show|export|requeue`: refused packages whose bytes were kept.
 *
 * @module
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { reasonOf } from '../config/secret-file.js';
import { refuse } from '../model/issue.js';
import {
  exportQuarantined,
  listDamaged,
  listQuarantine,
  type QuarantinedView,
  requeueQuarantined,
  showQuarantined,
} from '../operate/quarantine.js';
import {
  act,
  type CommonOptions,
  countOption,
  describe,
  operatorContext,
  type Run,
  readConfig,
  say,
  timeOption,
  withStore,
} from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { describeIssue } from './failure.js';
import { DEFAULT_LINES, sayDeliveries } from './queue-text.js';
import { openResubmit } from './resubmit.js';
import { bytesText, localTime, plain, table } from './table.js';

interface ListOptions extends CommonOptions {
  readonly from?: string;
  readonly code?: string;
  readonly since?: number;
  readonly limit?: number;
  readonly damaged?: boolean;
}

export function define(command: Command, run: Run): void {
  command.description(
    'Refused packages whose bytes were kept, and copies of ours that are damaged.',
  );
  describe(command.command('list').summary('what is kept, newest first'), {
    description:
      'List refused packages whose bytes were kept, newest first; with --damaged the deliveries that\nare held because our own copy cannot be read.',
    config: true,
    examples: [
      'edxgate quarantine list --since 24h',
      'edxgate quarantine list --from T99.01 --code signature.untrusted',
      'edxgate quarantine list --damaged',
    ],
    notes: `Without --limit people get the newest ${DEFAULT_LINES}, --json all.`,
  })
    .option('--from <organ>', 'only what this agency handed in')
    .option('--code <code>', 'only what was refused with this code')
    .option(
      '--since <time>',
      'refused at or after: 2026-11-24, or 24h',
      timeOption(run.terminal.clock),
    )
    .option('--damaged', 'deliveries held with store.damaged instead')
    .option('--limit <count>', 'at most so many', countOption)
    .action(act(run, (options: ListOptions) => list(run, options)));
  describe(command.command('show').summary('one of them with every issue'), {
    description: 'Show a refusal: who, when, every check, every issue.',
    config: true,
    examples: ['edxgate quarantine show 7c0e6e0e-5f0a-4d5e-9a57-0d3f2b1c4a55'],
  })
    .argument('<id>', 'correlation id, as in quarantine list and in the fault')
    .action(act(run, (id: string, options: CommonOptions) => show(run, id, options)));
  describe(command.command('export').summary('the kept bytes, into a file'), {
    description: 'Write the kept bytes into a new file that only you can read.',
    config: true,
    examples: [
      'edxgate quarantine export 7c0e6e0e-5f0a-4d5e-9a57-0d3f2b1c4a55 --out refused.edxml',
    ],
    notes: 'Of large packages only the first MiB is kept; then the answer says that it is cut.',
  })
    .argument('<id>', 'correlation id')
    .requiredOption('--out <file>', 'a file that does not exist yet')
    .action(
      act(run, (id: string, options: CommonOptions & { out: string }) =>
        exportTo(run, id, options),
      ),
    );
  describe(command.command('requeue').summary('hand one in again, under the rules of today'), {
    description:
      'Hand a refused package in again as the same caller: every check is made again under the rules\nof today. Only when all its bytes were kept.',
    config: true,
    examples: [
      'edxgate quarantine requeue 7c0e6e0e-5f0a-4d5e-9a57-0d3f2b1c4a55 --reason "anchor added"',
    ],
    notes: 'Status 0: stored now, or stored before; 3: refused again, with every issue.',
  })
    .argument('<id>', 'correlation id')
    .option('--reason <text>', 'why; needed, and kept with the message')
    .action(
      act(run, (id: string, options: CommonOptions & { reason?: string }) =>
        requeue(run, id, options),
      ),
    );
}

async function list(run: Run, options: ListOptions): Promise<undefined> {
  const { from, code, since, damaged } = options;
  const most = options.limit ?? (options.json === true ? undefined : DEFAULT_LINES);
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    if (damaged === true) {
      const query = {
        ...(from === undefined ? {} : { fromOrganId: from }),
        ...(since === undefined ? {} : { since }),
      };
      const ask = (limit: number | undefined) =>
        listDamaged(store, { ...query, ...(limit === undefined ? {} : { limit }) });
      return sayDeliveries(run, options, ask, 'no copy is damaged');
    }
    const query = {
      ...(from === undefined ? {} : { callerOrganId: from }),
      ...(code === undefined ? {} : { code }),
      ...(since === undefined ? {} : { since }),
      ...(most === undefined ? {} : { limit: most }),
    };
    const rows: string[][] = [];
    for await (const one of listQuarantine(store, query)) {
      if (options.json === true) say(run, options, one, () => '');
      else rows.push(row(one));
    }
    if (options.json === true) return;
    const head = ['REFUSED', 'CORRELATION ID', 'CALLER', 'CODE', 'SIZE', 'KEPT'];
    run.terminal.out(rows.length === 0 ? 'nothing is kept\n' : `${table([head, ...rows])}\n`);
  });
  return undefined;
}

function row(one: QuarantinedView): string[] {
  return [
    localTime(one.time),
    one.correlationId,
    one.callerOrganId ?? '-',
    one.code,
    bytesText(one.sizeBytes),
    keptText(one),
  ];
}

function keptText({ whole, holds, keptBytes }: QuarantinedView): string {
  return `${holds}, ${whole ? 'whole' : `the first ${bytesText(keptBytes)}`}`;
}

async function show(run: Run, id: string, options: CommonOptions): Promise<undefined> {
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    const story = await showQuarantined(store, id);
    say(run, options, story, () =>
      [
        table([row(story)]),
        ...story.checks.map(({ name, verdict }) => `  check ${name}: ${verdict}`),
        ...story.issues.map((one) => `  ${one.code}  ${plain(describeIssue(one))}`),
      ].join('\n'),
    );
  });
  return undefined;
}

async function exportTo(
  run: Run,
  id: string,
  options: CommonOptions & { readonly out: string },
): Promise<undefined> {
  const config = readConfig(run, options);
  const { view, content } = await withStore(run, config, 'write', (store) =>
    exportQuarantined(operatorContext(run, config, store), id),
  );
  const file = resolve(run.terminal.folder, options.out);
  writeNew(file, content);
  const { keptBytes, sizeBytes } = view;
  say(run, options, { ...view, file }, () =>
    view.whole
      ? `${options.out}  ${keptBytes} bytes, the whole ${view.holds}`
      : `${options.out}  cut: the first ${keptBytes} of ${sizeBytes} bytes of the ${view.holds}`,
  );
  return undefined;
}

/** Never over a file that is there. @throws GatewayError `cli.failed` */
function writeNew(file: string, content: Uint8Array): void {
  try {
    const handle = openSync(file, 'wx', 0o600);
    try {
      for (let at = 0; at < content.byteLength; ) {
        at += writeSync(handle, content, at);
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw refuse('cli.failed', { reason: `${file}: ${reasonOf(error)}` });
  }
}

async function requeue(
  run: Run,
  id: string,
  options: CommonOptions & { readonly reason?: string },
): Promise<ExitStatus> {
  const config = readConfig(run, options);
  const done = await withStore(run, config, 'write', async (store) => {
    const resubmit = openResubmit(run, config, store);
    const context = { ...operatorContext(run, config, store), resubmit };
    return requeueQuarantined(context, id, options.reason);
  });
  say(run, options, done, () =>
    done.result === 'refused'
      ? [
          `refused again: ${done.code}`,
          ...(done.issues ?? []).map((one) => `  ${one.code}  ${plain(describeIssue(one))}`),
        ].join('\n')
      : `${done.result}  ${done.messageId}`,
  );
  return done.result === 'refused' ? EXIT.notPassed : EXIT.done;
}
