/**
 * Job and report for languages without JSON: lines `key=value`. The form stands in test/interop/README.md.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientReport, InteropJob } from '../support/interop.js';

type Tree = { readonly [name: string]: unknown };

/** Members that are files in the flat form. */
const BYTES: ReadonlySet<string> = new Set(['package', 'largePackage', 'ContentTransferEncoded']);
const REPORT = 'report.';

function flatten(value: unknown, key: string, folder: string): string[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, child]) =>
      flatten(child, key === '' ? name : `${key}.${name}`, folder),
    );
  }
  const text = String(value);
  const name = key.slice(key.lastIndexOf('.') + 1);
  if (BYTES.has(name)) {
    const path = join(folder, key);
    writeFileSync(path, Buffer.from(text, 'base64'));
    return [`${key}File=${path}`];
  }
  if (/[\r\n]/.test(text)) throw new Error(`${key} has a line break: no flat form`);
  return [`${key}=${text}`];
}

/** Writes the job and its files into the folder. @returns the path of the job. */
export function writeProperties(job: InteropJob, folder: string): string {
  const path = join(folder, 'job.properties');
  writeFileSync(path, `${flatten(job, '', folder).join('\n')}\n`, { mode: 0o600 });
  return path;
}

function put(into: Map<string, unknown>, path: readonly string[], value: string): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    // `KEY=` alone says that a list was empty; its elements may come before or after.
    if (value !== '' || !into.has(name)) into.set(name, value);
    return;
  }
  const there = into.get(name);
  const child = there instanceof Map ? there : new Map<string, unknown>();
  into.set(name, child);
  put(child, rest, value);
}

const LISTS: ReadonlySet<string> = new Set([
  'recipients',
  'listPending',
  'traces',
  'statuses',
  'description',
  'organizations',
  'issues',
]);

function treeOf(value: unknown, name: string): unknown {
  if (!(value instanceof Map)) {
    if (LISTS.has(name) && value === '') return [];
    if (name === 'fault' && value === '') return null;
    return value === 'true' ? true : value === 'false' ? false : value;
  }
  const entries = [...value].map(([key, child]): [string, unknown] => [key, treeOf(child, key)]);
  const isList = entries.every(([key]) => /^\d+$/.test(key));
  if (!isList) return Object.fromEntries(entries);
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}

function withLists(report: Tree): Tree {
  const traces = report['traces'];
  if (!Array.isArray(traces)) return report;
  const complete = traces.map((one: Tree) => ({ statuses: [], description: [], ...one }));
  return { ...report, traces: complete };
}

/** The lines `report.KEY=VALUE` of a text; other lines are the stack's own talk. */
export function readProperties(text: string): ClientReport {
  const top = new Map<string, unknown>();
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (!line.startsWith(REPORT) || at < 0) continue;
    put(top, line.slice(REPORT.length, at).split('.'), line.slice(at + 1));
  }
  const report = top.size === 0 ? {} : (treeOf(top, '') as Tree);
  return withLists(report) as ClientReport;
}
