/**
 * What the written requests of SOAP have in common: header fields, parts, expected refusals.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import { envelope, type MimePart, multipart, operation, PING, refusal } from './http-kit.js';
import { NEW_DOCUMENT } from './parts.js';

export const ping = envelope(PING);

export const typed = (contentType: string, more: Record<string, string> = {}) => ({
  'content-type': contentType,
  ...more,
});

export const raw = (text: string) => ({ body: text });

export const notSoap = refusal('soap.not-soap');

export const PACKAGE = writeXml(NEW_DOCUMENT);

export const RELATED = 'multipart/related; boundary=b; type="text/xml"; start="<root>"';

export const XOP =
  'multipart/related; boundary=b; type="application/xop+xml"; start="<root>"; start-info="text/xml"';

export const include = (href: string) =>
  `<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="${href}"/>`;

export const sending = (content: string) =>
  envelope(operation('SendPackage', `<Package>${content}</Package>`));

export const root = (content: string, ...headers: string[]): MimePart => ({
  headers: ['Content-Type: text/xml; charset=UTF-8', 'Content-ID: <root>', ...headers],
  content,
});

export const xopRoot = (content: string): MimePart => ({
  headers: ['Content-Type: application/xop+xml; type="text/xml"', 'Content-ID: <root>'],
  content,
});

export const file = (...headers: string[]): MimePart => ({
  headers: ['Content-Type: application/octet-stream', 'Content-ID: <p1>', ...headers],
  content: PACKAGE,
});

export const base64File: MimePart = {
  headers: ['Content-ID: <p1>', 'Content-Transfer-Encoding: base64'],
  content: Buffer.from('{').toString('base64'),
};

export const message = (parts: readonly MimePart[], contentType = RELATED) => ({
  headers: typed(contentType),
  body: multipart(parts),
});

export const badParts = refusal('soap.multipart');

export const badPart = refusal('soap.part');

export const noXml = refusal('xml.malformed');
