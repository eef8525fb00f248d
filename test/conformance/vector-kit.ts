/**
 * Test help: vectors of public suites, and the pieces that several of them need.
 *
 * @module
 */
import { constants, createPublicKey, sign } from 'node:crypto';
import type { SignatureTrust } from '../../src/xml/verify-signature.js';
import {
  certificate,
  DS,
  EXCLUSIVE,
  type ForgedReference,
  type Forgery,
  forge,
  hmac,
  privateKey,
  x509,
} from '../unit/xml/signature-kit.js';

export const ENVELOPED = `${DS}enveloped-signature`;
export const XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
export const XSLT = 'http://www.w3.org/TR/1999/REC-xslt-19991116';
export const FILTER2 = 'http://www.w3.org/2002/06/xmldsig-filter2';
export const EC11 = 'http://www.w3.org/2009/xmldsig11#';
export const HEADER: ForgedReference = { uri: '#header', target: 'header' };
export const SECRET = 'secret';

export interface Vector {
  readonly name: string;
  readonly text: () => string;
  /** Class and first reason, or the code of a refusal before any signature is looked at. */
  readonly expected: string;
  readonly trust?: Partial<SignatureTrust>;
}

export function vector(
  name: string,
  expected: string,
  forgery: Forgery | (() => string),
  trust: Partial<SignatureTrust> = {},
): Vector {
  const text = typeof forgery === 'function' ? forgery : () => forge(forgery);
  return { name, expected, text, trust };
}

/** Signs what stands in an Object of the signature itself. */
export function enveloping(object: string, more: Forgery = {}): Forgery {
  const references = [{ uri: '#object', target: 'object' }];
  return { references, objects: `<Object Id="object">${object}</Object>`, ...more };
}

/** Signs something outside; the digest is that of the header, whatever stands there. */
export function external(uri: string, transforms: readonly string[] = [EXCLUSIVE]): Forgery {
  return { references: [{ uri, target: 'header', transforms }] };
}

export const truncated = (bits: number): Pick<Forgery, 'edit' | 'method' | 'value'> => ({
  method: `${DS}hmac-sha1`,
  value: hmac(SECRET),
  edit: (info) =>
    info.replace(
      /(<SignatureMethod[^>]*)\/>/,
      `$1><HMACOutputLength>${bits}</HMACOutputLength></SignatureMethod>`,
    ),
});
export const registered = { registered: [certificate('sender-ec')] };
export const rsa = (hash: string, pss = false): Pick<Forgery, 'value' | 'keyInfo'> => ({
  keyInfo: x509('sender-rsa'),
  value: (data) =>
    sign(hash, data, {
      key: privateKey('sender-rsa'),
      ...(pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}),
    }),
});

export function bareEcKey(): string {
  const jwk = createPublicKey(privateKey('sender-ec')).export({ format: 'jwk' });
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(jwk.x ?? '', 'base64url'),
    Buffer.from(jwk.y ?? '', 'base64url'),
  ]);
  return (
    `<KeyValue><ECKeyValue xmlns="${EC11}"><NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/>` +
    `<PublicKey>${point.toString('base64')}</PublicKey></ECKeyValue></KeyValue>`
  );
}

export const step = (info: string, from: string, to: string): string => {
  if (!info.includes(from)) throw new Error(`there is no ${from}`);
  return info.replace(from, () => to);
};

export const MANIFEST =
  '<Manifest><Reference URI="http://127.0.0.1:9/x"><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>' +
  '<DigestValue>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</DigestValue></Reference></Manifest>';
export const STYLE =
  '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/">' +
  `<xsl:value-of select="document('http://127.0.0.1:9/x')"/></xsl:template></xsl:stylesheet>`;
export const withStyle = (info: string): string =>
  step(info, `Algorithm="${XSLT}"/>`, `Algorithm="${XSLT}">${STYLE}</Transform>`);
