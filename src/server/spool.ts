/**
 * Files for what comes in and is too large for memory. Each belongs to one request and has a name only
 * while it is made: whatever becomes of the request or of the process, no file is left behind.
 *
 * Errors: `server.disk` when the disk is full, `server.store` for any other failure of it.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError, issue } from '../model/issue.js';
import { diskFull } from './turn-away.js';

export interface SpoolFile {
  /** Writes at the end; the next call only after this one. */
  append(bytes: Buffer): Promise<void>;
  read(at: number, length: number): Promise<Buffer>;
  /** Its space is free then. May be called more than once. */
  close(): Promise<void>;
}

export interface Spool {
  create(): Promise<SpoolFile>;
}

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** What a failure of the disk means to the sender. */
export function spoolError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (FULL.has(code)) return diskFull(error);
  return new GatewayError(issue('server.store'), { cause: error });
}

async function orSpoolError<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw spoolError(error);
  }
}

function fileOf(handle: FileHandle): SpoolFile {
  let size = 0;
  let closing: Promise<void> | undefined;
  return {
    append: (bytes) =>
      orSpoolError(async () => {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, size);
          done += bytesWritten;
          size += bytesWritten;
        }
      }),
    read: (at, length) =>
      orSpoolError(async () => {
        const bytes = Buffer.allocUnsafeSlow(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
          if (bytesRead === 0) throw new Error('the file of a request is shorter than it was');
          done += bytesRead;
        }
        return bytes;
      }),
    close: () => {
      closing ??= handle.close().catch(() => undefined);
      return closing;
    },
  };
}

/**
 * Only for the one process that serves the store: what an earlier one left is removed.
 * @param folder made when it is not there
 */
export function openSpool(folder: string): Spool {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  return {
    create: () =>
      orSpoolError(async () => {
        const path = join(folder, randomUUID());
        const handle = await open(path, 'wx+', 0o600);
        try {
          await unlink(path);
          return fileOf(handle);
        } catch (error) {
          await handle.close();
          throw error;
        }
      }),
  };
}
