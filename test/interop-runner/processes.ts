/**
 * A foreign client as processes: version, build, run, each with its own limit of time.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientReport, InteropJob } from '../support/interop.js';
import type { ForeignClient } from './clients.js';
import { readProperties, writeProperties } from './flat.js';

/** Enough of what a tool said to see why it failed. */
const TAIL = 1500;

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly milliseconds: number;
  readonly input?: string;
  readonly env?: { readonly [name: string]: string };
}

export interface Ended {
  /** null: killed, or not there. */
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Never rejects: a program that is missing or late has ended with null. */
export function run(of: Command): Promise<Ended> {
  return new Promise((resolve) => {
    // A group of its own: what a shell script started ends with it.
    const child = spawn(of.command, of.args, {
      cwd: of.folder,
      detached: true,
      env: { ...process.env, ...of.env },
    });
    let out = '';
    let errors = '';
    const late = setTimeout(() => {
      errors += `\nstopped after ${of.milliseconds / 1000} s`;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, of.milliseconds);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-10 * TAIL);
    });
    // A client that dies early closes its input; its exit status says more than the broken pipe.
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => {
      clearTimeout(late);
      resolve({ code: null, out, errors: error.message });
    });
    child.once('close', (code) => {
      clearTimeout(late);
      resolve({ code, out, errors });
    });
    child.stdin.end(of.input ?? '');
  });
}

function why({ code, out, errors }: Ended): string {
  const said = errors.trim() === '' ? out : errors;
  return `ended with ${code ?? 'a signal'}: ${said.trim().slice(-TAIL)}`;
}

/** The first line of what the stack says; undefined when it is not installed. */
export async function versionOf(client: ForeignClient): Promise<string | undefined> {
  const [command = '', ...args] = client.version;
  const ended = await run({ command, args, folder: client.folder, milliseconds: 30_000 });
  if (ended.code === null) return undefined;
  return `${ended.out}\n${ended.errors}`.trim().split('\n')[0]?.trim() || undefined;
}

/** @returns what went wrong, if it did. */
export async function build(
  client: ForeignClient,
  job: Pick<InteropJob, 'wsdl' | 'ca' | 'soap'>,
  outDir: string,
): Promise<string | undefined> {
  mkdirSync(outDir, { recursive: true });
  if (!client.builds) return undefined;
  const ended = await run({
    command: join(client.folder, 'build.sh'),
    args: [job.wsdl, outDir, job.ca, job.soap],
    folder: client.folder,
    milliseconds: client.buildMs,
  });
  return ended.code === 0 ? undefined : `build.sh ${why(ended)}`;
}

/** What a client wrote: one JSON object, or lines. */
export function readReport(out: string): ClientReport {
  return out.trimStart().startsWith('{') ? (JSON.parse(out) as ClientReport) : readProperties(out);
}

export interface Run {
  readonly report: ClientReport;
  /** Absent: it ended in order. */
  readonly problem?: string;
}

/** Runs the job. A client that dies has reported what it wrote before, if that can be read. */
export async function runJob(
  client: ForeignClient,
  job: InteropJob,
  outDir: string,
  scratch: string,
): Promise<Run> {
  const folder = mkdtempSync(join(scratch, 'job-'));
  try {
    const ended = await run({
      command: join(client.folder, 'run.sh'),
      args: [outDir],
      folder: client.folder,
      milliseconds: client.runMs,
      input: JSON.stringify(job),
      env: { JOB_PROPERTIES: writeProperties(job, folder) },
    });
    if (ended.code === 0) return { report: readReport(ended.out) };
    return { report: readProperties(ended.out), problem: `run.sh ${why(ended)}` };
  } catch (error) {
    return { report: {}, problem: `the report cannot be read: ${String(error)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
