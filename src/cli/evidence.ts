/**
 * `edxgate evidence export|verify`: proof of one message in one file, and its check.
 *
 * @module
 */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/config.js';
import { readSecretFile, reasonOf } from '../config/secret-file.js';
import { makeCheckpoints } from '../evidence/checkpoint-maker.js';
import { exportEvidence } from '../evidence/evidence-file.js';
import type { Check } from '../evidence/evidence-verify.js';
import { verifyEvidence } from '../evidence/evidence-verify.js';
import {
  keepPublicKey,
  type PublicKeys,
  publicKeysOf,
  readPublicKeys,
} from '../evidence/kept-keys.js';
import { openReceiptKey, type ReceiptKey } from '../evidence/receipt-keys.js';
import { causeText, refuse } from '../model/issue.js';
import { findMessage } from '../operate/messages.js';
import { packageVersion } from '../package-root.js';
import {
  act,
  type CommonOptions,
  describe,
  operatorContext,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { readInputFile } from './files.js';
import { bytesText, plain, table } from './table.js';

interface ExportOptions extends CommonOptions {
  readonly out: string;
}

interface VerifyOptions extends CommonOptions {
  readonly key?: string;
  readonly keys?: string;
}

export function define(command: Command, run: Run): void {
  command.description('Proof of one message in one file, and its check.');
  describe(command.command('export').summary('all proof of one message, in one file'), {
    description:
      'Write the evidence file of a message: package, receipt, signature data, deliveries with their\ncertificates and answers, notices, log proof and public keys, all signed.',
    config: true,
    examples: ['edxgate evidence export 01JD8Z6T4B6X3WQ2N5R7V9K1MC --out evidence.zip'],
    notes:
      'Who exported it stands in the acts of operators. Anybody can check the file with unzip,\nsha256sum, openssl and xmlsec1; see docs/evidence.md.',
  })
    .argument('<message>', 'message id')
    .requiredOption('--out <file>', 'a file that does not exist yet')
    .action(act(run, (message: string, options: ExportOptions) => exportTo(run, message, options)));
  describe(command.command('verify').summary('check an evidence file; no store is touched'), {
    description:
      'Check an evidence file. Needs neither store nor configuration, and writes nothing.\nStatus 0: all checks pass; 3: one does not.',
    config: false,
    examples: [
      'edxgate evidence verify evidence.zip --key receipt-1.pub.pem',
      'edxgate evidence verify evidence.zip --json',
    ],
    notes:
      'Without --key the key in the file is used, which proves that nothing was changed since, not\nwho made it: compare the fingerprint that is shown with the one the gateway publishes.',
  })
    .argument('<file>', 'evidence file, or - for standard input')
    .option('--key <file>', "the gateway's public key (PEM)")
    .option('--keys <folder>', 'its public keys: every .pem file in there')
    .action(act(run, (file: string, options: VerifyOptions) => verify(run, file, options)));
}

// ---- export --------------------------------------------------------------------------------------

function receiptKey(config: Config): ReceiptKey {
  const folder = join(config.store.folder, 'keys');
  const key = openReceiptKey(
    config.keys.receipt === undefined ? { folder } : { file: config.keys.receipt },
    readSecretFile,
  );
  keepPublicKey(folder, key);
  return key;
}

/** A file that is there already may be the only copy of something. */
function writeNew(file: string, bytes: Uint8Array): void {
  try {
    const fd = openSync(file, 'wx', 0o600);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw refuse('cli.failed', { reason: `${file}: ${reasonOf(error)}` });
  }
}

async function exportTo(run: Run, message: string, options: ExportOptions): Promise<undefined> {
  const config = readConfig(run, options);
  const out = resolve(run.terminal.folder, options.out);
  if (existsSync(out)) throw refuse('cli.failed', { reason: `${out} is there already` });
  const key = receiptKey(config);
  await withStore(run, config, 'write', async (store) => {
    const { clock, actor } = operatorContext(run, config, store);
    const { messageId, contentDigest } = await findMessage(store, message);
    const detail = { contentDigest };
    const time = clock.now();
    await store.recordAct({ time, actor, act: 'evidence.export', subject: messageId, detail });
    // So that every event of the message is under a checkpoint.
    await makeCheckpoints({ store, clock, gateway: config.organId, key });
    const { bytes, facts, members } = await exportEvidence(
      {
        store,
        clock,
        gateway: config.organId,
        version: packageVersion(),
        key,
        keys: readPublicKeys(join(config.store.folder, 'keys')),
        trust: config.trust,
        storeFolder: config.store.folder,
      },
      messageId,
    );
    writeNew(out, bytes);
    const { missing } = facts;
    const view = { messageId, file: out, sizeBytes: bytes.length, members, keyId: key.id, missing };
    say(run, options, view, () =>
      [
        `${out}: ${members.length} members, ${bytesText(bytes.length)}, signed with key ${key.id}`,
        ...missing.map(({ what, text }) => `  without ${what}: ${text}`),
      ].join('\n'),
    );
  });
  return undefined;
}

// ---- verify --------------------------------------------------------------------------------------

function trustedKeys(run: Run, { key, keys }: VerifyOptions): PublicKeys {
  const at = (file: string): string => resolve(run.terminal.folder, file);
  try {
    const inFolder =
      keys === undefined
        ? []
        : readdirSync(at(keys))
            .filter((name) => name.endsWith('.pem'))
            .map((name) => join(at(keys), name));
    const files = [...(key === undefined ? [] : [at(key)]), ...inFolder];
    if (files.length === 0 && keys !== undefined) throw new Error(`${keys} holds no .pem file`);
    return publicKeysOf(files);
  } catch (error) {
    throw refuse('cli.failed', { reason: causeText(error) });
  }
}

async function verify(run: Run, file: string, options: VerifyOptions): Promise<ExitStatus> {
  const trusted = trustedKeys(run, options);
  const report = verifyEvidence(await readInputFile(run.terminal, file), trusted);
  say(run, options, report, () => reportText(report.ok, report.checks));
  return report.ok ? EXIT.done : EXIT.notPassed;
}

function reportText(ok: boolean, checks: readonly Check[]): string {
  const rows = checks.map((one) => [one.ok ? 'ok' : 'FAILED', one.name, plain(one.reason)]);
  return `${table(rows)}\n${ok ? 'all checks pass' : 'the evidence file does not hold'}`;
}
