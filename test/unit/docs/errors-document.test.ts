/**
 * docs/errors.md is what the error table makes of it.
 *
 * To write it anew: node -e "import('./dist/src/model/error-document.js').then((m) =>
 * process.stdout.write(m.errorDocument()))" > docs/errors.md
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { errorDocument } from '../../../src/model/error-document.js';
import { ERRORS } from '../../../src/model/error-table.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

const COMMAND =
  'node -e "import(\'./dist/src/model/error-document.js\').then((m) => process.stdout.write(m.errorDocument()))" > docs/errors.md';

describe('docs/errors.md', () => {
  it('is the document that the error table makes', () => {
    const written = readFileSync(join(PACKAGE_ROOT, 'docs', 'errors.md'), 'utf8');
    expect(written === errorDocument(), `docs/errors.md is old; build, then: ${COMMAND}`).to.equal(
      true,
    );
  });

  it('names every code once, with both languages', () => {
    const lines = errorDocument().split('\n');
    for (const [code, { textVi, hint }] of Object.entries(ERRORS)) {
      const rows = lines.filter((line) => line.startsWith(`| \`${code}\` |`));
      expect(rows, code).to.have.lengthOf(1);
      expect(rows[0]).to.include(textVi.replaceAll('|', '\\|'));
      expect(rows[0]).to.include(hint.replaceAll('|', '\\|'));
    }
  });

  it('gives every row of a table as many cells as its head', () => {
    for (const section of errorDocument().split('\n## ').slice(1)) {
      const counts = section
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(counts).size, section.split('\n')[0]).to.equal(1);
    }
  });
});
