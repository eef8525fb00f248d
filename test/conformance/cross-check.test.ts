/**
 * The real engines of the cross-check over the fixtures: no difference that nobody can explain, and
 * every engine was really asked. A part of the files, spread over all folders.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type CrossChecked,
  type CrossEngine,
  crossCheck,
  crossCheckText,
  needsLook,
} from '../../src/conformance/cross-check.js';

function packagesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.edxml'))
    .sort()
    .map((name) => join(folder, name));
}

/** The first of each folder below. */
function firsts(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => packagesIn(join(folder, name)).slice(0, 1));
}

/** Of each signer: by parts and enveloped, in one canonical form each. */
const SIGNED = packagesIn('fixtures/signatures/valid').filter(
  (name) => !/sha512|exclusive-enveloped|inclusive-parts/.test(name),
);

/** Every so many: a child process for each of all would take a minute. */
function some(files: readonly string[], every: number): string[] {
  return files.filter((_, i) => i % every === 0);
}

const SETS: readonly (readonly [name: string, files: readonly string[]])[] = [
  ['valid documents', some(packagesIn('fixtures/documents/valid'), 3)],
  ['refused documents', some(firsts('fixtures/documents/refused'), 2)],
  ['statuses', some(packagesIn('fixtures/statuses/valid'), 4)],
  ['dialects', some(firsts('fixtures/dialects'), 2)],
  ['signatures that hold', SIGNED],
  [
    'other signatures',
    ['absent', 'invalid', 'placeholder', 'untrusted', 'wrong-namespace'].flatMap((name) =>
      packagesIn(join('fixtures/signatures', name)),
    ),
  ],
];

describe('the cross-check of the fixtures', () => {
  const all: CrossChecked[] = [];

  for (const [name, files] of SETS) {
    it(`finds no unexplained difference in ${name}`, async () => {
      expect(files.length).to.be.greaterThan(2);
      const before = all.length;
      for await (const one of crossCheck(files)) all.push(one);
      const found = all.slice(before);
      expect(found.filter(needsLook).map(crossCheckText)).to.deep.equal([]);
      expect(found.map(({ file }) => file)).to.deep.equal(files);
    });
  }

  it('asked each of the five engines, none of which is missing here', () => {
    const agreed = (engine: CrossEngine): number =>
      all
        .flatMap(({ answers }) => answers)
        .filter((one) => one.engine === engine && one.outcome === 'agrees').length;
    for (const engine of ['libxmljs2', 'xmllint', 'xml-crypto', 'xmlsec1', 'jdk'] as const) {
      expect(agreed(engine), engine).to.be.greaterThan(10);
    }
    const missing = all
      .flatMap(({ answers }) => answers)
      .filter((one) => one.outcome === 'not-installed');
    expect(missing).to.deep.equal([]);
  });
});
