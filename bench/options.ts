/**
 * The command line of the benchmark.
 *
 * @module
 */
import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [OPTIONS]

Sends signed packages to a gateway of its own on a fresh store and measures what it accepts.

  --sizes 10k,100k,1m,10m   sizes of the packages in bytes (k = 1000, m = 1000000)
  --seconds 5               measured time of each size
  --warmup 3                time before it, not measured
  --connections N           requests at a time; default by size: 16 up to 100 kB, 8 up to 1 MB, then 4
  --rate N                  open loop: N requests per second, time counted from the moment each is due
  --agencies 8              number of sending agencies, each with its own certificate and token
  --folder DIR              where the store is made; decides which disk is measured; default: the system's
                            folder for temporary files
  --profile DIR             writes CPU profiles of the gateway there (its threads one by one)
  --json                    one JSON object instead of the table

A gateway that already runs:
  --make-agencies DIR       makes agencies with keys in DIR, prints how to register them, and ends
  --url URL --keys DIR --headers FILE [--pid PID]
                            FILE: {"ORGAN ID": {"authorization": "Bearer ..."}} for the agencies in DIR;
                            PID: its process, for CPU and memory

Exit status: 0 done; 1 failed, or not everything accepted is stored; 2 wrong command line
`;

/** One size to measure, as written and in bytes. */
export interface Size {
  readonly name: string;
  readonly bytes: number;
}

export interface RunningGateway {
  readonly url: string;
  readonly keys: string;
  readonly headers: string;
  readonly pid: number | undefined;
}

export interface BenchOptions {
  readonly sizes: readonly Size[];
  readonly seconds: number;
  readonly warmup: number;
  readonly connections: number | undefined;
  /** Requests per second of an open loop; absent = closed loop. */
  readonly rate: number | undefined;
  readonly agencies: number;
  readonly folder: string | undefined;
  readonly profile: string | undefined;
  readonly json: boolean;
  readonly makeAgencies: string | undefined;
  readonly running: RunningGateway | undefined;
  readonly help: boolean;
}

/** What is wrong with the command line, in words for whoever wrote it. */
export class WrongOption extends Error {}

const MAX_PACKAGE_BYTES = 50_000_000;

export function parseSizes(text: string): Size[] {
  return text.split(',').map((name) => {
    const match = /^(\d{1,8})([km]?)$/.exec(name.trim().toLowerCase());
    const unit = match?.[2] === 'm' ? 1_000_000 : match?.[2] === 'k' ? 1000 : 1;
    const bytes = Number(match?.[1] ?? 0) * unit;
    if (bytes < 1 || bytes > MAX_PACKAGE_BYTES) {
      throw new WrongOption(`--sizes: "${name}" is not a size such as 10k or 1m, up to 50m`);
    }
    return { name: name.trim().toLowerCase(), bytes };
  });
}

export function defaultConnections(bytes: number): number {
  if (bytes <= 100_000) return 16;
  return bytes <= 1_000_000 ? 8 : 4;
}

/** @throws WrongOption */
export function parseOptions(args: readonly string[]): BenchOptions {
  const values = parsed(args);
  const { url, keys, headers } = values;
  if (url !== undefined && (keys === undefined || headers === undefined)) {
    throw new WrongOption('--url needs --keys and --headers; --make-agencies prepares them');
  }
  const pid = optionalNumber('pid', values.pid, 1, 2 ** 31);
  return {
    sizes: parseSizes(values.sizes ?? '10k,100k,1m,10m'),
    seconds: optionalNumber('seconds', values.seconds, 0.1, 3600) ?? 5,
    warmup: optionalNumber('warmup', values.warmup, 0, 600) ?? 3,
    connections: whole('connections', values.connections, 256),
    rate: optionalNumber('rate', values.rate, 0.1, 100_000),
    agencies: whole('agencies', values.agencies, 90) ?? 8,
    folder: values.folder,
    profile: values.profile,
    json: values.json ?? false,
    makeAgencies: values['make-agencies'],
    running:
      url === undefined || keys === undefined || headers === undefined
        ? undefined
        : { url, keys, headers, pid },
    help: values.help ?? false,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        sizes: text,
        seconds: text,
        warmup: text,
        connections: text,
        rate: text,
        agencies: text,
        folder: text,
        profile: text,
        url: text,
        keys: text,
        headers: text,
        pid: text,
        'make-agencies': text,
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new WrongOption(error instanceof Error ? error.message : String(error));
  }
}

function optionalNumber(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= min && value <= max)) {
    throw new WrongOption(`--${name}: write a number from ${min} to ${max}`);
  }
  return value;
}

function whole(name: string, text: string | undefined, max: number): number | undefined {
  const value = optionalNumber(name, text, 1, max);
  if (value !== undefined && !Number.isInteger(value)) {
    throw new WrongOption(`--${name}: write a whole number`);
  }
  return value;
}
