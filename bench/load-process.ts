/**
 * Starts the load generator in a process of its own and waits for its result.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './load.js';

/** @throws Error when the load generator fails or ends without a result. */
export function startLoad(job: LoadJob): Promise<LoadResult> {
  const child = fork(fileURLToPath(new URL('./load.js', import.meta.url)), [], { execArgv: [] });
  const endWithUs = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', endWithUs);
  return new Promise<LoadResult>((resolve, reject) => {
    child.once('message', (message: { result?: LoadResult; error?: string }) => {
      if (message.result !== undefined) resolve(message.result);
      else reject(new Error(message.error ?? 'the load generator sent no result'));
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the load generator ended without a result')));
    child.send(job);
  }).finally(() => {
    process.removeListener('exit', endWithUs);
  });
}
