/**
 * The frame of a written package, with exactly the prefixes that the SDK of the national axis writes:
 * the root and the attachments bare in the default namespace, everything else with `edXML:`. By the
 * rules of XML the prefixes mean nothing, but some receivers match them literally.
 *
 * @module
 */
import type { Organization, ResponseFor, StaffInfo } from '../model/edxml.js';
import { writeXml, type XmlOutput } from '../xml/write.js';
import { QCVN_NAMESPACE } from './names.js';

type Part = XmlOutput | undefined;

/** A prefixed element with children; absent parts are left out. */
export function element(
  name: string,
  children: readonly Part[],
  attributes: Readonly<Record<string, string>> = {},
): XmlOutput {
  return {
    name: `edXML:${name}`,
    attributes,
    children: children.filter((one) => one !== undefined),
  };
}

/** A prefixed element with a value; without a value there is no element, as the SDK does it. */
export function value(name: string, text: string | undefined): Part {
  return text === undefined || text === '' ? undefined : { name: `edXML:${name}`, text };
}

/** The same, but the schema demands the element: it is there even when empty. */
export function required(name: string, text: string | undefined): XmlOutput {
  return { name: `edXML:${name}`, text: text ?? '' };
}

export function organization(name: string, one: Organization): XmlOutput {
  return element(name, [
    value('OrganId', one.organId),
    value('OrganizationInCharge', one.organizationInCharge),
    required('OrganName', one.organName),
    value('OrganAdd', one.organAdd),
    value('Email', one.email),
    value('Telephone', one.telephone),
    value('Fax', one.fax),
    value('Website', one.website),
  ]);
}

export function responseFor(one: ResponseFor): XmlOutput {
  return element('ResponseFor', [
    value('OrganId', one.organId),
    required('Code', one.code),
    value('DocumentId', one.documentId),
    value('PromulgationDate', one.promulgationDate),
  ]);
}

export function staffInfo(staff: StaffInfo | undefined): Part {
  if (staff === undefined) return undefined;
  return element('StaffInfo', [
    value('Department', staff.department),
    value('Staff', staff.staff),
    value('Email', staff.email),
    value('Mobile', staff.mobile),
  ]);
}

/** The bytes of a package: UTF-8, without a byte order mark. */
export function packageBytes(envelope: readonly Part[], rest: readonly XmlOutput[] = []): Buffer {
  const frame = element('edXMLEnvelope', envelope, { 'xmlns:edXML': QCVN_NAMESPACE });
  const root = { name: 'edXML', attributes: { xmlns: QCVN_NAMESPACE }, children: [frame, ...rest] };
  return Buffer.from(writeXml(root), 'utf8');
}
