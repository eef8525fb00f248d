/**
 * The one form of ZIP archive that an evidence file has: members stored without compression, plain
 * names, no dates, no extra fields, nothing between, before or behind them.
 *
 * Written by our own code rather than by a library: for the same members there is exactly one sequence
 * of bytes, so that a reader (zip-read.ts) holds an archive against it byte for byte. That alone rules out
 * bombs, differing headers, hidden or doubled members, comments and ZIP64, which a general reader has to
 * look for one by one. Compression would save little: attachments are compressed already.
 *
 * APPNOTE 6.3.10: local header §4.3.7, directory §4.3.12, end §4.3.16.
 *
 * @module
 */
import { crc32 } from 'node:zlib';

export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const ZIP_LIMITS = {
  /** The whole archive; it is held in memory. */
  fileBytes: 1024 * 1024 * 1024,
  members: 20_000,
  nameChars: 120,
} as const;

export const LOCAL_BYTES = 30;
export const CENTRAL_BYTES = 46;
export const END_BYTES = 22;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** 2.0: members in folders. */
const VERSION = 20;
/** 1980-01-01, the first day there is: the times that count are in the members. */
const DAY_ONE = 0x0021;

/** No way out of a folder, nothing that a shell or a file system takes for anything else. */
const NAME = /^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/){0,3}[A-Za-z0-9][A-Za-z0-9._-]*$/;

export function isMemberName(name: string): boolean {
  return name.length <= ZIP_LIMITS.nameChars && NAME.test(name);
}

/** From the version to the length of extra fields, the same in both headers. */
function writeFacts(header: Buffer, at: number, { name, bytes }: Member): void {
  header.writeUInt16LE(VERSION, at);
  header.writeUInt16LE(DAY_ONE, at + 8);
  header.writeUInt32LE(crc32(bytes), at + 10);
  header.writeUInt32LE(bytes.length, at + 14);
  header.writeUInt32LE(bytes.length, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}

export function localHeader(member: Member): Buffer {
  const header = Buffer.alloc(LOCAL_BYTES + member.name.length);
  header.writeUInt32LE(LOCAL, 0);
  writeFacts(header, 4, member);
  header.write(member.name, LOCAL_BYTES, 'latin1');
  return header;
}

/** @param offset of the local header */
export function centralHeader(member: Member, offset: number): Buffer {
  const header = Buffer.alloc(CENTRAL_BYTES + member.name.length);
  header.writeUInt32LE(CENTRAL, 0);
  header.writeUInt16LE(VERSION, 4);
  writeFacts(header, 6, member);
  header.writeUInt32LE(offset, 42);
  header.write(member.name, CENTRAL_BYTES, 'latin1');
  return header;
}

export function endRecord(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** @throws RangeError when there is more than an archive of this form may hold */
export function writeZip(members: readonly Member[]): Buffer {
  if (members.length > ZIP_LIMITS.members) throw new RangeError('too many members');
  const pieces: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    if (!isMemberName(member.name))
      throw new RangeError(`not the name of a member: ${member.name}`);
    const header = localHeader(member);
    directory.push(centralHeader(member, offset));
    pieces.push(header, member.bytes);
    offset += header.length + member.bytes.length;
    if (offset > ZIP_LIMITS.fileBytes) throw new RangeError('the file would be larger than 1 GiB');
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...pieces, central, endRecord(members.length, central.length, offset)]);
}
