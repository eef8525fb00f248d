/**
 * Keeps what the fuzzer found: the package, and how to make it again.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from './campaign.js';

/** Folder of findings, outside of the checkout. */
export const FINDINGS = join(tmpdir(), 'edxgate-fuzz');

/** @returns the path of the package; the seed stands in the file beside it */
export function saveFinding(folder: string, finding: Finding): string {
  mkdirSync(folder, { recursive: true });
  const { bytes, ...about } = finding;
  const path = join(folder, `${finding.kind}-${finding.seed}-${finding.mutant}`);
  writeFileSync(`${path}.edxml`, bytes);
  writeFileSync(`${path}.json`, `${JSON.stringify(about, null, 2)}\n`);
  return `${path}.edxml`;
}
