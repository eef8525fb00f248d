/**
 * Whether the body of a request follows the schema of its operation.
 *
 * Two operations carry something that is judged elsewhere, so for them the shape is checked here
 * instead of the schema: `Package` may be base64, an XOP Include, a swaRef or empty (see binary.ts),
 * none of which but the first is base64Binary; and the element in `SendDocument` may be a dialect of
 * edXML that only later becomes what the schema says. Both have exactly one child and nothing else,
 * and a test holds that against the schema.
 *
 * @module
 */
import { GatewayError, type Issue, issue, MAX_ISSUES } from '../model/issue.js';
import { pathOf, type XmlElement } from '../xml/tree.js';
import type { SoapRequest } from './envelope.js';
import { GATEWAY_NAMESPACE } from './fault-writer.js';
import type { Operation } from './operations.js';

interface OnlyChild {
  readonly name: string;
  /** undefined: any, since dialects differ in it. */
  readonly namespace: string | undefined;
}

/** By operation: the one child, whose content is not looked at. */
const ONLY_CHILD: ReadonlyMap<string, OnlyChild> = new Map([
  ['SendPackage', { name: 'Package', namespace: GATEWAY_NAMESPACE }],
  ['SendDocument', { name: 'edXML', namespace: undefined }],
]);

function isWanted(child: XmlElement, only: OnlyChild): boolean {
  if (only.namespace === undefined) return true;
  return child.name === only.name && child.namespace === only.namespace;
}

function shapeIssues(body: XmlElement, only: OnlyChild): Issue[] {
  const found: Issue[] = [];
  const expected = only.name;
  const wanted = body.children.filter((one) => isWanted(one, only));
  if (wanted.length === 0) {
    const place = { path: `${pathOf(body)}/${expected}`, line: body.line };
    found.push(issue('schema.missing', { element: expected, expected }, place));
  }
  for (const one of body.children) {
    if (one === wanted[0]) continue;
    if (found.length >= MAX_ISSUES) break;
    const place = { path: pathOf(one), line: one.line };
    const rest = wanted.length === 0 ? expected : `the end of ${body.name}`;
    found.push(issue('schema.unexpected', { element: one.name, expected: rest }, place));
  }
  if (/[^ \t\r\n]/.test(body.text)) {
    const place = { path: pathOf(body), line: body.line };
    const reason = 'text between elements';
    found.push(issue('schema.value', { element: body.name, reason }, place));
  }
  return found;
}

/** The faults as the XML core names them (`schema.*`), empty when there is none; at most MAX_ISSUES. */
export function requestIssues(request: SoapRequest, operation: Operation): Issue[] {
  const only = ONLY_CHILD.get(operation.name);
  const found =
    only === undefined
      ? request.document.validate('gateway', request.body)
      : shapeIssues(request.body, only);
  return found.slice(0, MAX_ISSUES);
}

function asRequestIssue(one: Issue): Issue {
  const { textVi } = issue('soap.request', { reason: one.textVi });
  return { ...issue('soap.request', { reason: one.text }, one), textVi };
}

/** @throws GatewayError `soap.request`, with one issue of that code for each fault in the body */
export function validateRequest(request: SoapRequest, operation: Operation): void {
  const [first, ...rest] = requestIssues(request, operation).map(asRequestIssue);
  if (first !== undefined) throw new GatewayError([first, ...rest]);
}
