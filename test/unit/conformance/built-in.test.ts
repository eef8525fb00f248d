/**
 * The built-in suite: what every case has, which codes it asks for, and that the checks of packages say
 * what it expects.
 */
import { expect } from 'chai';
import { reasonNotCovered } from '../../../src/conformance/built-in/not-covered.js';
import { builtInSuite } from '../../../src/conformance/built-in/suite.js';
import type { Case, Step } from '../../../src/conformance/suite.js';
import { FIXED_VARIABLES, variablesIn } from '../../../src/conformance/variables.js';
import { ERRORS } from '../../../src/model/error-table.js';
import { ask } from '../../mutants/ask.js';
import { suiteFacts } from '../../mutants/suite-facts.js';

const suite = builtInSuite();

function filesOf({ request }: Step): string[] {
  if (request.kind === 'http') return request.body === undefined ? [] : [request.body];
  return request.package === undefined ? [] : [request.package.file];
}

/** Codes that a step expects: of a refusal, of warnings, in a trace. */
function codesOf({ expect: wanted }: Step): string[] {
  const told = (wanted.assertions ?? []).map((one) => ('equals' in one ? one.equals : ''));
  return [...(wanted.codes ?? []), ...(wanted.warnings ?? []), ...told];
}

describe('the built-in suite', () => {
  it('has hundreds of cases, each with an id of its own, titles and a clause', () => {
    expect(suite.cases.length).to.be.greaterThan(400);
    expect(new Set(suite.cases.map((one) => one.id)).size).to.equal(suite.cases.length);
    for (const { id, title, clause } of suite.cases) {
      expect(id).to.match(/^[a-z0-9.-]+$/);
      expect(title.en.length, id).to.be.greaterThan(5);
      expect(title.vi.length, id).to.be.greaterThan(3);
      expect(clause.document, id).to.not.equal('');
      expect(clause.place, id).to.not.equal('');
    }
  });

  it('has every file that a step names, with variables that there are', () => {
    for (const one of suite.cases) {
      const known = new Set<string>(FIXED_VARIABLES);
      for (const step of one.steps) {
        for (const name of filesOf(step)) {
          const bytes = suite.file(name);
          if (bytes === undefined) expect.fail(`${one.id}: no file ${name}`);
          for (const variable of variablesIn(bytes.toString('latin1'))) {
            expect(known.has(variable), `${one.id}: ${variable}`).to.equal(true);
          }
        }
        for (const variable of Object.keys(step.save ?? {})) known.add(variable);
      }
    }
  });

  it('asks for every code of a client, or says why not', () => {
    const asked = new Set(suite.cases.flatMap((one: Case) => one.steps.flatMap(codesOf)));
    for (const [code, { side }] of Object.entries(ERRORS)) {
      if (side === 'server' || asked.has(code)) continue;
      expect(reasonNotCovered(code), code).to.be.a('string');
    }
  });

  it('names no code that there is not', () => {
    for (const one of suite.cases) {
      for (const { expect: wanted } of one.steps) {
        for (const code of [...(wanted.codes ?? []), ...(wanted.warnings ?? [])]) {
          expect(Object.hasOwn(ERRORS, code), `${one.id}: ${code}`).to.equal(true);
        }
      }
    }
  });
});

describe('packages of the built-in suite', () => {
  const { subjects } = suiteFacts();
  const size = 150;
  for (let from = 0; from < subjects.length; from += size) {
    it(`are taken and refused as expected, from number ${from}`, async () => {
      for (const { id, bytes, wanted } of subjects.slice(from, from + size)) {
        expect(await ask(bytes), id).to.equal(wanted);
      }
    });
  }
});
