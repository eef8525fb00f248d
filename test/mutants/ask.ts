/**
 * What becomes of a package, in process and without a store: the checks of the way in as they are, and
 * what the directory would say with only the two agencies of the suite in it.
 *
 * @module
 */

import { CheckList } from '../../src/model/check.js';
import type { ReadPackage } from '../../src/model/edxml.js';
import { actsOn } from '../../src/receive/follow-up.js';
import { inspectBytes } from '../../src/receive/inspect.js';
import { applyPolicy } from '../../src/receive/signature-policy.js';
import { TrustStore } from '../../src/xml/trust.js';

export const SENDER = 'T99.01';
export const RECIPIENT = 'T99.02';
/** After all days that cases take as past. */
export const NOW = Date.UTC(2026, 10, 24, 5);

const VARIABLES: Readonly<Record<string, string>> = {
  sender: SENDER,
  recipient: RECIPIENT,
  unique: 'u01234567',
};

/** @throws Error for a variable that is not known here. */
export function filled(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  if (!text.includes('{{')) return bytes;
  const whole = text.replace(/\{\{([A-Za-z0-9]+)\}\}/g, (_, name: string) => {
    const value = VARIABLES[name];
    if (value === undefined) throw new Error(`no variable ${name}`);
    return value;
  });
  return Buffer.from(whole, 'latin1');
}

let ticks = 0;
const clock = { monotonic: () => ticks++ };

function directoryIssues(read: ReadPackage): string[] {
  const named =
    read.kind === 'document' ? read.to.map((one) => one.organId) : [read.responseFor.organId];
  return named.every((one) => one === SENDER || one === RECIPIENT) ? [] : ['recipient.unknown'];
}

function followUps(read: ReadPackage): string[] {
  if (read.kind === 'status') return ['status.unmatched'];
  return actsOn(read).length === 0 ? [] : ['document.unmatched'];
}

/** `refused a b` or `taken a b`: the codes, sorted; `failed` when it was no verdict. */
export async function ask(bytes: Buffer): Promise<string> {
  const checks = new CheckList(clock);
  try {
    const found = await inspectBytes(bytes, {
      profile: 'field',
      checks,
      now: NOW,
      trustFor: (from) => ({
        store: TrustStore.empty,
        from,
        registered: [],
        at: NOW,
        allowSha1: false,
      }),
      judge: (verdict, read) => applyPolicy('verify', verdict, read, SENDER),
    });
    const errors = checks.errors.map((one): string => one.code);
    if (found.from !== undefined && found.from !== SENDER) errors.push('auth.from');
    if (found.read !== undefined) errors.push(...directoryIssues(found.read));
    if (errors.length > 0) return verdictOf('refused', errors);
    const { read } = found;
    if (read === undefined) return 'failed: nothing was read';
    return verdictOf('taken', [...checks.warnings.map((one) => one.code), ...followUps(read)]);
  } catch (error) {
    return `failed: ${String(error).slice(0, 100)}`;
  }
}

export function verdictOf(word: 'refused' | 'taken', codes: readonly string[]): string {
  return [word, ...[...new Set(codes)].sort()].join(' ');
}
