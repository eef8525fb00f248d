/**
 * Signatures inside one file: what kind of file it is, by its bytes, and the verdicts on its signatures.
 * A wrapper of one file is opened in memory; nothing is written, followed or fetched.
 *
 * Reasons of this file: `limits.size`, `cms.syntax`, `zip.size`, `zip.ratio`, `zip.damaged`, `zip.method`.
 *
 * @module
 */
import type {
  AttachmentSignature,
  AttachmentSignatureFormat,
} from '../model/attachment-signature.js';
import { ATTACHMENT_LIMITS, TimeBox } from './attachment-limits.js';
import { type CmsContent, type CmsOptions, isEqual, judgeCms } from './cms.js';
import { looksLikeCms } from './cms-shape.js';
import { hasPdfSignature, judgePdf, looksLikePdf } from './pdf-signature.js';
import { digestOf, type StrongHash } from './stream-digest.js';
import type { TrustStore } from './trust.js';
import { judgeXml, looksLikeSignedXml } from './xml-attachment-signature.js';
import { unwrapZip, type ZipAnswer } from './zip-entry.js';

/** Another file of the same package, which a detached signature may be over. */
export interface BesideFile {
  readonly name: string;
  /** @returns undefined when it cannot be had */
  digest(hash: StrongHash): Promise<Buffer | undefined>;
}

export interface AttachmentSignatureOptions {
  readonly trust: TrustStore;
  /** The time at which signers must be trusted, milliseconds since 1970. */
  readonly at: number;
  /** Where the content of a detached signature is looked for; nowhere by default. */
  readonly beside?: readonly BesideFile[];
  /** `ATTACHMENT_LIMITS.timeMs` from now by default. */
  readonly time?: TimeBox;
}

/**
 * Finds and judges all signatures in a file. Never throws for what is in it.
 *
 * @param name as the sender wrote it; tells a damaged `.p7s` from any other file, and which file beside it
 *   a detached signature is over. Never used as a file name.
 * @returns [] when there is none
 */
export async function findAttachmentSignatures(
  bytes: Uint8Array,
  name: string,
  options: AttachmentSignatureOptions,
): Promise<readonly AttachmentSignature[]> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const context = { ...options, time: options.time ?? new TimeBox() };
  const answer: ZipAnswer =
    file.length > ATTACHMENT_LIMITS.fileBytes ? { kind: 'none' } : await unwrapZip(file);
  switch (answer.kind) {
    case 'none':
      return judge(file, name, context);
    case 'file':
      return judge(answer.bytes, answer.name, context);
    case 'refused': {
      const format = formatByName(answer.name);
      return format === undefined
        ? []
        : [{ format, verdict: 'unreadable', reasons: [answer.reason] }];
    }
  }
}

type Context = CmsOptions & Pick<AttachmentSignatureOptions, 'beside'>;

async function judge(
  file: Buffer,
  name: string,
  context: Context,
): Promise<readonly AttachmentSignature[]> {
  const cms = fromPem(file) ?? file;
  const format = formatOf(file, cms, name);
  if (format === undefined) return [];
  if (file.length > ATTACHMENT_LIMITS.fileBytes) {
    return [{ format, verdict: 'unreadable', reasons: ['limits.size'] }];
  }
  switch (format) {
    case 'pdf':
      return judgePdf(file, context);
    case 'xml':
      return judgeXml(file, context);
    case 'cms':
      return judgeFile(cms, name, context);
  }
}

/** Only when there is something to judge. */
function formatOf(file: Buffer, cms: Buffer, name: string): AttachmentSignatureFormat | undefined {
  if (looksLikePdf(file)) return hasPdfSignature(file) ? 'pdf' : undefined;
  if (looksLikeCms(cms)) return 'cms';
  if (looksLikeSignedXml(file)) return 'xml';
  return formatByName(name) === 'cms' ? 'cms' : undefined;
}

function formatByName(name: string): AttachmentSignatureFormat | undefined {
  switch (/\.([a-z0-9]{1,4})$/i.exec(name.slice(-8))?.[1]?.toLowerCase()) {
    case 'pdf':
      return 'pdf';
    case 'xml':
      return 'xml';
    case 'p7s':
    case 'p7m':
      return 'cms';
    default:
      return undefined;
  }
}

async function judgeFile(
  cms: Buffer,
  name: string,
  context: Context,
): Promise<AttachmentSignature[]> {
  const inside = (content: Buffer): CmsContent => ({
    find: async (hash, expected) =>
      isEqual(await digestOf([content], hash), expected) ? { covers: 'whole-file' } : 'mismatch',
  });
  const outside = besideContent(context.beside ?? [], name);
  return judgeCms('cms', cms, { padded: false, outside, inside }, context);
}

/**
 * The file that hashes as it must, the one with the fitting name first. Only when a file with that name
 * is there and no file hashes as it must, the signature is over something else than what came.
 */
function besideContent(files: readonly BesideFile[], name: string): CmsContent {
  const stem = stemOf(name);
  const partners = files.filter((one) => one.name === stem || stemOf(one.name) === stem);
  const ordered = [...new Set([...partners, ...files])];
  return {
    find: async (hash, expected) => {
      for (const one of ordered) {
        const digest = await one.digest(hash);
        if (digest !== undefined && isEqual(digest, expected)) {
          return { covers: 'whole-file', over: one.name };
        }
      }
      return partners.length > 0 ? 'mismatch' : 'missing';
    },
  };
}

/** Without its last extension. */
function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

const PEM =
  /^\s{0,16}-----BEGIN (PKCS7|CMS)-----\r?\n([A-Za-z0-9+/=\s]+)-----END (PKCS7|CMS)-----\s{0,16}$/;
/** Detached signatures are small; a larger one is not written this way. */
const MAX_PEM_BYTES = 2 * ATTACHMENT_LIMITS.cmsBytes;

/** @returns the bytes in a file that is one PEM block (RFC 7468 §8, §9) */
function fromPem(file: Buffer): Buffer | undefined {
  if (file.length > MAX_PEM_BYTES || !file.subarray(0, 64).includes('-----BEGIN '))
    return undefined;
  const match = PEM.exec(file.toString('latin1'));
  return match === null || match[1] !== match[3]
    ? undefined
    : Buffer.from(match[2] ?? '', 'base64');
}
