/**
 * `edxgate simulate gateway`: a gateway with faults on purpose, to try a conformance suite with.
 *
 * Errors: `cli.usage`, `cli.failed` (the port is taken), `file.unreadable`, `file.wide`, `agency.value`.
 *
 * @module
 */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { isLoopback, parseAddress } from '../config/values.js';
import { createLogger } from '../log.js';
import { refuse } from '../model/issue.js';
import { act, type CommonOptions, collect, describe, type Run } from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import type { Fault } from './simulate-gateway-fault.js';
import { FAULTS, faultOf } from './simulate-gateway-faults.js';
import { type SimulatedAgency, startSimulatedGateway } from './simulate-gateway-start.js';
import { table } from './table.js';

interface GatewayOptions extends CommonOptions {
  readonly listen?: { readonly host: string; readonly port: number };
  readonly fault?: readonly string[];
  readonly agency?: readonly string[];
  readonly tokenFile?: readonly string[];
  readonly folder?: string;
}

const LISTEN = { host: '127.0.0.1', port: 8090 };
const AGENCIES = ['T99.01', 'T99.02', 'T99.03'];
const LIST = 'list';

export function defineGateway(parent: Command, run: Run): void {
  describe(parent.command('gateway').summary('a gateway with faults, to try a suite with'), {
    description:
      'Run a gateway on a temporary folder, with faults of your choice, until stopped. A test tool.',
    config: false,
    examples: [
      'edxgate simulate gateway',
      'edxgate simulate gateway --fault list',
      'edxgate simulate gateway --fault list-leaks,receipt-missing --folder tokens',
      'edxgate simulate gateway --agency T99.01 --token-file a.token --agency T99.02 --token-file b.token',
    ],
    notes: `Prints "ready gateway=URL tokens=FOLDER" on standard output once it takes requests. FOLDER holds a token,
a key and a certificate of each agency (T99.01.token, T99.01.key, T99.01.pem) and the authority of
the certificates (ca.pem). Without --fault it does everything right. Everything but the files of
--folder is removed at the end. SIGINT or SIGTERM: status 0.
The faults, and the clauses they break: --fault list, or docs/conformance-faults.md.`,
  })
    .option('--listen <host:port>', 'default: 127.0.0.1:8090; port 0 = any free one', listenOption)
    .option('--fault <names>', 'faults by name, or list: print them all', faultOption)
    .option('--agency <organ>', 'default: T99.01, T99.02 and T99.03; may be repeated', collect)
    .option('--token-file <file>', 'token of the agency in the same place, mode 0600', collect)
    .option('--folder <folder>', 'where tokens and certificates are written; kept')
    .action(act(run, (options: GatewayOptions) => simulate(run, options)));
}

function listenOption(text: string): { host: string; port: number } {
  const address = parseAddress(text);
  if (address === undefined) throw new InvalidArgumentError('Write 127.0.0.1:8090.');
  return address;
}

function faultOption(text: string, before: readonly string[] | undefined): string[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (name === LIST || faultOf(name) !== undefined) continue;
    throw new InvalidArgumentError(`"${name}" is none. See: edxgate simulate gateway --fault list`);
  }
  return [...(before ?? []), ...names];
}

function agenciesOf({ terminal }: Run, options: GatewayOptions): SimulatedAgency[] {
  const { agency = AGENCIES, tokenFile = [] } = options;
  if (tokenFile.length > 0 && tokenFile.length !== agency.length) {
    throw refuse('cli.usage', { reason: 'give a --token-file for each --agency, or for none' });
  }
  return agency.map((organId, at) => {
    const file = tokenFile[at];
    return file === undefined
      ? { organId }
      : { organId, tokenFile: resolve(terminal.folder, file) };
  });
}

function list({ terminal }: Run, json: boolean | undefined): ExitStatus {
  if (json === true) {
    for (const { name, does, breaks } of FAULTS) {
      terminal.out(`${JSON.stringify({ name, does, breaks })}\n`);
    }
  } else terminal.out(`${table(FAULTS.map(({ name, does }) => [name, does.en]))}\n`);
  return EXIT.done;
}

async function simulate(run: Run, options: GatewayOptions): Promise<ExitStatus> {
  const { terminal } = run;
  const { listen = LISTEN, fault: names = [], folder, json } = options;
  if (names.includes(LIST)) return list(run, json);
  if (!isLoopback(listen.host)) {
    terminal.err('warning: everybody who reaches this address can talk to a faulty gateway\n');
  }
  const gateway = await startSimulatedGateway({
    ...listen,
    agencies: agenciesOf(run, options),
    faults: names.map(faultOf).filter((one): one is Fault => one !== undefined),
    ...(folder === undefined ? {} : { folder: resolve(terminal.folder, folder) }),
    clock: terminal.clock,
    logger: createLogger({ level: 'warn', format: 'text' }),
  });
  terminal.out(`ready gateway=${gateway.url} tokens=${gateway.tokensFolder}\n`);
  await stopSignal();
  await gateway.stop();
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
