/**
 * `edxgate validate FILE...`: schema and rules, all faults at once; no store is touched.
 *
 * @module
 */
import type { Command } from 'commander';
import { CheckList } from '../model/check.js';
import { PEER_PROFILES, type PeerProfile } from '../model/edxml.js';
import { type Issue, isError, refuse } from '../model/issue.js';
import { inspectBytes } from '../receive/inspect.js';
import { secondOpinion as secondOpinionOf } from '../xml/second-opinion.js';
import { act, type CommonOptions, choiceOption, describe, type Run, say } from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { reportFailure } from './failure.js';
import { readInputFile } from './files.js';

interface ValidateOptions extends CommonOptions {
  readonly profile: PeerProfile;
  readonly secondOpinion?: boolean;
}

interface Validation {
  readonly file: string;
  /** null when it is neither a document nor a status, or cannot be read so far. */
  readonly kind: 'document' | 'status' | null;
  readonly valid: boolean;
  readonly issues: readonly Issue[];
  /** Only when asked for: what libxmljs2 makes of the file and the schema. */
  readonly secondOpinion?: { readonly valid: boolean; readonly errors: readonly string[] };
}

export function define(command: Command, run: Run): void {
  describe(command, {
    description:
      'Check packages against the schema and the rules of QCVN 102; - reads standard input.',
    config: false,
    examples: [
      'edxgate validate document.edxml',
      'edxgate validate --profile qcvn-strict *.edxml --json',
      'cat status.edxml | edxgate validate -',
    ],
    notes:
      'Profiles: field takes what real systems write and warns of it; qcvn-strict takes only what\nthe schema allows. Warnings never make a package invalid. Signatures: edxgate verify.',
  })
    .argument('<file...>', 'packages, or - for standard input')
    .addOption(
      choiceOption('--profile <name>', 'how strictly to read', PEER_PROFILES, [
        'edoc',
        'vxp',
      ]).default('field'),
    )
    .option('--second-opinion', 'also ask libxmljs2 about the schema; for files you trust')
    .action(act(run, (files: string[], options: ValidateOptions) => validate(run, files, options)));
}

async function validate(
  run: Run,
  files: readonly string[],
  options: ValidateOptions,
): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.done;
  for (const file of files) {
    try {
      const result = await validateFile(run, file, options);
      say(run, options, result, () => textOf(result));
      if (!result.valid && status === EXIT.done) status = EXIT.notPassed;
    } catch (error) {
      status = reportFailure(run.terminal, error, options.json === true);
    }
  }
  return status;
}

async function validateFile(
  run: Run,
  file: string,
  { profile, secondOpinion }: ValidateOptions,
): Promise<Validation> {
  const { terminal } = run;
  const bytes = await readInputFile(terminal, file);
  const checks = new CheckList(terminal.clock);
  const found = await inspectBytes(bytes, { profile, checks, now: terminal.clock.now() });
  const { kind = null, issues } = found;
  const valid = !issues.some(isError);
  if (secondOpinion !== true) return { file, kind, valid, issues };
  return { file, kind, valid, issues, secondOpinion: await ask(bytes, kind) };
}

async function ask(
  bytes: Uint8Array,
  kind: Validation['kind'],
): Promise<NonNullable<Validation['secondOpinion']>> {
  const other = await secondOpinionOf(bytes, kind ?? 'document');
  if (other.kind === 'unavailable') {
    throw refuse('cli.failed', { reason: 'libxmljs2 is not installed; it is an optional package' });
  }
  if (other.kind === 'failed') throw refuse('cli.failed', { reason: `libxmljs2 ${other.reason}` });
  return { valid: other.valid, errors: other.errors.map((one) => `line ${one.line}: ${one.text}`) };
}

function opinionLines(other: Validation['secondOpinion']): string[] {
  if (other === undefined) return [];
  const verdict = other.valid ? 'follows the schema' : 'does NOT follow the schema';
  return [`  libxmljs2: ${verdict}`, ...other.errors.map((one) => `    ${one}`)];
}

function textOf({ file, kind, valid, issues, secondOpinion }: Validation): string {
  const warnings = issues.filter((one) => !isError(one)).length;
  const errors = issues.length - warnings;
  const counts = [
    ...(errors > 0 ? [`${errors} error${errors === 1 ? '' : 's'}`] : []),
    ...(warnings > 0 ? [`${warnings} warning${warnings === 1 ? '' : 's'}`] : []),
  ];
  const head = [`${file}: ${kind ?? 'package'} ${valid ? 'valid' : 'NOT valid'}`, ...counts].join(
    ', ',
  );
  return [head, ...issues.flatMap(issueLines), ...opinionLines(secondOpinion)].join('\n');
}

function issueLines({ severity, code, path, line, text, textVi, hint }: Issue): string[] {
  const place = [...(line === undefined ? [] : [`line ${line}`]), ...(path === '' ? [] : [path])];
  return [
    `  ${severity} ${code}${place.length > 0 ? `  ${place.join('  ')}` : ''}`,
    `    ${text}`,
    `    ${textVi}`,
    `    → ${hint}`,
  ];
}
