/**
 * `npm run bench`: how many signed packages the gateway accepts per second, and what each costs.
 *
 * @module
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { systemClock } from '../src/clock.js';
import { makeAgencies, registerCommands, saveAgencies } from './agencies.js';
import { faultsOf, measureFresh, measureRunning, type SizeResult } from './measure.js';
import {
  type BenchOptions,
  defaultConnections,
  HELP,
  parseOptions,
  type Size,
  WrongOption,
} from './options.js';
import { describeMachine, jsonText, tableText } from './report.js';

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.makeAgencies !== undefined) return keepAgencies(options, options.makeAgencies);

  const folder = resolve(options.folder ?? tmpdir());
  mkdirSync(folder, { recursive: true });
  const machine = describeMachine(options.running === undefined ? folder : undefined);
  const results = await measureAll(options, folder);
  process.stdout.write(options.json ? jsonText(machine, results) : tableText(machine, results));
  return results.every((one) => faultsOf(one).length === 0) ? 0 : 1;
}

async function measureAll(options: BenchOptions, folder: string): Promise<SizeResult[]> {
  const { running, profile } = options;
  const agencies =
    running === undefined ? await makeAgencies(options.agencies, systemClock.now()) : [];
  const results: SizeResult[] = [];
  for (const size of options.sizes) {
    const one = measureOptions(options, size);
    progress(options, `${size.name}: ${one.connections} connections, ${one.seconds} s`);
    results.push(
      running === undefined
        ? await measureFresh(one, agencies, folder, profile)
        : await measureRunning(one, running),
    );
  }
  return results;
}

function measureOptions({ connections, seconds, warmup, rate }: BenchOptions, size: Size) {
  return {
    size,
    connections: connections ?? defaultConnections(size.bytes),
    seconds,
    warmup,
    rate,
  };
}

function progress({ json }: BenchOptions, line: string): void {
  if (!json) process.stderr.write(`${line}\n`);
}

async function keepAgencies({ agencies }: BenchOptions, folder: string): Promise<number> {
  const made = await makeAgencies(agencies, systemClock.now());
  saveAgencies(folder, made);
  process.stdout.write(`${registerCommands(resolve(folder), made)}\n`);
  return 0;
}

// Leaving by `exit` ends the children and removes the folder.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof WrongOption ? 2 : 1;
}
