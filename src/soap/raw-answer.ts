/**
 * What is kept of a peer's answer as it came, for the people who look into a failed attempt. A peer may
 * echo what we sent, so credentials are blotted out.
 *
 * @module
 */
import type { HttpResponse } from './exchange.js';

export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The first 16 kB, as text; bytes that are not UTF-8 show as U+FFFD. */
  readonly body: string;
  /** There was more. */
  readonly truncated: boolean;
}

export const MAX_RAW_BYTES = 16 * 1024;
const BLOT = '***';
/** A shorter secret would blot out ordinary text; ours have 43 characters. */
const MIN_SECRET_CHARS = 8;

function blotted(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const one of secrets) {
    if (one.length >= MIN_SECRET_CHARS) clean = clean.replaceAll(one, BLOT);
  }
  return clean;
}

/** @param secrets what was sent as a credential, in every form it was sent in */
export function rawAnswerOf(answer: HttpResponse, secrets: readonly string[]): RawAnswer {
  // Blotted before the cut: a secret across it would otherwise leave its first half.
  const longest = Math.max(0, ...secrets.map((one) => one.length));
  const start = answer.body.toString('utf8', 0, MAX_RAW_BYTES + longest);
  return {
    status: answer.status,
    headers: [...answer.headers].map(([name, value]) => [name, blotted(value, secrets)] as const),
    body: blotted(start, secrets).slice(0, MAX_RAW_BYTES),
    truncated: answer.truncated || answer.body.length > MAX_RAW_BYTES,
  };
}
