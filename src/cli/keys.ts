/**
 * `edxgate keys show|rotate`: the key that signs receipts.
 *
 * @module
 */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/config.js';
import { listReceiptKeys, rotateReceiptKey } from '../evidence/receipt-keys.js';
import { refuse } from '../model/issue.js';
import { act, type CommonOptions, describe, type Run, readConfig, say } from './command.js';
import { localTime, table } from './table.js';

export function define(command: Command, run: Run): void {
  command.description('The key that signs receipts, in the folder of the store.');
  describe(command.command('show').summary('all keys; the last one signs'), {
    description:
      'Show the receipt keys: public halves only. Old ones stay, so that old receipts can be checked.',
    config: true,
    examples: ['edxgate keys show', 'edxgate keys show --json'],
  }).action(act(run, (options: CommonOptions) => show(run, options)));
  describe(command.command('rotate').summary('make the next key'), {
    description: 'Make a new receipt key. A running gateway signs with it after its next start.',
    config: true,
    examples: ['edxgate keys rotate'],
  }).action(act(run, (options: CommonOptions) => rotate(run, options)));
}

function keysFolder(config: Config): string {
  return join(config.store.folder, 'keys');
}

function show(run: Run, options: CommonOptions): undefined {
  const config = readConfig(run, options);
  const keys = listReceiptKeys(keysFolder(config));
  if (options.json === true) {
    for (const key of keys) say(run, options, key, () => '');
    return;
  }
  const rows = keys.map((key) => [
    String(key.number),
    key.id,
    localTime(key.createdAt),
    key.signing ? 'signs' : 'kept',
    key.publicKeyFile,
  ]);
  const note =
    keys.length === 0 ? 'no receipt key yet; one is made at the first start\n' : `${table(rows)}\n`;
  run.terminal.out(note);
}

function rotate(run: Run, options: CommonOptions): undefined {
  const config = readConfig(run, options);
  if (config.keys.receipt !== undefined) {
    throw refuse('cli.failed', {
      reason: `keys.receipt names ${config.keys.receipt}; replace that file instead`,
    });
  }
  const key = rotateReceiptKey(keysFolder(config));
  say(run, options, key, () => `key ${key.number} (${key.id}) signs from the next start on`);
}
