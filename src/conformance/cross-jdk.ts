/**
 * Asks the JDK about signatures: one Java process for a whole run, since it takes a second to start. It
 * runs java/Verify.java from its source, so nothing compiled is shipped; that needs a JDK of 11 or
 * later, not only a runtime.
 *
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { PACKAGE_ROOT } from '../package-root.js';
import type { Opinion } from './cross-engines.js';

const SOURCE = join(PACKAGE_ROOT, 'src', 'conformance', 'java', 'Verify.java');
const START_MS = 30_000;
const ANSWER_MS = 30_000;
const OPTIONS = ['-Xmx1g', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: Interface;
  /** The next line; undefined when the process ended, or the time did. */
  line(ms: number): Promise<string | undefined>;
}

export class JdkVerifier {
  #running: Running | undefined;
  #missing = false;
  readonly #command: string;

  /** @param command `java` by default */
  constructor(command = 'java') {
    this.#command = command;
  }

  async ask(bytes: Uint8Array): Promise<Opinion> {
    if (this.#missing) return { kind: 'missing' };
    this.#running ??= await this.#start();
    const running = this.#running;
    if (running === undefined) {
      this.#missing = true;
      return { kind: 'missing' };
    }
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    running.child.stdin.write(length);
    running.child.stdin.write(bytes);
    const line = await running.line(ANSWER_MS);
    if (line !== undefined) return { kind: 'opinion', holds: line === 'holds', reason: line };
    // The next question starts another one.
    await this.close();
    return { kind: 'failed', reason: `it ended, or took over ${ANSWER_MS / 1000} s` };
  }

  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    await end(running.child);
  }

  async #start(): Promise<Running | undefined> {
    const child = spawn(this.#command, [...OPTIONS, SOURCE], { stdio: 'pipe' });
    const running = watch(child);
    if ((await running.line(START_MS)) === 'ready') return running;
    await end(child);
    return undefined;
  }
}

function watch(child: ChildProcessWithoutNullStreams): Running {
  // Not installed, or ended early: the missing line tells.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.stderr.resume();
  const lines = createInterface({ input: child.stdout });
  const waiting: string[] = [];
  let isOver = false;
  let wake: (() => void) | undefined;
  lines.on('line', (one) => {
    waiting.push(one);
    wake?.();
  });
  lines.on('close', () => {
    isOver = true;
    wake?.();
  });
  const line = async (ms: number): Promise<string | undefined> => {
    if (waiting.length === 0 && !isOver) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    }
    return waiting.shift();
  };
  return { child, lines, line };
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.kill('SIGKILL');
  await closed;
}
