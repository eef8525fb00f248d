/**
 * Clients that know nothing of us but the served WSDL, over TLS: those that `client.json` calls core. All of
 * them run with `npm run interop`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type InteropBench, openBench } from '../interop-runner/bench.js';
import { wayOf } from '../interop-runner/campaign.js';
import { foreignClients } from '../interop-runner/clients.js';
import { type Case, JUDGED, judge } from '../interop-runner/judge.js';
import { installCommand, missingPackages } from '../interop-runner/packages.js';
import { build, runJob } from '../interop-runner/processes.js';
import { runSample, type SampleRun } from '../interop-runner/samples.js';

const CORE = foreignClients().filter(({ core }) => core);

describe('foreign clients made from the served WSDL', function () {
  this.timeout(120_000);
  let bench: InteropBench;

  before(async () => {
    const missing = missingPackages(CORE);
    if (missing.length > 0) throw new Error(`missing; run: ${installCommand(missing)}`);
    bench = await openBench();
  });
  after(() => bench?.close());

  it('are five at least', () => {
    expect(CORE.length).to.be.at.least(5);
  });

  for (const client of CORE) {
    for (const variant of client.variants) {
      describe(`${client.name}, SOAP ${variant.soap}, ${variant.carrier}`, () => {
        let one: Case;
        let outDir: string;

        before(async () => {
          outDir = join(bench.scratch, client.id, wayOf(variant));
          mkdirSync(outDir, { recursive: true });
          const job = bench.job(variant);
          expect(await build(client, job, outDir)).to.equal(undefined);
          const { report, problem } = await runJob(client, job, outDir, bench.scratch);
          expect(problem).to.equal(undefined);
          one = { job, report, store: bench.gateway.store };
        });

        for (const step of JUDGED.filter((name) => !variant.own.has(name))) {
          it(step, () => judge(step, one));
        }
        if (client.sample !== undefined && variant === client.variants[0]) {
          it('the program of its page sends, takes and shows a refusal', async () => {
            const problem: SampleRun = await runSample(client, variant, outDir, bench);
            expect(problem).to.equal(undefined);
          });
        }
      });
    }
  }
});
