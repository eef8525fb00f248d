/**
 * `edxgate serve` with the fault library in it.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/clock.js';
import { ALL_SETTINGS } from '../../src/config/settings.js';
import { silentLogger } from '../../src/log.js';
import { addAgency } from '../../src/operate/agencies.js';
import { createToken } from '../../src/operate/tokens.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { type Control, faultLibrary } from './faults.js';
import { COLLECTORS, PUSHED, SENDER } from './workload.js';

const CLI = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** Short waits, so that a chain drains in seconds. */
const WANTED: readonly (readonly [key: string, value: string])[] = [
  ['delivery.retry', '"200ms*500"'],
  ['delivery.attempt_timeout', '1s'],
  ['delivery.lease', '2s'],
  ['delivery.per_recipient', '4'],
  ['delivery.breaker_pause', '"1s, 2s"'],
];

/** Settings of later versions are left out where they are not known. */
export function writeSettings(
  file: string,
  port: number,
  more: readonly (readonly [string, string])[] = [],
): void {
  const known = new Set(ALL_SETTINGS.map(({ key }) => key));
  const groups = new Map<string, string[]>([
    ['exchange', [`listen: 127.0.0.1:${port}`]],
    ['admin', ['listen: 127.0.0.1:0']],
  ]);
  for (const [key, value] of [...WANTED, ...more]) {
    const [group = '', name = ''] = key.split('.');
    if (known.has(key)) groups.set(group, [...(groups.get(group) ?? []), `${name}: ${value}`]);
  }
  const lines = [...groups].map(([group, members]) => `${group}:\n  ${members.join('\n  ')}\n`);
  writeFileSync(file, `organ_id: T99.00\nstore: store\n${lines.join('')}`, { mode: 0o600 });
}

/** A store with the agencies of the workload. @returns their tokens */
export async function makeStore(
  folder: string,
  pushPort: number,
): Promise<Readonly<Record<string, string>>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const refusals = { keepMs: 86_400_000, maxBytes: 1 << 20 };
  const store = await openSqliteStore({ folder, clock: systemClock, refusals });
  const operator = { store, clock: systemClock, logger: silentLogger, actor: 'cli:crash' };
  const url = `http://127.0.0.1:${pushPort}/deliver`;
  const tokens: Record<string, string> = {};
  for (const organId of [SENDER, ...COLLECTORS, ...PUSHED]) {
    const pushed = PUSHED.some((one) => one === organId);
    await addAgency(operator, {
      organId,
      organName: `Cơ quan ${organId}`,
      ...(pushed ? { route: { kind: 'push', pushKind: 'receiver', url } as const } : {}),
    });
    tokens[organId] = (await createToken(operator, organId)).token;
  }
  await store.close();
  return tokens;
}

export interface GatewayPlace {
  /** Holds edxgate.yaml and store/. */
  readonly folder: string;
  readonly port: number;
  readonly pushPort: number;
  readonly control: Control;
  /** Changes are noted there, for a power cut. */
  readonly undo?: string;
  readonly nodeFlags?: readonly string[];
  /** Put before the program: `prlimit --nofile=40`. */
  readonly wrapper?: readonly string[];
}

export interface RunningGateway {
  readonly pid: number;
  /** Resolves once it is ready (true) or has ended before (false). */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<void>;
  isRunning(): boolean;
  exitCode(): number | null;
  /** What it wrote to standard error. */
  errors(): string;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

function environment(place: GatewayPlace): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LD_PRELOAD: faultLibrary(),
    // Calls through the kernel's ring would pass the library by; off by default, here by name.
    UV_USE_IO_URING: '0',
    CRASH_CONTROL: place.control.file,
    CRASH_STORE: join(place.folder, 'store'),
    CRASH_EXCHANGE: String(place.port),
    CRASH_PUSH: String(place.pushPort),
    ...(place.undo === undefined ? {} : { CRASH_UNDO: place.undo }),
  };
}

function start(place: GatewayPlace): ChildProcess {
  const config = join(place.folder, 'edxgate.yaml');
  const command = [
    ...(place.wrapper ?? []),
    process.execPath,
    ...(place.nodeFlags ?? []),
    CLI,
    'serve',
    '-c',
    config,
    '--log-level',
    'error',
  ];
  return spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(place),
  });
}

export function startGatewayProcess(place: GatewayPlace): RunningGateway {
  const child = start(place);
  let out = '';
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-100_000);
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const ended = once(child, 'exit').then(() => undefined);
  const ready = new Promise<boolean>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (/^ready exchange=\S+/m.test(out)) resolve(true);
    });
    child.once('exit', () => resolve(false));
  });
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    isRunning,
    exitCode: () => child.exitCode,
    errors: () => errors,
    async kill(signal = 'SIGKILL') {
      if (isRunning()) child.kill(signal);
      await ended;
    },
  };
}
