/**
 * Long work on a store in a thread of its own, so that a running gateway goes on answering: backups and
 * their rehearsal.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';
import type { BackupReport } from './backup.js';
import type { CheckReport } from './check-store.js';
import { fromPlain, type PlainError } from './sqlite/errors.js';

export type StoreJob =
  | {
      readonly kind: 'backup';
      readonly folder: string;
      readonly to: string;
      readonly version: string;
      readonly now: number;
    }
  /** Restores into a temporary folder, checks it deep, deletes it. */
  | {
      readonly kind: 'rehearse';
      readonly backup: string;
      readonly scratch: string;
      readonly now: number;
    };

export interface JobResults {
  readonly backup: BackupReport;
  readonly rehearse: CheckReport;
}

export type JobAnswer = { readonly value: unknown } | { readonly error: PlainError };

export interface RunningJob<K extends StoreJob['kind']> {
  readonly result: Promise<JobResults[K]>;
  /** Ends it as it is; what it leaves is recognised as unfinished. */
  cancel(): Promise<void>;
}

export function runStoreJob<J extends StoreJob>(job: J): RunningJob<J['kind']> {
  const worker = new Worker(new URL('./store-job-thread.js', import.meta.url), {
    name: 'store-job',
    workerData: job,
    execArgv: [],
  });
  const result = new Promise<JobResults[J['kind']]>((resolve, reject) => {
    worker.once('message', (answer: JobAnswer) => {
      if ('error' in answer) reject(fromPlain(answer.error));
      else resolve(answer.value as JobResults[J['kind']]);
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread ended before its work was done.')));
  });
  return {
    result,
    async cancel() {
      await worker.terminate();
    },
  };
}
