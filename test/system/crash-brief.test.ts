import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { campaign } from '../crash/campaign.js';
import { runOnce } from '../crash/chain.js';
import { checkStore } from '../crash/check.js';
import { faultLibrary, type Subject } from '../crash/faults.js';
import { makeStore } from '../crash/gateway-process.js';
import { Lane } from '../crash/lane.js';
import { type Acknowledged, compareLedgers, type Taken } from '../crash/ledger.js';
import { cutPower, readChanges, uncovered } from '../crash/power-cut.js';
import { currentBuild, NONE, type Result, sum } from '../crash/results.js';
import { seeded } from '../crash/seeded.js';
import { partsOf } from '../crash/words.js';

const RUNS = 60;
const AFTER_ANSWER = { operation: 'send', subject: 'answer-send', when: 'after' } as const;

/** The bounded part of test/crash: design 1.1, at the points where it is most in danger. */
describe('SIGKILL at every point', function () {
  this.timeout(20_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-crash-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('the fault library compiles', () => {
    // Throws with what to install when there is no C compiler.
    expect(faultLibrary()).to.match(/\.so$/);
  });

  it(`${RUNS} kills spread over the points: none lost, none doubled, every store sound`, async function () {
    this.timeout(240_000);
    const results: readonly Result[] = await campaign({
      runs: RUNS,
      lanes: 2,
      chain: RUNS / 2,
      seed: 20_261_124,
      minutes: 10,
      build: currentBuild(),
      folder,
      keep: false,
    });
    const { runs, found, documents } = sum(results);
    expect(results.flatMap((one) => one.findings)).to.deep.equal([]);
    expect(found).to.deep.equal(NONE);
    expect(runs).to.equal(RUNS);
    expect(documents).to.be.greaterThan(RUNS);
    const hit = results.filter(({ point }) => partsOf(point) !== undefined);
    // Most plans are reached; how many depends on the speed of the machine.
    expect(hit.length).to.be.greaterThan(RUNS / 2);
    expect(new Set(hit.map(({ point }) => point)).size).to.be.greaterThan(RUNS / 3);
  });

  describe('can fail', () => {
    const told = (n: number, over: Partial<Acknowledged> = {}): Acknowledged => ({
      digest: `digest ${n}`,
      documentId: `T99.01,2026/11/20,${n}/MAU`,
      to: ['T99.02', 'T99.04'],
      messageId: `message ${n}`,
      receiptDigest: `receipt ${n}`,
      duplicate: false,
      run: n,
      ...over,
    });
    const took = (n: number, organId: string, over: Partial<Taken> = {}): Taken => ({
      organId,
      messageId: `message ${n}`,
      digest: `digest ${n}`,
      contentDigest: `digest ${n}`,
      documentId: `T99.01,2026/11/20,${n}/MAU`,
      run: n,
      ...over,
    });
    const acknowledged = [told(1), told(2)];
    const taken = [1, 2].flatMap((n) => [took(n, 'T99.02'), took(n, 'T99.04')]);
    const kinds = (a: readonly Acknowledged[], t: readonly Taken[]) =>
      compareLedgers(a, t).findings.map(({ kind, run }) => `${kind} ${run}`);

    it('finds nothing where all is well; a repeated message id is counted', () => {
      const again = [...taken, took(2, 'T99.04')];
      expect(kinds(acknowledged, again)).to.deep.equal([]);
      expect([...compareLedgers(acknowledged, again).repeated]).to.deep.equal([[2, 1]]);
    });

    it('an acknowledgement too many is a lost document, once per recipient', () => {
      expect(kinds([...acknowledged, told(3)], taken)).to.deep.equal(['lost 3', 'lost 3']);
    });

    it('a second message id for one document is a doubled document', () => {
      const second = took(1, 'T99.04', { messageId: 'message 9', run: 5 });
      expect(kinds(acknowledged, [...taken, second])).to.deep.equal(['doubled 5']);
    });

    it('other bytes, another answer, a package nobody sent, a wrong order', () => {
      const changed = took(2, 'T99.02', { digest: 'digest 9' });
      expect(kinds(acknowledged, [...taken, changed])).to.deep.equal([
        'changed-bytes 2',
        'unknown-package 2',
      ]);
      const answered = told(1, { receiptDigest: 'receipt 9', run: 7 });
      expect(kinds([...acknowledged, answered], taken)).to.deep.equal(['changed-answer 7']);
      const follower = told(2, { documentId: told(1).documentId });
      const wrong = [2, 1].flatMap((n) =>
        ['T99.02', 'T99.04'].map((organId) => took(n, organId, { documentId: told(1).documentId })),
      );
      expect(kinds([told(1), follower], wrong)).to.deep.equal(['overtaken 1', 'overtaken 1']);
    });

    it('a gateway that forgets the fsync of its commits loses documents in a power cut', async function () {
      this.timeout(60_000);
      const lane = await Lane.open(join(folder, 'forgetful'));
      try {
        const undo = join(lane.folder, 'undo');
        const cut = async (forgotten: readonly Subject[]) => {
          rmSync(undo, { force: true });
          await lane.beginChain('FORGET', 1);
          const plan = { point: AFTER_ANSWER, hit: 3, atStart: false };
          const random = seeded(1);
          const cutNow = () => cutPower(lane.store, undo, () => false);
          const sabotage = () => lane.control.forgetSyncs(forgotten);
          await runOnce(lane, plan, 0, random, { undo }, cutNow, sabotage);
          const { findings } = await lane.endChain(0);
          return new Set(findings.map(({ kind }) => kind));
        };
        expect([...(await cut([]))]).to.deep.equal([]);
        expect([...(await cut(['log']))]).to.include('lost');
      } finally {
        await lane.close();
      }
    });

    it('a power cut takes back what no synchronisation covers', () => {
      const record = (kind: string, path: string, other = '', before = '') =>
        `${kind} 0 4 0 ${before.length} ${path.length} ${other.length}\n${path}${other}${before}`;
      const log = [
        record('C', '/s/content/ab'),
        record('S', '/s/content'),
        record('C', '/s/content/tmp-1'),
        record('W', '/s/content/tmp-1', '', 'old\n'),
        record('S', '/s/content/tmp-1'),
        record('R', '/s/content/tmp-1', '/s/content/ab/1'),
        record('W', '/s/edxgate.db-wal', '', '1234'),
        record('W', '/s/edxgate.db-wal').slice(0, -4),
      ].join('');
      const left = (text: string) =>
        uncovered(readChanges(Buffer.from(text))).map(({ kind, path }) => `${kind} ${path}`);
      expect(left(log)).to.deep.equal([
        'C /s/content/tmp-1',
        'R /s/content/tmp-1',
        'W /s/edxgate.db-wal',
      ]);
      const whole = `${log.slice(0, log.lastIndexOf('W 0 4'))}${record('S', '/s/content/ab')}`;
      expect(left(whole)).to.deep.equal(['C /s/content/tmp-1', 'W /s/edxgate.db-wal']);
    });

    it('the check of the store sees a database that is none', async () => {
      const store = join(folder, 'damaged');
      await makeStore(store, 1);
      expect(checkStore(store).faults).to.deep.equal([]);
      rmSync(join(store, 'edxgate.db'));
      expect(() => checkStore(store)).to.throw(/edxgate|open|directory|file/i);
    });
  });
});
