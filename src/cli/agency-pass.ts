/**
 * `--pass-report` of `agency set`: proof that an agency has passed the partner suite, verified with the
 * keys of this gateway, or with the one of the gateway that signed it.
 *
 * Errors: `agency.pass-report`, `cli.usage`, `file.unreadable`.
 *
 * @module
 */
import { join, resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { reasonOf } from '../config/secret-file.js';
import { publicKeysOf, readPublicKeys } from '../evidence/kept-keys.js';
import { readPassReport } from '../evidence/pass-report.js';
import { refuse } from '../model/issue.js';
import type { VerifiedPass } from '../model/partner-pass.js';
import type { Qualification } from '../operate/agency-lane.js';
import type { Run } from './command.js';
import { readInputFile } from './files.js';

export interface PassOptions {
  readonly lane?: string;
  readonly passReport?: string;
  readonly passKey?: string;
}

export async function qualificationOf(
  run: Run,
  config: Config,
  organId: string,
  options: PassOptions,
): Promise<Qualification> {
  const requirePass = config.conformance?.requirePass ?? false;
  const { lane, passReport, passKey } = options;
  if (passReport === undefined) {
    if (passKey !== undefined)
      throw refuse('cli.usage', { reason: '--pass-key needs --pass-report' });
    return { requirePass };
  }
  if (lane !== 'production') {
    throw refuse('cli.usage', { reason: '--pass-report goes with --lane production' });
  }
  const keys =
    passKey === undefined
      ? readPublicKeys(join(config.store.folder, 'keys'))
      : publicKeys(run, passKey);
  return { requirePass, pass: await verified(run, organId, passReport, keys) };
}

async function verified(
  run: Run,
  organId: string,
  file: string,
  keys: ReturnType<typeof readPublicKeys>,
): Promise<VerifiedPass> {
  const reading = readPassReport((await readInputFile(run.terminal, file)).toString('utf8'), keys);
  if (reading.ok) return reading.pass;
  throw refuse('agency.pass-report', { value: organId, reason: reading.reason });
}

/** @throws GatewayError `file.unreadable` */
export function publicKeys({ terminal }: Run, file: string): ReturnType<typeof readPublicKeys> {
  try {
    return publicKeysOf([resolve(terminal.folder, file)]);
  } catch (error) {
    throw refuse('file.unreadable', { file, reason: reasonOf(error) });
  }
}
