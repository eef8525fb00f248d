/**
 * Signatures of a PDF (ISO 32000-1 §12.8; PAdES, ETSI EN 319 142-1): each literal signature dictionary
 * with the bytes it covers, and a verdict on each.
 *
 * `ByteRange` says what is signed, so an attacker who may choose it chooses the document (shadow, wrapping
 * and incremental saving attacks): it must be two ranges, the first from the start of the file, whose gap
 * is exactly the hex string in `Contents` of the same dictionary, which itself lies within the ranges.
 *
 * Reasons: `byte-range.syntax`, `byte-range.start`, `byte-range.overlap`, `byte-range.outside`,
 * `byte-range.gap`, `byte-range.dictionary`, `dictionary.unreadable`, `dictionary.repeated`,
 * `sub-filter.unknown`, `sub-filter.timestamp`, `algorithm.sha1`, `limits.contents`, `signatures.count`,
 * `limits.time`; those of cms.ts besides.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { AttachmentSignature, AttachmentVerdict } from '../model/attachment-signature.js';
import { ATTACHMENT_LIMITS } from './attachment-limits.js';
import { type CmsContent, type CmsOptions, isEqual, judgeCms } from './cms.js';
import { findDictionary, isRegular, isWhite, type SignatureDictionary } from './pdf-dictionary.js';
import { digestOf } from './stream-digest.js';

const BYTE_RANGE = Buffer.from('/ByteRange');
const HEADER = Buffer.from('%PDF-');
/** A PDF may have a few bytes before its header (ISO 32000-1, annex H). */
const HEADER_WINDOW = 1024;
/** Room for four numbers of ten digits, with the blanks that writers reserve for them. */
const MAX_RANGE_BYTES = 256;

export function looksLikePdf(bytes: Buffer): boolean {
  return bytes.subarray(0, HEADER_WINDOW).includes(HEADER);
}

/** Whether there is anything to judge, at the cost of one search. */
export function hasPdfSignature(bytes: Buffer): boolean {
  return bytes.includes(BYTE_RANGE);
}

/** Judges every signature of a PDF, in the order in which they stand. */
export async function judgePdf(bytes: Buffer, options: CmsOptions): Promise<AttachmentSignature[]> {
  const verdicts: AttachmentSignature[] = [];
  let count = 0;
  for (let at = bytes.indexOf(BYTE_RANGE); at >= 0; at = bytes.indexOf(BYTE_RANGE, at + 1)) {
    if (isRegular(bytes[at + BYTE_RANGE.length])) continue;
    if (options.time.isOver) return [...verdicts, verdictOf('unreadable', 'limits.time')];
    if (count++ >= ATTACHMENT_LIMITS.signatures) {
      return [...verdicts, verdictOf('unreadable', 'signatures.count')];
    }
    verdicts.push(...(await judgeOne(bytes, at, options)));
  }
  return verdicts;
}

function verdictOf(verdict: AttachmentVerdict, reason: string): AttachmentSignature {
  return { format: 'pdf', verdict, reasons: [reason] };
}

async function judgeOne(
  bytes: Buffer,
  at: number,
  options: CmsOptions,
): Promise<AttachmentSignature[]> {
  const range = readByteRange(bytes, at + BYTE_RANGE.length);
  if (range === undefined) return [verdictOf('invalid', 'byte-range.syntax')];
  const [start, firstEnd, secondStart, length] = range;
  const end = secondStart + length;
  if (start !== 0) return [verdictOf('invalid', 'byte-range.start')];
  if (secondStart < firstEnd) return [verdictOf('invalid', 'byte-range.overlap')];
  if (end > bytes.length) return [verdictOf('invalid', 'byte-range.outside')];
  const gap = { start: firstEnd, end: secondStart };
  if (gap.end - gap.start > 2 * ATTACHMENT_LIMITS.cmsBytes + 2) {
    return [verdictOf('unreadable', 'limits.contents')];
  }
  if (!isHexString(bytes, gap.start, gap.end)) return [verdictOf('invalid', 'byte-range.gap')];
  const dictionary = findDictionary(bytes, at, gap);
  if (dictionary === undefined) return [verdictOf('unreadable', 'dictionary.unreadable')];
  const problem = dictionaryProblem(bytes, dictionary, gap.start, end);
  if (problem !== undefined) return [problem];

  const pieces = [bytes.subarray(0, firstEnd), bytes.subarray(secondStart, end)];
  const covers = isWhiteFrom(bytes, end) ? 'whole-file' : 'earlier-revision';
  const outside: CmsContent = {
    find: async (hash, expected) =>
      isEqual(await digestOf(pieces, hash), expected) ? { covers } : 'mismatch',
  };
  const hex = bytes.toString('latin1', gap.start + 1, gap.end - 1);
  const cms = Buffer.from(hex, 'hex');
  const verdicts = await judgeCms('pdf', cms, { padded: true, outside }, options);
  if (verdicts.length === 0) return [verdictOf('invalid', 'signatures.count')];
  const claimed = timeOf(bytes, dictionary);
  return verdicts.map((one) =>
    one.signer === undefined || claimed === undefined ? one : { signingTime: claimed, ...one },
  );
}

/** Exactly four integers without sign in brackets. */
function readByteRange(
  bytes: Buffer,
  from: number,
): readonly [number, number, number, number] | undefined {
  const text = bytes.toString('latin1', from, from + MAX_RANGE_BYTES);
  const close = text.indexOf(']');
  const inside = text.slice(0, close + 1).replace(/[\0\t\n\f\r ]+/g, ' ');
  const match = /^ ?\[ ?(\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10}) ?\]$/.exec(inside);
  if (match === null) return undefined;
  const [, a, b, c, d] = match.map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return [a, b, c, d];
}

const HEX = new Uint8Array(256);
for (const byte of Buffer.from('0123456789abcdefABCDEF')) HEX[byte] = 1;

/** `<`, an even number of hex digits, `>`, and nothing else. */
function isHexString(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 4 || (end - start) % 2 !== 0) return false;
  if (bytes[start] !== 0x3c || bytes[end - 1] !== 0x3e) return false;
  return bytes.subarray(start + 1, end - 1).every((byte) => HEX[byte] === 1);
}

function dictionaryProblem(
  bytes: Buffer,
  dictionary: SignatureDictionary,
  contents: number,
  signedEnd: number,
): AttachmentSignature | undefined {
  const { values } = dictionary;
  const of = (name: string): readonly number[] => values.get(name) ?? [];
  const once = ['ByteRange', 'Contents', 'SubFilter', 'Filter', 'Type'];
  if (once.some((name) => of(name).length > 1)) return verdictOf('invalid', 'dictionary.repeated');
  if (of('Contents')[0] !== contents) return verdictOf('invalid', 'byte-range.gap');
  if (dictionary.end > signedEnd) return verdictOf('invalid', 'byte-range.dictionary');
  const subFilter = nameAt(bytes, of('SubFilter')[0]);
  switch (subFilter) {
    case 'adbe.pkcs7.detached':
    case 'ETSI.CAdES.detached':
      return undefined;
    case 'adbe.pkcs7.sha1':
    case 'adbe.x509.rsa_sha1':
      return verdictOf('invalid', 'algorithm.sha1');
    case 'ETSI.RFC3161':
      return verdictOf('unreadable', 'sub-filter.timestamp');
    default:
      return verdictOf('unreadable', 'sub-filter.unknown');
  }
}

function nameAt(bytes: Buffer, at: number | undefined): string {
  if (at === undefined || bytes[at] !== 0x2f) return '';
  let end = at + 1;
  while (end - at < 64 && isRegular(bytes[end])) end++;
  return bytes.toString('latin1', at + 1, end);
}

function isWhiteFrom(bytes: Buffer, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (!isWhite(bytes[i])) return false;
  return true;
}

const TIME = /^\(D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-])(\d\d)'?(\d\d)'?)?/;

/** `M`, the time that the signer claims (ISO 32000-1 §7.9.4). */
function timeOf(bytes: Buffer, { values }: SignatureDictionary): string | undefined {
  const at = values.get('M')?.[0];
  const match = at === undefined ? null : TIME.exec(bytes.toString('latin1', at, at + 40));
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const [sign, hours, minutes] = match.slice(7);
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
  return utc(Date.UTC(year, month - 1, day, hour, minute, second) - offset * 60_000);
}
