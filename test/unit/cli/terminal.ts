/**
 * A terminal in memory and a folder of its own, for commands run inside the test process.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExitStatus } from '../../../src/cli/exit-status.js';
import { runCommandLine } from '../../../src/cli/run.js';
import { systemClock } from '../../../src/clock.js';

export interface Answer {
  readonly status: ExitStatus;
  readonly out: string;
  readonly err: string;
}

export interface Shell {
  readonly folder: string;
  /** @param input what stands on standard input */
  run(args: readonly string[], input?: string): Promise<Answer>;
  /** The objects on standard output of a command with `--json`. */
  json(args: readonly string[]): Promise<Record<string, unknown>[]>;
  write(name: string, text: string | Uint8Array, mode?: number): string;
  remove(): void;
}

export function openShell(env: Record<string, string> = {}): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-cli-'));
  const run = async (args: readonly string[], input = ''): Promise<Answer> => {
    let out = '';
    let err = '';
    const status = await runCommandLine(args, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      readInput: async () => Buffer.from(input),
      env,
      folder,
      clock: systemClock,
    });
    return { status, out, err };
  };
  return {
    folder,
    run,
    async json(args) {
      const { status, out, err } = await run([...args, '--json']);
      if (status !== 0) throw new Error(`status ${status}: ${err}`);
      return out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    write(name, text, mode = 0o600) {
      const file = join(folder, name);
      writeFileSync(file, text, { mode });
      return file;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
