/**
 * `edxgate agency certificate add|list|expire`.
 *
 * @module
 */
import type { Command } from 'commander';
import {
  addCertificate,
  type CertificateView,
  expireCertificate,
  listCertificates,
} from '../operate/certificates.js';
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
import { readInputFile } from './files.js';
import { localTime, plain, table } from './table.js';

export function defineCertificate(parent: Command, run: Run): void {
  const group = parent
    .command('certificate')
    .summary('add|list|expire: its signing certificates')
    .description(
      'Signing certificates of an agency. With one registered, its packages must be signed.',
    );
  describe(group.command('add').summary('register a signing certificate'), {
    description:
      'Register a signing certificate; from then on the agency must sign, unless a policy is set.',
    config: true,
    examples: ['edxgate agency certificate add T99.01 so-mau-a.pem'],
  })
    .argument('<organ>', 'organ id')
    .argument('<file>', 'one certificate, PEM or DER')
    .action(
      act(run, (organ: string, file: string, options: CommonOptions) =>
        add(run, organ, file, options),
      ),
    );
  describe(group.command('list').summary('its certificates'), {
    description: 'List the certificates of an agency, those that were expired too.',
    config: true,
    examples: ['edxgate agency certificate list T99.01'],
  })
    .argument('<organ>', 'organ id')
    .action(act(run, (organ: string, options: CommonOptions) => list(run, organ, options)));
  describe(group.command('expire').summary('no longer take its signatures'), {
    description: 'From now on a certificate no longer counts for new packages.',
    config: true,
    examples: ['edxgate agency certificate expire T99.01 9f86d081884c7d65'],
  })
    .argument('<organ>', 'organ id')
    .argument('<fingerprint>', 'SHA-256 of the certificate, or its first 8 or more digits')
    .action(
      act(run, (organ: string, print: string, options: CommonOptions) =>
        expire(run, organ, print, options),
      ),
    );
}

async function add(
  run: Run,
  organ: string,
  file: string,
  options: CommonOptions,
): Promise<undefined> {
  const config = readConfig(run, options);
  const bytes = await readInputFile(run.terminal, file);
  const added = await withStore(run, config, 'write', (store) =>
    addCertificate(operatorContext(run, config, store), organ, bytes),
  );
  say(run, options, added, () => `registered: ${row(added).join('  ')}`);
  return undefined;
}

async function list(run: Run, organ: string, options: CommonOptions): Promise<undefined> {
  const now = run.terminal.clock.now();
  const found = await withStore(run, readConfig(run, options), 'read', (store) =>
    listCertificates(store, organ, now),
  );
  if (options.json === true) for (const one of found) say(run, options, one, () => '');
  else run.terminal.out(found.length === 0 ? 'no certificates\n' : `${table(found.map(row))}\n`);
  return undefined;
}

async function expire(
  run: Run,
  organ: string,
  fingerprint: string,
  options: CommonOptions,
): Promise<undefined> {
  const config = readConfig(run, options);
  const expired = await withStore(run, config, 'write', (store) =>
    expireCertificate(operatorContext(run, config, store), organ, fingerprint),
  );
  say(run, options, expired, () => `expired: ${row(expired).join('  ')}`);
  return undefined;
}

function row(one: CertificateView): string[] {
  return [
    one.fingerprint.slice(0, 16),
    one.current
      ? `until ${localTime(one.notAfter)}`
      : `expired ${localTime(one.expiredAt ?? one.notAfter)}`,
    plain(one.subject),
    ...(one.warning === undefined ? [] : [`warning: ${one.warning}`]),
  ];
}
