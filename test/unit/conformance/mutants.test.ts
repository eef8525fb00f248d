/**
 * The record of the kill matrix: it names every case, and what it says of a few of them is so.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ask } from '../../mutants/ask.js';
import { Instrument, patternVariants } from '../../mutants/instrument.js';
import { killersOf } from '../../mutants/matrix.js';
import { recordedKills } from '../../mutants/record.js';
import { packageMutants, suiteFacts } from '../../mutants/suite-facts.js';

const facts = suiteFacts();
const kills = recordedKills();
const mutants = new Map(packageMutants().map((one) => [one.id, one]));

/** Some of a list, always the same. */
function sample<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, at) => at % step === 7 % step).slice(0, count);
}

describe('the record of mutants', () => {
  const schema = [...kills].filter(([, mutant]) => /^(xsd (document|status)|shape) /.test(mutant));

  it('has four hundred cases and more that find a mutant alone', () => {
    const ids = new Set(facts.suite.cases.map((one) => one.id));
    for (const id of kills.keys()) expect(ids.has(id), id).to.equal(true);
    expect(kills.size).to.be.greaterThan(400);
    expect(new Set(kills.values()).size).to.equal(kills.size);
  });

  it('has as many as README says', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(readme).to.include(`| ${kills.size} cases of the built-in suite each find a mutant`);
  });

  it('names mutants of schemas that there are', () => {
    for (const [id, mutant] of schema)
      expect(mutants.has(mutant), `${id}: ${mutant}`).to.equal(true);
  });

  it('says truly who finds them', async () => {
    for (const [id, name] of sample(schema, 40)) {
      const mutant = mutants.get(name);
      if (mutant === undefined) expect.fail(name);
      expect(await killersOf(mutant, facts.subjects, facts.base), name).to.deep.equal([id]);
    }
  });

  it('leaves out only cases that could not find them', async () => {
    const [entry] = sample(schema, 3);
    const mutant = mutants.get(entry?.[1] ?? '');
    if (mutant === undefined) expect.fail('no mutant');
    const found: string[] = [];
    mutant.on();
    try {
      for (const one of facts.subjects) {
        if (one.bytes.length < 20_000 && (await ask(one.bytes)) !== one.wanted) found.push(one.id);
      }
    } finally {
      mutant.off();
    }
    expect(found).to.deep.equal([entry?.[0]]);
  });

  it('leaves the product as it was', async () => {
    const { document, status } = facts.base;
    expect(await ask(document.bytes)).to.equal(document.wanted);
    expect(await ask(status.bytes)).to.equal(status.wanted);
  });
});

describe('rule mutants', () => {
  it('are built in without a change while none is on', () => {
    const source = `const names = new Set(['a', 'b']);
      const form = /^x{1,3}$/;
      function judge(name, count) { if (count > 3) return 'many'; return names.has(name) || form.test(name) ? 'known' : 'none'; }
      judge;`;
    const instrument = new Instrument();
    // biome-ignore lint/security/noGlobalEval: what is run was written above.
    const judge = eval(instrument.source('src/x', source)) as (a: string, b: number) => string;
    const state = globalThis as unknown as { $a: number };
    expect([judge('a', 1), judge('xx', 1), judge('c', 1), judge('a', 4)]).to.deep.equal([
      'known',
      'known',
      'none',
      'many',
    ]);
    const seen = new Set<string>();
    for (const { id, what } of instrument.mutants) {
      state.$a = id;
      const now = [
        judge('a', 1),
        judge('b', 1),
        judge('xx', 1),
        judge('c', 1),
        judge('a', 3),
        judge('a', 4),
      ];
      if (now.join() !== 'known,known,known,none,known,many') seen.add(what);
    }
    state.$a = -1;
    expect(seen.size).to.be.greaterThan(5);
  });

  it('know patterns near a pattern', () => {
    expect(patternVariants('a{1,2}b?')).to.include.members([
      'a{1}b?',
      'a{2}b?',
      'a{1,2}b',
      'a{1,2}b{0}',
    ]);
    expect(patternVariants('[/-]')).to.have.members(['[-]', '[/]']);
  });
});
