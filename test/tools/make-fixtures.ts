/**
 * Writes the fixtures of documents, statuses and dialects: `node dist/test/tools/make-fixtures.js`.
 * Existing files of the same names are replaced, others are left alone.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { fixtureFiles } from './fixture-set.js';

const files = fixtureFiles();
for (const [path, text] of files) {
  const file = join(PACKAGE_ROOT, 'fixtures', ...path.split('/'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
console.log(`${files.size} fixtures written`);
