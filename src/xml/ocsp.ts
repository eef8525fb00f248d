/**
 * OCSP (RFC 6960, RFC 5019): the question whether one certificate was taken back, and what an answer
 * is worth. No connection is made here.
 *
 * The question holds no nonce: responders of large authorities hand out answers made beforehand. A
 * replayed answer is bounded by its dates, and an older one never takes the place of a newer.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { type Certificate, nameKeyOf, readCertificate } from './certificates.js';
import {
  DerError,
  type DerNode,
  der,
  derChildren,
  derOid,
  expectTag,
  readDer,
  readOid,
  readTime,
  TAG,
} from './der.js';
import { holds, isStrong, readHash, readSignatureMethod } from './der-signature.js';
import { CLOCK_SKEW_MS } from './revocation.js';

export interface OcspAnswer {
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  /** Absent when the responder did not say. */
  readonly nextUpdate: number | undefined;
  /** Since when it is taken back; absent = it is not. */
  readonly revokedAt: number | undefined;
}

/**
 * Reasons: `unreadable`, `refused` (the responder answers no question now), `other-certificate`,
 * `signature`, `unknown` (the responder does not know the certificate), `future`, `stale`.
 */
export type OcspReading =
  | { readonly ok: true; readonly answer: OcspAnswer }
  | { readonly ok: false; readonly reason: string };

/** Answers have 0.5 to 5 kB. */
export const MAX_OCSP_BYTES = 65_536;
/** How long an answer counts whose responder did not say. Ours. */
const DEFAULT_LIFE_MS = 86_400_000;
const MAX_RESPONSES = 64;
const MAX_CERTIFICATES = 4;

const OID_BASIC = '1.3.6.1.5.5.7.48.1.1';
const OID_SHA1 = '1.3.14.3.2.26';
const PURPOSE_OCSP = '1.3.6.1.5.5.7.3.9';

interface Parts {
  readonly serial: DerNode;
  readonly issuerName: DerNode;
  /** Content of the subject's public key. */
  readonly keyBits: Buffer;
}

function partsOf({ x509 }: Certificate): Parts {
  const fields = derChildren(expectTag(derChildren(readDer(x509.raw))[0], TAG.sequence));
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [serial, , issuer, , , publicKey] = fields;
  const bits = derChildren(expectTag(publicKey, TAG.sequence))[1];
  return {
    serial: expectTag(serial, TAG.integer),
    issuerName: expectTag(issuer, TAG.sequence),
    keyBits: expectTag(bits, TAG.bitString).content.subarray(1),
  };
}

function digest(hash: string, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest();
}

/**
 * @returns DER of an OCSPRequest for one certificate. The names are hashed with SHA-1, the only way
 *   every responder knows (RFC 5019 §2.1.1); no security rests on it.
 */
export function writeOcspRequest(certificate: Certificate, issuer: Certificate): Buffer {
  const { serial, issuerName } = partsOf(certificate);
  const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.sequence, ...parts);
  const id = sequence(
    sequence(derOid(OID_SHA1), der(TAG.null)),
    der(TAG.octetString, digest('sha1', issuerName.raw)),
    der(TAG.octetString, digest('sha1', partsOf(issuer).keyBits)),
    serial.raw,
  );
  return sequence(sequence(sequence(sequence(id))));
}

/** @param at milliseconds since 1970 */
export function readOcspAnswer(
  bytes: Buffer,
  certificate: Certificate,
  issuer: Certificate,
  at: number,
): OcspReading {
  if (bytes.length > MAX_OCSP_BYTES) return { ok: false, reason: 'unreadable' };
  try {
    return read(bytes, certificate, issuer, at);
  } catch (error) {
    if (error instanceof DerError) return { ok: false, reason: 'unreadable' };
    throw error;
  }
}

/** @returns whether the answer still counts */
export function isFresh(answer: OcspAnswer, at: number): boolean {
  const end = answer.nextUpdate ?? answer.thisUpdate + DEFAULT_LIFE_MS;
  return answer.thisUpdate <= at + CLOCK_SKEW_MS && end >= at;
}

function read(
  bytes: Buffer,
  certificate: Certificate,
  issuer: Certificate,
  at: number,
): OcspReading {
  const [status, wrapped] = derChildren(expectTag(readDer(bytes), TAG.sequence));
  const { content } = expectTag(status, TAG.enumerated);
  if (content.length !== 1 || content[0] !== 0) return { ok: false, reason: 'refused' };
  const [type, body] = derChildren(
    expectTag(derChildren(expectTag(wrapped, 0xa0))[0], TAG.sequence),
  );
  if (readOid(type) !== OID_BASIC) return { ok: false, reason: 'unreadable' };
  const basic = readDer(expectTag(body, TAG.octetString).content);
  const [data, algorithm, signature, certificates] = derChildren(expectTag(basic, TAG.sequence));

  const fields = derChildren(expectTag(data, TAG.sequence));
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [responder, , list, extensions] = fields;
  if (hasCritical(extensions)) return { ok: false, reason: 'unreadable' };
  const single = derChildren(expectTag(list, TAG.sequence))
    .slice(0, MAX_RESPONSES)
    .map((one) => derChildren(expectTag(one, TAG.sequence)))
    .find(([id]) => isAbout(id, certificate, issuer));
  if (single === undefined) return { ok: false, reason: 'other-certificate' };

  const method = readSignatureMethod(algorithm);
  const signed = expectTag(data, TAG.sequence).raw;
  const bits = expectTag(signature, TAG.bitString).content;
  const isSigned = [issuer, ...delegates(certificates, issuer, at)].some(
    (one) => isNamed(responder, one) && holds(method, signed, one.key, bits),
  );
  // Unlike a list an answer may say that all is well, so a weak signature is none.
  if (!isStrong(method) || !isSigned) return { ok: false, reason: 'signature' };
  return readSingle(single, at);
}

function readSingle(single: readonly DerNode[], at: number): OcspReading {
  const [, state, thisUpdate, ...rest] = single;
  if (hasCritical(rest.find((one) => one.tag === 0xa1))) return { ok: false, reason: 'unreadable' };
  if (state?.tag !== 0x80 && state?.tag !== 0xa1) return { ok: false, reason: 'unknown' };
  const next = rest.find((one) => one.tag === 0xa0);
  const answer: OcspAnswer = {
    thisUpdate: readTime(thisUpdate),
    nextUpdate: next === undefined ? undefined : readTime(derChildren(next)[0]),
    revokedAt: state.tag === 0xa1 ? readTime(derChildren(state)[0]) : undefined,
  };
  if (answer.thisUpdate > at + CLOCK_SKEW_MS) return { ok: false, reason: 'future' };
  return isFresh(answer, at) ? { ok: true, answer } : { ok: false, reason: 'stale' };
}

/** The CertID names this certificate (RFC 6960 §4.1.1), hashed with SHA-1 or SHA-256. */
function isAbout(id: DerNode | undefined, certificate: Certificate, issuer: Certificate): boolean {
  const [algorithm, nameHash, keyHash, serial] = derChildren(expectTag(id, TAG.sequence));
  const hash = readHash(algorithm);
  if (hash === undefined) return false;
  const { serial: own, issuerName } = partsOf(certificate);
  return (
    expectTag(serial, TAG.integer).content.equals(own.content) &&
    expectTag(nameHash, TAG.octetString).content.equals(digest(hash, issuerName.raw)) &&
    expectTag(keyHash, TAG.octetString).content.equals(digest(hash, partsOf(issuer).keyBits))
  );
}

/** Certificates in the answer to which the issuer gave this task (RFC 6960 §4.2.2.2). */
function delegates(
  wrapped: DerNode | undefined,
  issuer: Certificate,
  at: number,
): readonly Certificate[] {
  if (wrapped === undefined) return [];
  const list = derChildren(expectTag(derChildren(expectTag(wrapped, 0xa0))[0], TAG.sequence));
  return list
    .slice(0, MAX_CERTIFICATES)
    .flatMap((one) => readCertificate(one.raw) ?? [])
    .filter(
      (one) =>
        one.issuerKey === issuer.subjectKey &&
        one.purposes?.includes(PURPOSE_OCSP) === true &&
        one.keyProblem === undefined &&
        !one.hasUnknownCritical &&
        one.notBefore <= at &&
        at <= one.notAfter &&
        isStrong(readSignatureMethod(derChildren(readDer(one.x509.raw))[1])) &&
        isIssuedBy(one, issuer),
    );
}

function isIssuedBy(child: Certificate, issuer: Certificate): boolean {
  try {
    return issuer.key !== undefined && child.x509.verify(issuer.key);
  } catch {
    return false;
  }
}

function isNamed(responder: DerNode | undefined, certificate: Certificate): boolean {
  if (responder === undefined) return false;
  const inner = derChildren(responder)[0];
  if (inner === undefined) return false;
  if (responder.tag === 0xa1) return nameKeyOf(inner) === certificate.subjectKey;
  return (
    responder.tag === 0xa2 && inner.content.equals(digest('sha1', partsOf(certificate).keyBits))
  );
}

/** @param wrapped Extensions in their explicit tag */
function hasCritical(wrapped: DerNode | undefined): boolean {
  if (wrapped === undefined) return false;
  return derChildren(expectTag(derChildren(wrapped)[0], TAG.sequence)).some((one) => {
    const flag = derChildren(expectTag(one, TAG.sequence))[1];
    return flag?.tag === TAG.boolean && flag.content[0] !== 0;
  });
}
