/**
 * Names of WS-Security (OASIS WSS SOAP Message Security 1.1, UsernameToken and X.509 token profiles).
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
