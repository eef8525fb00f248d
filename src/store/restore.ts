/**
 * Restores a backup into a folder: every file against its digest, then the whole store against itself.
 * Leases of the time of the backup are over; what was under way then will be tried again.
 *
 * What was accepted after the backup is not in it. What was delivered after it is delivered again, under
 * the same message id.
 *
 * Errors: `store.backup` (not whole, or none), `store.target` (folder not empty), `store.locked`.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { refuse } from '../model/issue.js';
import { MANIFEST, type Manifest, SUMS } from './backup.js';
import { type CheckReport, checkStore } from './check-store.js';
import { ContentFiles } from './content-files.js';
import { copyFile, syncPath } from './copy-file.js';
import { fileTime } from './file-time.js';
import { lockStore } from './lock.js';
import { openWriting, prepareDatabase } from './sqlite/database.js';
import { endLeases } from './sqlite/end-leases.js';

export interface RestoreOptions {
  /** A store that is there is put aside. */
  readonly force?: boolean;
  readonly now: number;
}

export interface RestoreReport {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly files: number;
  /** Deliveries that were under way when the backup was made. */
  readonly leasesEnded: number;
  /** Where the store that was there before lies now. */
  readonly putAside?: string;
  readonly check: CheckReport;
}

/** Written by us; anything else could lead out of the folder. */
const LINE =
  /^([0-9a-f]{64}) {2}(edxgate\.db|keys\/[A-Za-z0-9._-]+|content\/[0-9a-f]{2}\/[0-9a-f]{64})$/;

function unusable(folder: string, reason: string): Error {
  return refuse('store.backup', { folder, reason });
}

/** @throws GatewayError `store.backup` */
export function readManifest(folder: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(folder, MANIFEST), 'utf8');
  } catch {
    throw unusable(folder, `there is no ${MANIFEST}`);
  }
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.format === 1 && /^[0-9a-f]{64}$/.test(manifest.sums)) return manifest;
  } catch {
    // Said below.
  }
  throw unusable(folder, `${MANIFEST} is not of a kind that this version reads`);
}

/** The list is hashed as it is read; only at its end it is known to be the right one. */
async function copyAll(backup: string, to: string, sums: string): Promise<number> {
  const hash = createHash('sha256');
  const lines = createInterface({ input: createReadStream(join(backup, SUMS)) });
  const folders = new Set<string>([to]);
  let files = 0;
  for await (const line of lines) {
    hash.update(`${line}\n`);
    const [, digest, name] = LINE.exec(line) ?? [];
    if (digest === undefined || name === undefined) {
      throw unusable(backup, `${SUMS} has a line that is not ours`);
    }
    const target = join(to, name);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    folders.add(dirname(target));
    if ((await copyFile(join(backup, name), target)) !== digest) {
      throw unusable(backup, `${name} does not match its digest`);
    }
    files++;
  }
  if (hash.digest('hex') !== sums) throw unusable(backup, `${SUMS} does not match its digest`);
  for (const folder of folders) syncPath(folder);
  return files;
}

async function copyWhole(backup: string, to: string, sums: string): Promise<number> {
  try {
    return await copyAll(backup, to, sums);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    throw unusable(backup, `a file is missing: ${error.message}`);
  }
}

/** @returns where what was there lies now. */
function makeRoom(target: string, { force = false, now }: RestoreOptions): string | undefined {
  if (!existsSync(target)) return undefined;
  if (readdirSync(target).length === 0) {
    rmdirSync(target);
    return undefined;
  }
  if (!force) throw refuse('store.target', { folder: target });
  const aside = `${target}.before-${fileTime(now)}`;
  // Nobody may be at work in it, and nobody may begin.
  const lock = lockStore(target);
  try {
    renameSync(target, aside);
  } finally {
    lock.release();
  }
  return aside;
}

/**
 * @throws GatewayError `store.backup`, `store.target`, `store.locked`; nothing is left then.
 */
export async function restoreStore(
  backup: string,
  to: string,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const target = resolve(to);
  const manifest = readManifest(backup);
  // Before hours of copying.
  if (existsSync(target) && readdirSync(target).length > 0) {
    if (options.force !== true) throw refuse('store.target', { folder: target });
    lockStore(target).release();
  }
  const partial = `${target}.restoring`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  try {
    const files = await copyWhole(backup, partial, manifest.sums);
    prepareDatabase(partial, options.now);
    new ContentFiles(partial).prepare();
    const leasesEnded = afterRestore(partial, manifest, options.now);
    const check = await checkStore(partial, { now: options.now });
    const putAside = makeRoom(target, options);
    renameSync(partial, target);
    syncPath(dirname(target));
    return {
      folder: target,
      manifest,
      files,
      leasesEnded,
      ...(putAside === undefined ? {} : { putAside }),
      check,
    };
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

function afterRestore(folder: string, manifest: Manifest, now: number): number {
  const db = openWriting(folder);
  try {
    return endLeases(db, now, {
      restored_at: new Date(now).toISOString(),
      'restored.backup': manifest.createdAt,
    });
  } finally {
    db.close();
  }
}
