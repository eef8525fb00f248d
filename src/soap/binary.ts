/**
 * The bytes that an element of a request stands for, however the sender's stack carries them.
 *
 * In this order: XOP Include (MTOM), `href="cid:…"` on the element (Axis 1), the text `cid:…` (swaRef,
 * WS-I Attachments Profile 1.0), an empty element with exactly one attachment in the message (Axis
 * `addAttachment`), base64 text. Only `cid:` is followed, and only within the message.
 *
 * @module
 */
import { type GatewayError, refuse } from '../model/issue.js';
import { pathOf, type XmlElement } from '../xml/tree.js';
import type { SoapRequest } from './envelope.js';
import type { FilePart } from './multipart-part.js';

export const XOP_NAMESPACE = 'http://www.w3.org/2004/08/xop/include';
/** Longer than any Content-ID. */
const MAX_REFERENCE_CHARS = 1024;

function placeOf(element: XmlElement): { path: string; line: number } {
  return { path: pathOf(element), line: element.line };
}

function noPart(cid: string, element: XmlElement): GatewayError {
  return refuse('soap.part', { cid }, placeOf(element));
}

function notBase64(element: XmlElement): GatewayError {
  return refuse('soap.base64', { element: element.name }, placeOf(element));
}

function isBlank(text: string): boolean {
  return !/[^ \t\r\n]/.test(text);
}

/** @returns undefined when the escapes are broken */
function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The part a `cid:` URL names (RFC 2392). WCF escapes the id, others write it as it is. */
function partOf(request: SoapRequest, url: string, element: XmlElement): Buffer | FilePart {
  if (url.length > MAX_REFERENCE_CHARS || url.slice(0, 4).toLowerCase() !== 'cid:') {
    throw noPart(url, element);
  }
  const written = url.slice(4);
  const decoded = percentDecoded(written);
  const part =
    request.parts.get(written) ?? (decoded === undefined ? undefined : request.parts.get(decoded));
  if (part === undefined) throw noPart(written, element);
  return part.content ?? part;
}

function plainAttribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name && one.namespace === '')?.value;
}

/**
 * For requests whose whole body was in memory.
 * @returns the bytes; for a part a view on the body of the request.
 * @throws GatewayError `soap.part`, `soap.part-unclear`, `soap.base64`
 */
export function binaryContent(request: SoapRequest, element: XmlElement): Buffer {
  const source = sourceOf(request, element);
  if (!Buffer.isBuffer(source)) throw new Error('The part lies in a file: use loadContent');
  return source;
}

/**
 * For every request: a part that lies in a file is read now.
 * @throws GatewayError as binaryContent, and what the load of a part throws
 */
export async function loadContent(request: SoapRequest, element: XmlElement): Promise<Buffer> {
  const source = sourceOf(request, element);
  return Buffer.isBuffer(source) ? source : source.load();
}

function sourceOf(request: SoapRequest, element: XmlElement): Buffer | FilePart {
  const { children, cut } = element;
  const text = cut === undefined ? element.text : undefined;
  const [child] = children;
  if (child !== undefined) {
    const href = plainAttribute(child, 'href');
    const isInclude = child.name === 'Include' && child.namespace === XOP_NAMESPACE;
    if (!isInclude || children.length > 1 || text === undefined || !isBlank(text)) {
      throw notBase64(element);
    }
    if (href === undefined) throw noPart('', child);
    return partOf(request, href.trim(), child);
  }
  const href = plainAttribute(element, 'href');
  if (href !== undefined) {
    if (text === undefined || !isBlank(text)) throw notBase64(element);
    return partOf(request, href.trim(), element);
  }
  if (text !== undefined && isBlank(text)) {
    const [only, ...more] = request.attachments;
    if (only === undefined) return Buffer.alloc(0);
    if (more.length > 0) {
      const count = request.attachments.length;
      throw refuse('soap.part-unclear', { element: element.name, count }, placeOf(element));
    }
    return only.content ?? only;
  }
  if (text !== undefined && text.length <= MAX_REFERENCE_CHARS) {
    const reference = text.trim();
    if (/^cid:/i.test(reference)) return partOf(request, reference, element);
  }
  const bytes = request.document.base64(element);
  if (bytes === undefined) throw notBase64(element);
  return bytes;
}
