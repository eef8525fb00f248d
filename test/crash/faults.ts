/**
 * The fault library and the file through which it is steered: compiles faults.c at first use, sets the
 * plan, reads the counts. The order of names here is the order of the enums there.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../../src/package-root.js';

export const OPERATIONS = [
  'open',
  'write',
  'sync',
  'rename',
  'unlink',
  'truncate',
  'mkdir',
  'accept',
  'receive',
  'connect',
  'send',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const SUBJECTS = [
  'other',
  'database',
  'log',
  'index',
  'temporary',
  'content',
  'content-folder',
  'store-folder',
  'store-file',
  'exchange',
  'answer-send',
  'answer-list',
  'answer-package',
  'answer-confirm',
  'push',
] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Every file of the store. */
export const FILES: readonly Subject[] = [
  'database',
  'log',
  'index',
  'temporary',
  'content',
  'content-folder',
  'store-folder',
  'store-file',
];

export type When = 'before' | 'after' | 'torn';

export interface Point {
  readonly operation: Operation;
  readonly subject: Subject;
  readonly when: When;
}

export function pointName({ when, operation, subject }: Point): string {
  return `${when}:${operation}:${subject}`;
}

const WORD = {
  armed: 0,
  planOperation: 1,
  planSubject: 2,
  planWhen: 3,
  planHit: 4,
  fired: 5,
  clock: 6,
  errorNumber: 7,
  errorOperations: 8,
  errorSubjects: 9,
  errorFrom: 10,
  errorCount: 11,
  errorSeen: 12,
  errorGiven: 13,
  slowMicroseconds: 14,
  slowOperations: 15,
  slowSubjects: 16,
  slowed: 17,
  loaded: 18,
  clockSeen: 19,
  forgottenSyncs: 20,
  counts: 64,
} as const;
type Word = Exclude<keyof typeof WORD, 'counts'>;

const WHEN: Readonly<Record<When, number>> = { before: 1, after: 2, torn: 3 };
const WORDS = WORD.counts + 2 * OPERATIONS.length * SUBJECTS.length;

export const ERRNO = { ENOSPC: 28, EIO: 5, EMFILE: 24 } as const;

export interface ErrorPlan {
  readonly error: keyof typeof ERRNO;
  readonly operations: readonly Operation[];
  readonly subjects: readonly Subject[];
  /** The how-manieth call that matches is the first to fail; default the first. */
  readonly from?: number;
  /** How many fail; default all until it is taken back. */
  readonly count?: number;
}

function mask<T>(all: readonly T[], chosen: readonly T[]): bigint {
  return chosen.reduce((sum, one) => sum | (1n << BigInt(all.indexOf(one))), 0n);
}

/** Memory shared with the process under test, written and read as a file. */
export class Control {
  readonly file: string;
  readonly #fd: number;

  constructor(file: string) {
    this.file = file;
    this.#fd = openSync(file, 'w+', 0o600);
    this.reset();
  }

  #set(at: number, value: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    writeSync(this.#fd, bytes, 0, 8, at * 8);
  }

  set(word: Word, value: number | bigint): void {
    this.#set(WORD[word], BigInt(value));
  }

  get(word: Word): number {
    const bytes = Buffer.alloc(8);
    readSync(this.#fd, bytes, 0, 8, WORD[word] * 8);
    return Number(bytes.readBigInt64LE());
  }

  /** No plan, no errors, all counts zero. */
  reset(): void {
    writeSync(this.#fd, Buffer.alloc(WORDS * 8), 0, WORDS * 8, 0);
  }

  /** Dies at the given hit of the point, counted from the moment it is armed. */
  plan(point: Point, hit: number): void {
    this.set('planOperation', OPERATIONS.indexOf(point.operation));
    this.set('planSubject', SUBJECTS.indexOf(point.subject));
    this.set('planWhen', WHEN[point.when]);
    this.set('planHit', hit);
  }

  arm(): void {
    this.set('armed', 1);
  }

  fail(plan: ErrorPlan): void {
    this.set('errorSeen', 0);
    this.set('errorGiven', 0);
    this.set('errorOperations', mask(OPERATIONS, plan.operations));
    this.set('errorSubjects', mask(SUBJECTS, plan.subjects));
    this.set('errorFrom', plan.from ?? 1);
    this.set('errorCount', plan.count ?? 0);
    this.set('errorNumber', ERRNO[plan.error]);
  }

  stopFailing(): void {
    this.set('errorNumber', 0);
  }

  slow(ms: number, operations: readonly Operation[], subjects: readonly Subject[]): void {
    this.set('slowOperations', mask(OPERATIONS, operations));
    this.set('slowSubjects', mask(SUBJECTS, subjects));
    this.set('slowMicroseconds', Math.round(ms * 1000));
  }

  /** A power cut takes back what these synchronisations covered: as if they had been forgotten. */
  forgetSyncs(subjects: readonly Subject[]): void {
    this.set('forgottenSyncs', mask(SUBJECTS, subjects));
  }

  moveClock(ms: number): void {
    this.set('clock', BigInt(ms) * 1_000_000n);
  }

  /** Hits by `operation:subject`, those that are not zero. */
  counts(armed: boolean): ReadonlyMap<string, number> {
    const size = OPERATIONS.length * SUBJECTS.length;
    const bytes = Buffer.alloc(size * 8);
    readSync(this.#fd, bytes, 0, bytes.length, (WORD.counts + (armed ? size : 0)) * 8);
    const found = new Map<string, number>();
    for (const [i, operation] of OPERATIONS.entries()) {
      for (const [j, subject] of SUBJECTS.entries()) {
        const count = Number(bytes.readBigInt64LE((i * SUBJECTS.length + j) * 8));
        if (count > 0) found.set(`${operation}:${subject}`, count);
      }
    }
    return found;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Beside this file, or beside what it was compiled from. */
function sourceFile(name: string): string {
  const beside = fileURLToPath(new URL(name, import.meta.url));
  return existsSync(beside) ? beside : join(PACKAGE_ROOT, 'test', 'crash', name);
}

/** Git-ignored: results, the compiled library, stores of running chains. */
export const CRASH_FOLDER = join(PACKAGE_ROOT, 'data', 'crash');

let compiled: string | undefined;

/** Compiled once per process, whatever happens to the source meanwhile. */
export function faultLibrary(): string {
  compiled ??= compile();
  return compiled;
}

/**
 * Compiles the library unless this very source was compiled before.
 *
 * @returns its path
 * @throws Error when there is no C compiler
 */
function compile(): string {
  const main = sourceFile('faults.c');
  const hash = createHash('sha256');
  for (const name of ['faults.c', 'subjects.h', 'undo.h']) {
    hash.update(readFileSync(sourceFile(name)));
  }
  const file = join(CRASH_FOLDER, `faults-${hash.digest('hex').slice(0, 16)}.so`);
  if (existsSync(file)) return file;
  mkdirSync(CRASH_FOLDER, { recursive: true, mode: 0o700 });
  // Two may compile at once: each its own file, the rename decides.
  const fresh = `${file}.${process.pid}`;
  const flags = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', fresh, main];
  const { error, status, stderr } = spawnSync('cc', [...flags, '-ldl'], { encoding: 'utf8' });
  if (error !== undefined) {
    throw new Error(
      `The crash tests need a C compiler named cc (Debian, Ubuntu: apt-get install gcc libc6-dev): ${error.message}`,
    );
  }
  if (status !== 0) throw new Error(`test/crash/faults.c does not compile:\n${stderr}`);
  renameSync(fresh, file);
  return file;
}
