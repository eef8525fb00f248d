/**
 * `edxgate simulate recipient`: a recipient that misbehaves on purpose, to try a gateway with. The
 * other peer, `simulate gateway`, is in simulate-gateway.ts.
 *
 * Errors: `cli.usage`, `cli.failed` (the port is taken), `file.unreadable`, `file.wide`.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readSecretFile, reasonOf } from '../config/secret-file.js';
import { isLoopback, parseAddress } from '../config/values.js';
import { refuse } from '../model/issue.js';
import { act, type CommonOptions, countOption, describe, type Run } from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { KeptPackages } from './kept-packages.js';
import {
  BEHAVIOUR_NAMES,
  behaviourOf,
  type Chosen,
  parseBehaviour,
  WELL_BEHAVED,
} from './simulate-behaviours.js';
import { defineGateway } from './simulate-gateway.js';
import { observedJson, observedText, summaryText } from './simulate-output.js';
import { type SimulatorOptions, startSimulator } from './simulate-server.js';

interface RecipientOptions extends CommonOptions {
  readonly listen?: { readonly host: string; readonly port: number };
  readonly behave?: readonly Chosen[];
  readonly keep?: string;
  readonly failFirst?: number;
  readonly rate?: number;
  readonly seed?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

const LISTEN = { host: '127.0.0.1', port: 9090 };

export function define(command: Command, run: Run): void {
  command.description('Peers that misbehave on purpose, to try your own side with.');
  describe(command.command('recipient').summary('takes DeliverPackage and does it wrong'), {
    description:
      'Serve wsdl/edxgate-receiver.wsdl and answer deliveries well or badly, until stopped. A test tool: it takes from everybody.',
    config: false,
    examples: [
      'edxgate simulate recipient',
      'edxgate simulate recipient --behave cut-body,http-503:30s,ok --keep received',
      'edxgate simulate recipient --behave fail-after --fail-first 2 --json',
      'edxgate simulate recipient --behave huge,garbage,slow:2m --rate 0.2 --seed 7',
    ],
    notes: `Prints "ready recipient=URL" on standard output, then a line per delivery: time, message id, attempt,
kind, document id, digest checked against the bytes, behaviour. A message id that was kept before is
answered with Accepted true and marked repeated. The WSDL is at URL?wsdl. SIGINT or SIGTERM: prints a
summary, status 0. What a gateway should make of each behaviour: docs/partners.md.

Behaviours; a list rotates per delivery
${behaviourLines().join('\n')}

hang-connect, tls-break, slow-read and early-answer begin before the message is known: --fail-first
counts their own turns, not the attempts of a message.`,
  })
    .option('--listen <host:port>', 'default: 127.0.0.1:9090; port 0 = any free one', listenOption)
    .option('--behave <names>', 'default: ok', behaveOption)
    .option('--keep <folder>', 'write each package to FOLDER/MESSAGEID.edxml before the answer')
    .option('--fail-first <n>', 'so for the first attempts of each message, then ok', countOption)
    .option(
      '--rate <share>',
      'so for this share of the deliveries, 0 to 1; the others ok',
      rateOption,
    )
    .option('--seed <text>', 'the same seed makes the same choices')
    .option('--tls-cert <file>', 'PEM file with the certificate, for HTTPS')
    .option('--tls-key <file>', 'PEM file with its key, mode 0600')
    .action(act(run, (options: RecipientOptions) => recipient(run, options)));
  defineGateway(command, run);
}

function behaviourLines(): string[] {
  return BEHAVIOUR_NAMES.map((name) => {
    const { does, parameter } = behaviourOf(name);
    const written = parameter === undefined ? name : `${name}:${parameter.byDefault}`;
    return `  ${written.padEnd(20)}  ${does}`;
  });
}

function listenOption(text: string): { host: string; port: number } {
  const address = parseAddress(text);
  if (address === undefined) throw new InvalidArgumentError('Write 127.0.0.1:9090.');
  return address;
}

function behaveOption(text: string): Chosen[] {
  return text.split(',').map((one) => {
    const chosen = parseBehaviour(one.trim());
    if (chosen !== undefined) return chosen;
    throw new InvalidArgumentError(
      `"${one.trim()}" is none. See: edxgate simulate recipient --help`,
    );
  });
}

function rateOption(text: string): number {
  const rate = /^(?:0?\.\d{1,9}|0|1|1\.0+|0\.)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(rate)) throw new InvalidArgumentError('Write a share from 0 to 1, such as 0.2.');
  return rate;
}

function tlsOf({ terminal }: Run, options: RecipientOptions): Pick<SimulatorOptions, 'tls'> {
  const { tlsCert, tlsKey } = options;
  if (tlsCert === undefined && tlsKey === undefined) return {};
  if (tlsCert === undefined || tlsKey === undefined) {
    throw refuse('cli.usage', { reason: '--tls-cert and --tls-key belong together' });
  }
  const certFile = resolve(terminal.folder, tlsCert);
  const key = readSecretFile(resolve(terminal.folder, tlsKey));
  try {
    return { tls: { cert: readFileSync(certFile), key } };
  } catch (error) {
    throw refuse('file.unreadable', { file: certFile, reason: reasonOf(error) });
  }
}

async function recipient(run: Run, options: RecipientOptions): Promise<ExitStatus> {
  const { terminal } = run;
  const { listen = LISTEN, behave = [WELL_BEHAVED], keep, failFirst, rate, seed, json } = options;
  const tls = tlsOf(run, options);
  if (!isLoopback(listen.host)) {
    terminal.err('warning: everybody who reaches this address can leave packages here\n');
  }
  const simulator = await startSimulator({
    ...listen,
    ...tls,
    plan: {
      behaviours: behave,
      ...(failFirst === undefined ? {} : { failFirst }),
      ...(rate === undefined ? {} : { rate }),
      ...(seed === undefined ? {} : { seed }),
    },
    ...(keep === undefined ? {} : { packages: new KeptPackages(resolve(terminal.folder, keep)) }),
    clock: terminal.clock,
    observe: (one) => {
      terminal.out(json === true ? `${JSON.stringify(observedJson(one))}\n` : observedText(one));
    },
  });
  terminal.out(`ready recipient=${simulator.url}\n`);
  await stopSignal();
  await simulator.stop();
  const counts = simulator.counts();
  terminal.out(json === true ? `${JSON.stringify({ summary: counts })}\n` : summaryText(counts));
  return EXIT.done;
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

function stopSignal(): Promise<void> {
  return new Promise((done) => {
    const stop = (): void => {
      for (const name of STOP_SIGNALS) process.removeListener(name, stop);
      done();
    };
    for (const name of STOP_SIGNALS) process.on(name, stop);
  });
}
