/**
 * Writes certificates and revocation lists (RFC 5280). Only for the sample authority of a first start
 * and for tests, which need wrong ones too: nothing is checked here.
 *
 * @module
 */
import { createHash, type KeyObject, sign } from 'node:crypto';
import { der, derChildren, derOid, readDer, TAG } from './der.js';

/** In the order in which they are written. */
export type NameContent = readonly (readonly ['C' | 'O' | 'OU' | 'CN' | 'UID', string])[];

export interface ExtensionContent {
  readonly id: string;
  readonly critical?: boolean;
  /** DER. */
  readonly value: Uint8Array;
}

export interface CertificateContent {
  readonly subject: NameContent;
  readonly issuer: NameContent;
  /** Up to 20 bytes. */
  readonly serial: Uint8Array;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: KeyObject;
  readonly extensions: readonly ExtensionContent[];
}

export interface RevocationContent {
  readonly issuer: NameContent;
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly revoked: readonly { readonly serial: Uint8Array; readonly since: number }[];
}

export type WriterHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const NAME_TYPES = {
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
  UID: '0.9.2342.19200300.100.1.1',
} as const;

const RSA_SIGNATURES: Readonly<Record<WriterHash, string>> = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
const EC_SIGNATURES: Readonly<Record<WriterHash, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(TAG.sequence, ...parts);
}

/** A positive integer: a leading zero byte where the first bit is set, none that is not needed. */
function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const short = bytes.subarray(start);
  return der(TAG.integer, (short[0] ?? 0) >= 0x80 ? Buffer.from([0, ...short]) : short);
}

/** Years up to 2049 in two digits, later ones in four (RFC 5280 §4.1.2.5). */
function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return Number(text.slice(0, 4)) < 2050
    ? der(TAG.utcTime, Buffer.from(text.slice(2)))
    : der(TAG.generalizedTime, Buffer.from(text));
}

function name(content: NameContent): Buffer {
  const parts = content.map(([type, value]) => {
    const tag = type === 'C' ? TAG.printableString : TAG.utf8String;
    return der(TAG.set, sequence(derOid(NAME_TYPES[type]), der(tag, Buffer.from(value))));
  });
  return sequence(...parts);
}

function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return der(TAG.bitString, Buffer.from([unusedBits]), bytes);
}

function signed(tbs: (algorithm: Buffer) => Buffer, key: KeyObject, hash: WriterHash): Buffer {
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? sequence(derOid(RSA_SIGNATURES[hash]), der(TAG.null))
      : sequence(derOid(EC_SIGNATURES[hash]));
  const content = tbs(algorithm);
  return sequence(content, algorithm, bitString(sign(hash, content, key)));
}

/** @returns DER */
export function writeCertificate(
  content: CertificateContent,
  signingKey: KeyObject,
  hash: WriterHash = 'sha256',
): Buffer {
  const extensions = content.extensions.map(({ id, critical, value }) => {
    const flag = critical === true ? [der(TAG.boolean, Buffer.from([0xff]))] : [];
    return sequence(derOid(id), ...flag, der(TAG.octetString, value));
  });
  return signed(
    (algorithm) =>
      sequence(
        der(0xa0, integer(Buffer.from([2]))),
        integer(content.serial),
        algorithm,
        name(content.issuer),
        sequence(time(content.notBefore), time(content.notAfter)),
        name(content.subject),
        content.publicKey.export({ type: 'spki', format: 'der' }),
        der(0xa3, sequence(...extensions)),
      ),
    signingKey,
    hash,
  );
}

/** @returns DER */
export function writeRevocationList(
  content: RevocationContent,
  signingKey: KeyObject,
  hash: WriterHash = 'sha256',
): Buffer {
  const entries = content.revoked.map(({ serial, since }) =>
    sequence(integer(serial), time(since)),
  );
  return signed(
    (algorithm) =>
      sequence(
        integer(Buffer.from([1])),
        algorithm,
        name(content.issuer),
        time(content.thisUpdate),
        ...(content.nextUpdate === undefined ? [] : [time(content.nextUpdate)]),
        ...(entries.length > 0 ? [sequence(...entries)] : []),
      ),
    signingKey,
    hash,
  );
}

/** Key identifier as most authorities make it (RFC 5280 §4.2.1.2, method 1); no security rests on SHA-1 here. */
function keyIdentifier(key: KeyObject): Buffer {
  const bits = derChildren(readDer(key.export({ type: 'spki', format: 'der' })))[1];
  return createHash('sha1')
    .update(bits?.content.subarray(1) ?? Buffer.alloc(0))
    .digest();
}

export const extensions = {
  basicConstraints(isAuthority: boolean, pathLength?: number): ExtensionContent {
    const flag = isAuthority ? [der(TAG.boolean, Buffer.from([0xff]))] : [];
    const length = pathLength === undefined ? [] : [integer(Buffer.from([pathLength]))];
    return { id: '2.5.29.19', critical: true, value: sequence(...flag, ...length) };
  },
  /** @param bits of KEY_USAGE in certificates.ts */
  keyUsage(bits: number): ExtensionContent {
    const unused = bits === 0 ? 0 : 31 - Math.clz32(bits & -bits);
    return { id: '2.5.29.15', critical: true, value: bitString(Buffer.from([bits]), unused) };
  },
  extendedKeyUsage(...purposes: readonly string[]): ExtensionContent {
    return { id: '2.5.29.37', value: sequence(...purposes.map(derOid)) };
  },
  subjectKeyIdentifier(key: KeyObject): ExtensionContent {
    return { id: '2.5.29.14', value: der(TAG.octetString, keyIdentifier(key)) };
  },
  authorityKeyIdentifier(key: KeyObject): ExtensionContent {
    return { id: '2.5.29.35', value: sequence(der(0x80, keyIdentifier(key))) };
  },
} as const;
