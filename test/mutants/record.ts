/**
 * docs/conformance-cases.md: every case with its clause and the mutant that it alone finds.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite } from '../../src/conformance/suite.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

export const RECORD = join(PACKAGE_ROOT, 'docs', 'conformance-cases.md');

/** Id of a case → the mutant that only it finds. */
export type Kills = ReadonlyMap<string, string>;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

export function recordText(suite: Suite, kills: Kills): string {
  const alone = suite.cases.filter((one) => kills.has(one.id));
  const rest = suite.cases.filter((one) => !kills.has(one.id));
  const rows = alone.map(
    ({ id, title, clause }) =>
      `| ${id} | ${cell(title.en)} | ${cell(`${clause.document}, ${clause.place}`)} | ${code(kills.get(id) ?? '')} |`,
  );
  const others = rest.map(
    ({ id, title, clause }) =>
      `| ${id} | ${cell(title.en)} | ${cell(`${clause.document}, ${clause.place}`)} |`,
  );
  return `${HEAD}
${suite.cases.length} cases, of which ${alone.length} find a mutant that no other case finds.

| case | what | clause | the mutant that only this case finds |
| --- | --- | --- | --- |
${rows.join('\n')}

## Cases that share their mutants

Of these no mutant was found that they alone find: what they ask is asked from another side too, or the mutants were not all
asked. They stand for a rule, a code or a form of the contract.

| case | what | clause |
| --- | --- | --- |
${others.join('\n')}
`;
}

const HEAD = `# Cases of the built-in suite

Made by \`node dist/test/mutants/run.js --write\`; do not edit. A mutant is the product with one constraint of a schema, one row of a table or one
condition of a rule changed. A case earns its place by finding one that no other case finds.
`;

function code(text: string): string {
  return `<code>${cell(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('[', '&#91;').replaceAll(']', '&#93;').replaceAll('`', '&#96;')}</code>`;
}

/** What the record says now; empty when there is none. */
export function recordedKills(): Kills {
  if (!existsSync(RECORD)) return new Map();
  const kills = new Map<string, string>();
  for (const line of readFileSync(RECORD, 'utf8').split('\n')) {
    const match = /^\| ([a-z0-9.-]+) \|.*\| <code>(.*)<\/code> \|$/.exec(line);
    if (match === null) continue;
    const text = (match[2] ?? '')
      .replaceAll('&#91;', '[')
      .replaceAll('&#93;', ']')
      .replaceAll('&#96;', '`')
      .replaceAll('&lt;', '<')
      .replaceAll('&amp;', '&');
    kills.set(match[1] ?? '', text.replaceAll('\\|', '|'));
  }
  return kills;
}
