/**
 * The gateway as a process of its own, started as an operator would: `edxgate serve` on a configuration
 * file. For tests that kill it.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface ChildGateway {
  readonly exchangeUrl: string;
  /** SIGKILL: nothing is written, nothing is said; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit status */
  stop(): Promise<number | null>;
}

/** A port that was free a moment ago: the address must stay the same over restarts. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** @returns the path of the file. */
export function writeConfig(folder: string, port: number, more = ''): string {
  const file = join(folder, 'edxgate.yaml');
  const text = `organ_id: T99.00
store: store
exchange:
  listen: 127.0.0.1:${port}
admin:
  listen: 127.0.0.1:0
${more}`;
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = await once(child, 'exit');
  return code as number | null;
}

/** Resolves once it has printed its `ready` line. */
export async function startChild(configFile: string): Promise<ChildGateway> {
  const child = spawn(process.execPath, [CLI, 'serve', '-c', configFile, '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const exchangeUrl = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const url = /^ready exchange=(\S+) admin=\S+$/m.exec(out)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`the gateway ended before it was ready: ${errors}`)));
  });
  return {
    exchangeUrl,
    async kill() {
      child.kill('SIGKILL');
      await ended(child);
    },
    async stop() {
      child.kill('SIGTERM');
      return ended(child);
    },
  };
}
