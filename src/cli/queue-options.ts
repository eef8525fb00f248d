/**
 * Options that choose deliveries, shared by `queue` and `dead`, and what they mean.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/units.js';
import { DELIVERY_STATES, type DeliveryState } from '../model/delivery-state.js';
import { refuse } from '../model/issue.js';
import type { QueueQuery } from '../operate/queue-query.js';
import { type CommonOptions, choiceOption, countOption, type Run, timeOption } from './command.js';

export interface FilterOptions extends CommonOptions {
  readonly state?: DeliveryState;
  readonly to?: string;
  readonly from?: string;
  readonly document?: string;
  readonly message?: string;
  readonly kind?: 'document' | 'status';
  readonly code?: string;
  readonly since?: number;
  readonly until?: number;
  readonly older?: number;
  readonly urgent?: boolean;
  readonly limit?: number;
}

export function filterOptions(command: Command, run: Run, states: boolean): Command {
  if (states)
    command.addOption(choiceOption('--state <state>', 'only this state', DELIVERY_STATES));
  const time = timeOption(run.terminal.clock);
  return command
    .option('--to <organ>', 'only this recipient')
    .option('--from <organ>', 'only what this agency sent')
    .option('--document <id>', 'only this document id, whole')
    .option('--message <id>', 'only deliveries of this message')
    .addOption(choiceOption('--kind <kind>', 'only this kind', ['document', 'status']))
    .option('--code <code>', 'only where the last attempt ended with this code')
    .option('--since <time>', 'made at or after: 2026-11-24, or 24h ago as 24h', time)
    .option('--until <time>', 'made before', time)
    .option('--older <duration>', 'older than so long: 2h', ageOption(run))
    .option('--urgent', 'only priority 1 to 4')
    .option('--limit <count>', 'at most so many', countOption);
}

function ageOption({ terminal }: Run): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms === undefined) throw new InvalidArgumentError('Write a duration such as 2h.');
    return terminal.clock.now() - ms;
  };
}

export function queryOf(options: FilterOptions): QueueQuery {
  const { state, to, from, document, message, kind, code, since, until, older, urgent, limit } =
    options;
  const bounds = [until, older].filter((time) => time !== undefined);
  return {
    ...(state === undefined ? {} : { states: [state] }),
    ...(to === undefined ? {} : { toOrganId: to }),
    ...(from === undefined ? {} : { fromOrganId: from }),
    ...(document === undefined ? {} : { documentId: document }),
    ...(message === undefined ? {} : { messageId: message }),
    ...(kind === undefined ? {} : { kind }),
    ...(code === undefined ? {} : { code }),
    ...(since === undefined ? {} : { since }),
    ...(bounds.length === 0 ? {} : { before: Math.min(...bounds) }),
    ...(urgent === undefined ? {} : { urgent }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** What an act is for: deliveries by name, or at least one filter. @throws GatewayError `cli.usage` */
export function chosen(
  ids: readonly string[],
  options: FilterOptions,
): { readonly references: readonly string[] } | { readonly query: QueueQuery } {
  const { limit, ...filters } = queryOf(options);
  const filtered = Object.keys(filters).length > 0;
  if (ids.length === 0 && !filtered) {
    throw refuse('cli.usage', { reason: 'give an ID, --to, --code or another filter' });
  }
  if (ids.length > 0 && (filtered || limit !== undefined)) {
    throw refuse('cli.usage', { reason: 'give IDs, or filters such as --to and --code, not both' });
  }
  if (ids.length > 0) return { references: ids };
  return { query: { ...filters, ...(limit === undefined ? {} : { limit }) } };
}
