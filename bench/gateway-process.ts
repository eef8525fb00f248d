/**
 * A gateway for one measurement: a fresh store in a folder of its own, the sending agencies registered
 * through the functions of the command line, `edxgate serve` as a child process, and afterwards the
 * count of what the store really holds.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/clock.js';
import { silentLogger } from '../src/log.js';
import { parseMessageId } from '../src/model/message-id.js';
import { addAgency, type OperatorContext } from '../src/operate/agencies.js';
import { addCertificate } from '../src/operate/certificates.js';
import { createToken } from '../src/operate/tokens.js';
import { openSqliteStore } from '../src/store/sqlite/open.js';
import type { BenchAgency } from './agencies.js';

export interface GatewayOptions {
  /** Made anew. */
  readonly folder: string;
  readonly agencies: readonly BenchAgency[];
  /** Folder for CPU profiles. */
  readonly profile: string | undefined;
}

export interface BenchGateway {
  readonly url: string;
  readonly pid: number;
  /** By organ id. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Ends it in order. @throws Error when it does not end with status 0 */
  stop(): Promise<void>;
}

/** What lies in the store of a gateway that has ended. */
export interface Stored {
  readonly messages: number;
  readonly deliveries: number;
  /** Bytes of the package looked up, its digest checked by the store; undefined without one. */
  readonly sampleBytes: number | undefined;
}

const START_MS = 30_000;
const STOP_MS = 30_000;
const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const REFUSALS = { keepMs: 86_400_000, maxBytes: 1_000_000_000 };

export async function startBenchGateway(options: GatewayOptions): Promise<BenchGateway> {
  const { folder, agencies } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'edxgate.yaml');
  // Everything that is not about where it runs stays at its default.
  writeFileSync(
    config,
    'organ_id: 000.00.99.T99\nexchange:\n  listen: 127.0.0.1:0\nadmin:\n  listen: 127.0.0.1:0\nstore: store\n',
    { mode: 0o600 },
  );
  const headers = await register(join(folder, 'store'), agencies);
  const log = join(folder, 'gateway.log');
  const child = spawnGateway(config, log, options.profile);
  const endWithUs = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', endWithUs);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const status = await ended;
    clearTimeout(timer);
    process.removeListener('exit', endWithUs);
    if (status !== 0) throw new Error(`the gateway ended with status ${status}\n${tail(log)}`);
  };
  const url = await ready(child, ended);
  if (url === undefined || child.pid === undefined) {
    child.kill('SIGKILL');
    throw new Error(`the gateway did not start\n${tail(log)}`);
  }
  return { url, pid: child.pid, headers, stop };
}

async function register(
  folder: string,
  agencies: readonly BenchAgency[],
): Promise<BenchGateway['headers']> {
  const store = await openSqliteStore({ folder, clock: systemClock, refusals: REFUSALS });
  const context: OperatorContext = {
    store,
    clock: systemClock,
    logger: silentLogger,
    actor: 'cli:bench',
  };
  try {
    const headers: Record<string, Record<string, string>> = {};
    for (const { organId, organName, certificatePem } of agencies) {
      await addAgency(context, { organId, organName, route: { kind: 'collect' } });
      await addCertificate(context, organId, Buffer.from(certificatePem));
      const { token } = await createToken(context, organId);
      headers[organId] = { authorization: `Bearer ${token}` };
    }
    return headers;
  } finally {
    await store.close();
  }
}

function spawnGateway(config: string, log: string, profile: string | undefined): ChildProcess {
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const file = openSync(log, 'a', 0o600);
  try {
    // Without our environment: variables of ours must not change its settings.
    return spawn(process.execPath, [...profiling, MAIN, 'serve', '-c', config], {
      stdio: ['ignore', 'pipe', file],
      env: { NODE_ENV: 'production' },
    });
  } finally {
    closeSync(file);
  }
}

/** @returns where requests go; undefined when it ended or took too long */
async function ready(child: ChildProcess, ended: Promise<unknown>): Promise<string | undefined> {
  const { stdout } = child;
  if (stdout === null) return undefined;
  const lines = createInterface({ input: stdout });
  let timer: NodeJS.Timeout | undefined;
  const url = await Promise.race([
    new Promise<string | undefined>((resolve) => {
      lines.once('line', (line) => resolve(/^ready exchange=(\S+)/.exec(line)?.[1]));
    }),
    ended.then(() => undefined),
    new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, START_MS, undefined);
    }),
  ]);
  clearTimeout(timer);
  return url === undefined ? undefined : soapUrl(url);
}

/** The line may name the listener or the endpoint. */
function soapUrl(url: string): string {
  return url.endsWith('/soap') ? url : `${url.replace(/\/$/, '')}/soap`;
}

function tail(log: string): string {
  return readFileSync(log, 'utf8').slice(-2000);
}

/** @param folder as given to startBenchGateway, after `stop` */
export async function countStored(folder: string, messageId: string | undefined): Promise<Stored> {
  const store = await openSqliteStore({
    folder: join(folder, 'store'),
    clock: systemClock,
    refusals: REFUSALS,
    readOnly: true,
  });
  try {
    const { messages, deliveries } = await store.counts();
    const id = messageId === undefined ? undefined : parseMessageId(messageId);
    const content = id === undefined ? undefined : await store.getContent(id);
    return {
      messages,
      deliveries: deliveries.reduce((sum, one) => sum + one.count, 0),
      sampleBytes: content?.byteLength,
    };
  } finally {
    await store.close();
  }
}
