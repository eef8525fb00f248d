/**
 * Reading an envelope: MIME parts, one scan, one parse, and the shape both SOAP versions share
 * (SOAP 1.1 §4, SOAP 1.2 part 1 §5, WS-I BP 1.1 R9981 and R1011).
 *
 * The version is that of the envelope's namespace, whatever the content type says. What the body asks
 * for is decided by its first element; SOAPAction is never read.
 *
 * @module
 */
import { ERRORS } from '../model/error-table.js';
import { GatewayError, type Issue, issue, MAX_ISSUES, refuse } from '../model/issue.js';
import { parseXml } from '../xml/parse.js';
import { scanXml } from '../xml/scan.js';
import { pathOf, type XmlDocument, type XmlElement } from '../xml/tree.js';
import {
  assertRootContentType,
  assertSoapContentType,
  type ContentType,
  SOAP_NAMESPACE,
  type SoapVersion,
  saysMtom,
  XOP_TYPE,
} from './content-type.js';
import { readMultipart } from './multipart.js';
import type { FilePart, MimePart, Multipart } from './multipart-part.js';
import { understoodAddressing } from './ws-addressing.js';

/** How the bytes of a request travel: `mtom` also for one whose only part is the envelope. */
export type Carrier = 'inline' | 'mtom' | 'swa';

export interface SoapRequest {
  readonly version: SoapVersion;
  readonly document: XmlDocument;
  readonly header: XmlElement | undefined;
  /** The one child of Body. */
  readonly body: XmlElement;
  /** All parts but the envelope's, by Content-ID. In memory when the whole body was. */
  readonly parts: ReadonlyMap<string, MimePart | FilePart>;
  /** The same and those without a Content-ID, in their order. */
  readonly attachments: readonly (MimePart | FilePart)[];
  readonly carrier: Carrier;
  /** Frees the tree; parts are plain memory. */
  dispose(): void;
}

type Carried = Pick<SoapRequest, 'parts' | 'attachments' | 'carrier'> & { readonly bytes: Buffer };

function unpack(body: Buffer, contentType: ContentType): Carried {
  assertSoapContentType(contentType);
  if (body.length === 0) throw refuse('soap.empty');
  if (contentType.type !== 'multipart/related') {
    return { bytes: body, parts: new Map(), attachments: [], carrier: 'inline' };
  }
  return carriedIn(readMultipart(body, contentType), contentType);
}

function carriedIn(
  { root, parts, attachments }: Multipart<MimePart | FilePart>,
  contentType: ContentType,
): Carried {
  assertRootContentType(root.contentType);
  if (root.content.length === 0) throw refuse('soap.empty');
  const isMtom = root.contentType.type === XOP_TYPE || saysMtom(contentType);
  return { bytes: root.content, parts, attachments, carrier: isMtom ? 'mtom' : 'swa' };
}

/** What the XML core says of a package, said of a request. */
function asRequestIssue(one: Issue): Issue {
  if (one.code !== 'xml.malformed' && one.code !== 'package.compressed') return one;
  const { text, textVi } = ERRORS[one.code];
  const reason = bareReason(one.text, text);
  const { textVi: ours } = issue('soap.not-xml', { reason: bareReason(one.textVi, textVi) });
  return { ...issue('soap.not-xml', { reason }, one), textVi: ours };
}

/** The reason alone, out of a text that was filled into `…: {reason}`. */
function bareReason(filled: string, template: string): string {
  const fixed = template.indexOf('{reason}');
  return fixed > 0 && filled.startsWith(template.slice(0, fixed)) ? filled.slice(fixed) : filled;
}

function parse(bytes: Buffer): XmlDocument {
  try {
    return parseXml(scanXml(bytes));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const [first, ...rest] = error.issues.map(asRequestIssue);
    throw first === undefined ? error : new GatewayError([first, ...rest]);
  }
}

function notSoap(reason: string, at: XmlElement): GatewayError {
  return refuse('soap.not-soap', { reason }, { path: pathOf(at), line: at.line });
}

function isBlank(text: string): boolean {
  return !/[^ \t\r\n]/.test(text);
}

function versionOf(root: XmlElement): SoapVersion {
  if (root.name !== 'Envelope') throw notSoap(`the root element is ${root.name}`, root);
  if (root.namespace === SOAP_NAMESPACE['1.1']) return '1.1';
  if (root.namespace === SOAP_NAMESPACE['1.2']) return '1.2';
  throw refuse(
    'soap.version',
    { namespace: root.namespace || '(none)' },
    { path: '/Envelope', line: root.line },
  );
}

interface Shape {
  readonly header: XmlElement | undefined;
  readonly body: XmlElement;
}

/** Header?, Body with one child, nothing else. */
function shapeOf(root: XmlElement): Shape {
  const [first, ...rest] = root.children;
  const isOurs = (one: XmlElement | undefined, name: string) =>
    one?.name === name && one.namespace === root.namespace;
  const header = isOurs(first, 'Header') ? first : undefined;
  const body = header === undefined ? first : rest[0];
  const after = header === undefined ? rest : rest.slice(1);
  if (body === undefined || !isOurs(body, 'Body')) {
    throw notSoap(
      body === undefined ? 'there is no Body' : `${body.name} stands where Body is expected`,
      body ?? root,
    );
  }
  const [extra] = after;
  if (extra !== undefined) throw notSoap(`${extra.name} stands after Body`, extra);
  if (!isBlank(root.text)) throw notSoap('there is text in Envelope', root);
  if (!isBlank(body.text)) throw notSoap('there is text in Body', body);
  const [child] = body.children;
  if (child === undefined || body.children.length > 1) {
    throw notSoap(`Body has ${body.children.length} elements instead of one`, body);
  }
  return { header, body: child };
}

const ACTOR_NEXT = 'http://schemas.xmlsoap.org/soap/actor/next';
const ROLES: ReadonlySet<string> = new Set([
  `${SOAP_NAMESPACE['1.2']}/role/next`,
  `${SOAP_NAMESPACE['1.2']}/role/ultimateReceiver`,
]);

/** Whether a header block is meant for us (SOAP 1.1 §4.2.2, SOAP 1.2 part 1 §2.2). */
export function isForUs(block: XmlElement, version: SoapVersion): boolean {
  const name = version === '1.1' ? 'actor' : 'role';
  const target = soapAttribute(block, version, name);
  if (target === undefined || target === '') return true;
  return version === '1.1' ? target === ACTOR_NEXT : ROLES.has(target);
}

function soapAttribute(block: XmlElement, version: SoapVersion, name: string): string | undefined {
  return block.attributes
    .find((one) => one.name === name && one.namespace === SOAP_NAMESPACE[version])
    ?.value.trim();
}

/** Whether a header block is one that the reader understands. */
export type Understood = (block: XmlElement) => boolean;

/**
 * Every header that must be understood and is not is a fault, and all are named, up to a bound. Action
 * and To of WS-Addressing are understood as far as ws-addressing.ts says.
 * @throws GatewayError `soap.must-understand`
 */
export function assertUnderstood(
  { header, version }: Pick<SoapRequest, 'header' | 'version'>,
  understood: Understood,
): void {
  if (header === undefined) return;
  const issues: Issue[] = [];
  const isAddressed = understoodAddressing(header);
  for (const block of header.children) {
    if (issues.length >= MAX_ISSUES) break;
    const must = soapAttribute(block, version, 'mustUnderstand');
    if ((must !== '1' && must !== 'true') || !isForUs(block, version)) continue;
    if (understood(block) || isAddressed(block)) continue;
    const place = { path: pathOf(block), line: block.line };
    issues.push(issue('soap.must-understand', { element: block.name }, place));
  }
  const [first, ...rest] = issues;
  if (first !== undefined) throw new GatewayError([first, ...rest]);
}

/**
 * Reads one request. The result must be disposed; after a throw nothing is left to free.
 * @throws GatewayError `http.content-type`, `http.charset`, `soap.empty`, `soap.multipart`,
 *   `soap.not-xml`, `soap.not-soap`, `soap.version`, `soap.must-understand`, `soap.base64`,
 *   `attachment.base64`, `xml.*`
 * @param understood headers that the caller takes care of; by default none
 */
export function readEnvelope(
  body: Buffer,
  contentType: ContentType,
  understood?: Understood,
): SoapRequest {
  return readCarried(unpack(body, contentType), understood);
}

/** The same of a body whose parts were read while it came. */
export function readEnvelopeOf(
  multipart: Multipart<MimePart | FilePart>,
  contentType: ContentType,
  understood?: Understood,
): SoapRequest {
  return readCarried(carriedIn(multipart, contentType), understood);
}

function readCarried(
  { bytes, ...carried }: Carried,
  understood: Understood = () => false,
): SoapRequest {
  const document = parse(bytes);
  try {
    const version = versionOf(document.root);
    const shape = shapeOf(document.root);
    assertUnderstood({ header: shape.header, version }, understood);
    return {
      version,
      document,
      header: shape.header,
      body: shape.body,
      ...carried,
      dispose: () => document.dispose(),
    };
  } catch (error) {
    document.dispose();
    throw error;
  }
}
