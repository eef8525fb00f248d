/**
 * Foreign verifiers, each asked about a whole list of files at once: xmlsec1, and the JDK through
 * test/tools/Verify.java. Both get the anchor of fixtures/keys and nothing else; neither may fetch.
 *
 * @module
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EDXML } from '../tools/signature-package.js';

export type Engine = 'xmlsec1' | 'jdk';

export interface Foreign {
  readonly holds: boolean;
  readonly message: string;
}

const run = promisify(execFile);
const MAX_OUTPUT = 64 * 1024 * 1024;

/** Elements that may carry an Id; xmlsec1 wants to be told. */
const ID_ELEMENTS = [
  'edXML',
  'edXMLEnvelope',
  'MessageHeader',
  'TraceHeaderList',
  'Bussiness',
  'edXMLBody',
  'edXMLManifest',
  'AttachmentEncoded',
];

export function hasXmlsec1(): boolean {
  return spawnSync('xmlsec1', ['--version']).status === 0;
}

export function hasJdk(): boolean {
  return spawnSync('/usr/bin/javac', ['-version']).status === 0;
}

/** One process per file, in one shell: xmlsec1 stops at the first file that does not hold. */
const SHELL = `
folder=$1; shift
for file in "$folder"/*.xml; do
  if message=$(timeout 20 xmlsec1 --verify "$@" "$file" 2>&1); then echo holds; else
    printf 'fails %s\\n' "$(printf %s "$message" | tr '\\n' ' ' | cut -c1-600)"
  fi
done`;

export function askXmlsec1(packages: readonly Buffer[]): Promise<Foreign[]> {
  return withFiles(packages, async (folder) => {
    const options = [
      ...['--trusted-pem', 'fixtures/keys/authority.pem', '--verification-gmt-time'],
      ...['2026-11-24 00:00:00', '--enabled-key-data', 'x509'],
      ...['--enabled-reference-uris', 'empty,same-doc'],
      ...ID_ELEMENTS.flatMap((name) => ['--id-attr:Id', `${EDXML}:${name}`]),
    ];
    const args = ['-c', SHELL, 'sh', folder, ...options];
    const { stdout } = await run('/bin/sh', args, { maxBuffer: MAX_OUTPUT, encoding: 'latin1' });
    return answersOf(stdout);
  });
}

/** @param classes folder with the compiled class, see {@link compileJdk} */
export function askJdk(packages: readonly Buffer[], classes: string): Promise<Foreign[]> {
  return withFiles(packages, async (folder) => {
    const args = ['-cp', classes, 'Verify', 'fixtures/keys/authority.pem', folder];
    const { stdout } = await run('/usr/bin/java', args, {
      maxBuffer: MAX_OUTPUT,
      encoding: 'latin1',
    });
    return answersOf(stdout);
  });
}

/** @returns the folder with the class; the caller removes it */
export function compileJdk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-verify-'));
  const done = spawnSync('/usr/bin/javac', ['-d', folder, 'test/tools/Verify.java']);
  if (done.status !== 0) throw new Error(`javac: ${done.stderr.toString()}`);
  return folder;
}

async function withFiles(
  packages: readonly Buffer[],
  ask: (folder: string) => Promise<Foreign[]>,
): Promise<Foreign[]> {
  if (packages.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-fuzz-'));
  try {
    packages.forEach((bytes, i) => {
      writeFileSync(join(folder, `${String(i).padStart(6, '0')}.xml`), bytes);
    });
    const answers = await ask(folder);
    if (answers.length !== packages.length) throw new Error('an answer for each file is missing');
    return answers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One line for each file, in the order of their names: `holds`, or `fails` and why. */
function answersOf(output: string): Foreign[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => ({ holds: line === 'holds', message: line }));
}
