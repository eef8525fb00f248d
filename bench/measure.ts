/**
 * Measures one size from a fresh gateway to the count of its store.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchAgency, loadAgencies } from './agencies.js';
import { countStored, type Stored, startBenchGateway } from './gateway-process.js';
import type { LoadJob, LoadResult } from './load.js';
import { startLoad } from './load-process.js';
import type { RunningGateway, Size } from './options.js';

export interface MeasureOptions {
  readonly size: Size;
  readonly connections: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly rate: number | undefined;
}

export interface SizeResult extends LoadResult {
  readonly size: string;
  readonly connections: number;
  /** Requests per second asked for; null in a closed loop. */
  readonly rate: number | null;
  /** Null for a gateway that already ran: its store is not ours to open. */
  readonly stored: Stored | null;
}

/** @param parent folder in which one for this measurement is made and deleted again */
export async function measureFresh(
  options: MeasureOptions,
  agencies: readonly BenchAgency[],
  parent: string,
  profile?: string,
): Promise<SizeResult> {
  const folder = mkdtempSync(join(parent, 'edxgate-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Also when the run is cut off: a store of gigabytes must not stay behind.
  process.once('exit', remove);
  try {
    const gateway = await startBenchGateway({ folder, agencies, profile });
    let load: LoadResult;
    try {
      load = await startLoad(jobOf(options, agencies, gateway));
    } finally {
      await gateway.stop();
    }
    const stored = await countStored(folder, load.lastMessageId);
    return resultOf(options, load, stored);
  } finally {
    remove();
    process.removeListener('exit', remove);
  }
}

export async function measureRunning(
  options: MeasureOptions,
  { url, keys, headers, pid }: RunningGateway,
): Promise<SizeResult> {
  const known = JSON.parse(readFileSync(headers, 'utf8')) as LoadJob['headers'];
  const load = await startLoad(jobOf(options, loadAgencies(keys), { url, pid, headers: known }));
  return resultOf(options, load, null);
}

function jobOf(
  { size, connections, seconds, warmup, rate }: MeasureOptions,
  agencies: readonly BenchAgency[],
  { url, pid, headers }: Pick<LoadJob, 'url' | 'pid' | 'headers'>,
): LoadJob {
  return {
    url,
    pid,
    headers,
    agencies,
    runId: randomBytes(4).toString('hex'),
    packageBytes: size.bytes,
    connections,
    seconds,
    warmup,
    rate,
  };
}

function resultOf(
  { size, connections, rate }: MeasureOptions,
  load: LoadResult,
  stored: Stored | null,
): SizeResult {
  return { ...load, size: size.name, connections, rate: rate ?? null, stored };
}

/** What is wrong with a result, in sentences; empty when accepted and stored are the same. */
export function faultsOf(result: SizeResult): string[] {
  const { stored, acceptedInAll, failures, packageBytes } = result;
  const faults = Object.entries(failures).map(([failure, count]) => `${count} × ${failure}`);
  if (stored === null) return faults;
  if (stored.messages !== acceptedInAll) {
    faults.push(`accepted ${acceptedInAll}, stored ${stored.messages}`);
  }
  if (stored.deliveries !== stored.messages) {
    faults.push(`${stored.messages} messages, ${stored.deliveries} deliveries`);
  }
  // Heads differ by a few bytes from agency to agency.
  if (Math.abs((stored.sampleBytes ?? 0) - packageBytes) > 64) {
    faults.push(`the last package has ${stored.sampleBytes ?? 0} bytes, sent were ${packageBytes}`);
  }
  return faults;
}
