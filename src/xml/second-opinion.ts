/**
 * A second opinion on well-formedness and schema from libxmljs2, another build of libxml2 that many
 * systems in the field carry. For files an operator trusts, never for what comes over the network: it is
 * no longer maintained, one crafted tag costs it seconds, and it can crash its process. Hence a child
 * process per file, our own scan before it, and a time limit. The package is optional.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../package-root.js';
import { scanXml } from './scan.js';
import { SCHEMA_FILES } from './schema.js';
import type { SchemaName } from './tree.js';

export interface SecondOpinion {
  readonly valid: boolean;
  readonly errors: readonly { readonly line: number; readonly text: string }[];
}

export type SecondOpinionResult =
  | ({ readonly kind: 'opinion' } & SecondOpinion)
  /** libxmljs2 is not installed here. */
  | { readonly kind: 'unavailable' }
  /** It crashed, hung or answered nonsense. */
  | { readonly kind: 'failed'; readonly reason: string };

const CHILD = new URL('./second-opinion-child.js', import.meta.url);
const LIMIT_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Exit status by which the child says that the package is missing. */
export const UNAVAILABLE_STATUS = 86;

/** @throws GatewayError as `scanXml`: what we refuse at the door is not shown to the other parser. */
export async function secondOpinion(
  bytes: Uint8Array,
  schema: SchemaName,
): Promise<SecondOpinionResult> {
  scanXml(bytes);
  const child = spawn(
    process.execPath,
    [fileURLToPath(CHILD), join(PACKAGE_ROOT, 'xsd', SCHEMA_FILES[schema])],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    },
  );
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
  });
  // A child that dies early closes its input; its exit status tells more than the broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(bytes);
  const status = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (status === UNAVAILABLE_STATUS) return { kind: 'unavailable' };
  if (status !== 0) return { kind: 'failed', reason: `ended with ${status}` };
  try {
    const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as SecondOpinion;
    return { kind: 'opinion', valid: answer.valid, errors: answer.errors };
  } catch {
    return { kind: 'failed', reason: 'answered nonsense' };
  }
}
