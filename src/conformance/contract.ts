/**
 * What the contract says of every answer, whatever a case expects: the shape of xsd/gateway, the SOAP
 * version and carrier of the request, UTC times, digests of the bytes, faults that carry their code in the
 * text and both languages in every issue.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { GATEWAY_NAMESPACE } from '../soap/fault-writer.js';
import { childOf, pathOf, type XmlDocument, type XmlElement } from '../xml/tree.js';
import type { ReadAnswer } from './answer.js';
import { headCode, tableEntry } from './codes.js';
import type { WrittenRequest } from './request.js';
import type { Difference } from './run-result.js';
import type { StepRequest } from './suite.js';

/** Of one answer; more would only be read by nobody. */
const MAX_DIFFERENCES = 20;
const MAX_TEXT_CHARS = 500;

export function contractDifferences(
  request: StepRequest,
  written: WrittenRequest,
  answer: ReadAnswer,
): Difference[] {
  if (!isOfContract(request)) return [];
  const { document, body, fault } = answer;
  if (document === undefined || body === undefined) {
    const isSilent = answer.http.status !== 200;
    return isSilent ? [] : [schema('/', 'a SOAP envelope', answer.unreadable ?? 'something else')];
  }
  const found = [...kindDifferences(request, answer)];
  if (fault !== undefined) found.push(...faultDifferences(document, body, answer));
  else if (request.kind === 'operation' && body.name !== `${request.operation}Response`) {
    found.push(schema(pathOf(body), `${request.operation}Response`, body.name));
  } else if (body.namespace === GATEWAY_NAMESPACE) {
    found.push(...shapeDifferences(document, body), ...valueDifferences(written, document, body));
  } else if (request.kind === 'operation') {
    found.push(schema(pathOf(body), `namespace ${GATEWAY_NAMESPACE}`, body.namespace));
  }
  return found.slice(0, MAX_DIFFERENCES);
}

/** Requests of other dialects, and what is no SOAP at all, are not held against the contract. */
function isOfContract(request: StepRequest): boolean {
  return request.kind === 'operation' || (request.method === 'POST' && request.path === '{{path}}');
}

function schema(place: string, expected: string, actual: string): Difference {
  return { what: 'schema', place, expected, actual: actual.slice(0, MAX_TEXT_CHARS) };
}

/** Version and carrier are those of the request; what a raw request has cannot be told for certain. */
function kindDifferences(request: StepRequest, answer: ReadAnswer): Difference[] {
  const { version, contentType, rootType } = answer;
  if (version === undefined) return [];
  const found: Difference[] = [];
  if (request.kind === 'operation' && version !== (request.soap ?? '1.1')) {
    found.push(schema('/Envelope', `SOAP ${request.soap ?? '1.1'}`, `SOAP ${version}`));
  }
  const media = version === '1.1' ? 'text/xml' : 'application/soap+xml';
  const isMtom = rootType.type === 'application/xop+xml';
  if (!isMtom && rootType.type !== media) {
    found.push(schema('Content-Type', media, contentType.type || '(none)'));
  }
  const mayMtom = request.kind === 'http' || request.carrier === 'mtom';
  if (contentType.type === 'multipart/related' && !mayMtom) {
    found.push(schema('Content-Type', media, 'multipart/related'));
  }
  return found;
}

function shapeDifferences(document: XmlDocument, element: XmlElement): Difference[] {
  return document
    .validate('gateway', element)
    .map((one) => schema(one.path, 'as in xsd/gateway/1/gateway.xsd', one.text));
}

function faultDifferences(
  document: XmlDocument,
  body: XmlElement,
  { fault, version }: ReadAnswer,
): Difference[] {
  if (fault === undefined) return [];
  const text = version === '1.1' ? 'faultstring' : 'Reason/Text';
  const found: Difference[] = [];
  const code = headCode(fault.text);
  if (code === undefined) {
    found.push(schema(`${pathOf(body)}/${text}`, 'CODE: text', fault.text));
  }
  const detail = childOf(body, version === '1.1' ? 'detail' : 'Detail');
  const own = childOf(detail, 'GatewayFault', GATEWAY_NAMESPACE);
  if (own === undefined || fault.gateway === undefined) {
    return [...found, schema(`${pathOf(body)}/detail`, 'GatewayFault', 'none')];
  }
  if (code !== undefined && code !== fault.gateway.code) {
    found.push(schema(`${pathOf(body)}/${text}`, fault.gateway.code, code));
  }
  const shape = shapeDifferences(document, own);
  return [...found, ...shape, ...own.children.flatMap(issueDifferences)];
}

/** Every issue speaks English and Vietnamese. */
function issueDifferences(one: XmlElement): Difference[] {
  if (one.name !== 'Issue') return [];
  return ['Text', 'TextVi'].flatMap((name) => {
    const text = childOf(one, name)?.text.trim();
    return text === '' ? [schema(`${pathOf(one)}/${name}`, 'a text', 'empty')] : [];
  });
}

const TIMES: ReadonlySet<string> = new Set([
  'ReceivedAt',
  'ConfirmedAt',
  'UpdatedAt',
  'ChangedAt',
  'Time',
  'Timestamp',
]);

function valueDifferences(
  written: WrittenRequest,
  document: XmlDocument,
  body: XmlElement,
): Difference[] {
  const found: Difference[] = [];
  const walk = (element: XmlElement): void => {
    const { name, children } = element;
    if (TIMES.has(name) && !element.text.trim().endsWith('Z')) {
      found.push(schema(pathOf(element), 'a time in UTC with Z', element.text));
    }
    for (const child of children) walk(child);
  };
  walk(body);
  const result = body.children[0];
  const bytes = written.package ?? contentOf(document, result);
  const digest = childOf(result, 'ContentDigest');
  const isOfBytes = body.name === 'SendPackageResponse' || body.name === 'GetPackageResponse';
  if (bytes !== undefined && digest !== undefined && isOfBytes) {
    const expected = createHash('sha256').update(bytes).digest('hex');
    if (digest.text.trim() !== expected) found.push(schema(pathOf(digest), expected, digest.text));
  }
  return found;
}

function contentOf(document: XmlDocument, result: XmlElement | undefined): Buffer | undefined {
  const element = childOf(result, 'Package');
  return element && document.base64(element);
}

/** HTTP statuses that a refusal may have when its code is not in our table. */
const REFUSAL_STATUSES = [500, 401, 404, 405, 413, 415, 503] as const;

/** A refusal is HTTP 500 but for the few codes that are HTTP answers of their own. */
export function refusalStatusDifference(
  request: StepRequest,
  answer: ReadAnswer,
): Difference | undefined {
  const { http, fault } = answer;
  if (!isOfContract(request) || fault === undefined) return undefined;
  const entry = tableEntry(fault.gateway?.code ?? headCode(fault.text) ?? '');
  const allowed: readonly number[] = entry === undefined ? REFUSAL_STATUSES : [entry.http ?? 500];
  if (allowed.includes(http.status)) return undefined;
  return { what: 'http', expected: allowed.join(', '), actual: String(http.status) };
}
