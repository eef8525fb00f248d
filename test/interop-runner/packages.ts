/**
 * Debian packages that clients need: which are missing, and installing them as root.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { getuid } from 'node:process';
import type { ForeignClient } from './clients.js';

function isInstalled(name: string): boolean {
  try {
    const args = ['-W', '-f', '$' + '{Status}', name];
    const out = execFileSync('dpkg-query', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    return out.toString('utf8') === 'install ok installed';
  } catch {
    return false;
  }
}

export function missingPackages(clients: readonly ForeignClient[]): string[] {
  const wanted = new Set(clients.flatMap(({ packages }) => packages));
  return [...wanted].filter((name) => !isInstalled(name)).sort();
}

export function installCommand(packages: readonly string[]): string {
  return `apt-get install --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs what is missing.
 *
 * @returns what is still missing: the clients that need it fail, and say so.
 */
export function installPackages(clients: readonly ForeignClient[], mayInstall: boolean): string[] {
  const missing = missingPackages(clients);
  if (missing.length === 0 || !mayInstall || getuid?.() !== 0) return missing;
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[] };
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { ...options, env });
    const args = ['install', '-y', '-qq', '--no-install-recommends', ...missing];
    execFileSync('apt-get', args, { ...options, env });
  } catch {
    // What could not be installed is named below.
  }
  return missingPackages(clients);
}
