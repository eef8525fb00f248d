/**
 * The result of each operation as plain objects, and how it is written: element names and order of
 * xsd/gateway/1/gateway.xsd. Times are ISO 8601 in UTC with `Z`; digests are SHA-256 in lower-case hex.
 *
 * @module
 */
import type { DeliveryState } from '../model/delivery-state.js';
import type { PackageKind } from '../model/edxml.js';
import type { Issue } from '../model/issue.js';
import type { SignatureClass } from '../model/signature.js';
import type { StatusCode } from '../model/status-code.js';
import { xopInclude } from './envelope-writer.js';
import { GATEWAY_NAMESPACE, issueXml } from './fault-writer.js';
import { element, optional, wrap } from './xml-text.js';

export type SendOperation = 'SendDocument' | 'SendPackage' | 'SendStatus';

export interface SendResult {
  readonly messageId: string;
  readonly documentId: string;
  readonly receivedAt: string;
  readonly duplicate: boolean;
  readonly contentDigest: string;
  readonly signatureClass: SignatureClass;
  readonly deliveries: readonly { readonly organId: string; readonly state: DeliveryState }[];
  readonly warnings: readonly Issue[];
  /** The bytes of the signed XML. */
  readonly receipt: Uint8Array;
}

export interface PendingItem {
  readonly messageId: string;
  readonly kind: PackageKind;
  readonly documentId: string;
  readonly fromOrganId: string;
  readonly subject?: string | undefined;
  /** 0 to 3. */
  readonly bussinessDocType?: string | undefined;
  /** 0 to 4. */
  readonly priority?: number | undefined;
  readonly receivedAt: string;
  readonly sizeBytes: number;
  readonly contentDigest: string;
}

export interface PendingPage {
  readonly items: readonly PendingItem[];
  /** Absent on the last page. */
  readonly next?: string | undefined;
}

export interface PackageContent {
  readonly messageId: string;
  readonly kind: PackageKind;
  readonly contentDigest: string;
  readonly signatureClass: SignatureClass;
  /** The exact bytes, or the Content-ID of the MIME part that holds them (see mtomAnswer). */
  readonly package: Uint8Array | { readonly contentId: string };
}

export type Outcome = 'done' | 'fail';

export interface Confirmation {
  readonly messageId: string;
  readonly outcome: Outcome;
  readonly confirmedAt: string;
}

/** One status notice about a document. */
export interface TraceStatus {
  readonly statusCode: StatusCode;
  readonly fromOrganId: string;
  readonly timestamp: string;
  readonly description?: string | undefined;
}

export interface Trace {
  readonly messageId: string;
  readonly documentId: string;
  readonly toOrganId: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastCode?: string | undefined;
  readonly updatedAt: string;
  readonly statuses: readonly TraceStatus[];
  /** Signed XML. */
  readonly certificate?: Uint8Array | undefined;
}

export interface TracePage {
  readonly traces: readonly Trace[];
  readonly next?: string | undefined;
}

export interface DirectoryOrganization {
  readonly organId: string;
  readonly oldOrganId?: string | undefined;
  readonly organName: string;
  readonly organizationInCharge?: string | undefined;
  readonly email?: string | undefined;
  readonly active: boolean;
  readonly changedAt: string;
}

export interface OrganizationPage {
  readonly organizations: readonly DirectoryOrganization[];
  readonly next?: string | undefined;
}

export interface Pong {
  readonly echo?: string | undefined;
  readonly time: string;
  readonly version: string;
  /** Of the caller. */
  readonly organId: string;
}

/** `<XResponse xmlns="urn:edxgate:gateway:1"><Result>…</Result></XResponse>` */
function response(operation: string, result: string, xml: string): string {
  return `<${operation}Response xmlns="${GATEWAY_NAMESPACE}">${wrap(result, xml)}</${operation}Response>`;
}

/** The same memory as a Buffer. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function sendResult(operation: SendOperation, result: SendResult): string {
  return response(
    operation,
    'SendResult',
    element('MessageId', result.messageId) +
      element('DocumentId', result.documentId) +
      element('ReceivedAt', result.receivedAt) +
      element('Duplicate', result.duplicate) +
      element('ContentDigest', result.contentDigest) +
      element('SignatureClass', result.signatureClass) +
      result.deliveries
        .map((one) =>
          wrap('Delivery', element('OrganId', one.organId) + element('State', one.state)),
        )
        .join('') +
      result.warnings.map((one) => issueXml('Warning', one)).join('') +
      wrap('Receipt', viewOf(result.receipt).toString('base64')),
  );
}

export function pendingPage(page: PendingPage): string {
  const items = page.items.map((one) =>
    wrap(
      'Item',
      element('MessageId', one.messageId) +
        element('Kind', one.kind) +
        element('DocumentId', one.documentId) +
        element('FromOrganId', one.fromOrganId) +
        optional('Subject', one.subject) +
        optional('BussinessDocType', one.bussinessDocType) +
        optional('Priority', one.priority) +
        element('ReceivedAt', one.receivedAt) +
        element('SizeBytes', one.sizeBytes) +
        element('ContentDigest', one.contentDigest),
    ),
  );
  return response('ListPending', 'PendingPage', items.join('') + optional('Next', page.next));
}

export function packageContent(result: PackageContent): string {
  const content = result.package;
  const inner =
    'contentId' in content ? xopInclude(content.contentId) : viewOf(content).toString('base64');
  const { before, after } = packageContentAround(result);
  return before + inner + after;
}

/** What stands before and after the content, for `writeEnvelopeAround`: it needs no string of the content. */
export function packageContentAround(result: Omit<PackageContent, 'package'>): {
  readonly before: string;
  readonly after: string;
} {
  const facts =
    element('MessageId', result.messageId) +
    element('Kind', result.kind) +
    element('ContentDigest', result.contentDigest) +
    element('SignatureClass', result.signatureClass);
  const mark = '<Package>';
  const whole = response('GetPackage', 'PackageContent', `${facts}${mark}</Package>`);
  const at = whole.lastIndexOf(mark) + mark.length;
  return { before: whole.slice(0, at), after: whole.slice(at) };
}

export function confirmation(result: Confirmation): string {
  return response(
    'ConfirmReceived',
    'Confirmation',
    element('MessageId', result.messageId) +
      element('Outcome', result.outcome) +
      element('ConfirmedAt', result.confirmedAt),
  );
}

function traceStatus(one: TraceStatus): string {
  return wrap(
    'Status',
    element('StatusCode', one.statusCode) +
      element('FromOrganId', one.fromOrganId) +
      element('Timestamp', one.timestamp) +
      optional('Description', one.description),
  );
}

export function tracePage(page: TracePage): string {
  const traces = page.traces.map((one) =>
    wrap(
      'Trace',
      element('MessageId', one.messageId) +
        element('DocumentId', one.documentId) +
        element('ToOrganId', one.toOrganId) +
        element('State', one.state) +
        element('Attempts', one.attempts) +
        optional('LastCode', one.lastCode) +
        element('UpdatedAt', one.updatedAt) +
        one.statuses.map(traceStatus).join('') +
        optional('Certificate', one.certificate && viewOf(one.certificate).toString('base64')),
    ),
  );
  return response('GetTraces', 'TracePage', traces.join('') + optional('Next', page.next));
}

export function organizationPage(page: OrganizationPage): string {
  const organizations = page.organizations.map((one) =>
    wrap(
      'Organization',
      element('OrganId', one.organId) +
        optional('OldOrganId', one.oldOrganId) +
        element('OrganName', one.organName) +
        optional('OrganizationInCharge', one.organizationInCharge) +
        optional('Email', one.email) +
        element('Active', one.active) +
        element('ChangedAt', one.changedAt),
    ),
  );
  return response(
    'GetOrganizations',
    'OrganizationPage',
    organizations.join('') + optional('Next', page.next),
  );
}

export function pong(result: Pong): string {
  return response(
    'Ping',
    'Pong',
    optional('Echo', result.echo) +
      element('Time', result.time) +
      element('Version', result.version) +
      element('OrganId', result.organId),
  );
}
