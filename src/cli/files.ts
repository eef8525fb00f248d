/**
 * Reads the files named on the command line, within bounds; `-` is standard input.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonOf } from '../config/secret-file.js';
import { GatewayError, refuse } from '../model/issue.js';
import type { Terminal } from './terminal.js';

/** Far above the largest request a gateway takes by default. */
const MAX_PACKAGE_BYTES = 1024 * 1024 * 1024;

/** @throws GatewayError `file.unreadable` */
export async function readInputFile(terminal: Terminal, file: string): Promise<Buffer> {
  try {
    if (file === '-') return await terminal.readInput(MAX_PACKAGE_BYTES);
    const path = resolve(terminal.folder, file);
    const stat = statSync(path);
    if (stat.isDirectory()) throw new Error('it is a folder');
    if (stat.size > MAX_PACKAGE_BYTES) throw new Error('it is larger than 1 GiB');
    return readFileSync(path);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw refuse('file.unreadable', { file, reason: reasonOf(error) });
  }
}
