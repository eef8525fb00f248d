/**
 * Package root: the folder of edxgate's own package.json, from which wsdl/ and xsd/ are found, no
 * matter whether the code runs from the sources, from dist/ or installed.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function isEdxgate(folder: string): boolean {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return false;
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return (
    typeof content === 'object' &&
    content !== null &&
    'name' in content &&
    content.name === 'edxgate'
  );
}

function findPackageRoot(start: string): string {
  for (let folder = start; ; ) {
    if (isEdxgate(folder)) return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json of edxgate above ${start}`);
    folder = parent;
  }
}

/** Absolute path, without a slash at its end. */
export const PACKAGE_ROOT: string = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

/** Version of edxgate, from its package.json. */
export function packageVersion(): string {
  const text = readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version);
}
