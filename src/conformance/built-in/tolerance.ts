/**
 * What the profile `field` takes though the schema does not: the rules of the contract by which a
 * fault becomes a warning. All that is not here is refused as the schema says.
 *
 * @module
 */

/** Left out, these are filled in for the check: `dialect.missing`. By path below the root. */
export const FILLED: ReadonlySet<string> = new Set([
  'From/OrganName',
  'To/OrganName',
  'PromulgationInfo/Place',
  'DocumentType',
  'DocumentType/Type',
  'DocumentType/TypeName',
  'SignerInfo',
  'SignerInfo/FullName',
  'OtherInfo/Priority',
  'ResponseFor/PromulgationDate',
  'TraceHeaderList',
  'TraceHeaderList/TraceHeader',
  'TraceHeader/OrganId',
  'TraceHeader/Timestamp',
  'Reference/ContentType',
  'Reference/AttachmentName',
  'Attachment/AttachmentName',
  'Attachment/ContentType',
]);

/** Names of other writers: `dialect.spelling`. By path of the element that is meant. */
export const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  'edXML/edXMLEnvelope': ['Envelope'],
  'edXMLEnvelope/edXMLHeader': ['Header'],
  'edXMLEnvelope/edXMLBody': ['Body'],
  'edXMLBody/edXMLManifest': ['Manifest'],
  'From/OrganizationInCharge': ['OrganInCharge'],
  'To/OrganizationInCharge': ['OrganInCharge'],
  'From/OrganName': ['OrganizationName'],
  'To/OrganName': ['OrganizationName'],
  'From/OrganAdd': ['OrganAddress'],
  'To/OrganAdd': ['OrganAddress'],
  'PromulgationInfo/PromulgationDate': ['Date'],
  'SignerInfo/Position': ['Function'],
  'MessageHeader/SignerInfo': ['Author'],
  'OtherInfo/Appendixes': ['Appendices'],
  'TraceHeaderList/Bussiness': ['Business'],
  'Bussiness/BussinessDocType': ['BusinessDocType'],
  'Bussiness/BussinessDocReason': ['BusinessDocReason'],
  'Bussiness/BussinessDocumentInfo': ['BusinessDocumentInfo'],
  'Attachment/ContentTransferEncoded': ['ContentTransferEncoding'],
};

/** Longer than the schema allows, up to ten times, is taken with `dialect.length`; but for these keys. */
export const HARD_LIMITS: ReadonlySet<string> = new Set(['DocumentId']);

/** By the last two names of a path. */
export function isFilled(path: readonly string[]): boolean {
  return FILLED.has(path.slice(-2).join('/')) || FILLED.has(path.at(-1) ?? '');
}

export function spellingsOf(path: readonly string[]): readonly string[] {
  return SPELLINGS[path.slice(-2).join('/')] ?? [];
}
