/**
 * The state table of docs/delivery.md as text, made from CAUSES: the page and the code cannot differ.
 *
 * @module
 */
import {
  CAUSES,
  type Cause,
  causeEntry,
  DELIVERY_STATES,
  type DeliveryState,
  isNoted,
  movesOf,
} from './delivery-state.js';

function cell(cause: Cause, state: DeliveryState): string {
  const targets = movesOf(cause, state);
  if (targets.length === 0) return '';
  return `${targets.join(' / ')}${isNoted(cause, state) ? ' *' : ''}`;
}

/** A row per cause, a column per state; an empty cell: nothing happens. */
export function stateTable(): string {
  const head = ['cause', 'by', ...DELIVERY_STATES.map((state) => `\`${state}\``)];
  const rows = (Object.keys(CAUSES) as Cause[]).map((cause) => [
    `\`${cause}\``,
    causeEntry(cause).by,
    ...DELIVERY_STATES.map((state) => cell(cause, state)),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
