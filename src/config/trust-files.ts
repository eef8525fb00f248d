/**
 * Reads trust anchors and revocation lists from files and folders: PEM or DER; in PEM only blocks of
 * the kind that was asked for, so that both may stand in one folder, beside anything else.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError, refuse } from '../model/issue.js';
import { type OrganId, parseOrganId } from '../model/organ-id.js';
import { reasonOf } from './secret-file.js';

export type TrustBlock = 'CERTIFICATE' | 'X509 CRL';

/** A bundle of every authority there is stays below this. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

export interface TrustFile {
  readonly file: string;
  readonly bytes: Buffer;
}

/**
 * @param paths files, or folders whose files are read (not their subfolders), in name order.
 * @returns the bytes of each file that holds at least one such block.
 * @throws GatewayError `file.unreadable`, or `trust.empty` when one of the paths holds no such block.
 */
export function readTrustFiles(paths: readonly string[], block: TrustBlock): Buffer[] {
  return findTrustFiles(paths, block).map(({ bytes }) => bytes);
}

/** The same, with the names of the files. */
export function findTrustFiles(paths: readonly string[], block: TrustBlock): TrustFile[] {
  return paths.flatMap((path) => {
    const found = filesIn(path)
      .map((file) => ({ file, bytes: readBounded(file) }))
      .filter(({ bytes }) => holds(bytes, block));
    if (found.length === 0) throw refuse('trust.empty', { file: path, block });
    return found;
  });
}

export interface AgencyTrust {
  readonly anchors: readonly TrustFile[];
  /** Empty when there are none. */
  readonly crls: readonly TrustFile[];
}

/** `T99.02.pem` is the file of T99.02. */
const ENDING = /\.(?:pem|crt|cer|der)$/i;

/**
 * @param folder holds a folder or a file per agency, named after its organ id
 * @throws GatewayError `file.unreadable`, `trust.agency` for a name that is no organ id, `trust.empty`
 *   when an agency is named and no certificate is given
 */
export function readAgencyTrustFiles(folder: string): ReadonlyMap<OrganId, AgencyTrust> {
  const paths = new Map<OrganId, string[]>();
  for (const { name, isFolder } of entriesIn(folder)) {
    const path = join(folder, name);
    const organId = parseOrganId(isFolder ? name : name.replace(ENDING, ''));
    if (organId === undefined) throw refuse('trust.agency', { file: path });
    paths.set(organId, [...(paths.get(organId) ?? []), path]);
  }
  return new Map(
    [...paths].map(([organId, own]): [OrganId, AgencyTrust] => [
      organId,
      { anchors: findTrustFiles(own, 'CERTIFICATE'), crls: listsIn(own) },
    ]),
  );
}

/** Revocation lists in a folder that need not hold any. */
export function listsIn(paths: readonly string[]): TrustFile[] {
  return paths.flatMap((path) => {
    try {
      return findTrustFiles([path], 'X509 CRL');
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'trust.empty') return [];
      throw error;
    }
  });
}

function entriesIn(folder: string): { name: string; isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((one) => !one.name.startsWith('.'))
      .map(({ name }) => ({ name, isFolder: statSync(join(folder, name)).isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw refuse('file.unreadable', { file: folder, reason: reasonOf(error) });
  }
}

function filesIn(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { withFileTypes: true })
      .filter((one) => !one.isDirectory() && !one.name.startsWith('.'))
      .map((one) => join(path, one.name))
      .filter((file) => statSync(file).isFile())
      .sort();
  } catch (error) {
    throw refuse('file.unreadable', { file: path, reason: reasonOf(error) });
  }
}

function readBounded(file: string): Buffer {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) return Buffer.alloc(0);
    return readFileSync(file);
  } catch (error) {
    throw refuse('file.unreadable', { file, reason: reasonOf(error) });
  }
}

function holds(bytes: Buffer, block: TrustBlock): boolean {
  if (bytes.includes('-----BEGIN ')) return bytes.includes(`-----BEGIN ${block}-----`);
  // DER: a SEQUENCE; what Node takes for a certificate is one, any other may be a revocation list.
  if (bytes[0] !== 0x30) return false;
  return isCertificate(bytes) === (block === 'CERTIFICATE');
}

function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false;
  }
}
