/**
 * `edxgate verify FILE...`: signature, certificate and trust; no store is touched.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readTrustFiles } from '../config/trust-files.js';
import { CheckList } from '../model/check.js';
import { isError, refuse } from '../model/issue.js';
import type { SignatureVerdict } from '../model/signature.js';
import { inspectBytes } from '../receive/inspect.js';
import { TrustStore } from '../xml/trust.js';
import {
  act,
  type CommonOptions,
  collect,
  describe,
  type Run,
  say,
  timeOption,
} from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { reportFailure } from './failure.js';
import { readInputFile } from './files.js';

interface VerifyOptions extends CommonOptions {
  readonly trust?: string[];
  readonly crl?: string[];
  readonly at?: number;
  readonly anySigner?: boolean;
  readonly allowSha1?: boolean;
}

interface Verification {
  readonly file: string;
  readonly class: SignatureVerdict['class'];
  /** Why it is of this class; codes. */
  readonly reasons: readonly string[];
  readonly signer: SignatureVerdict['signer'] | null;
  readonly signedParts: readonly string[];
  /** SHA-256 of the file. */
  readonly digest: string;
}

export function define(command: Command, run: Run): void {
  describe(command, {
    description: 'Check the signatures of packages; - reads standard input.',
    config: false,
    examples: [
      'edxgate verify document.edxml --trust ca.pem',
      'edxgate verify *.edxml --trust ca/ --crl crl/ --at 2026-11-24 --json',
    ],
    notes:
      'The signer must chain to a trust anchor, and the UID (else CN) of its subject must be the\norgan id in From, unless --any-signer is given. The status is 0 only if all are valid.',
  })
    .argument('<file...>', 'packages, or - for standard input')
    .option('--trust <file>', 'trust anchors: PEM or DER file, or folder; may be repeated', collect)
    .option(
      '--crl <file>',
      'revocation lists: PEM or DER file, or folder; may be repeated',
      collect,
    )
    .option(
      '--at <time>',
      'judge certificates at this time (default: now)',
      timeOption(run.terminal.clock),
    )
    .option('--any-signer', 'whoever signed, not only the agency in From')
    .option('--allow-sha1', 'take signatures with SHA-1')
    .action(act(run, (files: string[], options: VerifyOptions) => verify(run, files, options)));
}

async function verify(
  run: Run,
  files: readonly string[],
  options: VerifyOptions,
): Promise<ExitStatus> {
  const trust = readTrust(run, options);
  let status: ExitStatus = EXIT.done;
  for (const file of files) {
    try {
      const result = await verifyFile(run, file, trust, options);
      say(run, options, result, () => textOf(result));
      if (result.class !== 'valid' && status === EXIT.done) status = EXIT.notPassed;
    } catch (error) {
      status = reportFailure(run.terminal, error, options.json === true);
    }
  }
  return status;
}

function readTrust({ terminal }: Run, { trust = [], crl = [] }: VerifyOptions): TrustStore {
  const at = (file: string): string => resolve(terminal.folder, file);
  const anchors = readTrustFiles(trust.map(at), 'CERTIFICATE');
  const crls = readTrustFiles(crl.map(at), 'X509 CRL');
  if (anchors.length === 0 && crls.length === 0) return TrustStore.empty;
  try {
    return TrustStore.from(anchors, crls);
  } catch {
    const block = trust.length > 0 ? 'CERTIFICATE' : 'X509 CRL';
    throw refuse('trust.empty', { file: [...trust, ...crl].join(', '), block });
  }
}

async function verifyFile(
  { terminal }: Run,
  file: string,
  store: TrustStore,
  options: VerifyOptions,
): Promise<Verification> {
  const bytes = await readInputFile(terminal, file);
  const now = terminal.clock.now();
  const inspection = await inspectBytes(bytes, {
    profile: 'field',
    checks: new CheckList(terminal.clock),
    now,
    trustFor: (from) => ({
      store,
      from,
      registered: [],
      anySigner: options.anySigner ?? false,
      at: options.at ?? now,
      allowSha1: options.allowSha1 ?? false,
    }),
  });
  const { signature, digest, issues } = inspection;
  // No verdict: the bytes are not XML, or nobody is named in From; a signature in there proves nothing.
  if (signature === undefined) {
    const reasons = [...new Set(issues.filter(isError).map(({ code }) => code))];
    return { file, class: 'invalid', reasons, signer: null, signedParts: [], digest };
  }
  const { class: found, reasons, signer = null, signedParts } = signature;
  return { file, class: found, reasons, signer, signedParts, digest };
}

function textOf(result: Verification): string {
  const { file, class: found, reasons, signer, signedParts } = result;
  const lines = [`${file}: ${found}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`];
  if (signer) {
    lines.push(
      `  signer  ${signer.subject}`,
      `  issuer  ${signer.issuer}`,
      `  valid   ${signer.notBefore} to ${signer.notAfter}`,
    );
  }
  if (signedParts.length > 0) lines.push(`  covers  ${signedParts.join(', ')}`);
  return lines.join('\n');
}
