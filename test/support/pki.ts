/**
 * Authorities, certificates, revocation lists and OCSP answers for tests, right and wrong ones. Keys
 * are P-256 and made once: nothing here is for real use.
 *
 * @module
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import {
  type CertificateContent,
  type ExtensionContent,
  extensions,
  type NameContent,
  writeCertificate,
  writeRevocationList,
} from '../../src/xml/certificate-writer.js';
import { type Certificate, KEY_USAGE, readCertificate } from '../../src/xml/certificates.js';
import { der, derChildren, derOid, readDer, TAG } from '../../src/xml/der.js';
import { writeBlock } from '../../src/xml/pem.js';
import type { SampleCertificate } from '../../src/xml/sample-authority.js';

export const DAY = 86_400_000;
export const SIGNS = extensions.keyUsage(KEY_USAGE.digitalSignature);
export const ISSUES = extensions.keyUsage(KEY_USAGE.keyCertSign | KEY_USAGE.crlSign);

export function ecKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
}

export interface Made extends SampleCertificate {
  readonly der: Buffer;
  readonly key: KeyObject;
  readonly certificate: Certificate;
  readonly name: NameContent;
}

export interface Request extends Partial<Omit<CertificateContent, 'subject'>> {
  readonly subject: NameContent;
  readonly key?: KeyObject;
  /** Absent: signed by its own key. */
  readonly by?: Made;
}

let serial = 0;

/** @param at the certificate is good from 30 days before to 300 days after */
export function make(at: number, request: Request): Made {
  const { key = ecKey(), by, subject, ...content } = request;
  serial += 1;
  const bytes = writeCertificate(
    {
      subject,
      issuer: by?.name ?? subject,
      serial: Buffer.from([1, serial >> 8, serial & 255]),
      notBefore: at - 30 * DAY,
      notAfter: at + 300 * DAY,
      publicKey: createPublicKey(key),
      extensions: [SIGNS],
      ...content,
    },
    by?.key ?? key,
  );
  const certificate = readCertificate(bytes);
  if (certificate === undefined) throw new Error('a certificate that is not read');
  return {
    der: bytes,
    key,
    certificate,
    name: subject,
    certificatePem: writeBlock(bytes, 'CERTIFICATE'),
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export function authority(at: number, name: string, by?: Made): Made {
  return make(at, {
    subject: [['CN', name]],
    extensions: [extensions.basicConstraints(true), ISSUES],
    ...(by === undefined ? {} : { by }),
  });
}

/** Signer of an agency: its organ id as UID. */
export function signer(at: number, by: Made, organId: string, ...more: ExtensionContent[]): Made {
  return make(at, {
    subject: [
      ['CN', 'Cơ quan mẫu'],
      ['UID', organId],
    ],
    by,
    extensions: [SIGNS, ...more],
  });
}

/** Authority information access with one OCSP responder. */
export function ocspAt(url: string): ExtensionContent {
  const location = der(0x86, Buffer.from(url));
  const access = der(TAG.sequence, derOid('1.3.6.1.5.5.7.48.1'), location);
  return { id: '1.3.6.1.5.5.7.1.1', value: der(TAG.sequence, access) };
}

/** DER. */
export function revocationList(
  by: Pick<Made, 'name' | 'key'>,
  revoked: readonly Made[],
  times: { readonly thisUpdate: number; readonly nextUpdate?: number },
): Buffer {
  const since = times.thisUpdate;
  const entries = revoked.map(({ certificate }) => ({
    serial: Buffer.from(certificate.serial, 'hex'),
    since,
  }));
  return writeRevocationList({ issuer: by.name, ...times, revoked: entries }, by.key);
}

export interface OcspContent {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly revokedAt?: number;
  readonly hash?: 'sha1' | 'sha256';
  /** Signs with this key, whatever name stands in the answer. */
  readonly key?: KeyObject;
  readonly signatureHash?: 'sha1' | 'sha256';
  /** A responder that the authority appointed: named, signing, and sent along. */
  readonly delegate?: Made;
  readonly byName?: boolean;
  /** Of the whole answer; 0 = successful. */
  readonly responseStatus?: number;
}

const HASH_IDS = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' } as const;
const SIGNATURE_IDS = { sha1: '1.2.840.10045.4.1', sha256: '1.2.840.10045.4.3.2' } as const;

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.sequence, ...parts);

function generalized(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return der(TAG.generalizedTime, Buffer.from(text));
}

function fieldsOf(bytes: Buffer) {
  const fields = derChildren(derChildren(readDer(bytes))[0] ?? readDer(bytes));
  const [, own, , issuer, , subject, publicKey] = fields;
  const keyBits = publicKey && derChildren(publicKey)[1]?.content.subarray(1);
  if (own === undefined || issuer === undefined || subject === undefined || keyBits === undefined) {
    throw new Error('not a certificate');
  }
  return { serial: own, issuer, subject, keyBits };
}

/** An OCSPResponse (RFC 6960 §4.2.1) about `about`, by its issuer `by`. */
export function ocspResponse(about: Made, by: Made, content: OcspContent): Buffer {
  const { hash = 'sha1', signatureHash = 'sha256', delegate, responseStatus = 0 } = content;
  const status = der(TAG.enumerated, Buffer.from([responseStatus]));
  if (responseStatus !== 0) return sequence(status);
  const digest = (bytes: Buffer): Buffer => createHash(hash).update(bytes).digest();
  const { serial: own, issuer } = fieldsOf(about.der);
  const id = sequence(
    sequence(derOid(HASH_IDS[hash]), der(TAG.null)),
    der(TAG.octetString, digest(issuer.raw)),
    der(TAG.octetString, digest(fieldsOf(by.der).keyBits)),
    own.raw,
  );
  const state = {
    good: der(0x80),
    revoked: der(0xa1, generalized(content.revokedAt ?? content.thisUpdate)),
    unknown: der(0x82),
  }[content.status];
  const next = content.nextUpdate === undefined ? [] : [der(0xa0, generalized(content.nextUpdate))];
  const responder = fieldsOf((delegate ?? by).der);
  const name =
    content.byName === true
      ? der(0xa1, responder.subject.raw)
      : der(0xa2, der(TAG.octetString, createHash('sha1').update(responder.keyBits).digest()));
  const data = sequence(
    name,
    generalized(content.thisUpdate),
    sequence(sequence(id, state, generalized(content.thisUpdate), ...next)),
  );
  const key = content.key ?? (delegate ?? by).key;
  const basic = sequence(
    data,
    sequence(derOid(SIGNATURE_IDS[signatureHash])),
    der(TAG.bitString, Buffer.from([0]), sign(signatureHash, data, key)),
    ...(delegate === undefined ? [] : [der(0xa0, sequence(delegate.der))]),
  );
  const type = derOid('1.3.6.1.5.5.7.48.1.1');
  return sequence(status, der(0xa0, sequence(type, der(TAG.octetString, basic))));
}

/** What makes a certificate an authority, for one that is made with other dates. */
export function authorityExtensions(): { readonly extensions: readonly ExtensionContent[] } {
  return { extensions: [extensions.basicConstraints(true), ISSUES] };
}
