/**
 * Checks an evidence file: without a store, without configuration, in memory; nothing is written. Takes
 * only the exact form that `evidence-file.ts` writes. Work grows with the size of the file and no faster.
 *
 * Checks, in order: `zip` (when that fails there is no other), `members`, `digests`, `sums-signature`,
 * `manifest`, `key`, `receipt`, `package`, `signature`, `deliveries`, `statuses`, `log`. Those from
 * `package` on need the receipt.
 *
 * @module
 */
import { createHash, type KeyObject } from 'node:crypto';
import {
  checkDeliveries,
  checkPackage,
  checkReceipt,
  checkSignature,
  checkStatuses,
  receiptOf,
} from './evidence-checks.js';
import { FORMAT } from './evidence-facts.js';
import { checkLog } from './evidence-log-check.js';
import { type Check, EvidenceReader, failed, objectOf, passed } from './evidence-reader.js';
import {
  checkSeal,
  MANIFEST,
  MIME_TYPE,
  type SealAnswer,
  SUMS,
  SUMS_SIGNATURE,
} from './evidence-seal.js';
import type { Member } from './zip-format.js';
import { readZip } from './zip-read.js';

export type { Check } from './evidence-reader.js';

export interface EvidenceReport {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** Public keys that the reader holds for those of the gateway, by id; none: those in the file. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

const FIRST = ['mimetype', 'README.txt', 'index.html', 'message.json'];
const LAST = [MANIFEST, SUMS, SUMS_SIGNATURE];
const BETWEEN = [
  /^package\.edxml$/,
  /^receipt\.xml$/,
  /^signature\/verdict\.json$/,
  /^signature\/(?:package|registered|anchor)-\d{1,4}\.pem$/,
  /^signature\/list-\d{1,4}\.crl$/,
  /^signature\/answer-\d{1,4}\.ocsp$/,
  /^deliveries\/\d{1,15}\/(?:certificate-\d{1,9}\.xml|attempt-\d{1,9}\.json|answer-\d{1,9}\.txt)$/,
  /^statuses\/[0-9A-Z]{26}(?:\.edxml|\.receipt\.xml)$/,
  /^log\/(?:proof\.json|proof\.txt|checkpoint-\d{1,15}\.xml)$/,
  /^keys\/[0-9a-f]{16}\.pem$/,
];
const SHOWN = 5;

function checkMembers(members: readonly Member[]): Check {
  const name = 'members';
  const names = members.map((one) => one.name);
  const ends = [...names.slice(0, FIRST.length), ...names.slice(-LAST.length)];
  if (names.length < ends.length || ends.join() !== [...FIRST, ...LAST].join()) {
    return failed(name, `the first must be ${FIRST.join(', ')}, the last ${LAST.join(', ')}`);
  }
  const strange = names
    .slice(FIRST.length, -LAST.length)
    .find((one) => !BETWEEN.some((pattern) => pattern.test(one)));
  if (strange !== undefined) return failed(name, `${strange} is no member of an evidence file`);
  const type = Buffer.from(members[0]?.bytes.subarray(0, 100) ?? []).toString('latin1');
  return type === MIME_TYPE
    ? passed(name, `${names.length} members`)
    : failed(name, 'mimetype is not that of an evidence file');
}

function sealChecks({ changed, manifest, keyId, sums }: SealAnswer): Check[] {
  const named = changed.slice(0, SHOWN).join(', ');
  const more = changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : '';
  const problems = {
    holds: '',
    'unknown-key': 'signed with a key that is not in the file',
    broken: 'its signature does not hold',
    mismatch: 'it does not name the members that are there, with their digests',
  };
  return [
    changed.length === 0
      ? passed('digests', 'every member is what SHA256SUMS says, and no other is there')
      : failed('digests', `changed, missing or not listed: ${named}${more}`),
    sums
      ? passed('sums-signature', `SHA256SUMS is signed with key ${keyId}`)
      : failed('sums-signature', 'the signature of SHA256SUMS does not hold'),
    manifest === 'holds'
      ? passed('manifest', `names every member; signed with key ${keyId}`)
      : failed('manifest', problems[manifest]),
  ];
}

function fingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function checkKey(reader: EvidenceReader, id: string | undefined, trusted: TrustedKeys): Check {
  const name = 'key';
  const key = id === undefined ? undefined : reader.keyOf(id);
  if (id === undefined || key === undefined)
    return failed(name, 'the key of the manifest is not there');
  if (reader.brokenKeys.length > 0) {
    return failed(
      name,
      `${reader.brokenKeys.slice(0, SHOWN).join(', ')}: not the key of that name`,
    );
  }
  const print = `SHA-256 ${fingerprint(key)}`;
  if (trusted.size === 0) {
    return passed(
      name,
      `NOT PROVEN whose key it is: it comes from the file itself; compare ${print} with the published one, or give --key`,
    );
  }
  return trusted.has(id)
    ? passed(
        name,
        `the manifest is signed with a key that was given, ${print}; it names the others`,
      )
    : failed(name, `signed with a key that is not among those given, ${print}`);
}

function contentChecks(reader: EvidenceReader): Check[] {
  const receipt = receiptOf(reader);
  const first = checkReceipt(reader, receipt);
  if (receipt === undefined) return [first];
  return [
    first,
    checkPackage(reader, receipt),
    checkSignature(reader, receipt),
    checkDeliveries(reader, receipt),
    checkStatuses(reader),
    checkLog(reader, receipt.field('MessageId') ?? ''),
  ];
}

function report(checks: readonly Check[]): EvidenceReport {
  return { ok: checks.every(({ ok }) => ok), checks };
}

export function verifyEvidence(bytes: Buffer, trusted: TrustedKeys = new Map()): EvidenceReport {
  const zip = readZip(bytes);
  if (zip.kind === 'refused') return report([failed('zip', zip.reason)]);
  const { members } = zip;
  const whole = passed('zip', `${members.length} members, ${bytes.length} bytes`);
  const named = checkMembers(members);
  if (!named.ok) return report([whole, named]);
  const reader = new EvidenceReader(members, trusted);
  if (objectOf(reader.json('message.json'))['format'] !== FORMAT) {
    return report([whole, failed('members', `message.json is not of the form ${FORMAT}`)]);
  }
  const seal = checkSeal(members, reader.keyOf);
  return report([
    whole,
    named,
    ...sealChecks(seal),
    checkKey(reader, seal.keyId, trusted),
    ...contentChecks(reader),
  ]);
}
