/**
 * Names of WS-Security (OASIS WSS SOAP Message Security 1.1, UsernameToken and X.509 token profiles) and
 * of WS-Addressing (W3C 1.0 and the member submission of August 2004, which WCF and CXF also write).
 *
 * @module
 */
const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';

export const WSSE = `${OASIS}wssecurity-secext-1.0.xsd`;
export const WSU = `${OASIS}wssecurity-utility-1.0.xsd`;
export const WSSE11 = 'http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd';

export const PASSWORD_TEXT = `${OASIS}username-token-profile-1.0#PasswordText`;
export const PASSWORD_DIGEST = `${OASIS}username-token-profile-1.0#PasswordDigest`;

export const BASE64_BINARY = `${OASIS}soap-message-security-1.0#Base64Binary`;
export const X509_V3 = `${OASIS}x509-token-profile-1.0#X509v3`;
export const X509_KEY_ID = `${OASIS}x509-token-profile-1.0#X509SubjectKeyIdentifier`;
export const THUMBPRINT_SHA1 =
  'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1';

const WSA = 'http://www.w3.org/2005/08/addressing';
const WSA_2004 = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';

const ADDRESSING: ReadonlySet<string> = new Set([WSA, WSA_2004]);

const ADDRESSING_HEADERS: ReadonlySet<string> = new Set([
  'To',
  'Action',
  'MessageID',
  'ReplyTo',
  'From',
  'FaultTo',
  'RelatesTo',
]);

/** Addresses that send an answer nowhere but back over the connection it was asked on, or nowhere. */
export const ADDRESSES_HERE: ReadonlySet<string> = new Set([
  `${WSA}/anonymous`,
  `${WSA}/none`,
  `${WSA_2004}/role/anonymous`,
]);

/** Whether an element is called like a header of WS-Addressing; where it stands is not asked. */
export function isAddressing({ name, namespace }: Named): boolean {
  return ADDRESSING.has(namespace) && ADDRESSING_HEADERS.has(name);
}

interface Named {
  readonly name: string;
  readonly namespace: string;
}
