/**
 * Writes the requests of steps: the nine operations of the contract as SOAP 1.1 or 1.2 envelopes, inline,
 * MTOM or SwA, and any other HTTP request as it stands.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SoapVersion } from '../soap/content-type.js';
import {
  answerContentType,
  newContentId,
  writeEnvelope,
  writeEnvelopeAround,
  xopInclude,
} from '../soap/envelope-writer.js';
import { GATEWAY_NAMESPACE } from '../soap/fault-writer.js';
import { escapeText } from '../soap/xml-text.js';
import { signPackage } from '../xml/sign.js';
import { BrokenCase } from './broken-case.js';
import type { Operation, OperationRequest, PackageSource, StepRequest, Suite } from './suite.js';
import type { Variables } from './variables.js';

/** Children of each request in the order of the contract; what has children of its own is nested. */
export const REQUEST_FIELDS: Readonly<Record<Operation, readonly string[]>> = {
  SendDocument: [],
  SendPackage: ['Package'],
  SendStatus: [
    'ResponseFor/OrganId',
    'ResponseFor/Code',
    'ResponseFor/DocumentId',
    'ResponseFor/PromulgationDate',
    'StatusCode',
    'Description',
    'Timestamp',
    'StaffInfo/Department',
    'StaffInfo/DepartmentId',
    'StaffInfo/Staff',
    'StaffInfo/StaffId',
    'StaffInfo/Email',
    'StaffInfo/Mobile',
  ],
  ListPending: ['MaxItems', 'After', 'Kind'],
  GetPackage: ['MessageId'],
  ConfirmReceived: ['MessageId', 'Outcome', 'Reason'],
  GetTraces: ['MessageId', 'DocumentId', 'Since', 'After', 'MaxItems'],
  GetOrganizations: ['ChangedSince', 'After', 'MaxItems'],
  Ping: ['Echo'],
};

/** A key and the certificate that fits it. */
export interface SigningPair {
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface RequestContext {
  readonly suite: Suite;
  readonly variables: Variables;
  /** SOAP endpoint of the gateway. */
  readonly target: string;
  /** Of the role of the step. */
  readonly signing?: SigningPair;
}

/** A request ready to be sent, without the caller's credentials. */
export interface WrittenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** The bytes of the package, when the step sends one. */
  readonly package?: Buffer;
  /** What is sent, or asked for, is another in every run. */
  readonly filled: boolean;
}

/** @throws BrokenCase when a file is missing, a variable unknown, or a package cannot be signed */
export function writeRequest(request: StepRequest, context: RequestContext): WrittenRequest {
  return request.kind === 'http'
    ? httpRequest(request, context)
    : operationRequest(request, context);
}

function fileOf(name: string, { suite, variables }: RequestContext) {
  const bytes = suite.file(name);
  if (bytes === undefined) {
    throw new BrokenCase(`there is no file ${name}`, `không có tệp ${name}`);
  }
  return variables.fillFile(name, bytes);
}

function httpRequest(
  request: Extract<StepRequest, { kind: 'http' }>,
  context: RequestContext,
): WrittenRequest {
  const { variables, target } = context;
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    variables.fill(value),
  ]);
  const body = request.body === undefined ? undefined : fileOf(request.body, context);
  return {
    method: request.method,
    url: addressOf(target, variables.fill(request.path)),
    headers: Object.fromEntries(headers),
    ...(body === undefined ? {} : { body: body.bytes }),
    filled: body?.filled === true,
  };
}

/**
 * The path may come from a stranger's suite or from an earlier answer: whatever it is, the sign-in goes to
 * the gateway that the tester named, and to nobody else.
 * @throws BrokenCase
 */
function addressOf(target: string, path: string): string {
  const { origin } = new URL(target);
  const url = origin + path;
  if (path.startsWith('/') && URL.canParse(url) && new URL(url).origin === origin) return url;
  const shown = path.slice(0, 100);
  throw new BrokenCase(
    `${shown} is no path of the gateway: it must begin with /`,
    `${shown} không phải đường dẫn của cổng: phải bắt đầu bằng /`,
  );
}

function operationRequest(request: OperationRequest, context: RequestContext): WrittenRequest {
  const { operation, soap = '1.1', carrier = 'inline' } = request;
  const source = request.package && packageOf(request.package, context);
  const fields = Object.entries(request.fields ?? {}).map(([name, value]): [string, string] => [
    name,
    context.variables.fill(value),
  ]);
  const { contentType, body } = CARRIERS[carrier](soap, operation, new Map(fields), source?.bytes);
  const action = `urn:edxgate:gateway:1/${operation}`;
  return {
    method: 'POST',
    url: context.target,
    headers:
      soap === '1.1'
        ? { 'content-type': contentType, soapaction: `"${action}"` }
        : { 'content-type': `${contentType}; action="${action}"` },
    body,
    ...(source === undefined ? {} : { package: source.bytes }),
    filled: source?.filled ?? true,
  };
}

/** @throws BrokenCase */
function packageOf(source: PackageSource, context: RequestContext) {
  const { bytes, filled } = fileOf(source.file, context);
  if (source.signature !== 'own') return { bytes, filled };
  const { signing } = context;
  if (signing === undefined) {
    throw new BrokenCase('there is no key to sign with', 'không có khóa để ký');
  }
  try {
    const signed = signPackage(
      bytes,
      createPrivateKey(signing.keyPem),
      new X509Certificate(signing.certificatePem),
      { references: ['MessageHeader', 'Bussiness', 'edXMLManifest', 'AttachmentEncoded'] },
    );
    return { bytes: signed, filled: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BrokenCase(
      `${source.file} cannot be signed: ${reason}`,
      `không ký được ${source.file}: ${reason}`,
    );
  }
}

// ---- bodies ---------------------------------------------------------------------------------------

interface Carried {
  readonly contentType: string;
  readonly body: Buffer;
}

type Write = (
  soap: SoapVersion,
  operation: Operation,
  fields: ReadonlyMap<string, string>,
  bytes: Buffer | undefined,
) => Carried;

const CARRIERS: Readonly<Record<'inline' | 'mtom' | 'swa', Write>> = {
  inline: (soap, operation, fields, bytes) => ({
    contentType: answerContentType(soap),
    body: inlineBody(soap, operation, fields, bytes),
  }),
  mtom: (soap, operation, fields, bytes) =>
    withPart(soap, operation, fields, bytes, 'application/xop+xml', xopInclude),
  swa: (soap, operation, fields, bytes) =>
    withPart(soap, operation, fields, bytes, mediaType(soap), (id) => `cid:${id}`),
};

function mediaType(soap: SoapVersion): string {
  return soap === '1.1' ? 'text/xml' : 'application/soap+xml';
}

function inlineBody(
  soap: SoapVersion,
  operation: Operation,
  fields: ReadonlyMap<string, string>,
  bytes: Buffer | undefined,
): Buffer {
  if (bytes === undefined || operation === 'SendDocument') {
    return writeEnvelope(soap, bodyXml(operation, fields, bytes && inlineDocument(bytes)));
  }
  const mark = '\u0000package\u0000';
  const [before = '', after = ''] = bodyXml(operation, fields, mark).split(mark);
  return writeEnvelopeAround(soap, before, bytes, after);
}

/** The root element as it stands, without what may only stand before it. */
function inlineDocument(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF?\s*(?:<\?xml[^>]*\?>)?\s*/, '');
}

/** @param content what stands in `Package`, or the document itself */
function bodyXml(
  operation: Operation,
  fields: ReadonlyMap<string, string>,
  content: string | undefined,
): string {
  let xml = operation === 'SendDocument' ? (content ?? '') : '';
  let open = '';
  for (const path of fieldOrder(operation, fields)) {
    const [name = '', nested] = path.split('/');
    const group = nested === undefined ? '' : name;
    if (open !== group)
      xml += `${open === '' ? '' : `</${open}>`}${group === '' ? '' : `<${group}>`}`;
    open = group;
    const value = fields.get(path);
    const own = path === 'Package' && content !== undefined ? content : undefined;
    if (own === undefined && value === undefined) continue;
    const element = nested ?? name;
    xml += `<${element}>${own ?? escapeText(value ?? '')}</${element}>`;
  }
  if (open !== '') xml += `</${open}>`;
  return `<${operation} xmlns="${GATEWAY_NAMESPACE}">${xml}</${operation}>`;
}

/** Fields that are given, in the order of the contract; those that it does not know come last. */
function fieldOrder(operation: Operation, fields: ReadonlyMap<string, string>): string[] {
  const known = REQUEST_FIELDS[operation];
  return [
    ...known.filter((path) => fields.has(path) || path === 'Package'),
    ...[...fields.keys()].filter((path) => !known.includes(path)),
  ];
}

function withPart(
  soap: SoapVersion,
  operation: Operation,
  fields: ReadonlyMap<string, string>,
  bytes: Buffer | undefined,
  type: string,
  reference: (contentId: string) => string,
): Carried {
  if (operation === 'SendDocument' || bytes === undefined) {
    const whole = writeEnvelope(soap, bodyXml(operation, fields, bytes && inlineDocument(bytes)));
    return multipart(soap, type, whole, undefined);
  }
  const contentId = newContentId();
  const whole = writeEnvelope(soap, bodyXml(operation, fields, reference(contentId)));
  return multipart(soap, type, whole, { contentId, content: bytes });
}

function multipart(
  soap: SoapVersion,
  type: string,
  root: Buffer,
  part: { readonly contentId: string; readonly content: Buffer } | undefined,
): Carried {
  const boundary = `edxgate-${newContentId().split('@')[0]}`;
  const rootId = newContentId();
  const media = mediaType(soap);
  const isXop = type === 'application/xop+xml';
  const rootType = isXop ? `${type}; charset=UTF-8; type="${media}"` : `${media}; charset=UTF-8`;
  const head = (contentType: string, id: string) =>
    `--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Transfer-Encoding: binary\r\n` +
    `Content-ID: <${id}>\r\n\r\n`;
  const pieces = [Buffer.from(head(rootType, rootId)), root];
  if (part !== undefined) {
    pieces.push(
      Buffer.from(`\r\n${head('application/octet-stream', part.contentId)}`),
      part.content,
    );
  }
  pieces.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  const startInfo = isXop ? `; start-info="${media}"` : '';
  return {
    contentType: `multipart/related; type="${type}"; start="<${rootId}>"${startInfo}; boundary="${boundary}"`,
    body: Buffer.concat(pieces),
  };
}
