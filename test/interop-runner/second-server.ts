/**
 * The same contract served by PHP's SoapServer, behind the same certificate: whoever fails in the same way
 * against both servers fails by its own fault.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/child-gateway.js';
import type { SoapVersion } from '../support/interop.js';
import type { InteropBench } from './bench.js';
import { INTEROP } from './clients.js';
import { run } from './processes.js';
import { openRecorder, type Recorder } from './recorder.js';

const SCRIPT = join(INTEROP, 'second-server', 'server.php');
const FETCH = join(INTEROP, 'shared', 'fetch-contract.sh');
const SETTINGS = ['memory_limit=512M', 'post_max_size=128M', 'display_errors=0'];

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function untilItAccepts(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error('the second server does not start; is php installed?');
}

/** Its WSDL is the one that the gateway serves. */
export async function openSecondServer(bench: InteropBench, soap: SoapVersion): Promise<Recorder> {
  const folder = mkdtempSync(join(bench.scratch, 'second-'));
  const state = join(folder, 'state');
  mkdirSync(state);
  const job = bench.job({ soap, carrier: 'inline' });
  // Not synchronous: the gateway runs in this process.
  const fetched = await run({
    command: FETCH,
    args: [job.wsdl, folder, job.ca],
    folder,
    milliseconds: 60_000,
  });
  if (fetched.code !== 0) throw new Error(`no contract for the second server: ${fetched.errors}`);
  const port = await freePort();
  const settings = SETTINGS.flatMap((one) => ['-d', one]);
  const server = spawn('php', [...settings, '-S', `127.0.0.1:${port}`, SCRIPT], {
    stdio: 'ignore',
    env: { ...process.env, CONTRACT: join(folder, 'edxgate.wsdl'), STATE: state },
  });
  // A program that is missing is noticed below.
  server.once('error', () => undefined);
  await untilItAccepts(port);
  const recorder = await openRecorder(bench.tls, {
    get: `https://localhost:${bench.port}`,
    post: `http://127.0.0.1:${port}`,
  });
  return {
    ...recorder,
    async close() {
      await recorder.close();
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
  };
}
