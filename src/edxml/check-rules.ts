/**
 * Rules that a schema cannot express. They look at the tree even when the schema check failed, so that
 * a sender hears of all faults at once; an element whose value the schema refused is passed over.
 *
 * Source: QCVN 102:2016, SDK samples; QĐ 28/2018/QĐ-TTg; NĐ 30/2020/NĐ-CP.
 *
 * @module
 */
import { vietnamTime } from '../clock.js';
import { type BusinessType, businessTypeOf } from '../model/business-type.js';
import type { PeerProfile } from '../model/edxml.js';
import type { ErrorCode } from '../model/error-table.js';
import type { Values } from '../model/issue.js';
import { parseOrganId } from '../model/organ-id.js';
import { parseStatusCode, STATUS_CODES } from '../model/status-code.js';
import { pathOf } from '../xml/tree.js';
import type { Findings } from './findings.js';
import { type EdxmlNode, nodeAt, nodeOf, nodesOf, textOf } from './node.js';
import { isNoOrganId } from './read.js';
import { dayExists, instantOf, isDate, isTime } from './times.js';

export interface RuleContext {
  readonly profile: PeerProfile;
  readonly findings: Findings;
  /** Paths that the schema check named. */
  readonly named: ReadonlySet<string>;
  /** Milliseconds since 1970; without it nothing lies in the future. */
  readonly now: number | undefined;
}

/** How far clocks of other systems may be ahead, in milliseconds. */
const CLOCK_TOLERANCE = 10 * 60_000;

export function checkDocument(root: EdxmlNode, context: RuleContext): void {
  checkValues(root, '', context);
  const header = nodeAt(root, 'edXMLEnvelope', 'edXMLHeader');
  const message = nodeOf(header, 'MessageHeader');
  checkTexts(message, context, ['DocumentId'], ['Code', 'CodeNumber'], ['Code', 'CodeNotation']);
  checkTexts(message, context, ['Subject']);
  checkRecipients(message, context);
  checkFuture(nodeAt(message, 'PromulgationInfo', 'PromulgationDate'), context);
  const traces = nodeOf(header, 'TraceHeaderList');
  for (const hop of nodesOf(traces, 'TraceHeader')) {
    const organId = nodeOf(hop, 'OrganId');
    if (organId?.value.toLowerCase() === 'null') {
      const values = { element: 'OrganId', read: 'null' };
      context.findings.add('dialect.missing', values, organId.origin);
    }
    checkFuture(nodeOf(hop, 'Timestamp'), context);
  }
  checkBusiness(root, nodeOf(traces, 'Bussiness'), context);
}

export function checkStatus(root: EdxmlNode, context: RuleContext): void {
  checkValues(root, '', context);
  const header = nodeAt(root, 'edXMLEnvelope', 'edXMLHeader');
  const status = nodeOf(header, 'MessageHeader') ?? nodeOf(header, 'Status');
  checkTexts(status, context, ['ResponseFor', 'Code']);
  const node = nodeOf(status, 'StatusCode');
  const code = parseStatusCode(node?.value ?? '');
  if (node !== undefined && code !== undefined && STATUS_CODES[code].needsReason) {
    if (textOf(status, 'Description') === undefined) {
      context.findings.add('status.no-reason', { value: code }, node.origin);
    }
  }
  checkFuture(nodeOf(status, 'Timestamp'), context);
}

/** Organ ids and days, wherever they stand. */
function checkValues(node: EdxmlNode, parent: string, context: RuleContext): void {
  const { member, value } = node;
  if (member !== undefined && 'leaf' in member.shape && !node.filled && value !== '') {
    const values = { element: node.name, value };
    const { type } = member.shape.leaf;
    if (type === 'organ-id') {
      const isId = parseOrganId(value) !== undefined;
      if (!isId || (isNoOrganId(value) && parent !== 'TraceHeader')) {
        addUnlessNamed('document.organ-id', values, node, context);
      }
    }
    const isDay = (type === 'date' && isDate(value)) || (type === 'time' && isTime(value));
    if (isDay && !dayExists(value)) addUnlessNamed('document.date', values, node, context);
  }
  for (const child of node.children) checkValues(child, node.name, context);
}

function addUnlessNamed(
  code: ErrorCode,
  values: Values,
  node: EdxmlNode,
  { findings, named }: RuleContext,
): void {
  if (findings.isFull(code) || named.has(pathOf(node.origin))) return;
  findings.add(code, values, node.origin);
}

/** Texts that the schema lets be empty or blank, but that name the document. */
function checkTexts(
  message: EdxmlNode | undefined,
  context: RuleContext,
  ...paths: readonly string[][]
): void {
  for (const names of paths) {
    const node = nodeAt(message, ...names);
    if (node === undefined || node.value !== '') continue;
    addUnlessNamed('schema.value', { element: node.name, reason: 'it is empty' }, node, context);
  }
}

function checkRecipients(message: EdxmlNode | undefined, { findings }: RuleContext): void {
  const seen = new Set<string>();
  for (const to of nodesOf(message, 'To')) {
    const organId = nodeOf(to, 'OrganId');
    if (organId === undefined || organId.value === '') continue;
    if (seen.has(organId.value)) {
      findings.add('recipient.repeated', { value: organId.value }, organId.origin);
    }
    seen.add(organId.value);
  }
}

function checkFuture(node: EdxmlNode | undefined, { findings, now }: RuleContext): void {
  if (node === undefined || now === undefined) return;
  const { name, value, origin } = node;
  const isAhead = isDate(value)
    ? dayExists(value) && value > vietnamTime(now + CLOCK_TOLERANCE).slice(0, 10)
    : isTime(value) && dayExists(value) && instantOf(value) > now + CLOCK_TOLERANCE;
  if (isAhead) findings.add('document.future', { element: name, value }, origin);
}

/** What each business type needs. Source: edXML code list of `BussinessDocType`. */
function checkBusiness(
  root: EdxmlNode,
  business: EdxmlNode | undefined,
  context: RuleContext,
): void {
  const { findings, profile } = context;
  const type = businessTypeOf(textOf(business, 'BussinessDocType') ?? '0');
  if (type === undefined) return;
  if (type === 'new' || business === undefined) {
    const attachments = nodesOf(nodeOf(root, 'AttachmentEncoded'), 'Attachment');
    if (attachments.length === 0) findings.add('document.attachments', {}, root.origin);
    return;
  }
  if (textOf(business, 'BussinessDocReason') === undefined) {
    const element = 'BussinessDocReason';
    if (profile === 'field') {
      findings.add('dialect.missing', { element, read: '' }, business.origin);
    } else {
      needs(type, element, business, context);
    }
  }
  if (type === 'update') checkUpdate(business, context);
  if (type === 'replace' && nodeOf(business, 'ReplacementInfoList') === undefined) {
    needs(type, 'ReplacementInfoList', business, context);
  }
}

function checkUpdate(business: EdxmlNode, context: RuleContext): void {
  const info = nodeOf(business, 'BussinessDocumentInfo');
  if (info === undefined) {
    needs('update', 'BussinessDocumentInfo', business, context);
  } else if (
    textOf(info, 'DocumentReceiver') === '1' &&
    nodesOf(nodeOf(info, 'ReceiverList'), 'Receiver').length === 0
  ) {
    needs('update', 'ReceiverList', info, context);
  }
}

function needs(type: BusinessType, element: string, at: EdxmlNode, context: RuleContext): void {
  context.findings.add('document.business-part', { type, element }, at.origin);
}
