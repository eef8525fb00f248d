/**
 * A brief run of the fuzzer of multipart bodies with a fixed seed. `npm run fuzz -- --multipart` runs longer.
 */
import { expect } from 'chai';
import { FINDINGS, saveFinding } from './findings.js';
import { type MultipartRun, runMultipartCampaign } from './multipart-campaign.js';

const SEED = 46;
/** The number of mutants, not the time, ends the run on an ordinary machine. */
const MUTANTS = 2000;
const LIMIT_MS = 15_000;

describe('fuzzing of multipart bodies', () => {
  let run: MultipartRun;

  before(async () => {
    run = await runMultipartCampaign({ seed: SEED, milliseconds: LIMIT_MS, mutants: MUTANTS });
  });

  it('finds nothing in a brief run', () => {
    const found = run.findings.map(
      (one) => `${one.kind} ${one.detail}\n  ${saveFinding(FINDINGS, one)}`,
    );
    expect(found).to.deep.equal([]);
  });

  it('sees bodies that are taken and such that are not, in memory and in files', () => {
    expect(run.mutants).to.be.greaterThan(200);
    expect(run.accepted).to.be.within(run.mutants / 10, (run.mutants * 9) / 10);
    expect(run.spooled).to.be.greaterThan(run.mutants / 100);
  });
});
