/**
 * Authority information access (RFC 5280 §4.2.2.1): where a certificate's issuer says that questions
 * about it are answered. An address out of a certificate is used only when its host is on the
 * operator's list.
 *
 * @module
 */
import type { Certificate } from './certificates.js';
import { DerError, type DerNode, derChildren, expectTag, readDer, readOid, TAG } from './der.js';

const OID_ACCESS = '1.3.6.1.5.5.7.1.1';
const OID_OCSP = '1.3.6.1.5.5.7.48.1';
/** GeneralName: uniformResourceIdentifier [6]. */
const TAG_URI = 0x86;
const MAX_URL_CHARS = 500;

/**
 * @param hosts `ocsp.example` or `ocsp.example:8080`, in lower case
 * @returns the first http or https address of a responder whose host is on the list; the extension is
 *   read only when the list names any
 */
export function ocspUrlOf(
  certificate: Certificate,
  hosts: ReadonlySet<string>,
): string | undefined {
  if (hosts.size === 0) return undefined;
  let urls: string[];
  try {
    urls = ocspUrls(certificate.x509.raw);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
  return urls.find((url) => isAllowed(url, hosts));
}

function isAllowed(text: string, hosts: ReadonlySet<string>): boolean {
  if (text.length > MAX_URL_CHARS || !URL.canParse(text)) return false;
  const { protocol, host, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return username === '' && password === '' && hosts.has(host.toLowerCase());
}

function ocspUrls(certificate: Buffer): string[] {
  const tbs = derChildren(readDer(certificate))[0];
  const list = derChildren(expectTag(tbs, TAG.sequence)).find((one) => one.tag === 0xa3);
  const extension =
    list && derChildren(expectTag(derChildren(list)[0], TAG.sequence)).find(isAccess);
  const value = extension && derChildren(extension).at(-1);
  if (value === undefined) return [];
  return derChildren(readDer(expectTag(value, TAG.octetString).content)).flatMap((description) => {
    const [method, location] = derChildren(description);
    if (readOid(method) !== OID_OCSP || location?.tag !== TAG_URI) return [];
    return [location.content.toString('latin1')];
  });
}

function isAccess(extension: DerNode): boolean {
  return readOid(derChildren(extension)[0]) === OID_ACCESS;
}
