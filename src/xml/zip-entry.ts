/**
 * The one file inside a ZIP wrapper (the SDK's rule: `<uuid>.<ext>` in `application/zip`), taken out in
 * memory within limits. A name in the archive is only ever looked at, never used as one.
 *
 * Sizes are those of the central directory (APPNOTE 6.3.10 §4.3.12), so that streamed archives with data
 * descriptors are read as well; ZIP64, encryption and other methods are not.
 *
 * @module
 */
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { ATTACHMENT_LIMITS } from './attachment-limits.js';

export type ZipAnswer =
  | { readonly kind: 'none' }
  /** Reasons `zip.size`, `zip.ratio`, `zip.damaged`, `zip.method`. */
  | { readonly kind: 'refused'; readonly name: string; readonly reason: string }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Buffer };

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** The comment of an archive has two bytes of length. */
const MAX_TAIL = END_BYTES + 65_535;
const STORED = 0;
const DEFLATED = 8;
/** Encrypted, strong encryption, masked headers. */
const UNREADABLE_FLAGS = 0x0001 | 0x0040 | 0x2000;

const inflate = promisify(inflateRaw);

interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly name: string;
  readonly offset: number;
  /** Offset of the central directory: content ends before it. */
  readonly directory: number;
}

export function looksLikeZip(bytes: Buffer): boolean {
  return bytes.length >= LOCAL_BYTES + END_BYTES && bytes.readUInt32LE(0) === LOCAL;
}

/** @returns `none` when it is no archive of exactly one file. Never throws for what is in the bytes. */
export async function unwrapZip(bytes: Buffer): Promise<ZipAnswer> {
  const entry = looksLikeZip(bytes) ? onlyEntry(bytes) : undefined;
  if (entry === undefined) return { kind: 'none' };
  const { name, packed, size } = entry;
  const no = (reason: string): ZipAnswer => ({ kind: 'refused', name, reason });
  if ((entry.flags & UNREADABLE_FLAGS) !== 0) return no('zip.method');
  if (entry.method !== STORED && entry.method !== DEFLATED) return no('zip.method');
  if (size > ATTACHMENT_LIMITS.fileBytes) return no('zip.size');
  if (size > packed * ATTACHMENT_LIMITS.zipRatio) return no('zip.ratio');
  const start = contentStart(bytes, entry);
  if (start === undefined || start + packed > entry.directory) return no('zip.damaged');
  const content = bytes.subarray(start, start + packed);
  const file = entry.method === STORED ? content : await expand(content, size);
  if (file?.length !== size || crc32(file) !== entry.crc) return no('zip.damaged');
  return { kind: 'file', name, bytes: file };
}

async function expand(content: Buffer, size: number): Promise<Buffer | undefined> {
  try {
    // One byte more than promised is already too much.
    return await inflate(content, { maxOutputLength: Math.max(1, size) });
  } catch {
    return undefined;
  }
}

function onlyEntry(bytes: Buffer): Entry | undefined {
  const end = endRecord(bytes);
  if (end === undefined) return undefined;
  const disks = bytes.readUInt32LE(end + 4);
  const entries = [bytes.readUInt16LE(end + 8), bytes.readUInt16LE(end + 10)];
  if (disks !== 0 || entries.some((count) => count !== 1)) return undefined;
  const at = bytes.readUInt32LE(end + 16);
  if (at + CENTRAL_BYTES > end || bytes.readUInt32LE(at) !== CENTRAL) return undefined;
  const nameLength = bytes.readUInt16LE(at + 28);
  if (at + CENTRAL_BYTES + nameLength > end) return undefined;
  return {
    flags: bytes.readUInt16LE(at + 8),
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    packed: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    name: bytes.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength),
    offset: bytes.readUInt32LE(at + 42),
    directory: at,
  };
}

/** The last end record whose comment ends with the file. */
function endRecord(bytes: Buffer): number | undefined {
  const lowest = Math.max(0, bytes.length - MAX_TAIL);
  for (let at = bytes.length - END_BYTES; at >= lowest; at--) {
    if (bytes[at] !== 0x50 || bytes.readUInt32LE(at) !== END) continue;
    if (at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  return undefined;
}

function contentStart(bytes: Buffer, { offset }: Entry): number | undefined {
  if (offset + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(offset) !== LOCAL) return undefined;
  return offset + LOCAL_BYTES + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
}
