/**
 * Verdicts on CMS signatures (RFC 5652 §5.4, §5.6; CAdES and PAdES keep to it): the digest of the
 * content, the signature over the attributes by WebCrypto through PKI.js, the signer by our trust store.
 *
 * The signer is looked for among the certificates that came along; what the structure says about it
 * only selects. Reasons of this file: `key.none`, `key.weak`, `key.type`, `value.mismatch`,
 * `certificate.substituted`, `digest.mismatch`, `content.missing`, `content.unexpected`,
 * `signatures.count`, `limits.time`, `limits.contents`; those of cms-shape.ts and trust.ts besides.
 *
 * @module
 */
import { createHash, timingSafeEqual, webcrypto } from 'node:crypto';
import { CryptoEngine, PublicKeyInfo, type SignerInfo } from 'pkijs';
import { utc } from '../clock.js';
import type {
  AttachmentSignature,
  AttachmentSignatureFormat,
} from '../model/attachment-signature.js';
import { ATTACHMENT_LIMITS, type TimeBox } from './attachment-limits.js';
import { type Certificate, signerCertificate } from './certificates.js';
import { CmsProblem, type CmsSigner, readCms, readSigner } from './cms-shape.js';
import type { StrongHash } from './stream-digest.js';
import type { TrustStore } from './trust.js';

export interface CmsContent {
  /** What the signature is over, found by what it must hash to. */
  readonly find: (
    hash: StrongHash,
    expected: Buffer,
  ) => Promise<'mismatch' | 'missing' | Pick<AttachmentSignature, 'covers' | 'over'>>;
}

/** How content inside of the structure is looked at. */
export type InsideOf = (content: Buffer) => CmsContent;

export interface CmsOptions {
  readonly trust: TrustStore;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly time: TimeBox;
}

const engine = new CryptoEngine({ name: 'node', crypto: webcrypto });

/**
 * Judges every signer of a CMS file. Never throws for what is in the bytes.
 *
 * @param content `padded`: zeros may follow the structure; `outside`: the content of a detached signature;
 *   `inside`: absent when the content must not be inside
 */
export async function judgeCms(
  format: AttachmentSignatureFormat,
  bytes: Buffer,
  content: { readonly padded: boolean; readonly outside: CmsContent; readonly inside?: InsideOf },
  options: CmsOptions,
): Promise<AttachmentSignature[]> {
  try {
    const file = readCms(bytes, content.padded);
    if (bytes.length - (file.content?.length ?? 0) > ATTACHMENT_LIMITS.cmsBytes) {
      throw new CmsProblem('unreadable', 'limits.contents');
    }
    if (file.content !== undefined && content.inside === undefined) {
      throw new CmsProblem('invalid', 'content.unexpected');
    }
    const source =
      file.content === undefined || content.inside === undefined
        ? content.outside
        : content.inside(file.content);
    const verdicts: AttachmentSignature[] = [];
    for (const info of file.signers.slice(0, ATTACHMENT_LIMITS.signatures)) {
      verdicts.push(await judgeSigner(format, info, file.certificates, source, options));
    }
    if (file.signers.length > ATTACHMENT_LIMITS.signatures) {
      verdicts.push({ format, verdict: 'unreadable', reasons: ['signatures.count'] });
    }
    return verdicts;
  } catch (error) {
    return [problemVerdict(format, error)];
  }
}

function problemVerdict(format: AttachmentSignatureFormat, error: unknown): AttachmentSignature {
  if (!(error instanceof CmsProblem)) throw error;
  return { format, verdict: error.verdict, reasons: [error.reason] };
}

async function judgeSigner(
  format: AttachmentSignatureFormat,
  info: SignerInfo,
  certificates: readonly Certificate[],
  content: CmsContent,
  options: CmsOptions,
): Promise<AttachmentSignature> {
  try {
    if (options.time.isOver) throw new CmsProblem('unreadable', 'limits.time');
    const signer = readSigner(info);
    const certificate = await findCertificate(signer, certificates);
    const found = await content.find(signer.hash, signer.messageDigest);
    if (found === 'mismatch') throw new CmsProblem('invalid', 'digest.mismatch');
    if (found === 'missing') throw new CmsProblem('unreadable', 'content.missing');
    const others = certificates.filter((one) => one !== certificate).map((one) => one.x509);
    const answer = options.trust.check(certificate.x509, others, options.at);
    return {
      format,
      verdict: answer.ok ? 'valid' : 'untrusted',
      reasons: answer.ok ? [] : [answer.reason],
      signer: signerCertificate(certificate),
      ...timeOf(signer),
      timestamped: signer.timestamped,
      ...found,
    };
  } catch (error) {
    return problemVerdict(format, error);
  }
}

function timeOf({ signingTime }: CmsSigner): Pick<AttachmentSignature, 'signingTime'> {
  return signingTime === undefined || Number.isNaN(signingTime)
    ? {}
    : { signingTime: utc(signingTime) };
}

/** The certificate whose key made the signature over the attributes. */
async function findCertificate(
  signer: CmsSigner,
  certificates: readonly Certificate[],
): Promise<Certificate> {
  const named = certificates.filter(
    ({ serial }) => signer.serial === undefined || serial === signer.serial,
  );
  if (named.length === 0) throw new CmsProblem('unreadable', 'key.none');
  const fit = named.filter((one) => one.keyProblem === undefined);
  if (fit.length === 0) throw new CmsProblem('invalid', named[0]?.keyProblem ?? 'key.type');
  let reason = 'value.mismatch';
  for (const certificate of fit) {
    if (!(await holds(signer, certificate))) continue;
    if (isMeant(signer, certificate)) return certificate;
    reason = 'certificate.substituted';
  }
  throw new CmsProblem('invalid', reason);
}

async function holds(signer: CmsSigner, { key }: Certificate): Promise<boolean> {
  if (key === undefined || key.asymmetricKeyType !== signer.keyType) return false;
  const spki = key.export({ type: 'spki', format: 'der' });
  try {
    return await engine.verifyWithPublicKey(
      signer.signedAttributes,
      signer.signature,
      PublicKeyInfo.fromBER(spki),
      signer.algorithm,
      signer.hashOfDigest,
    );
  } catch {
    // A value that is not even of the right form.
    return false;
  }
}

/** The same key in another certificate is another signer (RFC 5035 §5). */
function isMeant({ certificateHash }: CmsSigner, { x509 }: Certificate): boolean {
  if (certificateHash === undefined) return true;
  const digest = createHash(certificateHash.hash).update(x509.raw).digest();
  return isEqual(digest, certificateHash.value);
}

export function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
