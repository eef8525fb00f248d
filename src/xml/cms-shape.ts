/**
 * What a CMS SignedData says (RFC 5652 §5), read strictly: bounds before work, each signed attribute
 * once, every algorithm from an allow list. PKI.js reads the structure; nothing is computed here.
 *
 * Reasons: `cms.syntax`, `cms.padding`, `cms.content-type`, `certificates.count`,
 * `certificate.unreadable`, `attributes.none`, `attributes.repeated`, `attributes.content-type`,
 * `attributes.message-digest`, `algorithm.sha1`, `algorithm.digest`, `algorithm.signature`,
 * `algorithm.mismatch`.
 *
 * @module
 */
import { type AsnType, BaseBlock, fromBER, type OctetString } from 'asn1js';
import {
  type AlgorithmIdentifier,
  ContentInfo,
  IssuerAndSerialNumber,
  RSASSAPSSParams,
  SignedData,
  type SignerInfo,
} from 'pkijs';
import type { AttachmentVerdict } from '../model/attachment-signature.js';
import { type Certificate, readCertificate } from './certificates.js';
import { derChildren, expectTag, readDer, readOid, readTime, TAG } from './der.js';
import type { StrongHash } from './stream-digest.js';

/** Why a signature cannot be `valid`. */
export class CmsProblem extends Error {
  readonly verdict: AttachmentVerdict;
  readonly reason: string;
  constructor(verdict: 'invalid' | 'unreadable', reason: string) {
    super(reason);
    this.verdict = verdict;
    this.reason = reason;
  }
}

export interface CmsFile {
  readonly signers: readonly SignerInfo[];
  readonly certificates: readonly Certificate[];
  /** The content, when it is inside. */
  readonly content: Buffer | undefined;
}

export interface CmsSigner {
  readonly hash: StrongHash;
  readonly keyType: 'rsa' | 'ec';
  readonly messageDigest: Buffer;
  /** Encoded as the set that is signed (RFC 5652 §5.4). */
  readonly signedAttributes: Uint8Array;
  readonly signature: OctetString;
  readonly algorithm: AlgorithmIdentifier;
  /** Set where the algorithm names no hash of its own. */
  readonly hashOfDigest: string | undefined;
  /** Lower-case hex; undefined when the certificate is named otherwise. */
  readonly serial: string | undefined;
  /** Milliseconds since 1970. */
  readonly signingTime: number | undefined;
  readonly timestamped: boolean;
  /** Of ESS signing-certificate(-v2): what the signer says its certificate hashes to. */
  readonly certificateHash: { readonly hash: string; readonly value: Buffer } | undefined;
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timestampToken: '1.2.840.113549.1.9.16.2.14',
  rsa: '1.2.840.113549.1.1.1',
  mgf1: '1.2.840.113549.1.1.8',
  pss: '1.2.840.113549.1.1.10',
} as const;

const HASHES: ReadonlyMap<string, StrongHash> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
const SIGNATURES: ReadonlyMap<string, { keyType: 'rsa' | 'ec'; hash: StrongHash }> = new Map([
  ['1.2.840.113549.1.1.11', { keyType: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { keyType: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { keyType: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { keyType: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { keyType: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { keyType: 'ec', hash: 'sha512' }],
]);
/** Digest, rsaWithSHA1, ecdsaWithSHA1: named by a reason of their own, since old files have them. */
const SHA1: ReadonlySet<string> = new Set([
  '1.3.14.3.2.26',
  '1.2.840.113549.1.1.5',
  '1.2.840.10045.4.1',
]);
const WEB_NAMES: Readonly<Record<StrongHash, string>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};

/** Chains of four, plus those of a time stamp authority that some writers add. */
const MAX_CERTIFICATES = 16;
/** openssl fills the modulus, which has at most 1,024 bytes. */
const MAX_SALT_BYTES = 1024;
const MAX_NODES = 20_000;
const MAX_DEPTH = 32;

/** OID of SignedData as it stands in DER. */
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');

/** Whether the bytes begin like a SignedData, in DER or with indefinite length. */
export function looksLikeCms(bytes: Buffer): boolean {
  const at = bytes[0] === 0x30 ? bytes.subarray(0, 20).indexOf(SIGNED_DATA) : -1;
  return at >= 2 && at <= 6;
}

/**
 * @param bytes the structure, then nothing but zeros (a PDF keeps more room than is needed)
 * @param padded whether zeros may follow at all
 * @throws CmsProblem
 */
export function readCms(bytes: Buffer, padded: boolean): CmsFile {
  const options = { maxDepth: MAX_DEPTH, maxNodes: MAX_NODES, maxContentLength: bytes.length };
  let found: { readonly end: number; readonly root: AsnType; readonly data: SignedData };
  try {
    const { offset, result } = fromBER(bytes, { ...options, parseEmbedded: false });
    if (offset < 0) throw new CmsProblem('unreadable', 'cms.syntax');
    const info = new ContentInfo({ schema: result });
    if (info.contentType !== OID.signedData) throw new CmsProblem('unreadable', 'cms.syntax');
    found = { end: offset, root: result, data: new SignedData({ schema: info.content }) };
  } catch (error) {
    throw error instanceof CmsProblem ? error : new CmsProblem('unreadable', 'cms.syntax');
  }
  const rest = bytes.subarray(found.end);
  if (rest.length > 0 && (!padded || rest.some((byte) => byte !== 0))) {
    throw new CmsProblem('invalid', 'cms.padding');
  }
  const { encapContentInfo, signerInfos } = found.data;
  // Another type of content, such as that of a time stamp, has other rules.
  if (encapContentInfo.eContentType !== OID.data) {
    throw new CmsProblem('unreadable', 'cms.content-type');
  }
  const { eContent } = encapContentInfo;
  return {
    signers: signerInfos,
    certificates: certificatesOf(found.root),
    content: eContent === undefined ? undefined : Buffer.from(eContent.getValue()),
  };
}

function childrenOf(block: BaseBlock | undefined): readonly BaseBlock[] {
  const value: unknown = block === undefined ? undefined : Reflect.get(block.valueBlock, 'value');
  return Array.isArray(value) ? value.filter((one) => one instanceof BaseBlock) : [];
}

/** Certificates as they stand in the bytes: PKI.js would write them anew. */
function certificatesOf(root: BaseBlock): Certificate[] {
  const [, wrapped] = childrenOf(root);
  const [signedData] = childrenOf(wrapped);
  const set = childrenOf(signedData).find(
    ({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0,
  );
  const blocks = childrenOf(set).filter(({ idBlock }) => idBlock.tagClass === 1);
  if (blocks.length > MAX_CERTIFICATES) throw new CmsProblem('unreadable', 'certificates.count');
  const certificates = new Map<string, Certificate>();
  for (const { valueBeforeDecodeView } of blocks) {
    const certificate = readCertificate(valueBeforeDecodeView);
    if (certificate === undefined) throw new CmsProblem('unreadable', 'certificate.unreadable');
    certificates.set(certificate.fingerprint, certificate);
  }
  return [...certificates.values()];
}

/** @throws CmsProblem */
export function readSigner(info: SignerInfo): CmsSigner {
  const { signedAttrs, digestAlgorithm, signatureAlgorithm: algorithm, sid } = info;
  const hash = HASHES.get(digestAlgorithm.algorithmId);
  if (hash === undefined) throw unknown(digestAlgorithm.algorithmId, 'algorithm.digest');
  const keyType = keyTypeOf(algorithm, hash);
  // Without attributes the attributes of another signature could be passed off as content (RFC 8933 §1).
  if (signedAttrs === undefined) throw new CmsProblem('invalid', 'attributes.none');
  const signedAttributes = new Uint8Array(signedAttrs.encodedValue);
  try {
    const attributes = readAttributes(Buffer.from(signedAttributes));
    const type = attributes.get(OID.contentType);
    if (type === undefined || readOid(readDer(type)) !== OID.data) {
      throw new CmsProblem('invalid', 'attributes.content-type');
    }
    const digest = attributes.get(OID.messageDigest);
    if (digest === undefined) throw new CmsProblem('invalid', 'attributes.message-digest');
    const time = attributes.get(OID.signingTime);
    return {
      hash,
      keyType,
      messageDigest: expectTag(readDer(digest), TAG.octetString).content,
      signedAttributes,
      signature: info.signature,
      algorithm,
      hashOfDigest: algorithm.algorithmId === OID.rsa ? WEB_NAMES[hash] : undefined,
      serial:
        sid instanceof IssuerAndSerialNumber
          ? Buffer.from(sid.serialNumber.valueBlock.valueHexView).toString('hex')
          : undefined,
      signingTime: time === undefined ? undefined : readTime(readDer(time)),
      timestamped:
        info.unsignedAttrs?.attributes.some((one) => one.type === OID.timestampToken) === true,
      certificateHash: certificateHashOf(attributes),
    };
  } catch (error) {
    throw error instanceof CmsProblem ? error : new CmsProblem('unreadable', 'cms.syntax');
  }
}

function unknown(oid: string, reason: string): CmsProblem {
  return SHA1.has(oid)
    ? new CmsProblem('invalid', 'algorithm.sha1')
    : new CmsProblem('unreadable', reason);
}

function keyTypeOf(algorithm: AlgorithmIdentifier, hash: StrongHash): 'rsa' | 'ec' {
  if (algorithm.algorithmId === OID.rsa) return 'rsa';
  if (algorithm.algorithmId === OID.pss) {
    checkPss(algorithm, hash);
    return 'rsa';
  }
  const known = SIGNATURES.get(algorithm.algorithmId);
  if (known === undefined) throw unknown(algorithm.algorithmId, 'algorithm.signature');
  if (known.hash !== hash) throw new CmsProblem('invalid', 'algorithm.mismatch');
  return known.keyType;
}

/** One hash throughout (RFC 4055 §3.1): its defaults are SHA-1. */
function checkPss(algorithm: AlgorithmIdentifier, hash: StrongHash): void {
  try {
    const parameters = new RSASSAPSSParams({ schema: algorithm.algorithmParams });
    const { hashAlgorithm, maskGenAlgorithm, saltLength, trailerField } = parameters;
    const mask = Buffer.from(maskGenAlgorithm.algorithmParams.toBER(false));
    const maskHash = readOid(derChildren(readDer(mask))[0]);
    if (
      HASHES.get(hashAlgorithm.algorithmId) === hash &&
      maskGenAlgorithm.algorithmId === OID.mgf1 &&
      HASHES.get(maskHash) === hash &&
      saltLength >= 0 &&
      saltLength <= MAX_SALT_BYTES &&
      trailerField === 1
    ) {
      return;
    }
  } catch {
    // Falls through to the refusal.
  }
  throw new CmsProblem('unreadable', 'algorithm.signature');
}

/** The single value of each attribute by type; each type once. */
function readAttributes(set: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const attribute of derChildren(expectTag(readDer(set), TAG.set))) {
    const [type, values] = derChildren(expectTag(attribute, TAG.sequence));
    const oid = readOid(type);
    const [value, ...more] = derChildren(expectTag(values, TAG.set));
    if (found.has(oid) || value === undefined || more.length > 0) {
      throw new CmsProblem('invalid', 'attributes.repeated');
    }
    found.set(oid, value.raw);
  }
  return found;
}

/** First ESSCertID or ESSCertIDv2 (RFC 5035 §4, §5.4), which stands for the certificate of the signer. */
function certificateHashOf(attributes: ReadonlyMap<string, Buffer>): CmsSigner['certificateHash'] {
  const second = attributes.get(OID.signingCertificateV2);
  const value = second ?? attributes.get(OID.signingCertificate);
  if (value === undefined) return undefined;
  const [list] = derChildren(readDer(value));
  const [first] = derChildren(expectTag(list, TAG.sequence));
  const parts = derChildren(expectTag(first, TAG.sequence));
  let hash = second === undefined ? 'sha1' : 'sha256';
  if (second !== undefined && parts[0]?.tag === TAG.sequence) {
    const oid = readOid(derChildren(parts[0])[0]);
    const known = HASHES.get(oid);
    if (known === undefined) throw unknown(oid, 'algorithm.digest');
    hash = known;
    parts.shift();
  }
  return { hash, value: expectTag(parts[0], TAG.octetString).content };
}
