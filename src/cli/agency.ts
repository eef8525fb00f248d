/**
 * `edxgate agency add|set|list|show|import`, with `token` and `certificate` from their own files.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Config } from '../config/config.js';
import { addAgency, listAgencies, setAgency, showAgency } from '../operate/agencies.js';
import { importAgencies } from '../operate/agency-import.js';
import { waitingFor } from '../operate/agency-validity.js';
import type { AgencyView } from '../operate/agency-view.js';
import { listCertificates } from '../operate/certificates.js';
import { setRetryPolicy } from '../operate/retry-policy.js';
import { listTokens } from '../operate/tokens.js';
import type { Store } from '../store/store.js';
import { defineCertificate } from './agency-certificate.js';
import { type AgencyOptions, agencyOptions, changeOf } from './agency-options.js';
import { type PassOptions, qualificationOf } from './agency-pass.js';
import { agencyText, certificateLine, routeText, stateText, tokenLine } from './agency-text.js';
import { defineToken } from './agency-token.js';
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
import { plain, table } from './table.js';

type SetOptions = AgencyOptions & PassOptions;
type AddOptions = AgencyOptions & { readonly name: string; readonly ifMissing?: boolean };

export function define(command: Command, run: Run): void {
  command.description('The directory: agencies, their routes, policies, tokens and certificates.');
  defineAdd(command, run);
  defineSet(command, run);
  describe(command.command('list').summary('every agency'), {
    description: 'List every agency of the directory.',
    config: true,
    examples: ['edxgate agency list', 'edxgate agency list --json'],
  }).action(act(run, (options: CommonOptions) => list(run, options)));
  describe(command.command('show').summary('one agency with tokens and certificates'), {
    description: 'Show one agency with its tokens (never their text) and certificates.',
    config: true,
    examples: ['edxgate agency show T99.01'],
  })
    .argument('<organ>', 'organ id, or old organ id')
    .action(act(run, (organ: string, options: CommonOptions) => show(run, organ, options)));
  describe(command.command('import').summary('many from CSV or JSON'), {
    description: 'Add and change agencies from a CSV or JSON file: all or none.',
    config: true,
    examples: ['edxgate agency import directory.csv'],
    notes:
      'CSV has a header line: OrganId, OrganName, OldOrganId, OrganizationInCharge, Email, Active,\nvalid_from, valid_until, successor (a date and an organ id, or none to remove what is there).\nJSON is a list of objects with the same members in camelCase. Routes, policies, tokens and\ncertificates of agencies that are there stay as they are; nothing is deleted.',
  })
    .argument('<file>', 'CSV or JSON in UTF-8, or - for standard input')
    .action(act(run, (file: string, options: CommonOptions) => importFile(run, file, options)));
  defineToken(command, run);
  defineCertificate(command, run);
}

function defineAdd(parent: Command, run: Run): void {
  const command = describe(parent.command('add').summary('a new agency'), {
    description: 'Add an agency. Without --push it collects.',
    config: true,
    examples: [
      'edxgate agency add T99.01 --name "Sở Mẫu A"',
      'edxgate agency add T99.02 --name "Sở Mẫu B" --push https://b.example/receive --push-ca ca.pem',
      'edxgate agency add T99.03 --name "Sở Mẫu C" --collect --signature record --if-missing',
    ],
  })
    .argument('<organ>', 'organ id')
    .requiredOption('--name <name>', 'name of the agency');
  agencyOptions(command)
    .option('--if-missing', 'leave an agency that is there as it is; status 0')
    .action(act(run, (organ: string, options: AddOptions) => add(run, organ, options)));
}

function defineSet(parent: Command, run: Run): void {
  const command = describe(parent.command('set').summary('change an agency'), {
    description: 'Change an agency; what is not named stays as it is.',
    config: true,
    examples: [
      'edxgate agency set T99.02 --push https://new.example/receive',
      'edxgate agency set T99.01 --signature require',
      'edxgate agency set T99.03 --inactive',
      'edxgate agency set T99.03 --valid-until 2026-07-01 --successor T99.04',
      'edxgate agency set T99.02 --retry "1m, 5m, 1h*6" --concurrency 4',
      'edxgate agency set T99.05 --lane production --pass-report T99.05-pass.xml',
    ],
    notes:
      'A weaker --signature than before, while a certificate is registered, raises an alert.\n--may-act-for replaces the whole list. A date begins at 00:00 in Vietnam; mail for an agency that\nhas ended goes to its successor, and is refused when there is none. Before --lane changes, every\ndelivery to or from it must be over; with conformance.require_pass it needs a pass for production.',
  })
    .argument('<organ>', 'organ id')
    .option('--name <name>', 'name of the agency');
  agencyOptions(command)
    .option('--pass-report <file>', 'signed report that it passed the partner suite')
    .option('--pass-key <file>', 'PEM public key of the gateway that signed it, when not this one')
    .action(act(run, (organ: string, options: SetOptions) => set(run, organ, options)));
}

async function add(run: Run, organ: string, options: AddOptions): Promise<undefined> {
  const config = readConfig(run, options);
  const change = { ...changeOf(run.terminal, options), organId: organ, organName: options.name };
  const { agency, added } = await withStore(run, config, 'write', async (store) => {
    const result = await addAgency(operatorContext(run, config, store), change, {
      ifMissing: options.ifMissing ?? false,
    });
    if (!result.added || options.retry === undefined) return result;
    await setRetry(run, config, store, organ, options.retry);
    return { ...result, agency: await showAgency(store, organ) };
  });
  say(run, options, agency, () => `${added ? 'added' : 'there already'}: ${agency.organId}`);
  return undefined;
}

async function set(run: Run, organ: string, options: SetOptions): Promise<undefined> {
  const config = readConfig(run, options);
  const change = changeOf(run.terminal, options);
  const qualification = await qualificationOf(run, config, organ, options);
  const { agency, ...effects } = await withStore(run, config, 'write', async (store) => {
    const context = operatorContext(run, config, store);
    const changed = await setAgency(context, organ, change, qualification);
    const ends = changed.validUntil !== undefined || !changed.active;
    return {
      ...(options.retry === undefined
        ? { agency: changed }
        : {
            rescheduled: await setRetry(run, config, store, organ, options.retry),
            agency: await showAgency(store, organ),
          }),
      ...(ends ? { waiting: await waitingFor(store, changed.organId) } : {}),
    };
  });
  say(run, options, { ...agency, ...effects }, () =>
    [agencyText(agency, run.terminal.clock.now()), ...effectLines(agency, effects)].join('\n'),
  );
  return undefined;
}

/** @returns how many waiting deliveries got another due time. */
async function setRetry(
  run: Run,
  config: Config,
  store: Store,
  organ: string,
  text: string,
): Promise<number> {
  const context = {
    ...operatorContext(run, config, store),
    retryMs: config.delivery.retryMs,
  };
  const schedule = text === 'default' ? undefined : text;
  return (await setRetryPolicy(context, organ, schedule)).rescheduled;
}

/** What waits is not handed on by itself: the operator of the successor's mail decides. */
function effectLines(
  { organId, successor }: AgencyView,
  { rescheduled, waiting = 0 }: { rescheduled?: number; waiting?: number },
): string[] {
  const lines = rescheduled === undefined ? [] : [`  rescheduled: ${rescheduled}`];
  if (waiting === 0) return lines;
  const next =
    successor === undefined
      ? `name a successor first: edxgate agency set ${organId} --successor ORGAN`
      : `to hand them on: edxgate queue redirect --to ${organId} --reason TEXT`;
  return [...lines, `  ${waiting} deliveries wait for it; ${next}`];
}

async function list(run: Run, options: CommonOptions): Promise<undefined> {
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    const now = run.terminal.clock.now();
    const rows: string[][] = [];
    for await (const one of listAgencies(store)) {
      if (options.json === true) say(run, options, one, () => '');
      else rows.push([one.organId, stateText(one, now), routeText(one), plain(one.organName)]);
    }
    if (rows.length > 0) {
      run.terminal.out(`${table([['ORGAN ID', 'STATE', 'ROUTE', 'NAME'], ...rows])}\n`);
    } else if (options.json !== true) run.terminal.out('no agencies\n');
  });
  return undefined;
}

async function show(run: Run, organ: string, options: CommonOptions): Promise<undefined> {
  const now = run.terminal.clock.now();
  await withStore(run, readConfig(run, options), 'read', async (store) => {
    const agency = await showAgency(store, organ);
    const tokens = await listTokens(store, agency.organId, now);
    const certificates = await listCertificates(store, agency.organId, now);
    say(run, options, { ...agency, tokens, certificates }, () =>
      [
        agencyText(agency, now),
        ...tokens.map(tokenLine),
        ...certificates.map(certificateLine),
      ].join('\n'),
    );
  });
  return undefined;
}

async function importFile(run: Run, file: string, options: CommonOptions): Promise<undefined> {
  const config = readConfig(run, options);
  const text = (await readInputFile(run.terminal, file)).toString('utf8');
  const result = await withStore(run, config, 'write', (store) =>
    importAgencies(operatorContext(run, config, store), text, (done, total) =>
      run.terminal.err(`${done} of ${total} agencies read …\n`),
    ),
  );
  const { added, changed, unchanged } = result;
  say(run, options, result, () => `${added} added, ${changed} changed, ${unchanged} unchanged`);
  return undefined;
}
