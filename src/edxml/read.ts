/**
 * From the tree that was checked to the model. Only called for packages without errors; what the
 * contract demands is there.
 *
 * @module
 */
import { businessTypeOf } from '../model/business-type.js';
import type {
  Attachment,
  Business,
  EdxmlDocument,
  Hop,
  Organization,
  ResponseFor,
  StaffInfo,
  StatusNotice,
} from '../model/edxml.js';
import { parseStatusCode } from '../model/status-code.js';
import { type EdxmlNode, nodeAt, nodeOf, nodesOf, textOf } from './node.js';
import { dayExists, isTime } from './times.js';

/** Property of the model ← element of the package. */
type Names<T> = { readonly [K in keyof T]?: string };

const ORGANIZATION: Names<Organization> = {
  organName: 'OrganName',
  organizationInCharge: 'OrganizationInCharge',
  organAdd: 'OrganAdd',
  email: 'Email',
  telephone: 'Telephone',
  fax: 'Fax',
  website: 'Website',
};
const STAFF: Names<StaffInfo> = {
  department: 'Department',
  staff: 'Staff',
  email: 'Email',
  mobile: 'Mobile',
};

/** The values that are there and not empty, under the names of the model. */
function texts<K extends string>(
  node: EdxmlNode | undefined,
  names: { readonly [P in K]?: string },
): { [P in K]?: string } {
  const found: { [P in K]?: string } = {};
  for (const key of Object.keys(names) as K[]) {
    const name = names[key];
    const value = name === undefined ? undefined : textOf(node, name);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

/** `null` is what some hubs write for an id they do not have. */
export function isNoOrganId(value: string): boolean {
  return value === '' || value.toLowerCase() === 'null';
}

export function readDocument(root: EdxmlNode, attachments: readonly Attachment[]): EdxmlDocument {
  const header = nodeAt(root, 'edXMLEnvelope', 'edXMLHeader');
  const message = nodeOf(header, 'MessageHeader');
  const traces = nodeOf(header, 'TraceHeaderList');
  return {
    kind: 'document',
    from: readOrganization(nodeOf(message, 'From')),
    to: nodesOf(message, 'To').map(readOrganization),
    documentId: textOf(message, 'DocumentId') ?? '',
    codeNumber: textOf(message, 'Code', 'CodeNumber') ?? '',
    codeNotation: textOf(message, 'Code', 'CodeNotation') ?? '',
    promulgationDate: textOf(message, 'PromulgationInfo', 'PromulgationDate') ?? '',
    ...texts(nodeOf(message, 'PromulgationInfo'), { place: 'Place' }),
    ...texts(nodeOf(message, 'DocumentType'), { typeCode: 'Type', typeName: 'TypeName' }),
    subject: textOf(message, 'Subject') ?? '',
    ...texts(message, { content: 'Content', dueDate: 'DueDate', steeringType: 'SteeringType' }),
    signer: texts(nodeOf(message, 'SignerInfo'), {
      competence: 'Competence',
      position: 'Position',
      fullName: 'FullName',
    }),
    priority: Number(textOf(message, 'OtherInfo', 'Priority') ?? '0'),
    responseFor: nodesOf(message, 'ResponseFor').map(readResponseFor),
    toPlaces: nodesOf(nodeOf(message, 'ToPlaces'), 'Place')
      .map((place) => place.value)
      .filter((place) => place !== ''),
    hops: nodesOf(traces, 'TraceHeader').flatMap(readHop),
    business: readBusiness(nodeOf(traces, 'Bussiness')),
    attachments,
  };
}

export function readStatus(root: EdxmlNode): StatusNotice {
  const header = nodeAt(root, 'edXMLEnvelope', 'edXMLHeader');
  const status = nodeOf(header, 'MessageHeader') ?? nodeOf(header, 'Status');
  const statusCode = parseStatusCode(textOf(status, 'StatusCode') ?? '');
  if (statusCode === undefined) throw new Error('a status without errors has a known code');
  return {
    kind: 'status',
    from: readOrganization(nodeOf(status, 'From')),
    responseFor: readResponseFor(nodeOf(status, 'ResponseFor')),
    ...readStaff(status),
    statusCode,
    ...texts(status, { description: 'Description' }),
    timestamp: textOf(status, 'Timestamp') ?? '',
  };
}

function readOrganization(node: EdxmlNode | undefined): Organization {
  return { organId: textOf(node, 'OrganId') ?? '', ...texts(node, ORGANIZATION) };
}

function readResponseFor(node: EdxmlNode | undefined): ResponseFor {
  return {
    organId: textOf(node, 'OrganId') ?? '',
    code: textOf(node, 'Code') ?? '',
    ...texts(node, { documentId: 'DocumentId', promulgationDate: 'PromulgationDate' }),
  };
}

function readStaff(parent: EdxmlNode | undefined): { staff?: StaffInfo } {
  const staff = texts(nodeOf(parent, 'StaffInfo'), STAFF);
  return Object.keys(staff).length === 0 ? {} : { staff };
}

/** A hop of which not even the time is known says nothing and is left out. */
function readHop(node: EdxmlNode): Hop[] {
  const timestamp = textOf(node, 'Timestamp');
  if (timestamp === undefined || !isTime(timestamp) || !dayExists(timestamp)) return [];
  const organId = textOf(node, 'OrganId');
  return [organId === undefined || isNoOrganId(organId) ? { timestamp } : { organId, timestamp }];
}

function readBusiness(node: EdxmlNode | undefined): Business {
  const type = businessTypeOf(textOf(node, 'BussinessDocType') ?? '0') ?? 'new';
  const paper = textOf(node, 'Paper');
  const info = nodeOf(node, 'BussinessDocumentInfo');
  return {
    type,
    ...texts(node, { documentId: 'DocumentId', reason: 'BussinessDocReason' }),
    ...(paper === undefined ? {} : { paper: paper === '1' }),
    ...(info === undefined ? {} : { info: readInfo(info) }),
    replacements: nodesOf(nodeOf(node, 'ReplacementInfoList'), 'ReplacementInfo').map((one) => ({
      documentId: textOf(one, 'DocumentId') ?? '',
      organIds: nodesOf(nodeOf(one, 'OrganIdList'), 'OrganId').map((id) => id.value),
    })),
    ...readStaff(node),
  };
}

function readInfo(node: EdxmlNode): NonNullable<Business['info']> {
  return {
    documentChanged: textOf(node, 'DocumentInfo') === '1',
    receiversChanged: textOf(node, 'DocumentReceiver') === '1',
    receivers: nodesOf(nodeOf(node, 'ReceiverList'), 'Receiver').map((one) => ({
      organId: textOf(one, 'OrganId') ?? '',
      change: textOf(one, 'ReceiverType') === '1' ? ('added' as const) : ('removed' as const),
    })),
  };
}
