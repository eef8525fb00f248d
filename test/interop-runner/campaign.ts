/**
 * Runs clients, each in every way it has, and judges what they report.
 *
 * @module
 */
import { join } from 'node:path';
import type { InteropBench } from './bench.js';
import type { ForeignClient, Variant } from './clients.js';
import { type Case, JUDGED, type Judged, problemOf } from './judge.js';
import { build, runJob, versionOf } from './processes.js';
import { runSample } from './samples.js';

export interface StepResult {
  readonly step: Judged;
  /** Absent: as it must be. */
  readonly problem?: string;
  /** Declared in `client.json` as the client's own fault, with the reason. */
  readonly own?: string;
}

export interface VariantResult {
  readonly client: ForeignClient;
  readonly variant: Variant;
  /** Of the stack; undefined: not installed. */
  readonly version: string | undefined;
  readonly outDir: string;
  readonly steps: readonly StepResult[];
  /** What was wrong with the program of the client's page. */
  readonly sampleProblem?: string;
}

/** A step that failed without a declaration, or passed in spite of one. */
export function isWrong({ problem, own }: StepResult): boolean {
  return (problem === undefined) !== (own === undefined);
}

export function wayOf({ soap, carrier }: Pick<Variant, 'soap' | 'carrier'>): string {
  return `${soap}/${carrier}`;
}

function allFailed(variant: Variant, problem: string): StepResult[] {
  return JUDGED.map((step) => withOwn(variant, { step, problem }));
}

function withOwn(variant: Variant, result: StepResult): StepResult {
  const own = variant.own.get(result.step);
  return own === undefined ? result : { ...result, own };
}

/** @param ended what a client that died said */
async function judgeAll(of: Case, variant: Variant, ended?: string): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of JUDGED) {
    const problem = await problemOf(step, of);
    const silent = step !== 'travelled' && of.report[step] === undefined;
    const reason = silent ? (ended ?? problem) : problem;
    results.push(withOwn(variant, { step, ...(reason === undefined ? {} : { problem: reason }) }));
  }
  return results;
}

export async function runVariant(
  client: ForeignClient,
  variant: Variant,
  outDir: string,
  bench: InteropBench,
): Promise<StepResult[]> {
  const job = bench.job(variant);
  const { report, problem } = await runJob(client, job, outDir, bench.scratch);
  return judgeAll({ job, report, store: bench.gateway.store }, variant, problem);
}

/** Builds once for each SOAP version, runs once for each way. */
export async function runForeignClient(
  client: ForeignClient,
  bench: InteropBench,
  tell: (result: VariantResult) => void = () => undefined,
): Promise<VariantResult[]> {
  const version = await versionOf(client);
  const builds = new Map<string, string | undefined>();
  const results: VariantResult[] = [];
  for (const variant of client.variants) {
    const outDir = join(bench.scratch, 'out', client.id, variant.soap);
    if (!builds.has(variant.soap)) {
      builds.set(variant.soap, await build(client, bench.job(variant), outDir));
    }
    const failed = builds.get(variant.soap);
    const steps =
      failed === undefined
        ? await runVariant(client, variant, outDir, bench)
        : allFailed(variant, failed);
    const sampled = failed === undefined && client.sample !== undefined && results.length === 0;
    const sampleProblem = sampled ? await runSample(client, variant, outDir, bench) : undefined;
    const result = {
      client,
      variant,
      version,
      outDir,
      steps,
      ...(sampleProblem === undefined ? {} : { sampleProblem }),
    };
    tell(result);
    results.push(result);
  }
  return results;
}
