/**
 * `npm run interop`: every foreign client against a real gateway over TLS. Options and statuses:
 * test/interop/README.md.
 *
 * @module
 */
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { type InteropBench, openBench } from './bench.js';
import { type Blame, CAPTURES, findBlame } from './blame.js';
import { isWrong, runForeignClient, type VariantResult, wayOf } from './campaign.js';
import { type ForeignClient, foreignClients, readForeignClient } from './clients.js';
import { writeProperties } from './flat.js';
import { installCommand, installPackages } from './packages.js';
import { writePages } from './pages.js';
import { type Finding, reportText } from './report.js';

const HELP = `Usage: npm run interop -- [--only NAME]... [--no-install] [--report] [--pages] [--serve]
Runs foreign SOAP clients against a gateway over TLS; see test/interop/README.md.
`;

function lines({ client, variant, version, steps, sampleProblem }: VariantResult): string {
  const failed = steps.filter((one) => one.problem !== undefined);
  const head = `${client.name} ${version ?? '(not installed)'} ${wayOf(variant)}: `;
  const count = `${steps.length - failed.length} of ${steps.length} passed\n`;
  const details = steps
    .filter((one) => isWrong(one) || one.own !== undefined)
    .map((one) => {
      if (one.problem === undefined) return `  ${one.step}: passes, but is declared as failing\n`;
      const whose = one.own === undefined ? 'FAILED' : "client's own";
      return `  ${one.step}: ${whose}: ${one.problem}\n`;
    });
  const sample = sampleProblem === undefined ? '' : `  sample: FAILED: ${sampleProblem}\n`;
  return head + count + details.join('') + sample;
}

function isBad({ steps, sampleProblem }: VariantResult): boolean {
  return sampleProblem !== undefined || steps.some(isWrong);
}

/** Failing steps again, against the second server as well. */
async function blameOf(result: VariantResult, bench: InteropBench): Promise<Blame[]> {
  const failed = result.steps.filter(({ problem }) => problem !== undefined);
  if (failed.length === 0 || result.version === undefined) return [];
  try {
    const blames = await findBlame(result, failed, bench);
    for (const { step, second, capture } of blames) {
      process.stdout.write(
        `  ${step} against the second server: ${second ?? 'passed'} (${capture})\n`,
      );
    }
    return blames;
  } catch (error) {
    process.stdout.write(`  not repeated against the second server: ${String(error)}\n`);
    return [];
  }
}

async function runAll(clients: readonly ForeignClient[], bench: InteropBench): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const client of clients) {
    const tell = (result: VariantResult) => process.stdout.write(lines(result));
    for (const result of await runForeignClient(client, bench, tell)) {
      findings.push({ result, blames: await blameOf(result, bench) });
    }
  }
  return findings;
}

/** For work on a client: a gateway that waits, and jobs in every way. */
async function serve(bench: InteropBench): Promise<void> {
  for (const soap of ['1.1', '1.2'] as const) {
    const job = bench.job({ soap, carrier: 'inline' });
    const folder = join(bench.scratch, soap);
    mkdirSync(folder);
    const path = join(folder, 'job.json');
    writeFileSync(path, JSON.stringify(job), { mode: 0o600 });
    const flat = writeProperties(job, folder);
    process.stdout.write(`SOAP ${soap}: ${job.wsdl}\n  ${path}\n  ${flat}\n`);
  }
  process.stdout.write(`ca: ${bench.tls.ca}; SIGINT or SIGTERM ends\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      'no-install': { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      pages: { type: 'boolean', default: false },
      serve: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.pages) {
    for (const page of writePages()) process.stdout.write(`${page}\n`);
    return 0;
  }
  if (values.report && values.only !== undefined) {
    process.stderr.write(HELP);
    return 2;
  }
  if (values.report) rmSync(CAPTURES, { recursive: true, force: true });
  const clients = values.only?.map(readForeignClient) ?? foreignClients();
  if (!values.serve) {
    const missing = installPackages(clients, !values['no-install']);
    if (missing.length > 0) process.stderr.write(`missing: run ${installCommand(missing)}\n`);
  }
  const bench = await openBench();
  try {
    if (values.serve) {
      await serve(bench);
      return 0;
    }
    const findings = await runAll(clients, bench);
    if (values.report) {
      const day = new Date().toISOString().slice(0, 10);
      writeFileSync(join(PACKAGE_ROOT, 'docs', 'interop.md'), reportText(findings, day));
    }
    return findings.some(({ result }) => isBad(result)) ? 1 : 0;
  } finally {
    await bench.close();
  }
}

process.exitCode = await main();
