/** The second server and the recorder, which tell whose fault a failing step is. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type InteropBench, openBench } from '../interop-runner/bench.js';
import { readForeignClient } from '../interop-runner/clients.js';
import { JUDGED, problemOf } from '../interop-runner/judge.js';
import { runJob } from '../interop-runner/processes.js';
import { openRecorder } from '../interop-runner/recorder.js';
import { openSecondServer } from '../interop-runner/second-server.js';
import type { SoapVersion } from '../support/interop.js';

describe('whose fault a failing step is', function () {
  this.timeout(120_000);
  let bench: InteropBench;
  let outDir: string;
  const zeep = readForeignClient('zeep');

  before(async () => {
    bench = await openBench();
    outDir = mkdtempSync(join(bench.scratch, 'out-'));
    mkdirSync(outDir, { recursive: true });
  });
  after(() => bench.close());

  it('the recorder passes everything on, and keeps no secret', async () => {
    const origin = `https://localhost:${bench.port}`;
    const recorder = await openRecorder(bench.tls, { get: origin, post: origin });
    try {
      const job = bench.job({ soap: '1.1', carrier: 'inline' }, recorder.port);
      const { report, problem } = await runJob(zeep, job, outDir, bench.scratch);
      expect(problem).to.equal(undefined);
      const one = { job, report, store: bench.gateway.store };
      for (const step of JUDGED) expect(await problemOf(step, one), step).to.equal(undefined);
      const [ping] = recorder.exchanges;
      expect(ping?.operation).to.equal('Ping');
      expect(ping?.answer.head[0]).to.equal('HTTP/1.1 200 OK');
      const heads = recorder.exchanges.flatMap(({ request }) => request.head).join('\n');
      expect(heads).to.match(/^authorization: Basic …$/im);
      expect(heads).not.to.include(Buffer.from(job.sender.token).toString('base64').slice(4, 20));
    } finally {
      await recorder.close();
    }
  });

  for (const soap of ['1.1', '1.2'] as SoapVersion[]) {
    it(`a client that works passes against the second server too, SOAP ${soap}`, async () => {
      const second = await openSecondServer(bench, soap);
      try {
        const job = bench.job({ soap, carrier: 'inline' }, second.port);
        const { report, problem } = await runJob(zeep, job, outDir, bench.scratch);
        expect(problem).to.equal(undefined);
        const one = { job, report, store: bench.gateway.store };
        // These two look into the gateway's store.
        const judged = JUDGED.filter((step) => step !== 'travelled' && step !== 'sendDocument');
        for (const step of judged) expect(await problemOf(step, one), step).to.equal(undefined);
        expect(report.sendDocument).not.to.have.property('failed');
      } finally {
        await second.close();
      }
    });
  }
});
