/**
 * Secrets are files that only their owner may open.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { refuse } from '../model/issue.js';

/** Keys and tokens are small; a larger file is not one. */
const MAX_SECRET_BYTES = 64 * 1024;

function wide(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

function octal(mode: number): string {
  return `0${(mode & 0o777).toString(8)}`;
}

/**
 * Reads a key or token file.
 *
 * @throws GatewayError `file.unreadable` (missing, not a file, larger than 64 KiB) or `file.wide`
 * (group or others may open it).
 */
export function readSecretFile(path: string): Buffer {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw refuse('file.unreadable', { file: path, reason: reasonOf(error) });
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw refuse('file.unreadable', { file: path, reason: 'not a file' });
    if (wide(stat.mode)) throw refuse('file.wide', { file: path, mode: octal(stat.mode) });
    if (stat.size > MAX_SECRET_BYTES) {
      throw refuse('file.unreadable', { file: path, reason: 'larger than 64 KiB' });
    }
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** One line of text: a token or a password. Surrounding white space does not belong to it. */
export function readSecretText(path: string): string {
  return readSecretFile(path).toString('utf8').trim();
}

/** True when group or others may open the file; false when it does not exist. */
export function isWide(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && wide(stat.mode);
}

/** A short reason for people: `ENOENT: no such file or directory` without the path behind it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.message.split(', ')[0] ?? error.message;
}
