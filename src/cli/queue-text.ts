/**
 * How deliveries of the queue are written for people.
 *
 * @module
 */
import type { AttemptView } from '../operate/attempt-view.js';
import type { DeliveryView } from '../operate/message-view.js';
import type { DeliveryStory } from '../operate/queue.js';
import type { ActView } from '../operate/queue-acts.js';
import type { Block } from '../operate/queue-blocks.js';
import { type CommonOptions, type Run, say } from './command.js';
import { localTime, plain, table } from './table.js';

/** For people; scripts get everything unless they say otherwise. */
export const DEFAULT_LINES = 100;

const HEAD = ['NUMBER', 'MESSAGE', 'TO', 'STATE', 'ATTEMPTS', 'NEXT', 'LAST'];

/** A list, or the word for none. Asked for one more than people get, so that they are told of the rest. */
export async function sayDeliveries(
  run: Run,
  options: CommonOptions & { readonly limit?: number },
  list: (limit: number | undefined) => AsyncIterable<DeliveryView>,
  none: string,
): Promise<void> {
  if (options.json === true) {
    for await (const one of list(options.limit)) say(run, options, one, () => '');
    return;
  }
  const lines = options.limit ?? DEFAULT_LINES;
  const rows: string[][] = [];
  for await (const one of list(lines + 1)) rows.push(row(one));
  const shown = rows.slice(0, lines);
  run.terminal.out(shown.length === 0 ? `${none}\n` : `${table([HEAD, ...shown])}\n`);
  if (rows.length > lines && options.limit === undefined) {
    run.terminal.out(`the newest ${lines}; more with --limit\n`);
  }
}

function row(one: DeliveryView): string[] {
  return [
    String(one.id),
    one.messageId,
    one.organId,
    one.asked === undefined ? one.state : `${one.state} (${one.asked})`,
    String(one.attempts),
    one.nextAttemptAt === undefined ? '-' : localTime(one.nextAttemptAt),
    [one.lastCode, one.lastReason === undefined ? undefined : `"${plain(one.lastReason)}"`]
      .filter((part) => part !== undefined)
      .join(' ') || '-',
  ];
}

export function storyLines(one: DeliveryStory, raw: boolean): string {
  return [
    table([row(one)]),
    ...one.history.flatMap((attempt) => attemptLines(attempt, raw)),
    ...one.blockedBy.map((block) => `  waits: ${blockText(block)}`),
    ...forecastLines(one),
  ].join('\n');
}

function attemptLines(attempt: AttemptView, raw: boolean): string[] {
  const { number, startedAt, outcome, code, reason, httpStatus, totalMs, rawAnswer } = attempt;
  const line = [
    `  attempt ${number}`,
    localTime(startedAt),
    outcome,
    ...(code === undefined ? [] : [code]),
    ...(httpStatus === undefined ? [] : [`HTTP ${httpStatus}`]),
    ...(totalMs === undefined ? [] : [`${Math.round(totalMs)} ms`]),
    ...(reason === undefined ? [] : [`"${plain(reason)}"`]),
  ].join('  ');
  if (!raw || rawAnswer === undefined) return [line];
  return [line, ...rawAnswer.split(/\r?\n/).map((text) => `    | ${plain(text)}`)];
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'elder':
      return `for delivery ${block.id} (${block.state}) of message ${block.messageId}`;
    case 'breaker':
      return `the recipient is paused until ${localTime(block.until)} after ${block.failures} failures (${block.code})`;
    case 'held': {
      const since = block.since === undefined ? '' : ` since ${localTime(block.since)}`;
      const why = block.reason ?? block.code ?? '';
      return `held by ${block.by}${since}: "${plain(why)}"`;
    }
    case 'route':
      return `no route: ${block.reason}`;
    case 'collect': {
      if (block.fetchedAt !== undefined) {
        return `for its confirmation; fetched ${localTime(block.fetchedAt)}`;
      }
      const listed = block.listedAt === undefined ? 'not listed yet' : localTime(block.listedAt);
      return `for the recipient to collect; first listed: ${listed}`;
    }
  }
}

/** Attempts named one by one; the rest only counted. */
const MAX_TIMES = 5;

function forecastLines({ forecast }: DeliveryStory): string[] {
  if (forecast === undefined) return [];
  const { attempts, endsAt, endCode } = forecast;
  const times = attempts.slice(0, MAX_TIMES).map(localTime).join(', ');
  const more = attempts.length > MAX_TIMES ? `, and ${attempts.length - MAX_TIMES} more` : '';
  return [
    ...(attempts.length === 0 ? [] : [`  next:  ${times}${more}`]),
    ...(endsAt === undefined ? [] : [`  ends:  ${localTime(endsAt)} as a dead letter, ${endCode}`]),
  ];
}

/** `17  T99.02  deferred: done` */
export function actLine(one: ActView): string {
  const { id, organId, state, result, code, successor, dryRun, asked } = one;
  const to = successor === undefined ? organId : `${organId} -> ${successor}`;
  const why = code === undefined ? '' : ` (${code})`;
  if (dryRun === true) return `${id}  ${to}  ${state}  would be ${result}${why}`;
  return `${id}  ${to}  ${asked === undefined ? state : `${state} (${asked})`}  ${result}${why}`;
}
