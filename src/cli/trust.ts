/**
 * `edxgate trust list|rehearse`: whom signatures are believed.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config, TrustConfig } from '../config/config.js';
import { listsIn } from '../config/trust-files.js';
import { GatewayError } from '../model/issue.js';
import { RevocationFiles } from '../operate/revocation-files.js';
import { listTrust, loadTrust, type TrustView } from '../operate/trust.js';
import {
  type RehearsalChange,
  type RehearsalCount,
  rehearseTrust,
} from '../operate/trust-rehearsal.js';
import type { Store } from '../store/store.js';
import { RevocationCache } from '../xml/revocation-cache.js';
import {
  act,
  type CommonOptions,
  countOption,
  describe,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { localTime, plain, table } from './table.js';

interface RehearseOptions extends CommonOptions {
  readonly with: string;
  readonly days: number;
}

const DAY = 86_400_000;
const DEFAULT_DAYS = 30;
const PROGRESS_EVERY_MS = 2000;

export function define(command: Command, run: Run): void {
  command.description('Whom signatures are believed: anchors, revocation, and what a change does.');
  describe(command.command('list').summary('anchors, lists, their ages, warnings'), {
    description:
      'List trust anchors, those of single agencies, revocation lists with their ages, and certificates that end soon.',
    config: true,
    examples: ['edxgate trust list', 'edxgate trust list --json'],
    notes:
      'Registered certificates are listed only when they end within 60 days or have ended. Lists that a\nrunning gateway fetched are read from the folder of its store.',
  }).action(act(run, (options: CommonOptions) => list(run, options)));
  describe(
    command.command('rehearse').summary('what a changed trust would make of what is stored'),
    {
      description:
        'Judge the signatures of stored packages with the trust in force and with a changed one, and list those whose class would change. Nothing is changed.',
      config: true,
      examples: [
        'edxgate trust rehearse --with new-ca/',
        'edxgate trust rehearse --with new-ca/ --days 90 --json',
      ],
      notes:
        'DIR holds the new anchors; its revocation lists and its folder agencies/ take the place of\ntrust.crls and trust.agency_anchors when they are there. Certificates are judged as of now.\nStatus 0: nothing would change; 3: something would.',
    },
  )
    .requiredOption('--with <dir>', 'file or folder with the changed trust')
    .option('--days <count>', 'packages of so many days', countOption, DEFAULT_DAYS)
    .action(act(run, (options: RehearseOptions) => rehearse(run, options)));
}

/** What a running gateway fetched, verified again. */
async function loadFetched(run: Run, config: Config): Promise<RevocationCache> {
  const cache = new RevocationCache();
  const trust = loadTrust(config.trust, cache);
  const urls = config.trust.fetch?.crlUrls ?? [];
  await new RevocationFiles(config.store.folder).load(cache, trust, urls, run.terminal.clock.now());
  return cache;
}

async function list(run: Run, options: CommonOptions): Promise<undefined> {
  const config = readConfig(run, options);
  const cache = await loadFetched(run, config);
  const { clock } = run.terminal;
  const trust = loadTrust(config.trust, cache);
  const show = async (store?: Store): Promise<undefined> => {
    const question = { trust, cache, config: config.trust, clock };
    const rows: string[][] = [];
    for await (const one of listTrust(store === undefined ? question : { ...question, store })) {
      if (options.json === true) say(run, options, one, () => '');
      else rows.push(rowOf(one));
    }
    if (options.json === true) return undefined;
    run.terminal.out(rows.length === 0 ? 'no trust anchors\n' : `${table(rows)}\n`);
    return undefined;
  };
  try {
    return await withStore(run, config, 'read', show);
  } catch (error) {
    // Before the first start there is no store, but anchors to look at.
    if (error instanceof GatewayError && error.code === 'store.missing') return show();
    throw error;
  }
}

function rowOf(one: TrustView): string[] {
  const warnings = one.warnings.length === 0 ? [] : [`warning: ${one.warnings.join(', ')}`];
  switch (one.kind) {
    case 'anchor':
    case 'certificate':
      return [
        one.kind,
        one.organId ?? 'all',
        `until ${localTime(one.notAfter)}`,
        one.fingerprint.slice(0, 16),
        plain(one.subject),
        ...warnings,
      ];
    case 'crl':
      return [
        one.kind,
        plain(one.source),
        one.nextUpdate === undefined ? 'no end' : `next ${localTime(one.nextUpdate)}`,
        `age ${ageText(one.ageSeconds)}`,
        `${plain(one.issuer)}, ${one.size} taken back`,
        ...warnings,
      ];
    case 'crl-url':
      return [one.kind, plain(one.source), '-', '-', '-', ...warnings];
    case 'ocsp':
      return [
        one.kind,
        plain(one.hosts.join(', ')),
        `${one.answers} answers`,
        `${one.fresh} fresh`,
        '-',
        ...warnings,
      ];
  }
}

function ageText(seconds: number): string {
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400
    ? `${Math.floor(seconds / 3600)} h`
    : `${Math.floor(seconds / 86_400)} days`;
}

async function rehearse(run: Run, options: RehearseOptions): Promise<ExitStatus> {
  const config = readConfig(run, options);
  const { clock, err, folder } = run.terminal;
  const cache = await loadFetched(run, config);
  const before = loadTrust(config.trust, cache);
  const after = loadTrust(changedTrust(config.trust, resolve(folder, options.with)), cache);
  const at = clock.now();
  let count: Readonly<RehearsalCount> = { messages: 0, judged: 0, changed: 0, skipped: 0 };
  let told = clock.monotonic();
  await withStore(run, config, 'read', async (store) => {
    const rehearsal = { store, before, after, at, since: at - options.days * DAY };
    const onProgress = (now: Readonly<RehearsalCount>): void => {
      count = now;
      if (clock.monotonic() - told < PROGRESS_EVERY_MS) return;
      told = clock.monotonic();
      err(`${count.messages} messages, ${count.changed} would change …\n`);
    };
    for await (const change of rehearseTrust({ ...rehearsal, onProgress })) {
      say(run, options, change, () => lineOf(change));
    }
  });
  const { messages, judged, changed, skipped } = count;
  err(
    `${messages} messages of ${options.days} days, ${judged} with a signature to judge, ${changed} would change` +
      `${skipped > 0 ? `, ${skipped} without content` : ''}\n`,
  );
  return changed > 0 ? EXIT.notPassed : EXIT.done;
}

function changedTrust(config: TrustConfig, path: string): TrustConfig {
  const agencies = join(path, 'agencies');
  return {
    ...config,
    anchors: [path],
    ...(listsIn([path]).length > 0 ? { crls: [path] } : {}),
    ...(existsSync(agencies) ? { agencyAnchors: agencies } : {}),
  };
}

function lineOf(change: RehearsalChange): string {
  const { messageId, fromOrganId, before, after, beforeReasons, afterReasons } = change;
  const reasons = after === 'valid' ? beforeReasons : afterReasons;
  return [
    messageId,
    plain(fromOrganId),
    `${before} → ${after}`,
    ...(reasons.length > 0 ? [`(${reasons.join(', ')})`] : []),
  ].join('  ');
}
