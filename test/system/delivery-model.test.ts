/**
 * The model of docs/model/delivery.pml, walked through by spin: its properties hold, and each rule that
 * is taken away breaks one of them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';

const MODEL = resolve('docs/model/delivery.pml');

let folder = '';

function run(program: string, ...args: string[]): string {
  const { stdout, stderr, error, status } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 240_000,
  });
  if (error !== undefined) throw new Error(`${program} is needed for this test: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

interface Verdict {
  /** Kinds of faults found; the search stops at the first. */
  readonly faults: readonly string[];
  readonly states: number;
}

/** @param without rules to leave out, and the lane that is not looked at */
function check(property: string, ...without: string[]): Verdict {
  run('spin', ...without.map((name) => `-D${name}`), '-a', 'delivery.pml');
  run('cc', '-O1', '-DNFAIR=3', '-o', 'pan', 'pan.c');
  const fair = property === 'safe' ? [] : ['-f'];
  const output = run('./pan', '-a', ...fair, '-m200000', '-N', property);
  const errors = Number(/errors: (\d+)/.exec(output)?.[1]);
  const faults = ['assertion violated', 'acceptance cycle'].filter((one) =>
    output.includes(`${one} `),
  );
  // A search that was cut short proves nothing.
  expect(output).to.match(/errors: \d+/);
  expect(output).to.not.include('max search depth too small');
  expect(output).to.not.include('out of memory');
  expect(faults.length > 0, output).to.equal(errors > 0);
  return { faults, states: Number(/(\d+) states, stored/.exec(output)?.[1]) };
}

describe('model of delivery', function () {
  this.timeout(300_000);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-model-'));
    copyFileSync(MODEL, join(folder, 'delivery.pml'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [property, lane, least] of [
    ['safe', 'NO_COLLECT', 1_000_000],
    ['safe', 'NO_PUSH', 1000],
    ['pushed', 'NO_COLLECT', 1_000_000],
    ['collected_in_the_end', 'NO_PUSH', 1000],
  ] as const) {
    it(`${property} holds (${lane})`, () => {
      const { faults, states } = check(property, lane);
      expect(faults).to.deep.equal([]);
      expect(states).to.be.greaterThan(least);
    });
  }

  for (const [rule, property, lane] of [
    ['ANSWER_FIRST', 'safe', 'NO_COLLECT'],
    ['NO_KEY', 'safe', 'NO_COLLECT'],
    ['NO_LEASE_NUMBER', 'safe', 'NO_COLLECT'],
    ['NO_MESSAGE_ID', 'safe', 'NO_COLLECT'],
    ['NO_TAKE_BACK', 'pushed', 'NO_COLLECT'],
    ['LISTED_ONCE', 'collected_in_the_end', 'NO_PUSH'],
  ] as const) {
    it(`${property} fails with ${rule}`, () => {
      expect(check(property, lane, rule).faults).to.have.length(1);
    });
  }
});
