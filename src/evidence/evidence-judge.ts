/**
 * Judges the signature of a package anew, at the time of its receipt, from the files of an evidence file
 * alone (evidence-trust.ts).
 *
 * @module
 */
import { locate } from '../edxml/locate.js';
import type { SignatureVerdict } from '../model/signature.js';
import type { Certificate } from '../xml/certificates.js';
import { readBlocks } from '../xml/pem.js';
import { RevocationCache } from '../xml/revocation-cache.js';
import { TrustStore } from '../xml/trust.js';
import { verifySignature } from '../xml/verify-signature.js';
import { FOLDER, MAX_FILES, parsed, withDocument } from './evidence-trust.js';
import type { Member } from './zip-format.js';

/** By ending. Larger ones are not looked at when judging again: certificates, lists, answers. */
const MAX_BYTES = { pem: 64 * 1024, crl: 16 * 1024 * 1024, ocsp: 64 * 1024 } as const;

export interface Judgement {
  readonly from: string;
  /** Milliseconds since 1970: the receipt. */
  readonly at: number;
  readonly allowSha1: boolean;
}

/** @returns undefined when the bytes are no package that can be read */
export function judgeAgain(
  content: Uint8Array,
  members: readonly Member[],
  { from, at, allowSha1 }: Judgement,
): SignatureVerdict | undefined {
  const of = (kind: string, ending: keyof typeof MAX_BYTES = 'pem'): Uint8Array[] =>
    members
      .filter(({ name }) => name.startsWith(`${FOLDER}/${kind}-`))
      .filter(({ bytes }) => bytes.length <= MAX_BYTES[ending])
      .slice(0, MAX_FILES)
      .map(({ bytes }) => bytes);
  const certificatesOf = (kind: string): Certificate[] =>
    parsed(of(kind).flatMap((file) => readBlocks(file, 'CERTIFICATE')));
  const registered = certificatesOf('registered');
  const known = [...certificatesOf('package'), ...registered, ...certificatesOf('anchor')];
  const cache = answersOf(of('answer', 'ocsp'), known, at);
  const store = TrustStore.from(
    usable(of('anchor'), 'CERTIFICATE'),
    usable(of('list', 'crl'), 'X509 CRL'),
    {
      cache,
      rules: { revocation: 'soft', ocsp: 'soft', ocspHosts: new Set() },
    },
  );
  return withDocument(content, (document) =>
    verifySignature(document, locate(document), {
      store,
      from,
      registered: registered.map(({ x509 }) => x509),
      at,
      allowSha1,
    }),
  );
}

function answersOf(
  answers: readonly Uint8Array[],
  known: readonly Certificate[],
  at: number,
): RevocationCache {
  const cache = new RevocationCache();
  const pairs = known.slice(0, MAX_FILES).flatMap((certificate) =>
    known
      .filter((issuer) => issuer.subjectKey === certificate.issuerKey)
      .slice(0, 4)
      .map((issuer) => ({ certificate, issuer })),
  );
  for (const answer of answers) {
    for (const pair of pairs) cache.offerAnswer(Buffer.from(answer), pair, at);
  }
  return cache;
}

/** What cannot be read is left out: it then vouches for nothing. */
function usable(blocks: readonly Uint8Array[], label: 'CERTIFICATE' | 'X509 CRL'): Uint8Array[] {
  return blocks.filter((one) => {
    try {
      if (label === 'CERTIFICATE') TrustStore.from([one], []);
      else TrustStore.from([], [one]);
      return true;
    } catch {
      return false;
    }
  });
}
