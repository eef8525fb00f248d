/**
 * Whose fault a failing step is: the job is done again against the gateway and against the second server, both
 * behind a recorder; both wires go into one short text.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { Step } from '../support/interop.js';
import type { InteropBench } from './bench.js';
import { type StepResult, type VariantResult, wayOf } from './campaign.js';
import { type Case, type Judged, problemOf } from './judge.js';
import { runJob } from './processes.js';
import { type Exchange, type Message, openRecorder } from './recorder.js';
import { openSecondServer } from './second-server.js';

export const CAPTURES = join(PACKAGE_ROOT, 'docs', 'interop');

/** Operation of a step, and which of its calls (negative: from the end). */
const CALL: { readonly [S in Step]: readonly [operation: string, at: number] } = {
  ping: ['Ping', 0],
  sendPackage: ['SendPackage', 0],
  sendDocument: ['SendDocument', 0],
  listPending: ['ListPending', 0],
  getPackage: ['GetPackage', 0],
  confirm: ['ConfirmReceived', 0],
  sendStatus: ['SendStatus', 0],
  traces: ['GetTraces', 0],
  organizations: ['GetOrganizations', 0],
  fault: ['GetPackage', 1],
  large: ['SendPackage', -1],
};
/** Longer runs of base64 say nothing to a reader. */
const BASE64 = /[A-Za-z0-9+/]{80}[A-Za-z0-9+/=\s]*/g;
const MOST = 4000;

export interface Blame {
  readonly step: Judged;
  /** What the client reported against the second server; undefined: it passed there. */
  readonly second: string | undefined;
  /** Path from docs/. */
  readonly capture: string;
}

interface Side {
  readonly name: string;
  readonly exchange: Exchange | undefined;
  readonly problem: string | undefined;
}

function shown({ head, body }: Message, mark: string): string {
  const text = body
    .toString('utf8')
    .replaceAll(BASE64, (run) => `${run.slice(0, 40)}[… ${run.length} characters]`)
    .slice(0, MOST);
  return [...head, '', ...text.split(/\r?\n/)]
    .map((line) => `${mark} ${line}`.trimEnd())
    .join('\n');
}

function written({ name, exchange, problem }: Side): string {
  const outcome = `== ${name}: ${problem ?? 'passed'}`;
  if (exchange === undefined) return `${outcome}\n(no such request was made)\n`;
  return `${outcome}\n\n${shown(exchange.request, '>')}\n\n${shown(exchange.answer, '<')}\n`;
}

function exchangeOf(exchanges: readonly Exchange[], step: Step): Exchange | undefined {
  const [operation, at] = CALL[step];
  return exchanges.filter((one) => one.operation === operation).at(at);
}

/** What a step came to against the second server, which has no store to look into. */
async function secondProblem(step: Step, of: Case, ended?: string): Promise<string | undefined> {
  const value: unknown = of.report[step];
  if (value === undefined) return ended ?? 'the client did not report it';
  const isFailed = typeof value === 'object' && value !== null && 'failed' in value;
  return step === 'sendDocument' && !isFailed ? undefined : problemOf(step, of);
}

/**
 * @param result of a run in which steps failed
 * @returns a text for every step that failed and can be repeated
 */
export async function findBlame(
  result: VariantResult,
  failed: readonly StepResult[],
  bench: InteropBench,
): Promise<Blame[]> {
  const { client, variant, outDir } = result;
  const own = `https://localhost:${bench.port}`;
  const ours = await openRecorder(bench.tls, { get: own, post: own });
  const second = await openSecondServer(bench, variant.soap);
  try {
    const ourJob = bench.job(variant, ours.port);
    const again = await runJob(client, ourJob, outDir, bench.scratch);
    const theirJob = bench.job(variant, second.port);
    const theirs = await runJob(client, theirJob, outDir, bench.scratch);
    const { store } = bench.gateway;
    const blames: Blame[] = [];
    for (const { step } of failed) {
      if (step === 'travelled') continue;
      const one = { job: ourJob, report: again.report, store };
      const other = { job: theirJob, report: theirs.report, store };
      const sides: Side[] = [
        {
          name: 'edxgate',
          exchange: exchangeOf(ours.exchanges, step),
          problem: await problemOf(step, one),
        },
        {
          name: 'PHP SoapServer',
          exchange: exchangeOf(second.exchanges, step),
          problem: await secondProblem(step, other, theirs.problem),
        },
      ];
      mkdirSync(CAPTURES, { recursive: true });
      const title = `${client.name} ${result.version}, SOAP ${wayOf(variant)}, step ${step}`;
      const name = `${client.id}-${variant.soap}-${variant.carrier}-${step}.txt`;
      writeFileSync(join(CAPTURES, name), `${title}\n\n${sides.map(written).join('\n')}`);
      blames.push({ step, second: sides[1]?.problem, capture: `interop/${name}` });
    }
    return blames;
  } finally {
    await ours.close();
    await second.close();
  }
}
