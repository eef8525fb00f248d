/**
 * `edxgate send FILE`: sends one package to an edxgate, as any client would.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isWide, readSecretText } from '../config/secret-file.js';
import { type GatewayError, refuse } from '../model/issue.js';
import { type SendOutcome, sendPackage } from '../soap/send-client.js';
import { act, type CommonOptions, describe, durationOption, type Run, say } from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { Failure } from './failure.js';
import { readInputFile } from './files.js';

interface SendOptions extends CommonOptions {
  readonly url: string;
  readonly as: string;
  readonly tokenFile: string;
  readonly ca?: string;
  readonly timeout: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;

export function define(command: Command, run: Run): void {
  describe(command, {
    description: 'Send one package to an edxgate and print its SendResult.',
    config: false,
    examples: [
      'edxgate send document.edxml --url https://gateway.example/soap --as T99.01 --token-file token',
    ],
    notes:
      'Sending the same file again is safe: the gateway answers as it did the first time, with\nduplicate true. Status 3: the gateway refused the package; 6: it could not be reached.',
  })
    .argument('<file>', 'a package, or - for standard input')
    .requiredOption('--url <url>', 'SOAP endpoint, https://host/soap')
    .requiredOption('--as <organ>', 'our organ id there')
    .requiredOption('--token-file <file>', 'file with the token, mode 0600')
    .option('--ca <file>', 'PEM file with the CA of the gateway, instead of those of the system')
    .option(
      '--timeout <duration>',
      'longest time for the answer',
      durationOption,
      DEFAULT_TIMEOUT_MS,
    )
    .action(act(run, (file: string, options: SendOptions) => send(run, file, options)));
}

async function send(run: Run, file: string, options: SendOptions): Promise<ExitStatus> {
  const { terminal } = run;
  if (!URL.canParse(options.url)) throw refuse('cli.usage', { reason: `--url ${options.url}` });
  const bytes = await readInputFile(terminal, file);
  const outcome = await sendPackage({
    url: options.url,
    organId: options.as,
    token: readToken(run, resolve(terminal.folder, options.tokenFile)),
    bytes,
    timeoutMs: options.timeout,
    ...(options.ca === undefined
      ? {}
      : { ca: readFileSync(resolve(terminal.folder, options.ca), 'utf8') }),
  });
  if (outcome.kind !== 'accepted') throw failureOf(outcome, options.url);
  const { result } = outcome;
  const shown = { ...result, receipt: result.receipt.toString('base64') };
  say(run, options, shown, () =>
    [
      `${result.duplicate ? 'stored before' : 'stored'} as ${result.messageId}`,
      `  document   ${result.documentId}`,
      `  received   ${result.receivedAt}`,
      `  signature  ${result.signatureClass}`,
      ...result.deliveries.map((one) => `  to         ${one.organId} ${one.state}`),
      ...result.warnings.map((one) => `  warning    ${one.code}: ${one.text}`),
    ].join('\n'),
  );
  return EXIT.done;
}

/** Unlike at the start of a gateway a wide file is only told here: the token may be a throw-away one. */
function readToken({ terminal }: Run, file: string): string {
  if (!isWide(file)) return readSecretText(file);
  terminal.err(`warning: others may read ${file}; do: chmod 600 ${file}\n`);
  return readFileSync(file, 'utf8').trim();
}

function failureOf(outcome: Exclude<SendOutcome, { kind: 'accepted' }>, url: string): Error {
  switch (outcome.kind) {
    case 'fault':
    case 'http':
      return outcome.fault === undefined
        ? failed(`the gateway answered with HTTP status ${outcome.status}`)
        : faultFailure(outcome.fault);
    case 'unreadable':
      return failed(`the answer of the gateway cannot be read: ${outcome.reason}`);
    default:
      return refuse('peer.unreachable', { url, reason: outcome.reason });
  }
}

type PeerFault = Extract<SendOutcome, { kind: 'fault' }>['fault'];

/** Codes that speak of the sign-in or the channel, not of the package. */
const NOT_THE_PACKAGE = /^(?:http|auth|server|soap)\./;

function faultFailure({ gateway, text }: PeerFault): Failure | GatewayError {
  if (gateway === undefined) return failed(text);
  const { code, issues } = gateway;
  const [first] = issues;
  return new Failure({
    code,
    text: first?.text ?? text,
    textVi: first?.textVi ?? text,
    issues: issues.slice(1),
    hint: first?.hint.split(' / ')[0] ?? '',
    status: NOT_THE_PACKAGE.test(code) ? EXIT.failed : EXIT.notPassed,
  });
}

function failed(reason: string): GatewayError {
  return refuse('cli.failed', { reason });
}
