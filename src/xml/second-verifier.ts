/**
 * What xml-crypto thinks of a signature: another canonical form, another parser and another reading of
 * XML-DSig than ours, run beside it, never instead of it. It is generous (wrapping, SHA-1, any place of
 * the signature) and slow by nature, so it is asked only about what our scan let through, and about no
 * more than {@link OPINION_LIMITS}.
 *
 * The certificate in X509Data only selects the key; nobody asks here whether it is trusted. HMAC stays
 * off. SHA-384 and ECDSA, which xml-crypto lacks, are plugged in with node:crypto alone.
 *
 * @module
 */
import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { SignedXml } from 'xml-crypto';
import { DS } from './signature-algorithms.js';

export interface Opinion {
  readonly holds: boolean;
  /** Why not, in xml-crypto's words, cut off after 200 characters; may quote the package. */
  readonly reason?: string;
}

/** xml-crypto needs 2 s for 1 MB of markup and holds the thread meanwhile. Ours. */
export const OPINION_LIMITS = { bytes: 16 * 1024 * 1024, elements: 10_000 } as const;

const MAX_CERTIFICATES = 4;
const MAX_REASON_CHARS = 200;
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';

/** As much of xmldom's element as is used here. */
interface DomElement {
  readonly textContent: string | null;
  getElementsByTagNameNS(namespace: string, name: string): ArrayLike<DomElement>;
}
interface DomParser {
  parseFromString(text: string, type: string): object;
}
type Parser = new (options: { errorHandler: (level: string, text: string) => never }) => DomParser;

/** The very parser that xml-crypto brings along, whichever version that is: nodes must be its own. */
const { DOMParser } = createRequire(createRequire(import.meta.url).resolve('xml-crypto'))(
  '@xmldom/xmldom',
) as { readonly DOMParser: Parser };

/**
 * Does the first signature of the text hold, by any certificate in its KeyInfo?
 *
 * @param bytes what `scanXml` accepted
 * @returns never throws: what xml-crypto cannot read does not hold for it
 */
export function xmlCryptoOpinion(bytes: Uint8Array): Opinion {
  const restore = silenceConsole();
  try {
    return judge(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return no(error);
  } finally {
    restore();
  }
}

/** xml-crypto's own parsers complain on the console, and quote the package: that is no place for it. */
function silenceConsole(): () => void {
  const { error, warn } = console;
  const silent = (): void => undefined;
  Object.assign(console, { error: silent, warn: silent });
  return () => {
    Object.assign(console, { error, warn });
  };
}

function no(error: unknown): Opinion {
  const reason = error instanceof Error ? error.message : String(error);
  return { holds: false, reason: reason.slice(0, MAX_REASON_CHARS) };
}

function judge(text: string): Opinion {
  const parser = new DOMParser({
    errorHandler: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  });
  const document = parser.parseFromString(text, 'text/xml');
  const [signature] = newVerifier().findSignatures(document as never) as unknown as DomElement[];
  if (signature === undefined) return { holds: false, reason: 'no signature' };
  let last: Opinion = { holds: false, reason: 'no certificate in X509Data' };
  for (const key of keysOf(signature)) {
    last = judgeWith(text, signature, key);
    if (last.holds) return last;
  }
  return last;
}

function keysOf(signature: DomElement): KeyObject[] {
  const elements = Array.from(signature.getElementsByTagNameNS(DS, 'X509Certificate'));
  return elements
    .slice(0, MAX_CERTIFICATES)
    .map((one) => new X509Certificate(Buffer.from(one.textContent ?? '', 'base64')).publicKey);
}

function judgeWith(text: string, signature: DomElement, key: KeyObject): Opinion {
  try {
    const verifier = newVerifier(key);
    verifier.loadSignature(signature as never);
    if (verifier.checkSignature(text)) return { holds: true };
    return { holds: false, reason: 'a digest does not match' };
  } catch (error) {
    return no(error);
  }
}

function newVerifier(key?: KeyObject): SignedXml {
  const verifier = new SignedXml(key === undefined ? {} : { publicCert: key });
  verifier.HashAlgorithms[`${MORE}sha384`] = Sha384;
  verifier.SignatureAlgorithms[`${MORE}rsa-sha384`] = algorithm(`${MORE}rsa-sha384`, 'sha384');
  for (const hash of ['sha256', 'sha384', 'sha512']) {
    const uri = `${MORE}ecdsa-${hash}`;
    verifier.SignatureAlgorithms[uri] = algorithm(uri, hash);
  }
  return verifier;
}

class Sha384 {
  getAlgorithmName(): string {
    return `${MORE}sha384`;
  }

  getHash(xml: string): string {
    return createHash('sha384').update(xml, 'utf8').digest('base64');
  }
}

/** The key decides between RSA and ECDSA; a method of the other kind must not verify. */
function algorithm(uri: string, hash: string) {
  const keyType = uri.includes('#ecdsa') ? 'ec' : 'rsa';
  return class {
    getAlgorithmName(): string {
      return uri;
    }

    getSignature(): string {
      throw new Error('this one only verifies');
    }

    verifySignature(data: string, key: unknown, value: string): boolean {
      const publicKey = key as KeyObject;
      if (publicKey.asymmetricKeyType !== keyType) return false;
      const bytes = Buffer.from(value, 'base64');
      return verify(hash, Buffer.from(data), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes);
    }
  };
}
