/**
 * Reads trust anchors and revocation lists from files and folders: PEM or DER; in PEM only blocks of
 * the kind that was asked for, so that both may stand in one folder, beside anything else.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../model/issue.js';
import { reasonOf } from './secret-file.js';

export type TrustBlock = 'CERTIFICATE' | 'X509 CRL';

/** A bundle of every authority there is stays below this. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * @param paths files, or folders whose files are read (not their subfolders), in name order.
 * @returns the bytes of each file that holds at least one such block.
 * @throws GatewayError `file.unreadable`, or `trust.empty` when one of the paths holds no such block.
 */
export function readTrustFiles(paths: readonly string[], block: TrustBlock): Buffer[] {
  return paths.flatMap((path) => {
    const found = filesIn(path)
      .map(readBounded)
      .filter((bytes) => holds(bytes, block));
    if (found.length === 0) throw refuse('trust.empty', { file: path, block });
    return found;
  });
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
