/**
 * Options of `edxgate conformance`, and what they make: target, agencies, keys.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isWide, readSecretText, reasonOf } from '../config/secret-file.js';
import type { SigningPair } from '../conformance/request.js';
import type { Player, Target } from '../conformance/run-case.js';
import type { RunOptions } from '../conformance/run-suite.js';
import { refuse } from '../model/issue.js';
import type { CommonOptions, Run } from './command.js';

export interface ConformanceOptions extends CommonOptions {
  readonly suite: string;
  readonly target: string;
  readonly as: string;
  readonly tokenFile?: string;
  readonly peer?: string;
  readonly peerTokenFile?: string;
  readonly third?: string;
  readonly thirdTokenFile?: string;
  readonly signingKey?: string;
  readonly certificate?: string;
  readonly ca?: string;
  readonly only?: string;
  readonly concurrency: number;
  readonly timeout: number;
  readonly record?: string;
  readonly out?: string;
  readonly crossCheck?: boolean;
}

/** What a run needs but the suite. @throws GatewayError `cli.usage`, `file.unreadable` */
export function runOptions(run: Run, options: ConformanceOptions): RunOptions {
  const { as, tokenFile, peer, peerTokenFile, third, thirdTokenFile, only } = options;
  const signing = signingPair(run, options);
  const sender = player(run, as, tokenFile);
  const recipient = optionalPlayer(run, 'peer', peer, peerTokenFile);
  const other = optionalPlayer(run, 'third', third, thirdTokenFile);
  return {
    target: target(run, options),
    sender: signing === undefined ? sender : { ...sender, signing },
    ...(recipient === undefined ? {} : { recipient }),
    ...(other === undefined ? {} : { third: other }),
    ...(only === undefined ? {} : { only }),
    concurrency: options.concurrency,
    clock: run.terminal.clock,
  };
}

function usage(reason: string): Error {
  return refuse('cli.usage', { reason });
}

function target(run: Run, { target: url, timeout, ca }: ConformanceOptions): Target {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw usage(`--target ${url} is no address such as https://host/soap`);
  }
  return { url, timeoutMs: timeout, ...(ca === undefined ? {} : { ca: readText(run, ca) }) };
}

/** The name of an agency is only words in test documents. */
function player(run: Run, organId: string, tokenFile: string | undefined): Player {
  const token = tokenFile === undefined ? undefined : readToken(run, tokenFile);
  return { organId, name: `Cơ quan ${organId}`, ...(token === undefined ? {} : { token }) };
}

function optionalPlayer(
  run: Run,
  option: string,
  organId: string | undefined,
  tokenFile: string | undefined,
): Player | undefined {
  if (organId !== undefined) return player(run, organId, tokenFile);
  if (tokenFile === undefined) return undefined;
  throw usage(`--${option}-token-file needs --${option}`);
}

function signingPair(run: Run, options: ConformanceOptions): SigningPair | undefined {
  const { signingKey, certificate } = options;
  if (signingKey === undefined && certificate === undefined) return undefined;
  if (signingKey === undefined) throw usage('--certificate needs --signing-key');
  if (certificate === undefined) throw usage('--signing-key needs --certificate');
  return { keyPem: readToken(run, signingKey), certificatePem: readText(run, certificate) };
}

export function readText({ terminal }: Run, file: string): string {
  try {
    return readFileSync(resolve(terminal.folder, file), 'utf8');
  } catch (error) {
    throw refuse('file.unreadable', { file, reason: reasonOf(error) });
  }
}

/** A wide file is only told: keys and tokens of tests may be throw-away ones. */
export function readToken(run: Run, name: string): string {
  const file = resolve(run.terminal.folder, name);
  if (!isWide(file)) return readSecretText(file);
  run.terminal.err(`warning: others may read ${file}; do: chmod 600 ${file}\n`);
  return readText(run, name).trim();
}
