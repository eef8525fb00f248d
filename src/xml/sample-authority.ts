/**
 * A certificate authority of samples: for the first start, which signs one real document, and for
 * tests. Never for real use: the key of the authority lies beside everything else.
 *
 * @module
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import {
  extensions,
  type NameContent,
  writeCertificate,
  writeRevocationList,
} from './certificate-writer.js';
import { KEY_USAGE, readCertificate } from './certificates.js';
import { readBlocks, writeBlock } from './pem.js';

export interface Validity {
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** PEM texts, so that it can be kept in files and read again. */
export interface SampleAuthority extends Validity {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

export interface SampleCertificate {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

export interface SampleRequest extends Partial<Validity> {
  /** Becomes `UID` of the subject. */
  readonly organId: string;
  /** Becomes `CN`. */
  readonly name: string;
  readonly keyType: 'ec' | 'rsa';
}

const AUTHORITY_NAME: NameContent = [
  ['C', 'VN'],
  ['O', 'edxgate samples'],
  ['CN', 'Sample authority (not for real use)'],
];

/** P-256 or RSA of 3072 bits, new each time. */
function newKey(type: SampleRequest['keyType']): KeyObject {
  return type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Positive, and never shorter for a leading zero. */
function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return serial;
}

export function createSampleAuthority(validity: Validity): SampleAuthority {
  const key = newKey('ec');
  const publicKey = createPublicKey(key);
  const certificate = writeCertificate(
    {
      subject: AUTHORITY_NAME,
      issuer: AUTHORITY_NAME,
      serial: newSerial(),
      notBefore: validity.notBefore,
      notAfter: validity.notAfter,
      publicKey,
      extensions: [
        extensions.basicConstraints(true, 0),
        extensions.keyUsage(KEY_USAGE.keyCertSign | KEY_USAGE.crlSign),
        extensions.subjectKeyIdentifier(publicKey),
      ],
    },
    key,
  );
  return {
    certificatePem: writeBlock(certificate, 'CERTIFICATE'),
    keyPem: pemOf(key),
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
  };
}

/** The validity is that of the authority unless the request says otherwise. */
export function issueSampleCertificate(
  authority: SampleAuthority,
  request: SampleRequest,
): SampleCertificate {
  const signingKey = createPrivateKey(authority.keyPem);
  const key = newKey(request.keyType);
  const publicKey = createPublicKey(key);
  const certificate = writeCertificate(
    {
      subject: [
        ['C', 'VN'],
        ['CN', request.name],
        ['UID', request.organId],
      ],
      issuer: AUTHORITY_NAME,
      serial: newSerial(),
      notBefore: request.notBefore ?? authority.notBefore,
      notAfter: request.notAfter ?? authority.notAfter,
      publicKey,
      extensions: [
        extensions.basicConstraints(false),
        extensions.keyUsage(KEY_USAGE.digitalSignature | KEY_USAGE.nonRepudiation),
        extensions.subjectKeyIdentifier(publicKey),
        extensions.authorityKeyIdentifier(createPublicKey(signingKey)),
      ],
    },
    signingKey,
  );
  return { certificatePem: writeBlock(certificate, 'CERTIFICATE'), keyPem: pemOf(key) };
}

/**
 * A revocation list of the authority, as PEM.
 *
 * @param revokedPems certificates that it takes back
 */
export function createSampleRevocationList(
  authority: SampleAuthority,
  revokedPems: readonly string[],
  times: { readonly thisUpdate: number; readonly nextUpdate?: number },
): string {
  const revoked = revokedPems.flatMap((pem) => {
    const [block] = readBlocks(Buffer.from(pem, 'latin1'), 'CERTIFICATE');
    const certificate = block === undefined ? undefined : readCertificate(block);
    if (certificate === undefined) throw new TypeError('no certificate to take back');
    return [{ serial: Buffer.from(certificate.serial, 'hex'), since: times.thisUpdate }];
  });
  const list = writeRevocationList(
    { issuer: AUTHORITY_NAME, ...times, revoked },
    createPrivateKey(authority.keyPem),
  );
  return writeBlock(list, 'X509 CRL');
}
