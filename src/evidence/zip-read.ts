/**
 * Reads an archive of the one form that zip-format.ts writes, in memory, and refuses every other, however
 * sound. Work and memory are bounded by the size of the archive: contents are not copied.
 *
 * Reasons: `zip.size`, `zip.end` (no end record at the very end: cut off, a comment, bytes behind it),
 * `zip.count`, `zip.directory`, `zip.name`, `zip.duplicate`, `zip.member` (a header or content that is not
 * as written), `zip.gap`.
 *
 * @module
 */
import {
  CENTRAL_BYTES,
  centralHeader,
  END_BYTES,
  endRecord,
  isMemberName,
  LOCAL_BYTES,
  localHeader,
  type Member,
  ZIP_LIMITS,
} from './zip-format.js';

export type ZipReading =
  | { readonly kind: 'members'; readonly members: readonly Member[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** Where the directory begins and how many members it lists. */
interface Directory {
  readonly at: number;
  readonly count: number;
}

function holdsAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  return bytes.compare(expected, 0, expected.length, at, at + expected.length) === 0;
}

function readEnd(bytes: Buffer): Directory | string {
  if (bytes.length > ZIP_LIMITS.fileBytes) return 'zip.size';
  const end = bytes.length - END_BYTES;
  if (end < 0) return 'zip.end';
  const count = bytes.readUInt16LE(end + 10);
  const at = bytes.readUInt32LE(end + 16);
  if (at > end || !holdsAt(bytes, end, endRecord(count, end - at, at))) return 'zip.end';
  if (count < 1 || count > ZIP_LIMITS.members) return 'zip.count';
  return { at, count };
}

/** The member that begins at `local` and whose entry in the directory begins at `central`. */
function readMember(
  bytes: Buffer,
  local: number,
  central: number,
  directory: number,
): Member | string {
  const last = bytes.length - END_BYTES;
  if (central + CENTRAL_BYTES > last) return 'zip.directory';
  const size = bytes.readUInt32LE(central + 24);
  const nameEnd = central + CENTRAL_BYTES + bytes.readUInt16LE(central + 28);
  if (nameEnd > last) return 'zip.directory';
  const name = bytes.toString('latin1', central + CENTRAL_BYTES, nameEnd);
  if (!isMemberName(name)) return 'zip.name';
  const start = local + LOCAL_BYTES + name.length;
  if (start + size > directory) return 'zip.member';
  const member = { name, bytes: bytes.subarray(start, start + size) };
  const isWritten =
    holdsAt(bytes, local, localHeader(member)) &&
    holdsAt(bytes, central, centralHeader(member, local));
  return isWritten ? member : 'zip.member';
}

export function readZip(bytes: Buffer): ZipReading {
  const refused = (reason: string): ZipReading => ({ kind: 'refused', reason });
  const directory = readEnd(bytes);
  if (typeof directory === 'string') return refused(directory);
  const members: Member[] = [];
  // As a file system sees them that does not tell upper from lower case.
  const names = new Set<string>();
  let local = 0;
  let central = directory.at;
  for (let left = directory.count; left > 0; left--) {
    const member = readMember(bytes, local, central, directory.at);
    if (typeof member === 'string') return refused(member);
    const { name } = member;
    if (names.has(name.toLowerCase())) return refused('zip.duplicate');
    names.add(name.toLowerCase());
    members.push(member);
    local += LOCAL_BYTES + name.length + member.bytes.length;
    central += CENTRAL_BYTES + name.length;
  }
  const isWhole = local === directory.at && central === bytes.length - END_BYTES;
  return isWhole ? { kind: 'members', members } : refused('zip.gap');
}
