/**
 * Options that `agency add` and `agency set` share, and what they ask for.
 *
 * @module
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readSecretFile } from '../config/secret-file.js';
import { parseSchedule } from '../config/units.js';
import {
  AGENCY_LANES,
  type AgencyLane,
  PUSH_CARRIERS,
  type PushCarrier,
  type Route,
} from '../model/agency.js';
import { ATTACHMENT_POLICIES, type AttachmentPolicy } from '../model/attachment-signature.js';
import { PEER_PROFILES, type PeerProfile } from '../model/edxml.js';
import { refuse } from '../model/issue.js';
import { SIGNATURE_POLICIES, type SignaturePolicy } from '../model/signature.js';
import type { AgencyChange } from '../operate/agencies.js';
import { checkedTime } from '../operate/agency-values.js';
import { type CommonOptions, choiceOption, collect, countOption } from './command.js';
import type { Terminal } from './terminal.js';

export interface AgencyOptions extends CommonOptions {
  readonly name?: string;
  readonly push?: string;
  readonly pushKind?: 'receiver' | 'edxgate';
  readonly pushCarrier?: PushCarrier;
  readonly pushTokenFile?: string;
  readonly pushCa?: string;
  readonly collect?: boolean;
  readonly profile?: PeerProfile;
  readonly signature?: SignaturePolicy;
  readonly allowSha1?: boolean;
  readonly attachmentSignatures?: AttachmentPolicy;
  readonly mayActFor?: string[];
  readonly oldOrganId?: string;
  readonly inCharge?: string;
  readonly email?: string;
  readonly active?: boolean;
  readonly inactive?: boolean;
  readonly lane?: AgencyLane;
  readonly signingKey?: string;
  readonly validFrom?: number | 'none';
  readonly validUntil?: number | 'none';
  readonly successor?: string;
  /** A schedule, or `default`. */
  readonly retry?: string;
  readonly concurrency?: number | 'default';
}

export function agencyOptions(command: Command): Command {
  const later = ['edoc', 'vxp'];
  return command
    .option('--push <url>', 'where packages are pushed to')
    .addOption(
      choiceOption('--push-kind <kind>', 'what is spoken there', ['receiver', 'edxgate'], later),
    )
    .addOption(
      choiceOption('--push-carrier <form>', 'how the package travels there', PUSH_CARRIERS),
    )
    .option('--push-token-file <file>', 'file with the token we show there, mode 0600')
    .option('--push-ca <file>', 'PEM file with the CA of the address')
    .option('--collect', 'the agency comes for its packages')
    .addOption(choiceOption('--profile <name>', 'how its packages are read', PEER_PROFILES, later))
    .addOption(
      choiceOption('--signature <policy>', 'what is asked of signatures', SIGNATURE_POLICIES),
    )
    .addOption(
      choiceOption(
        '--attachment-signatures <policy>',
        'whether an invalid signature inside an attachment refuses the document',
        ATTACHMENT_POLICIES,
      ),
    )
    .option('--allow-sha1', 'take signatures with SHA-1, marked')
    .option('--no-allow-sha1', 'refuse them (default)')
    .option('--may-act-for <organ>', 'it may send for this agency; may be repeated', collect)
    .option('--old-organ-id <organ>', 'its 13-character code, when it differs')
    .option('--in-charge <name>', 'superior agency')
    .option('--email <address>', 'contact')
    .option('--inactive', 'neither sends nor receives')
    .option('--active', 'the reverse')
    .addOption(choiceOption('--lane <lane>', 'sandbox and production never mix', AGENCY_LANES))
    .option('--valid-from <date>', 'it takes part from then on; or none', timeOf('validFrom'))
    .option('--valid-until <date>', 'and until then, exclusive; or none', timeOf('validUntil'))
    .option('--successor <organ>', 'who gets its mail after its end; or none')
    .option('--retry <schedule>', 'waits after failed attempts: "1m, 5m, 1h*6"; or default', retry)
    .option('--concurrency <number>', 'most attempts at once; or default', concurrency)
    .option(
      '--signing-key <file>',
      'PEM with key and certificate, lent for status packages we write for it',
    );
}

/** A day begins at 00:00 in Vietnam. */
function timeOf(element: string): (text: string) => number | 'none' {
  return (text) => {
    try {
      // Not null: commander reads that as an option without a value.
      return checkedTime(element, text) ?? 'none';
    } catch {
      throw new InvalidArgumentError('Write 2026-07-01, 2026-07-01T08:00, or none.');
    }
  };
}

function retry(text: string): string {
  if (text === 'default' || parseSchedule(text) !== undefined) return text;
  throw new InvalidArgumentError('Write "1m, 5m, 1h*6", or default.');
}

function concurrency(text: string): number | 'default' {
  return text === 'default' ? text : countOption(text);
}

/** Files are named by their whole path: the server that reads them stands in another folder. */
export function changeOf(terminal: Terminal, options: AgencyOptions): AgencyChange {
  if (options.active === true && options.inactive === true) {
    throw refuse('cli.usage', { reason: 'give --active or --inactive, not both' });
  }
  const route = routeOf(terminal, options);
  const { signingKey: key, validFrom, validUntil, successor, concurrency: most } = options;
  return {
    ...given('organName', options.name),
    ...given('oldOrganId', options.oldOrganId),
    ...given('organizationInCharge', options.inCharge),
    ...given('email', options.email),
    ...given('active', options.active ?? (options.inactive === true ? false : undefined)),
    ...given('lane', options.lane),
    ...given('route', route),
    ...given('profile', options.profile),
    ...given('signaturePolicy', options.signature),
    ...given('attachmentPolicy', options.attachmentSignatures),
    ...given('allowSha1', options.allowSha1),
    ...given('mayActFor', options.mayActFor),
    ...given('validFrom', validFrom === 'none' ? null : validFrom),
    ...given('validUntil', validUntil === 'none' ? null : validUntil),
    ...given('successor', successor === 'none' ? null : successor),
    ...given('perRecipient', most === 'default' ? null : most),
    ...given('signingKeyFile', key === undefined ? undefined : secretPath(terminal, key)),
  };
}

function given<K extends keyof AgencyChange>(
  name: K,
  value: AgencyChange[K] | undefined,
): AgencyChange {
  return value === undefined ? {} : { [name]: value };
}

function routeOf(terminal: Terminal, options: AgencyOptions): Route | undefined {
  const { push, pushKind = 'receiver', pushCarrier, pushTokenFile, pushCa } = options;
  if (push === undefined) {
    const stray = [
      ...(options.pushKind === undefined ? [] : ['--push-kind']),
      ...(pushCarrier === undefined ? [] : ['--push-carrier']),
      ...(pushTokenFile === undefined ? [] : ['--push-token-file']),
      ...(pushCa === undefined ? [] : ['--push-ca']),
    ];
    if (stray.length > 0) throw refuse('cli.usage', { reason: `${stray.join(', ')} needs --push` });
    return options.collect === true ? { kind: 'collect' } : undefined;
  }
  if (options.collect === true) {
    throw refuse('cli.usage', { reason: 'give --push or --collect, not both' });
  }
  if (pushCarrier !== undefined && pushKind !== 'receiver') {
    throw refuse('cli.usage', { reason: '--push-carrier is for --push-kind receiver' });
  }
  return {
    kind: 'push',
    pushKind,
    ...(pushCarrier === undefined || pushCarrier === 'inline' ? {} : { carrier: pushCarrier }),
    url: push,
    ...(pushTokenFile === undefined ? {} : { tokenFile: secretPath(terminal, pushTokenFile) }),
    ...(pushCa === undefined ? {} : { caFile: readablePath(terminal, pushCa) }),
  };
}

/** Looked at now, so that a wide or missing file is told to the operator and not to the first delivery. */
function secretPath(terminal: Terminal, file: string): string {
  const path = resolve(terminal.folder, file);
  readSecretFile(path);
  return path;
}

function readablePath(terminal: Terminal, file: string): string {
  const path = resolve(terminal.folder, file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw refuse('file.unreadable', { file: path, reason: 'not a file' });
  }
  return path;
}
