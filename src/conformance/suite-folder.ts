/**
 * The files of a suite's folder: found once, read when asked for, never outside the folder.
 *
 * @module
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { reasonOf } from '../config/secret-file.js';
import { refuse } from '../model/issue.js';

const MAX_FILES = 50_000;
const MAX_FILE_BYTES = 256 * 1024 * 1024;

export interface SuiteFolder {
  readonly path: string;
  /** Relative names with `/`, sorted. */
  readonly names: readonly string[];
  /** A file by its relative name; undefined when there is none. */
  read(name: string): Buffer | undefined;
  /** Relative name of a file that is written relative to a folder in here; undefined when there is none. */
  resolve(folder: string, written: string): string | undefined;
}

/** @throws GatewayError `file.unreadable` */
export function openSuiteFolder(path: string): SuiteFolder {
  const names = namesIn(path);
  const known = new Set(names);
  const kept = new Map<string, Buffer>();
  const read = (name: string): Buffer | undefined => {
    if (!known.has(name)) return undefined;
    const before = kept.get(name);
    if (before !== undefined) return before;
    const bytes = readFileSync(join(path, ...name.split('/')));
    kept.set(name, bytes);
    return bytes;
  };
  return {
    path,
    names,
    read,
    resolve(folder, written) {
      const name = posix.normalize(posix.join(folder, written));
      return known.has(name) ? name : undefined;
    },
  };
}

function namesIn(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) throw new Error('it is not a folder');
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    if (entries.length > MAX_FILES) throw new Error(`it holds more than ${MAX_FILES} files`);
    const files = entries.filter((one) => one.isFile());
    return files.map((one) => relativeName(path, join(one.parentPath, one.name))).sort();
  } catch (error) {
    throw refuse('file.unreadable', { file: path, reason: reasonOf(error) });
  }
}

function relativeName(path: string, file: string): string {
  if (statSync(file).size > MAX_FILE_BYTES) throw new Error(`${file} is too large`);
  return file.slice(join(path, sep).length).split(sep).join('/');
}
