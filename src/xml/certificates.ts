/**
 * Certificates (RFC 5280): what node:crypto reads of them, plus what a decision about trust needs
 * beyond that. No decision is made here; see trust.ts.
 *
 * @module
 */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { utc } from '../clock.js';
import type { SignerCertificate } from '../model/signature.js';
import {
  DerError,
  type DerNode,
  derChildren,
  expectTag,
  readDer,
  readOid,
  readText,
  readTime,
  TAG,
} from './der.js';
import { readBlocks } from './pem.js';
import { keyProblem } from './signature-algorithms.js';

/** Certificates of agencies have 1 to 3 kB; anything near this bound is no certificate of ours. Ours. */
export const MAX_CERTIFICATE_BYTES = 32_768;

export interface Certificate {
  readonly x509: X509Certificate;
  /** Absent when node:crypto does not know the kind of key. */
  readonly key: KeyObject | undefined;
  /** `key.weak` or `key.type`, when the key may not be used. */
  readonly keyProblem: string | undefined;
  /** SHA-256 of the DER bytes, lower-case hex. */
  readonly fingerprint: string;
  /** For people: `CN=Sở T, UID=T99.02`. */
  readonly subject: string;
  readonly issuer: string;
  /** For comparison: equal when the names are the same in the sense of RFC 5280 §7.1. */
  readonly subjectKey: string;
  readonly issuerKey: string;
  /** Lower-case hex of the integer as encoded. */
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** The only `UID` of the subject, else its only `CN`; absent when there are several of the one that counts. */
  readonly identity: string | undefined;
  readonly isAuthority: boolean;
  /** How many further authorities may follow below this one. */
  readonly pathLength: number | undefined;
  /** Bits of the key usage extension, `KEY_USAGE`; absent when it is not there. */
  readonly keyUsage: number | undefined;
  /** Object identifiers of the extended key usage extension; absent when it is not there. */
  readonly purposes: readonly string[] | undefined;
  /** It holds an extension that may not be passed over and that we do not know. */
  readonly hasUnknownCritical: boolean;
  /** The issuer signed it with RSA or ECDSA over SHA-256, SHA-384 or SHA-512. */
  readonly isStronglySigned: boolean;
}

/** First byte of the bit string (RFC 5280 §4.2.1.3); the ninth bit, decipherOnly, is not asked for. */
export const KEY_USAGE = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyCertSign: 0x04,
  crlSign: 0x02,
} as const;

const OID_CN = '2.5.4.3';
const OID_UID = '0.9.2342.19200300.100.1.1';
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  [OID_CN, 'CN'],
  [OID_UID, 'UID'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'E'],
]);

const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;
/** Policies restrict nothing as long as nobody demands one, and policy constraints are refused. */
const KNOWN_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.extendedKeyUsage,
]);

const STRONG_SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
]);

interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

function readName(name: DerNode): NameAttribute[] {
  return derChildren(expectTag(name, TAG.sequence)).flatMap((set) =>
    derChildren(expectTag(set, TAG.set)).map((pair) => {
      const [type, value] = derChildren(pair);
      if (value === undefined) throw new DerError('a name without a value');
      return { type: readOid(type), value: readText(value) ?? `#${value.raw.toString('hex')}` };
    }),
  );
}

function nameText(attributes: readonly NameAttribute[]): string {
  const text = attributes.map(({ type, value }) => {
    const shown = value
      .replace(/[,+"\\<>;=]/g, '\\$&')
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
    return `${SHORT_NAMES.get(type) ?? type}=${shown}`;
  });
  return text.join(', ').slice(0, 1000);
}

/** Case and runs of blanks do not count (RFC 5280 §7.1). */
function nameKey(attributes: readonly NameAttribute[]): string {
  const folded = attributes.map(({ type, value }) => [
    type,
    value.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).join(' '),
  ]);
  return JSON.stringify(folded);
}

/** @returns the key by which names are compared, of an encoded Name */
export function nameKeyOf(name: DerNode): string {
  return nameKey(readName(name));
}

export function nameTextOf(name: DerNode): string {
  return nameText(readName(name));
}

function identityOf(subject: readonly NameAttribute[]): string | undefined {
  const values = (type: string): string[] =>
    subject.filter((one) => one.type === type).map((one) => one.value);
  const ids = values(OID_UID);
  const counted = ids.length > 0 ? ids : values(OID_CN);
  return counted.length === 1 ? counted[0] : undefined;
}

interface Extensions {
  isAuthority: boolean;
  pathLength: number | undefined;
  keyUsage: number | undefined;
  purposes: string[] | undefined;
  hasUnknownCritical: boolean;
}

function readExtensions(list: DerNode | undefined): Extensions {
  const found: Extensions = {
    isAuthority: false,
    pathLength: undefined,
    keyUsage: undefined,
    purposes: undefined,
    hasUnknownCritical: false,
  };
  if (list === undefined) return found;
  const seen = new Set<string>();
  for (const extension of derChildren(expectTag(derChildren(list)[0], TAG.sequence))) {
    const parts = derChildren(expectTag(extension, TAG.sequence));
    const id = readOid(parts[0]);
    if (seen.has(id)) throw new DerError('an extension twice');
    seen.add(id);
    const critical = parts[1]?.tag === TAG.boolean && parts[1].content[0] !== 0;
    const value = readDer(expectTag(parts.at(-1), TAG.octetString).content);
    if (id === EXTENSION.basicConstraints) {
      const [flag, length] = derChildren(value);
      found.isAuthority = flag?.tag === TAG.boolean && flag.content[0] !== 0;
      if (length !== undefined) {
        const { content } = expectTag(length, TAG.integer);
        if (content.length !== 1) throw new DerError('a path length too big');
        found.pathLength = content.readUInt8(0);
      }
    } else if (id === EXTENSION.keyUsage) {
      found.keyUsage = expectTag(value, TAG.bitString).content[1] ?? 0;
    } else if (id === EXTENSION.extendedKeyUsage) {
      found.purposes = derChildren(value).map(readOid);
    }
    // Name constraints are passed over by nobody: an authority that is limited must not become unlimited.
    if ((critical && !KNOWN_CRITICAL.has(id)) || id === EXTENSION.nameConstraints) {
      found.hasUnknownCritical = true;
    }
  }
  return found;
}

function parse(bytes: Buffer, fingerprint: string): Certificate {
  const x509 = new X509Certificate(bytes);
  if (!x509.raw.equals(bytes)) throw new DerError('bytes after the certificate');
  const [tbs, algorithm] = derChildren(readDer(bytes));
  const fields = derChildren(expectTag(tbs, TAG.sequence));
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [serial, , issuer, validity, subject] = fields;
  if (issuer === undefined || validity === undefined || subject === undefined) {
    throw new DerError('a certificate without names or dates');
  }
  const [notBefore, notAfter] = derChildren(validity);
  const subjectName = readName(subject);
  const issuerName = readName(issuer);
  let key: KeyObject | undefined;
  try {
    key = x509.publicKey;
  } catch {
    key = undefined;
  }
  return {
    x509,
    key,
    keyProblem: key === undefined ? 'key.type' : keyProblem(key),
    fingerprint,
    subject: nameText(subjectName),
    issuer: nameText(issuerName),
    subjectKey: nameKey(subjectName),
    issuerKey: nameKey(issuerName),
    serial: expectTag(serial, TAG.integer).content.toString('hex'),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    identity: identityOf(subjectName),
    ...readExtensions(fields.find((one) => one.tag === 0xa3)),
    isStronglySigned: STRONG_SIGNATURES.has(
      readOid(derChildren(expectTag(algorithm, TAG.sequence))[0]),
    ),
  };
}

/** The same few certificates sign everything; parsing one costs about as much as a verification. */
const MAX_CACHED = 512;
const cache = new Map<string, Certificate>();

/** @returns undefined when the bytes are not exactly one certificate */
export function readCertificate(bytes: Uint8Array): Certificate | undefined {
  if (bytes.length > MAX_CERTIFICATE_BYTES) return undefined;
  const fingerprint = createHash('sha256').update(bytes).digest('hex');
  const known = cache.get(fingerprint);
  if (known !== undefined) return known;
  try {
    const certificate = parse(Buffer.from(bytes), fingerprint);
    read.set(certificate.x509, certificate);
    const oldest = cache.size >= MAX_CACHED ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(fingerprint, certificate);
    return certificate;
  } catch {
    return undefined;
  }
}

/** What was read of the certificates that came from here: their bytes need not be hashed again. */
const read = new WeakMap<X509Certificate, Certificate>();

/** The same as `readCertificate` of its bytes. */
export function certificateOf(x509: X509Certificate): Certificate | undefined {
  return read.get(x509) ?? readCertificate(x509.raw);
}

/** What a verdict says about the certificate of the signer. */
export function signerCertificate(certificate: Certificate): SignerCertificate {
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    serial: certificate.serial,
    notBefore: utc(certificate.notBefore),
    notAfter: utc(certificate.notAfter),
    fingerprint: certificate.fingerprint,
  };
}

/**
 * The certificates that an operator registered for an agency, as stored: each PEM text holds one or
 * more. They were checked when they were registered; what cannot be read is left out.
 */
export function loadRegistered(pems: readonly string[]): X509Certificate[] {
  return pems.flatMap(loadText);
}

/** By text: every package of an agency asks for its certificates. */
const loaded = new Map<string, readonly X509Certificate[]>();

function loadText(pem: string): readonly X509Certificate[] {
  const known = loaded.get(pem);
  if (known !== undefined) return known;
  const found = readBlocks(Buffer.from(pem, 'latin1'), 'CERTIFICATE').flatMap(
    (block) => readCertificate(block)?.x509 ?? [],
  );
  const oldest = loaded.size >= MAX_CACHED ? loaded.keys().next().value : undefined;
  if (oldest !== undefined) loaded.delete(oldest);
  if (pem.length <= 2 * MAX_CERTIFICATE_BYTES) loaded.set(pem, found);
  return found;
}
