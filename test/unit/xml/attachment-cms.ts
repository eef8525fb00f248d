/**
 * Test help: a CMS signature written byte by byte, for those that no tool would make.
 *
 * @module
 */
import { createHash, sign } from 'node:crypto';
import { der, derChildren, derOid, readDer, TAG } from '../../../src/xml/der.js';
import { certificate, privateKey } from './signature-kit.js';

export interface CmsRequest {
  readonly key?: string;
  /** Certificates that come along, by name; that of the key by default. */
  readonly certificates?: readonly string[];
  /** Name of the certificate that the structure names as the signer's. */
  readonly named?: string;
  readonly hash?: 'sha1' | 'sha256' | 'sha384';
  /** OID of the signature algorithm; ecdsa-with-SHA256 by default. */
  readonly algorithm?: string;
  /** OID of the content type: in the structure, in the attribute. */
  readonly type?: string;
  readonly typeAttribute?: string | undefined;
  readonly withoutDigest?: boolean;
  /** Further signed attributes, DER. */
  readonly attributes?: readonly Buffer[];
  /** Unsigned attributes, DER. */
  readonly unsigned?: readonly Buffer[];
  /** How often the signer stands there. */
  readonly signers?: number;
}

export const DATA = '1.2.840.113549.1.7.1';
const DIGESTS = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
} as const;

export function attribute(oid: string, ...values: readonly Buffer[]): Buffer {
  return der(TAG.sequence, derOid(oid), der(TAG.set, ...values));
}

/** ESS signing-certificate-v2 that names a certificate by its SHA-256. */
export function signingCertificate(name: string): Buffer {
  const hash = createHash('sha256').update(certificate(name).raw).digest();
  const id = der(TAG.sequence, der(TAG.octetString, hash));
  return attribute('1.2.840.113549.1.9.16.2.47', der(TAG.sequence, der(TAG.sequence, id)));
}

/** @returns DER, detached, without a signing time */
export function writeCms(content: Buffer, request: CmsRequest = {}): Buffer {
  const { key = 'sender-ec', hash = 'sha256', type = DATA, signers = 1 } = request;
  const { algorithm = '1.2.840.10045.4.3.2', certificates = [key], named = key } = request;
  const digest = der(TAG.octetString, createHash(hash).update(content).digest());
  const typeAttribute = 'typeAttribute' in request ? request.typeAttribute : type;
  const attributes = [
    ...(typeAttribute === undefined
      ? []
      : [attribute('1.2.840.113549.1.9.3', derOid(typeAttribute))]),
    ...(request.withoutDigest === true ? [] : [attribute('1.2.840.113549.1.9.4', digest)]),
    ...(request.attributes ?? []),
  ].sort(Buffer.compare);
  const value = sign(hash, der(TAG.set, ...attributes), privateKey(key));
  const unsigned = request.unsigned === undefined ? [] : [der(0xa1, ...request.unsigned)];
  const digestAlgorithm = der(TAG.sequence, derOid(DIGESTS[hash]));
  const signer = der(
    TAG.sequence,
    der(TAG.integer, Buffer.from([1])),
    issuerAndSerial(named),
    digestAlgorithm,
    der(0xa0, ...attributes),
    der(TAG.sequence, derOid(algorithm)),
    der(TAG.octetString, value),
    ...unsigned,
  );
  const signedData = der(
    TAG.sequence,
    der(TAG.integer, Buffer.from([1])),
    der(TAG.set, digestAlgorithm),
    der(TAG.sequence, derOid(type)),
    der(0xa0, ...certificates.map((name) => certificate(name).raw)),
    der(TAG.set, ...Array.from({ length: signers }, () => signer)),
  );
  return der(TAG.sequence, derOid('1.2.840.113549.1.7.2'), der(0xa0, signedData));
}

function issuerAndSerial(name: string): Buffer {
  const [tbs] = derChildren(readDer(certificate(name).raw));
  const [, serial, , issuer] = tbs === undefined ? [] : derChildren(tbs);
  return der(TAG.sequence, issuer?.raw ?? Buffer.alloc(0), serial?.raw ?? Buffer.alloc(0));
}
