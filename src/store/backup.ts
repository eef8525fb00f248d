/**
 * Backup of a store in use: a folder with the database, the content files, the keys of the store, and
 * what is needed to tell later that all of it is whole.
 *
 *   edxgate.db       as it was at one moment
 *   content/ab/…     hard links where the file system is the same, else copies
 *   keys/…           receipt keys, the key of sealed secrets, the scrape token: mode 0600, keep it safe
 *   SHA256SUMS       of every file, as sha256sum reads it
 *   manifest.json    version, time, schema, counts, and the digest of SHA256SUMS
 *
 * The database comes first: content files are never changed and go only when their last message is
 * purged, so whatever the copy counts is there, or was purged meanwhile; then the copy is told so.
 * Nothing stands under its name before it is whole and on disk.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { link } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { GatewayError, refuse } from '../model/issue.js';
import { fileDigest, isMissing } from './check-content.js';
import { ContentFiles } from './content-files.js';
import { copyFile, syncPath, writeFileSynced } from './copy-file.js';
import { checkPrepared, databaseFile, openReading } from './sqlite/database.js';
import { copyDatabase, counted, markPurged, type SnapshotFacts } from './sqlite/snapshot.js';

export interface BackupOptions {
  /** Version of edxgate that writes it. */
  readonly version: string;
  readonly now: number;
}

export interface Manifest {
  readonly format: 1;
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly schema: number;
  readonly messages: number;
  readonly contentFiles: number;
  readonly contentBytes: number;
  /** SHA-256 of the file SHA256SUMS, lower-case hex. */
  readonly sums: string;
  /** Digests of content that the store had lost already, or damaged; at most 100. */
  readonly damaged: readonly string[];
}

export interface BackupReport extends Manifest {
  readonly folder: string;
  readonly linked: number;
  readonly copied: number;
  /** Content that went while the backup was made, as retention wants it. */
  readonly purgedMeanwhile: number;
}

export const SUMS = 'SHA256SUMS';
export const MANIFEST = 'manifest.json';
const MAX_DAMAGED = 100;

/** Lines as sha256sum reads them; the list may be longer than memory. */
class Sums {
  readonly #file: number;
  readonly #hash = createHash('sha256');

  constructor(path: string) {
    this.#file = openSync(path, 'wx', 0o600);
  }

  add(digest: string, name: string): void {
    const line = `${digest}  ${name}\n`;
    this.#hash.update(line);
    writeSync(this.#file, line);
  }

  /** @returns the digest of the whole list. */
  end(): string {
    fsyncSync(this.#file);
    this.close();
    return this.#hash.digest('hex');
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * Links are as good as copies: a content file is never written again. Both are read through: a file
 * that was damaged on disk would make a backup that no restore accepts.
 */
async function linkOrCopy(from: string, to: string, digest: string): Promise<'linked' | 'copied'> {
  const linked = await tryLink(from, to);
  const found = linked ? await fileDigest(to) : await copyFile(from, to);
  if (found !== digest) throw refuse('store.backup', { folder: to, reason: 'damaged content' });
  return linked ? 'linked' : 'copied';
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) throw error;
    return false;
  }
}

interface Contents {
  linked: number;
  copied: number;
  bytes: number;
  readonly purged: string[];
  readonly damaged: string[];
}

class Backup {
  readonly #source: string;
  readonly #to: string;
  readonly #sums: Sums;
  readonly #made = new Set<string>();

  constructor(source: string, to: string) {
    this.#source = source;
    this.#to = to;
    mkdirSync(to, { recursive: true, mode: 0o700 });
    this.#sums = new Sums(join(to, SUMS));
  }

  #makeFolder(path: string): void {
    if (this.#made.has(path)) return;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#made.add(path);
  }

  /** What the copy of the database counts, file by file. */
  async contents(copy: string): Promise<Contents> {
    const done: Contents = { linked: 0, copied: 0, bytes: 0, purged: [], damaged: [] };
    const files = new ContentFiles(this.#source);
    const live = openReading(this.#source);
    try {
      for (const { digest, size } of counted(copy)) {
        const name = join('content', digest.slice(0, 2), digest);
        const to = join(this.#to, name);
        this.#makeFolder(dirname(to));
        try {
          done[await linkOrCopy(files.pathOf(digest), to, digest)]++;
          done.bytes += size;
          this.#sums.add(digest, name);
        } catch (error) {
          // Anything else, a full disk above all, is no fault of this content.
          if (!isMissing(error) && !(error instanceof GatewayError)) throw error;
          rmSync(to, { force: true });
          const kept = live.prepare('SELECT 1 FROM content WHERE digest = ?').get(digest);
          done[kept === undefined ? 'purged' : 'damaged'].push(digest);
        }
      }
    } finally {
      live.close();
    }
    for (const folder of this.#made) syncPath(folder);
    return done;
  }

  async keys(): Promise<void> {
    const from = join(this.#source, 'keys');
    if (!existsSync(from)) return;
    this.#makeFolder(join(this.#to, 'keys'));
    for (const name of readdirSync(from)) {
      if (!statSync(join(from, name)).isFile()) continue;
      this.#sums.add(
        await copyFile(join(from, name), join(this.#to, 'keys', name)),
        join('keys', name),
      );
    }
    syncPath(join(this.#to, 'keys'));
  }

  add(digest: string, name: string): void {
    this.#sums.add(digest, name);
  }

  end(): string {
    return this.#sums.end();
  }
}

async function fill(
  folder: string,
  to: string,
  { version, now }: BackupOptions,
): Promise<Omit<BackupReport, 'folder'>> {
  const copy = databaseFile(to);
  const backup = new Backup(folder, to);
  const facts: SnapshotFacts = await copyDatabase(folder, copy);
  const contents = await backup.contents(copy);
  backup.add(await markPurged(copy, contents.purged, now), 'edxgate.db');
  await backup.keys();
  const manifest: Manifest = {
    format: 1,
    version,
    createdAt: new Date(now).toISOString(),
    ...facts,
    contentFiles: contents.linked + contents.copied,
    contentBytes: contents.bytes,
    sums: backup.end(),
    damaged: contents.damaged.slice(0, MAX_DAMAGED),
  };
  // Last: a folder without it is no backup.
  writeFileSynced(join(to, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  const { linked, copied, purged } = contents;
  return { ...manifest, linked, copied, purgedMeanwhile: purged.length };
}

/**
 * @param to a folder that is not there yet
 * @throws GatewayError `store.target`, `store.missing`, `store.older`; SqliteError and file errors of a
 *   full disk and the like
 */
export async function backupStore(
  folder: string,
  to: string,
  options: BackupOptions,
): Promise<BackupReport> {
  const target = resolve(to);
  if (existsSync(target)) throw refuse('store.target', { folder: target });
  checkPrepared(folder);
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(target), { recursive: true });
  try {
    const report = await fill(folder, partial, options);
    syncPath(partial);
    renameSync(partial, target);
    syncPath(dirname(target));
    return { folder: target, ...report };
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}
