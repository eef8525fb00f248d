/**
 * `edxgate conformance partner`: asks a gateway where our agency stands in its partner suite, and saves
 * the pass report once it is there. The gateway judges by its own store; nothing is sent but the question.
 *
 * Errors: `cli.failed`, `cli.usage`, `file.unreadable`, `peer.unreachable`.
 *
 * @module
 */
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { reasonOf } from '../config/secret-file.js';
import type { PartnerAnswer } from '../conformance/partner/ask.js';
import { askPartner } from '../conformance/partner/ask.js';
import type { PublicKeys } from '../evidence/kept-keys.js';
import { readPassReport } from '../evidence/pass-report.js';
import { keyId } from '../evidence/receipt-keys.js';
import { refuse } from '../model/issue.js';
import { publicKeys } from './agency-pass.js';
import { act, type CommonOptions, describe, durationOption, type Run, say } from './command.js';
import { readText, readToken } from './conformance-options.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { plain } from './table.js';

interface PartnerOptions extends CommonOptions {
  readonly target: string;
  readonly as: string;
  readonly tokenFile: string;
  readonly out?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly timeout: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;

export function definePartner(command: Command, run: Run): void {
  describe(command.summary('where our agency stands in the partner suite of a gateway'), {
    description:
      'Ask a gateway which requirements of its partner suite our agency has shown in the sandbox lane.',
    config: false,
    examples: [
      'edxgate conformance partner --target https://gateway.example/soap --as T99.05 --token-file t5',
      'edxgate conformance partner --target https://gateway.example/soap --as T99.05 --token-file t5 \\\n    --key gateway.pub.pem --out T99.05-pass.xml',
    ],
    notes:
      'The gateway judges by what it has stored. Status 3 until all requirements are met. The report is\nverified with --key, else with the key that the gateway itself shows. See docs/partner-suite.md.',
  })
    .requiredOption('--target <url>', 'SOAP endpoint of the gateway, https://host/soap')
    .requiredOption('--as <organ>', 'our organ id there')
    .requiredOption('--token-file <file>', 'file with the token, mode 0600')
    .option('--out <file>', 'write the pass report there')
    .option('--key <file>', 'PEM public key of the gateway, from its operator')
    .option('--ca <file>', 'PEM file with the CA of the gateway, instead of those of the system')
    .option(
      '--timeout <duration>',
      'longest time for the answer',
      durationOption,
      DEFAULT_TIMEOUT_MS,
    )
    .action(act(run, (options: PartnerOptions) => partner(run, options)));
}

async function partner(run: Run, options: PartnerOptions): Promise<ExitStatus> {
  const { target, as, ca, timeout, key, out } = options;
  const given = key === undefined ? undefined : publicKeys(run, key);
  const answer = await askPartner({
    target,
    organId: as,
    token: readToken(run, options.tokenFile),
    timeoutMs: timeout,
    ...(ca === undefined ? {} : { ca: readText(run, ca) }),
  });
  const report = answer.report === undefined ? undefined : verify(answer, answer.report, given);
  if (report !== undefined && out !== undefined) save(run, out, report);
  const saved = report === undefined ? undefined : out;
  const shown = { ...answer, ...(saved === undefined ? {} : { file: saved }) };
  say(run, options, shown, () => text(answer, saved, given !== undefined));
  return report === undefined ? EXIT.notPassed : EXIT.done;
}

function verify(answer: PartnerAnswer, base64: string, given: PublicKeys | undefined): string {
  const reading = readPassReport(
    Buffer.from(base64, 'base64').toString('utf8'),
    given ?? shownKeys(answer.publicKey),
  );
  if (!reading.ok) throw failed(`the pass report does not hold: ${reading.reason}`);
  const { pass } = reading;
  if (pass.organId !== answer.organId || pass.gateway !== answer.gateway) {
    throw failed(`the pass report speaks of ${pass.organId} at ${pass.gateway}`);
  }
  return pass.report;
}

function shownKeys(pem: string): PublicKeys {
  try {
    const key = createPublicKey(pem);
    return new Map([[keyId(key), key]]);
  } catch {
    return new Map();
  }
}

function save({ terminal }: Run, out: string, report: string): void {
  try {
    writeFileSync(resolve(terminal.folder, out), report);
  } catch (error) {
    throw failed(`${out} cannot be written: ${reasonOf(error)}`);
  }
}

function failed(reason: string): Error {
  return refuse('cli.failed', { reason });
}

function text(answer: PartnerAnswer, file: string | undefined, byGivenKey: boolean): string {
  const { organId, gateway, lane, requirements, passed, issuedAt } = answer;
  const met = requirements.filter((one) => one.met).length;
  const lines = requirements.flatMap(({ id, title, state, messageIds }) => [
    `  ${plain(state.vi)} / ${plain(state.en)}: ${plain(id)}${messageIds.length === 0 ? '' : ` (${messageIds.map(plain).join(', ')})`}`,
    `      ${plain(title.vi)}`,
    `      ${plain(title.en)}`,
  ]);
  const end = passed
    ? [
        `passed at ${plain(issuedAt ?? '')}${file === undefined ? '' : `; report in ${file}`}`,
        ...(byGivenKey
          ? []
          : [
              '  verified with the key that the gateway shows; hold it against one from its operator',
            ]),
      ]
    : ['not passed yet'];
  return [
    `${plain(organId)} at ${plain(gateway)}, ${plain(lane)} lane: ${met} of ${requirements.length} met`,
    ...lines,
    ...end,
  ].join('\n');
}
