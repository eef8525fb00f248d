/**
 * `node dist/bench/fairness-run.js`: do recipients that hang or refuse slow down the others? Rounds of
 * two runs: A with 18 healthy recipients, B with the same load for them and two bad recipients besides,
 * one that never answers and one that answers HTTP 500. Compared is what the 18 get per second.
 *
 * Passes (exit status 0) when the median of B/A is at least 0.95 and its 95 % interval reaches 0.99.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { closeConnections } from '../src/soap/exchange.js';
import { type RunOptions, runOnce } from './fairness.js';
import { median, medianInterval } from './fairness-statistics.js';

const HEALTHY = 18;
const LEAST_MEDIAN = 0.95;
const MUST_REACH = 0.99;

const HELP = `node dist/bench/fairness-run.js [--rounds 15] [--documents 60] [--bytes 10000] [--folder DIR]
  --rounds     pairs of runs, without and with two bad recipients
  --documents  for each recipient and run
  --bytes      of one package
  --folder     where the temporary stores are made (default: the system's)
`;

interface Options {
  readonly rounds: number;
  readonly documents: number;
  readonly bytes: number;
  readonly folder: string;
}

function whole(name: string, text: string | undefined, standard: number): number {
  const value = text === undefined ? standard : Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000) {
    throw new Error(`--${name}: write a whole number from 1`);
  }
  return value;
}

function parseOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: text,
      documents: text,
      bytes: text,
      folder: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  return {
    rounds: whole('rounds', values.rounds, 15),
    documents: whole('documents', values.documents, 60),
    bytes: whole('bytes', values.bytes, 10_000),
    folder: resolve(values.folder ?? tmpdir()),
  };
}

async function startRecipients(): Promise<{ urls: readonly string[]; stop(): void }> {
  const file = fileURLToPath(new URL('./fairness-recipients.js', import.meta.url));
  const child = fork(file, [String(HEALTHY)], { execArgv: [] });
  const urls = await new Promise<readonly string[]>((resolve, reject) => {
    child.once('message', (message) => resolve(message as string[]));
    child.once('exit', () => reject(new Error('the recipients did not start')));
  });
  return { urls, stop: () => child.disconnect() };
}

async function measure(options: Options, urls: readonly string[]): Promise<number[]> {
  const common = {
    folder: options.folder,
    healthy: urls.slice(0, HEALTHY),
    documentsEach: options.documents,
    packageBytes: options.bytes,
  };
  const without: RunOptions = { ...common, bad: [] };
  const withBad: RunOptions = { ...common, bad: urls.slice(HEALTHY) };
  // Compilers and caches get warm.
  await runOnce(without);
  await runOnce(withBad);
  const ratios: number[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    // Each goes first in every other round, so that a drift of the machine weighs on both alike.
    const [first, second] = round % 2 === 1 ? [without, withBad] : [withBad, without];
    const [one, two] = [await runOnce(first), await runOnce(second)];
    const [a, b] = first === without ? [one, two] : [two, one];
    ratios.push(b / a);
    process.stdout.write(
      `round ${round}: A ${a.toFixed(1)}/s  B ${b.toFixed(1)}/s  B/A ${(b / a).toFixed(4)}\n`,
    );
  }
  return ratios;
}

function judge(ratios: readonly number[]): number {
  const middle = median(ratios);
  const [low, high] = medianInterval(ratios);
  const passed = middle >= LEAST_MEDIAN && high >= MUST_REACH;
  process.stdout.write(
    `median B/A ${middle.toFixed(4)}, 95 % interval ${low.toFixed(4)} to ${high.toFixed(4)}: ` +
      `${passed ? 'passed' : 'failed'}\n`,
  );
  return passed ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  mkdirSync(options.folder, { recursive: true });
  const recipients = await startRecipients();
  try {
    return judge(await measure(options, recipients.urls));
  } finally {
    recipients.stop();
    await closeConnections();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
