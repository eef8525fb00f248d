/**
 * The allow lists of XML signatures: canonical forms, signature and digest algorithms, keys. What is
 * not in a table here is refused before anything is computed (threats: rules 6 and K; RFC 9231).
 *
 * HMAC and DSA are missing on purpose: a secret shared with every verifier proves nothing, and a
 * public key used as such a secret proves less (CVE-2009-0217).
 *
 * @module
 */
import { type KeyObject, verify } from 'node:crypto';
import type { CanonicalMethod } from './tree.js';

export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const DS11 = 'http://www.w3.org/2009/xmldsig11#';
export const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
export const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const ENC = 'http://www.w3.org/2001/04/xmlenc#';

export const CANONICAL_METHODS: ReadonlyMap<string, CanonicalMethod> = new Map([
  [EXC_C14N, 'exclusive'],
  [C14N, 'inclusive'],
]);

export interface DigestMethod {
  readonly hash: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly sizeBytes: number;
}

export const SHA256_DIGEST = `${ENC}sha256`;
export const DIGEST_METHODS: ReadonlyMap<string, DigestMethod> = new Map<string, DigestMethod>([
  [`${DS}sha1`, { hash: 'sha1', sizeBytes: 20 }],
  [SHA256_DIGEST, { hash: 'sha256', sizeBytes: 32 }],
  [`${MORE}sha384`, { hash: 'sha384', sizeBytes: 48 }],
  [`${ENC}sha512`, { hash: 'sha512', sizeBytes: 64 }],
]);

export interface SignatureMethod {
  readonly uri: string;
  readonly keyType: 'rsa' | 'ec';
  readonly hash: DigestMethod['hash'];
}

export const RSA_SHA256 = `${MORE}rsa-sha256`;
export const ECDSA_SHA256 = `${MORE}ecdsa-sha256`;
const METHODS: readonly SignatureMethod[] = [
  { uri: `${DS}rsa-sha1`, keyType: 'rsa', hash: 'sha1' },
  { uri: RSA_SHA256, keyType: 'rsa', hash: 'sha256' },
  { uri: `${MORE}rsa-sha384`, keyType: 'rsa', hash: 'sha384' },
  { uri: `${MORE}rsa-sha512`, keyType: 'rsa', hash: 'sha512' },
  { uri: ECDSA_SHA256, keyType: 'ec', hash: 'sha256' },
  { uri: `${MORE}ecdsa-sha384`, keyType: 'ec', hash: 'sha384' },
  { uri: `${MORE}ecdsa-sha512`, keyType: 'ec', hash: 'sha512' },
];
export const SIGNATURE_METHODS: ReadonlyMap<string, SignatureMethod> = new Map(
  METHODS.map((method) => [method.uri, method]),
);

/** Named curves and the bytes of one coordinate. */
const CURVE_BYTES: ReadonlyMap<string, number> = new Map([
  ['prime256v1', 32],
  ['secp384r1', 48],
  ['secp521r1', 66],
]);

const MIN_RSA_BITS = 2048;
/** Verification time grows with the square of the size; nobody uses more. Ours. */
const MAX_RSA_BITS = 8192;
/** Small exponents make faulty padding checks forgeable (Bleichenbacher 2006); FIPS 186-5 §5.1 asks for this. */
const MIN_EXPONENT = 65_537n;
/** Big exponents make one verification as dear as a signature. Ours. */
const MAX_EXPONENT = 1n << 32n;

/** @returns `key.type` or `key.weak` when the key may not be used; undefined when it may */
export function keyProblem(key: KeyObject): string | undefined {
  const {
    modulusLength = 0,
    publicExponent = 0n,
    namedCurve = '',
  } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return modulusLength >= MIN_RSA_BITS &&
        modulusLength <= MAX_RSA_BITS &&
        publicExponent >= MIN_EXPONENT &&
        publicExponent <= MAX_EXPONENT &&
        publicExponent % 2n === 1n
        ? undefined
        : 'key.weak';
    case 'ec':
      return CURVE_BYTES.has(namedCurve) ? undefined : 'key.weak';
    default:
      return 'key.type';
  }
}

/**
 * @param key an accepted key, see {@link keyProblem}
 * @param value ECDSA: r and s one after the other, each as long as a coordinate (RFC 9231 §2.3.6)
 * @returns false for every value that does not hold, also for one of the wrong length
 */
export function verifyBytes(
  method: SignatureMethod,
  key: KeyObject,
  data: Uint8Array,
  value: Uint8Array,
): boolean {
  if (key.asymmetricKeyType !== method.keyType || keyProblem(key) !== undefined) return false;
  const details = key.asymmetricKeyDetails ?? {};
  if (method.keyType === 'rsa') {
    if (value.length !== Math.ceil((details.modulusLength ?? 0) / 8)) return false;
    return verify(method.hash, data, key, value);
  }
  const size = CURVE_BYTES.get(details.namedCurve ?? '') ?? 0;
  if (value.length !== 2 * size) return false;
  // r = s = 0 once held for any text (CVE-2022-21449); OpenSSL refuses it, and so do we.
  const zero = (half: Uint8Array): boolean => half.every((byte) => byte === 0);
  if (zero(value.subarray(0, size)) || zero(value.subarray(size))) return false;
  return verify(method.hash, data, { key, dsaEncoding: 'ieee-p1363' }, value);
}
