/**
 * Reads the answer of any gateway, as far as it can be read: MIME parts put back into the text, one scan,
 * one parse, the envelope and its fault. What cannot be read is told, never thrown.
 *
 * @module
 */
import { GatewayError, refuse } from '../model/issue.js';
import { readFault, type SoapFault } from '../soap/answer-reader.js';
import {
  type ContentType,
  parseContentType,
  SOAP_NAMESPACE,
  type SoapVersion,
} from '../soap/content-type.js';
import type { HttpResponse } from '../soap/exchange.js';
import { readMultipart } from '../soap/multipart.js';
import { parseXml } from '../xml/parse.js';
import { scanXml } from '../xml/scan.js';
import { childOf, type XmlDocument, type XmlElement } from '../xml/tree.js';

export interface ReadAnswer {
  readonly http: HttpResponse;
  readonly contentType: ContentType;
  /** Content type of the part that holds the envelope; the same as `contentType` when there are no parts. */
  readonly rootType: ContentType;
  /** Absent when the body is no XML that could be read. */
  readonly document?: XmlDocument;
  /** Why there is no document. */
  readonly unreadable?: string;
  /** Absent when the document is no SOAP envelope. */
  readonly version?: SoapVersion;
  /** The first child of Body. */
  readonly body?: XmlElement;
  readonly fault?: SoapFault;
  dispose(): void;
}

/** Of a longer answer the base64 of a package stays out of the tree, as in requests: XPath does not see it. */
const MAX_WHOLE_BYTES = 4 * 1024 * 1024;

export function readAnswer(http: HttpResponse): ReadAnswer {
  const contentType = parseContentType(http.headers.get('content-type'));
  const base = { http, contentType, rootType: contentType, dispose: () => undefined };
  if (http.truncated) return { ...base, unreadable: `longer than ${http.body.length} bytes` };
  try {
    const { text, rootType } = wholeText(http.body, contentType);
    const document = parseXml(scanXml(text, { cut: text.length > MAX_WHOLE_BYTES }));
    return {
      ...base,
      rootType,
      document,
      ...envelopeOf(document),
      dispose: () => document.dispose(),
    };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { ...base, unreadable: `${error.code}: ${error.message}` };
  }
}

function envelopeOf(document: XmlDocument): Pick<ReadAnswer, 'version' | 'body' | 'fault'> {
  const { root } = document;
  const version = root.name === 'Envelope' ? versionOf(root.namespace) : undefined;
  if (version === undefined) return {};
  const body = childOf(root, 'Body', root.namespace)?.children[0];
  if (body === undefined) return { version };
  const nothing = { parts: new Map(), attachments: [], carrier: 'inline', dispose() {} } as const;
  const fault = readFault({ ...nothing, version, document, header: undefined, body });
  return { version, body, ...(fault === undefined ? {} : { fault }) };
}

function versionOf(namespace: string): SoapVersion | undefined {
  if (namespace === SOAP_NAMESPACE['1.1']) return '1.1';
  return namespace === SOAP_NAMESPACE['1.2'] ? '1.2' : undefined;
}

const TWICE = 'a part is referred to more than once';
/** Bounded within: a tag with a thousand `href` would be gone through as often. */
const INCLUDE =
  /<(?:[\w.-]{1,100}:)?Include\b[^<>]{0,1000}?\bhref\s*=\s*["']cid:([^"'<>]{1,1000})["'][^<>]{0,1000}?(?:\/>|>\s*<\/(?:[\w.-]{1,100}:)?Include\s*>)/g;

/**
 * The envelope with what its parts hold put in its place (XOP 1.0 §3.2). All that is put there is no more
 * than the parts: an answer that names one part a thousand times would become a text of any size.
 * @throws GatewayError
 */
function wholeText(
  body: Buffer,
  contentType: ContentType,
): { text: Buffer; rootType: ContentType } {
  if (contentType.type !== 'multipart/related') return { text: body, rootType: contentType };
  const { root, parts } = readMultipart(body, contentType);
  let left = body.length;
  const text = root.content.toString('utf8').replace(INCLUDE, (whole, id: string) => {
    const part = parts.get(id) ?? parts.get(decoded(id));
    if (part === undefined) return whole;
    left -= part.content.length;
    if (left < 0) throw refuse('soap.multipart', { reason: TWICE });
    return part.content.toString('base64');
  });
  return { text: Buffer.from(text, 'utf8'), rootType: root.contentType };
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
