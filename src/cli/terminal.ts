/**
 * What a command sees of the world around it: streams, environment, folder, time. Tests give their own.
 *
 * @module
 */
import { type Clock, systemClock } from '../clock.js';
import { type Environment, environment } from '../config/environment.js';

export interface Terminal {
  /** Standard output: answers only. */
  out(text: string): void;
  /** Standard error: complaints and progress. */
  err(text: string): void;
  readInput(maxBytes: number): Promise<Buffer>;
  readonly env: Environment;
  /** Working folder. */
  readonly folder: string;
  readonly clock: Clock;
}

export const processTerminal: Terminal = {
  out: (text) => {
    process.stdout.write(text);
  },
  err: (text) => {
    process.stderr.write(text);
  },
  async readInput(maxBytes) {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of process.stdin) {
      const bytes = Buffer.from(chunk as Uint8Array);
      size += bytes.byteLength;
      if (size > maxBytes) throw new Error(`standard input holds more than ${maxBytes} bytes`);
      chunks.push(bytes);
    }
    return Buffer.concat(chunks);
  },
  env: environment(),
  folder: process.cwd(),
  clock: systemClock,
};
