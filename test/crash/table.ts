/**
 * Tables of results: by point for the terminal and for docs/reliability.md.
 *
 * @module
 */
import { groupBy, other, type Result, sum } from './results.js';
import { inWords, partsOf } from './words.js';

export type Row = readonly (string | number)[];

const HEAD: Row = [
  'killed at',
  'before',
  'half-way',
  'after',
  'lost',
  'doubled',
  'repeated',
  'store faults',
  'other',
];

function rowOf(name: string, results: readonly Result[]): Row {
  const total = sum(results);
  const at = (when: string): number =>
    results.filter(({ point }) => partsOf(point)?.when === when).length;
  const { lost, doubled, store } = total.found;
  const tail = [lost, doubled, total.repeated, store, other(total)];
  return [name, at('before'), at('torn'), at('after'), ...tail];
}

/** Rows of one phase, most often killed first. */
export function pointRows(results: readonly Result[], atStart: boolean): readonly Row[] {
  const mine = results.filter(({ point }) => partsOf(point)?.atStart === atStart);
  const groups = [...groupBy(mine, ({ point }) => partsOf(point)?.call ?? '')];
  return [
    HEAD,
    ...groups
      .sort(([a], [b]) => inWords(a).localeCompare(inWords(b)))
      .map(([call, some]) => rowOf(inWords(call), some)),
  ];
}

export function markdown(rows: readonly Row[]): string {
  const [head = [], ...body] = rows;
  const cell = (value: string | number): string => String(value).replaceAll('|', '\\|');
  const line = (row: Row): string => `| ${row.map(cell).join(' | ')} |`;
  const rule = head.map((_, i) => (typeof body[0]?.[i] === 'number' ? '---:' : '---'));
  return `${[line(head), line(rule), ...body.map(line)].join('\n')}\n`;
}

export function summary(results: readonly Result[]): string {
  const kills = results.filter(({ fault }) => fault === 'kill');
  const { runs, documents, repeated, found } = sum(results);
  const random = kills.filter(({ point }) => point === 'random moment').length;
  const lines = [
    `${runs} runs (${random} at a random moment), ${documents} documents: lost ${found.lost}, doubled ${found.doubled}, repeated ${repeated}`,
    `other findings: ${Object.entries(found)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
  ];
  return `${lines.join('\n')}\n`;
}
