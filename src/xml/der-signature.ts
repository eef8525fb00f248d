/**
 * Signatures over DER: of certificates, revocation lists and OCSP answers. Which algorithm an
 * AlgorithmIdentifier names, and whether a signature holds (RFC 3279, RFC 4055 §3.1, RFC 5758).
 *
 * @module
 */
import { constants, type KeyObject, verify } from 'node:crypto';
import { DerError, type DerNode, derChildren, expectTag, readOid, TAG } from './der.js';

type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export interface DerSignatureMethod {
  readonly keyType: 'rsa' | 'ec';
  readonly hash: Hash;
  /** Bytes of salt; RSASSA-PSS only. */
  readonly saltLength?: number;
}

const METHODS: ReadonlyMap<string, DerSignatureMethod> = new Map<string, DerSignatureMethod>([
  ['1.2.840.113549.1.1.5', { keyType: 'rsa', hash: 'sha1' }],
  ['1.2.840.113549.1.1.11', { keyType: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { keyType: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { keyType: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.1', { keyType: 'ec', hash: 'sha1' }],
  ['1.2.840.10045.4.3.2', { keyType: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { keyType: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { keyType: 'ec', hash: 'sha512' }],
]);

const HASHES: ReadonlyMap<string, Hash> = new Map<string, Hash>([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

const OID_PSS = '1.2.840.113549.1.1.10';
const OID_MGF1 = '1.2.840.113549.1.1.8';
const MAX_SALT_BYTES = 64;

/** @returns the hash that an AlgorithmIdentifier names; undefined when it is none of ours */
export function readHash(algorithm: DerNode | undefined): Hash | undefined {
  return HASHES.get(readOid(derChildren(expectTag(algorithm, TAG.sequence))[0]));
}

/**
 * @param algorithm an AlgorithmIdentifier
 * @returns undefined when it is none of ours
 * @throws DerError when it is no AlgorithmIdentifier
 */
export function readSignatureMethod(
  algorithm: DerNode | undefined,
): DerSignatureMethod | undefined {
  const [id, parameters] = derChildren(expectTag(algorithm, TAG.sequence));
  const oid = readOid(id);
  return oid === OID_PSS ? readPss(parameters) : METHODS.get(oid);
}

/** What is left out stands for SHA-1 (RFC 4055 §3.1), so nothing of it may be left out here. */
function readPss(parameters: DerNode | undefined): DerSignatureMethod | undefined {
  const fields = new Map<number, DerNode>();
  for (const field of derChildren(expectTag(parameters, TAG.sequence))) {
    const [inner, ...more] = derChildren(field);
    if (inner === undefined || more.length > 0) throw new DerError('not one value');
    fields.set(field.tag, inner);
  }
  const [hashField, maskField, salt] = [fields.get(0xa0), fields.get(0xa1), fields.get(0xa2)];
  if (hashField === undefined || maskField === undefined || salt === undefined) return undefined;
  const hash = readHash(hashField);
  const [maskId, maskHash] = derChildren(expectTag(maskField, TAG.sequence));
  const { content } = expectTag(salt, TAG.integer);
  const saltLength = content.length === 1 ? content.readUInt8(0) : Number.POSITIVE_INFINITY;
  const isUsual = readOid(maskId) === OID_MGF1 && readHash(maskHash) === hash;
  if (hash === undefined || !isUsual || saltLength > MAX_SALT_BYTES) return undefined;
  return { keyType: 'rsa', hash, saltLength };
}

/** @returns whether an attacker can be kept from making another text with the same signature */
export function isStrong(method: DerSignatureMethod | undefined): boolean {
  return method !== undefined && method.hash !== 'sha1';
}

/** @param bits content of the BIT STRING, with the byte that counts unused bits */
export function holds(
  method: DerSignatureMethod | undefined,
  data: Uint8Array,
  key: KeyObject | undefined,
  bits: Buffer,
): boolean {
  if (method === undefined || key?.asymmetricKeyType !== method.keyType || bits[0] !== 0) {
    return false;
  }
  const { hash, saltLength } = method;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  try {
    const how = saltLength === undefined ? key : { key, padding, saltLength };
    return verify(hash, data, how, bits.subarray(1));
  } catch {
    return false;
  }
}
