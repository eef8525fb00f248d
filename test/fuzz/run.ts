/**
 * `npm run fuzz -- --seconds 600 --seed 1`: a long run of the fuzzer against all verifiers that are
 * installed; with `--multipart` of the fuzzer of multipart bodies. Every finding is written to a file beside
 * its seed; status 3 when there is one.
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Campaign, type Finding, runCampaign } from './campaign.js';
import { compileJdk, hasJdk, hasXmlsec1 } from './engines.js';
import { FINDINGS, saveFinding } from './findings.js';
import { runMultipartCampaign } from './multipart-campaign.js';

const HELP = `Usage: npm run fuzz -- [--seconds N] [--seed N] [--sample N] [--multipart] [--out FOLDER]
Mutates signed packages and compares verdicts; with --multipart mutates multipart requests and compares
the two readers. Findings go to FOLDER (${FINDINGS}).
`;

function tell({ mutants, accepted, compared, rules, findings }: Campaign): string {
  const lines = [
    `${mutants} mutants, ${accepted} accepted under require`,
    `compared: ${[...compared].map(([engine, count]) => `${engine} ${count}`).join(', ')}`,
    ...[...rules].sort(([, a], [, b]) => b - a).map(([rule, count]) => `  ${rule}: ${count}`),
    `${findings.length} findings`,
  ];
  return `${lines.join('\n')}\n`;
}

/** @returns the exit status */
function keep(findings: readonly Finding[], out: string): number {
  for (const finding of findings) {
    const path = saveFinding(out, finding);
    process.stdout.write(`${finding.kind}: ${finding.detail}\n  ${path}\n`);
  }
  return findings.length === 0 ? 0 : 3;
}

async function fuzzMultipart(seed: number, milliseconds: number, out: string): Promise<number> {
  const run = await runMultipartCampaign({ seed, milliseconds });
  const { mutants, accepted, spooled, findings } = run;
  process.stdout.write(
    `seed ${seed}: ${mutants} mutants, ${accepted} taken, ${spooled} with a file\n` +
      `${findings.length} findings\n`,
  );
  return keep(findings, out);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '600' },
      seed: { type: 'string', default: String(Math.floor(performance.timeOrigin) % 1_000_000) },
      sample: { type: 'string', default: '10' },
      multipart: { type: 'boolean', default: false },
      out: { type: 'string', default: FINDINGS },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [seconds, seed, sample] = [values.seconds, values.seed, values.sample].map(Number);
  if (!(seconds && seconds > 0) || !Number.isInteger(seed) || !(sample && sample > 0)) {
    process.stderr.write(HELP);
    return 2;
  }
  if (values.multipart) return fuzzMultipart(seed ?? 0, seconds * 1000, values.out);
  const jdkClasses = hasJdk() ? compileJdk() : undefined;
  try {
    const campaign = await runCampaign({
      seed: seed ?? 0,
      milliseconds: seconds * 1000,
      xmlsec1: hasXmlsec1(),
      sample,
      ...(jdkClasses === undefined ? {} : { jdkClasses }),
    });
    process.stdout.write(`seed ${seed}: ${tell(campaign)}`);
    return keep(campaign.findings, values.out);
  } finally {
    if (jdkClasses !== undefined) rmSync(jdkClasses, { recursive: true });
  }
}

process.exitCode = await main();
