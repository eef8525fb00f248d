/**
 * A folder of packages that a recipient has taken, one file each, on disk before anything is answered.
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
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Ids of other gateways may be anything; only these are file names as they stand. */
const FILE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

export class KeptPackages {
  readonly #folder: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
  }

  /** `MESSAGEID.edxml`; of an id that is no file name, its SHA-256. */
  fileOf(messageId: string): string {
    const name = FILE_NAME.test(messageId)
      ? messageId
      : createHash('sha256').update(messageId).digest('hex');
    return join(this.#folder, `${name}.edxml`);
  }

  has(messageId: string): boolean {
    return existsSync(this.fileOf(messageId));
  }

  /** File and folder are on disk when it returns. */
  keep(messageId: string, bytes: Buffer): void {
    const file = this.fileOf(messageId);
    const handle = openSync(`${file}.new`, 'w', 0o600);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${file}.new`, file);
    const folder = openSync(this.#folder, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}
