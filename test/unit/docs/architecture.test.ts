/**
 * The table of layers in docs/architecture.md says what the sources are held to.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { LAYERS } from '../../layer-table.js';

type Table = ReadonlyMap<string, readonly string[]>;

function names(cell: string): string[] {
  return [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name);
}

/** By part of src/ what it may import, as the document has it; `each other` = the rest of the row. */
function documented(): Table {
  const text = readFileSync(join(PACKAGE_ROOT, 'docs', 'architecture.md'), 'utf8');
  const lines = text.split('\n');
  const start = lines.indexOf('| folder | may import |');
  expect(start, 'the table is there').to.be.greaterThan(0);
  const table = new Map<string, readonly string[]>();
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    const [, parts = '', imports = ''] = line.split('|');
    const row = names(parts);
    for (const part of row) {
      expect(table.has(part), `${part} stands once`).to.equal(false);
      const others = row.filter((one) => one !== part);
      table.set(part, imports.trim() === 'each other' ? others : names(imports));
    }
  }
  return table;
}

/** The same from the table that test/layers.test.ts works with. */
function held(): Table {
  const table = new Map<string, readonly string[]>();
  for (const [index, row] of LAYERS.entries()) {
    for (const part of row) {
      const below = LAYERS.slice(0, index).flat();
      const ground = index === 0 ? row.filter((one) => one !== part) : below;
      const knowsXml = part !== 'store' && part !== 'config';
      table.set(
        part,
        ground.filter((one) => knowsXml || one !== 'xml'),
      );
    }
  }
  return table;
}

describe('docs/architecture.md', () => {
  it('gives every part the imports that the layers allow, and no others', () => {
    const sorted = (table: Table) =>
      Object.fromEntries([...table].map(([part, imports]) => [part, [...imports].sort()]));
    expect(sorted(documented())).to.deep.equal(sorted(held()));
  });
});
