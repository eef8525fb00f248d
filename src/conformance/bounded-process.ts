/**
 * Runs a program of the tester's machine over one text: with a limit of time, memory and output, and
 * without any list of schemas of its own.
 *
 * @module
 */
import { spawn } from 'node:child_process';

export type ProcessAnswer =
  | { readonly kind: 'ended'; readonly status: number; readonly output: string }
  /** It is not installed. */
  | { readonly kind: 'missing' }
  /** It crashed or took too long. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface ProcessLimits {
  readonly ms: number;
  /** Address space, where the system can limit it. */
  readonly mebibytes: number;
}

const MAX_OUTPUT = 64 * 1024;
/** The shell's own: not found, not executable. */
const NOT_FOUND: ReadonlySet<number> = new Set([126, 127]);

/** `exec`: what the time limit ends is the program itself. Catalogues could lead to other schemas. */
const SHELL = `ulimit -v "$1" 2>/dev/null; shift
XML_CATALOG_FILES= LC_ALL=C; export XML_CATALOG_FILES LC_ALL
exec "$@"`;

/**
 * @param input what it reads on standard input
 * @returns what it wrote on standard output and standard error together, cut off after 64 KiB
 */
export async function runBounded(
  command: readonly string[],
  input: Uint8Array,
  { ms, mebibytes }: ProcessLimits,
): Promise<ProcessAnswer> {
  const child = spawn('/bin/sh', ['-c', SHELL, 'sh', String(mebibytes * 1024), ...command], {
    stdio: 'pipe',
    timeout: ms,
    killSignal: 'SIGKILL',
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      if (size < MAX_OUTPUT) chunks.push(chunk.subarray(0, MAX_OUTPUT - size));
      size += chunk.length;
    });
  }
  // A program that has seen enough closes its input; its exit status tells more than the broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? `ended by ${signal}`));
  });
  if (typeof ended === 'string') {
    return ended.includes('ENOENT') ? { kind: 'missing' } : { kind: 'failed', reason: ended };
  }
  if (NOT_FOUND.has(ended)) return { kind: 'missing' };
  return { kind: 'ended', status: ended, output: Buffer.concat(chunks).toString('utf8') };
}
