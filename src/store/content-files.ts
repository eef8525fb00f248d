/**
 * Content files: the bytes of large packages, one file per digest under `content/ab/<sha256>` in the
 * store's folder. Which files count is known only to the database; a file nobody counts is left over
 * from a crash and may be deleted once it is some minutes old.
 *
 * A file appears under its name only when it is whole and on disk: written under a temporary name in
 * the same file system, fsynced, renamed, the folder fsynced.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, statSync, unlinkSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  stat,
  unlink,
  utimes,
} from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../clock.js';

/** Content above this many bytes goes to a file. */
export const MAX_ROW_CONTENT_BYTES = 64 * 1024;

/** Younger files without a row may belong to a write that is about to commit. */
export const LEFT_OVER_AFTER_MS = 10 * 60 * 1000;

const DIGEST = /^[0-9a-f]{64}$/;
const TEMPORARY = /^tmp-[0-9a-f]{24}$/;
const READ_BYTES = 256 * 1024;
const DIGESTS_AT_ONCE = 500;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function digestOf(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, null);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
  }
}

export class ContentFiles {
  readonly #root: string;
  /** Folders known to exist and to be on disk. */
  readonly #folders = new Set<string>();

  /** @param folder the store's folder */
  constructor(folder: string) {
    this.#root = join(folder, 'content');
  }

  #folderOf(digest: string): string {
    if (!DIGEST.test(digest)) throw new Error('A content digest is 64 hex digits.');
    return join(this.#root, digest.slice(0, 2));
  }

  /** Where the file of these bytes is, if there is one. */
  pathOf(digest: string): string {
    return join(this.#folderOf(digest), digest);
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await syncFolder(this.#root);
    await syncFolder(join(this.#root, '..'));
    this.#folders.add(folder);
  }

  /** True when a whole file stands there already. Read through: a damaged one must not be kept. */
  async #standsWhole(path: string, digest: string, sizeBytes: number): Promise<boolean> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    try {
      if ((await handle.stat()).size !== sizeBytes) return false;
      return (await digestOf(handle)) === digest;
    } finally {
      await handle.close();
    }
  }

  async #writeNew(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = join(this.#root, `tmp-${randomBytes(12).toString('hex')}`);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** Resolves when a file with these bytes stands under its name, on disk. */
  async write(digest: string, bytes: Uint8Array): Promise<void> {
    const folder = this.#folderOf(digest);
    const path = this.pathOf(digest);
    await this.#makeFolder(folder);
    if (await this.#standsWhole(path, digest, bytes.byteLength)) {
      // It may be a left-over: as young as now it is safe from a sweep until the row commits.
      const now = systemClock.now() / 1000;
      await utimes(path, now, now).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    } else {
      await this.#writeNew(path, bytes);
    }
    await syncFolder(folder);
  }

  /** @returns undefined when there is no such file; the caller checks the digest. */
  async read(digest: string): Promise<Buffer | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(this.pathOf(digest), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }

  /** Synchronous, for the writer inside its transaction. */
  stands(digest: string, sizeBytes: number): boolean {
    return statSync(this.pathOf(digest), { throwIfNoEntry: false })?.size === sizeBytes;
  }

  /** The same; @returns false when the file is younger than `before` or gone. */
  removeOlder(digest: string, before: number): boolean {
    const path = this.pathOf(digest);
    const mtime = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (mtime === undefined || mtime >= before) return false;
    unlinkSync(path);
    return true;
  }

  /** Digests of the files there are, folder by folder, some hundreds at a time. */
  async *digests(): AsyncGenerator<readonly string[]> {
    for (const folder of await this.#list(this.#root)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      const names = await this.#list(join(this.#root, folder));
      const digests = names.filter((name) => DIGEST.test(name) && name.startsWith(folder));
      for (let i = 0; i < digests.length; i += DIGESTS_AT_ONCE) {
        yield digests.slice(i, i + DIGESTS_AT_ONCE);
      }
    }
  }

  /** Deletes temporary files last written before that time. */
  async removeTemporary(before: number): Promise<void> {
    for (const name of await this.#list(this.#root)) {
      if (!TEMPORARY.test(name)) continue;
      const path = join(this.#root, name);
      try {
        if ((await stat(path)).mtimeMs < before) await unlink(path);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
  }

  async #list(folder: string): Promise<string[]> {
    try {
      return await readdir(folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Makes `content/`; called once at the opening. */
  prepare(): void {
    if (!existsSync(this.#root)) mkdirSync(this.#root, { mode: 0o700 });
  }
}
