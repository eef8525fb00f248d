/**
 * Walks the fixtures of documents, statuses and dialects, with both profiles. The folder says what must
 * come of a file: `valid`, or the code it must bring.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.js';
import { type Inspected, inspectPackage } from '../../src/edxml/inspect-package.js';
import { CheckList } from '../../src/model/check.js';
import { PEER_PROFILES, type PeerProfile } from '../../src/model/edxml.js';
import type { Issue } from '../../src/model/issue.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { fixtureFiles } from '../tools/fixture-set.js';

const FIXTURES = join(PACKAGE_ROOT, 'fixtures');
/** 2026-11-24, after the dates in the fixtures. */
const NOW = Date.UTC(2026, 10, 24, 5);

/** Dialects that the schema takes as they stand, so that the strict profile does too. */
const NOT_OF_THE_SCHEMA: ReadonlySet<string> = new Set([
  'dialects/dialect.cid',
  'dialects/dialect.bom',
  'dialects/dialect.status-form',
  'dialects/attachment.type',
  'dialects/recipient.repeated',
  'dialects/document.future',
  'dialects/status.no-reason',
  'dialects/dialect.missing/hop-null.edxml',
]);
/** Dialects of documents that are refused as a whole by the strict profile, whatever else they say. */
const ROOT_ONLY = /^dialects\/(dialect\.namespace\/|dialect\.spelling\/root-case)/;

interface Outcome extends Inspected {
  readonly issues: readonly Issue[];
  readonly codes: readonly string[];
}

function inspect(path: string, profile: PeerProfile): Outcome {
  const doc = parseXml(scanXml(readFileSync(join(FIXTURES, path))));
  try {
    const checks = new CheckList(systemClock);
    const inspected = inspectPackage(doc, profile, checks, NOW);
    return { ...inspected, issues: checks.issues, codes: checks.issues.map((one) => one.code) };
  } finally {
    doc.dispose();
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(FIXTURES, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.edxml'))
    .map((entry) => join(entry.parentPath, entry.name).slice(FIXTURES.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

function codeOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}

describe('fixtures of packages', () => {
  it('are byte for byte what the script makes', () => {
    for (const [path, text] of fixtureFiles()) {
      expect(readFileSync(join(FIXTURES, path), 'utf8') === text, path).to.equal(true);
    }
  });

  for (const profile of PEER_PROFILES) {
    describe(`profile ${profile}`, () => {
      for (const folder of ['documents/valid', 'statuses/valid']) {
        for (const path of filesBelow(folder)) {
          it(`reads ${path} without an issue`, () => {
            const outcome = inspect(path, profile);
            expect(outcome.issues).to.deep.equal([]);
            expect(outcome.package?.kind).to.equal(
              folder.startsWith('doc') ? 'document' : 'status',
            );
          });
        }
      }
      for (const path of filesBelow('documents/refused')) {
        it(`refuses ${path}`, () => {
          const outcome = inspect(path, profile);
          expect(outcome.package).to.equal(undefined);
          const found = outcome.issues.find((one) => one.code === codeOf(path));
          expect(outcome.codes).to.include(codeOf(path));
          expect(found?.severity).to.equal('error');
          expect(found?.path).to.match(/^\/\w+/);
          expect(found?.line).to.be.a('number').greaterThan(0);
        });
      }
    });
  }

  describe('dialects', () => {
    for (const path of filesBelow('dialects')) {
      it(`reads ${path} in profile field, with its warning`, () => {
        const outcome = inspect(path, 'field');
        expect(outcome.issues.filter((one) => one.severity === 'error')).to.deep.equal([]);
        expect(outcome.codes).to.include(codeOf(path));
        expect(outcome.package).to.not.equal(undefined);
      });

      const folder = path.split('/').slice(0, 2).join('/');
      if (NOT_OF_THE_SCHEMA.has(folder) || NOT_OF_THE_SCHEMA.has(path)) {
        it(`reads ${path} in profile qcvn-strict too`, () => {
          const outcome = inspect(path, 'qcvn-strict');
          expect(outcome.package).to.not.equal(undefined);
          expect(outcome.codes).to.include(codeOf(path));
        });
      } else {
        it(`refuses ${path} in profile qcvn-strict`, () => {
          const outcome = inspect(path, 'qcvn-strict');
          expect(outcome.package).to.equal(undefined);
          expect(outcome.issues.some((one) => one.severity === 'error')).to.equal(true);
          expect(outcome.codes.includes('package.root')).to.equal(ROOT_ONLY.test(path));
        });
      }
    }
  });
});
