/**
 * The load generator, a process of its own: makes the packages of one size, warms the gateway up,
 * prepares what will be needed, then measures. Started by load-process.ts, spoken to by messages.
 *
 * @module
 */
import { systemClock, vietnamTime } from '../src/clock.js';
import type { BenchAgency } from './agencies.js';
import { Corpus, type PreparedRequest } from './corpus.js';
import { closedLoop, type LoopOptions, openLoop } from './loops.js';
import { Sender } from './sender.js';
import { makeTemplate, organization } from './template.js';
import { Window, type WindowFigures } from './window.js';

export interface LoadJob {
  readonly url: string;
  readonly pid: number | undefined;
  readonly agencies: readonly BenchAgency[];
  /** By organ id of the sender. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly runId: string;
  readonly packageBytes: number;
  readonly connections: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly rate: number | undefined;
}

export interface LoadResult extends WindowFigures {
  /** Of one package. */
  readonly packageBytes: number;
  /** From the first request of the warm-up to the last answer. */
  readonly acceptedInAll: number;
  readonly failures: Readonly<Record<string, number>>;
  /** All prepared requests were sent before the time was over. */
  readonly exhausted: boolean;
  readonly lastMessageId: string | undefined;
}

/** Rates may rise after the warm-up. */
const RESERVE = 2;
const MOST_PREPARED = 300_000;
const FIRST_ROUND_BYTES = 2_000_000;

const now = (): number => systemClock.monotonic();

export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const corpus = new Corpus(templates(job), job.packageBytes);
  const sender = new Sender({
    url: job.url,
    connections: job.connections,
    headers: new Map(Object.entries(job.headers)),
    corpus,
  });
  try {
    const warmRate = await warmUp(job, corpus, sender);
    const rate = job.rate ?? warmRate * RESERVE;
    const wanted = Math.ceil(rate * job.seconds) + 2 * job.connections;
    const requests = await corpus.prepare(Math.min(wanted, MOST_PREPARED));
    const window = new Window({ seconds: job.seconds, pid: job.pid, now });
    const loop = loopOptions(job, sender, requests, window);
    if (job.rate === undefined) await closedLoop(loop);
    else await openLoop(loop, job.rate);
    const exhausted = !window.isClosed;
    window.close();
    return {
      ...window.figures(),
      packageBytes: corpus.packageBytes,
      acceptedInAll: sender.accepted,
      failures: Object.fromEntries(sender.failures),
      exhausted,
      lastMessageId: sender.lastMessageId,
    };
  } finally {
    await sender.close();
  }
}

function templates({ agencies, runId }: LoadJob) {
  const time = vietnamTime(systemClock.now());
  return agencies.map((from, at) => {
    const to = agencies[(at + 1) % agencies.length] ?? from;
    return makeTemplate({ from, to: organization(to.organId, to.organName), runId, time });
  });
}

function loopOptions(
  { connections }: LoadJob,
  sender: Sender,
  requests: readonly PreparedRequest[],
  window?: Window,
): LoopOptions<PreparedRequest> {
  const post = (request: PreparedRequest): Promise<boolean> => sender.post(request);
  return { requests, connections, post, now, ...(window === undefined ? {} : { window }) };
}

/**
 * Sends rounds of requests, each twice as many, for that long at least.
 *
 * @returns requests per second of the last round
 * @throws Error when nothing at all was accepted
 */
async function warmUp(job: LoadJob, corpus: Corpus, sender: Sender): Promise<number> {
  let count = Math.max(job.connections, Math.floor(FIRST_ROUND_BYTES / job.packageBytes));
  let sent = 0;
  for (;;) {
    const requests = await corpus.prepare(count);
    const begun = now();
    await closedLoop(loopOptions(job, sender, requests));
    const ms = now() - begun;
    sent += ms;
    if (sender.accepted === 0) {
      throw new Error(`nothing is accepted: ${[...sender.failures.keys()].join('; ')}`);
    }
    const rate = (count * 1000) / ms;
    if (sent >= job.warmup * 1000) return rate;
    // No larger than what is missing, so that a long warm-up does not overshoot by half.
    const missing = Math.ceil((rate * (job.warmup * 1000 - sent)) / 1000);
    count = Math.min(2 * count, Math.max(missing, job.connections));
  }
}

if (process.send !== undefined) {
  const answer = (message: object): void => {
    process.send?.(message, () => process.disconnect());
  };
  // Nobody is left to answer to, and the gateway may be gone too.
  process.once('disconnect', () => process.exit());
  process.once('message', (job) => {
    runLoad(job as LoadJob).then(
      (result) => answer({ result }),
      (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
}
