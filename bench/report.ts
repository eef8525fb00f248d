/**
 * What a run has found, for people and for programs, with the machine it was found on.
 *
 * @module
 */
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { systemClock, utc } from '../src/clock.js';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { faultsOf, type SizeResult } from './measure.js';

export interface Machine {
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly system: string;
  /** Where the store was made; null for a gateway that already ran. */
  readonly disk: { readonly folder: string; readonly fileSystem: string } | null;
}

/** Magic numbers of statfs(2). */
const FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x794c7630, 'overlay'],
  [0x01021994, 'tmpfs'],
  [0x2fc12fc1, 'zfs'],
]);

export function describeMachine(folder: string | undefined): Machine {
  const text = readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8');
  const cores = cpus();
  return {
    version: (JSON.parse(text) as { version: string }).version,
    date: utc(systemClock.now()),
    cpu: cores[0]?.model ?? 'unknown CPU',
    cores: cores.length,
    node: process.version,
    system: `${platform()} ${release()}`,
    disk:
      folder === undefined
        ? null
        : { folder, fileSystem: FILE_SYSTEMS.get(statfsSync(folder).type) ?? 'unknown' },
  };
}

const HEADINGS = [
  'package',
  'conn',
  'accepted/s',
  'p50 ms',
  'p99 ms',
  'CPU ms/doc',
  'peak MB',
  'accepted',
  'stored',
] as const;

function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  if (value >= 100) return String(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function row(result: SizeResult): string[] {
  return [
    result.size,
    String(result.connections),
    figure(result.perSecond),
    figure(result.ms?.p50),
    figure(result.ms?.p99),
    figure(result.cpuMsPerDocument),
    figure(result.peakBytes === null ? null : result.peakBytes / 1e6),
    String(result.acceptedInAll),
    result.stored === null ? '-' : String(result.stored.messages),
  ];
}

export function tableText(machine: Machine, results: readonly SizeResult[]): string {
  const rows = [[...HEADINGS], ...results.map(row)];
  const widths = HEADINGS.map((_, at) => Math.max(...rows.map((one) => one[at]?.length ?? 0)));
  const lines = rows.map((one) => one.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  '));
  const { version, date, cpu, cores, node, system, disk } = machine;
  const place =
    disk === null
      ? 'a gateway that ran already, with its own settings'
      : `store in ${disk.folder} (${disk.fileSystem}), durable settings`;
  const rate = results[0]?.rate ?? null;
  return [
    `edxgate ${version}, ${date}`,
    `${cpu}, ${cores} cores, ${system}, Node ${node}`,
    place,
    rate === null
      ? 'closed loop: each connection sends again after its answer'
      : `open loop: ${rate} requests/s, time from the moment each was due`,
    '',
    ...lines,
    ...results.flatMap(warnings),
    ...(disk?.fileSystem === 'tmpfs'
      ? ['! the store was in memory: nothing was written to a disk']
      : []),
    '',
  ].join('\n');
}

/** What a reader must know before believing the figures. */
function warnings(result: SizeResult): string[] {
  const { size, exhausted, generatorCores, otherCores, peakIsOfWindow, peakBytes } = result;
  const lines = faultsOf(result);
  if (exhausted) lines.push('all prepared requests were sent before the time was over');
  if (generatorCores > 0.9) lines.push('the load generator was near its limit');
  if (otherCores !== null && otherCores > 0.25) {
    lines.push(`other programs used ${figure(otherCores)} cores`);
  }
  if (peakBytes !== null && !peakIsOfWindow) lines.push('the peak is that since the start');
  return lines.map((line) => `! ${size}: ${line}`);
}

export function jsonText(machine: Machine, results: readonly SizeResult[]): string {
  const all = results.map((one) => ({ ...one, faults: faultsOf(one) }));
  return `${JSON.stringify({ machine, results: all })}\n`;
}
