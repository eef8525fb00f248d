/**
 * The thread that does one long job on a store and answers once; see store-job.ts.
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { backupStore } from './backup.js';
import { type CheckReport, checkStore } from './check-store.js';
import { restoreStore } from './restore.js';
import { toPlain } from './sqlite/errors.js';
import type { JobAnswer, StoreJob } from './store-job.js';

async function rehearse(backup: string, scratch: string, now: number): Promise<CheckReport> {
  // Of a rehearsal that was cut off.
  rmSync(scratch, { recursive: true, force: true });
  try {
    await restoreStore(backup, scratch, { now });
    return await checkStore(scratch, { deep: true, now });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function run(job: StoreJob): Promise<JobAnswer> {
  try {
    if (job.kind === 'backup') {
      const { folder, to, version, now } = job;
      return { value: await backupStore(folder, to, { version, now }) };
    }
    return { value: await rehearse(job.backup, job.scratch, job.now) };
  } catch (error) {
    return { error: toPlain(error) };
  }
}

const answer = await run(workerData as StoreJob);
parentPort?.postMessage(answer);
