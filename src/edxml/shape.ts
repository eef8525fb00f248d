/**
 * The shapes of edXML packages: which children an element has, in which order, how often and of which
 * kind. The same facts as xsd/qcvn-102/2016 (a test compares the two), plus what only a reader needs:
 * the spellings of other writers, and what the field leaves out.
 *
 * Source: QCVN 102:2016, SDK samples; deviations from samples of provincial axes.
 *
 * @module
 */
import type { PackageKind } from '../model/edxml.js';

export type LeafType =
  | 'text'
  | 'organ-id'
  | 'date'
  | 'time'
  | 'code'
  | 'number'
  | 'boolean'
  | 'base64';

export interface Leaf {
  readonly type: LeafType;
  /** Most characters; absent = no limit in the schema. */
  readonly limit?: number;
  /** An empty value is not allowed. */
  readonly filled: boolean;
  /** Longer than the limit is an error in every profile: the value is a key. */
  readonly hard?: boolean;
  /** Allowed values of a code. */
  readonly allowed?: readonly string[];
}

export interface Branch {
  readonly order: 'sequence' | 'any';
  readonly members: readonly Member[];
  /** Names of attributes without a namespace; `any` = not checked. */
  readonly attributes: readonly string[] | 'any';
  /** Takes `Signature`, `DigitalSignature` and elements of the ds namespace after its members. */
  readonly signatures: boolean;
  /** Members by lower-case name and alias. */
  readonly byName: ReadonlyMap<string, Member>;
}

export type Shape = { readonly leaf: Leaf } | { readonly branch: Branch };

export interface Member {
  readonly name: string;
  readonly mandatory: boolean;
  readonly repeats: boolean;
  readonly shape: Shape;
  /** Other spellings met in the field. */
  readonly aliases: readonly string[];
  /**
   * The schema demands it, but the field leaves it out: what stands in for the schema check.
   * A branch is filled with its own members.
   */
  readonly fill?: string;
}

// ---- builders ----------------------------------------------------------------------------------

interface Extra {
  readonly fill?: string;
  readonly aliases?: readonly string[];
}

function member(
  name: string,
  shape: Shape,
  mandatory: boolean,
  repeats: boolean,
  extra: Extra,
): Member {
  const { fill, aliases = [] } = extra;
  return { name, shape, mandatory, repeats, aliases, ...(fill === undefined ? {} : { fill }) };
}
const one = (name: string, shape: Shape, extra: Extra = {}) =>
  member(name, shape, true, false, extra);
const opt = (name: string, shape: Shape, extra: Extra = {}) =>
  member(name, shape, false, false, extra);
const many = (name: string, shape: Shape, extra: Extra = {}) =>
  member(name, shape, true, true, extra);
const some = (name: string, shape: Shape, extra: Extra = {}) =>
  member(name, shape, false, true, extra);

function branch(members: readonly Member[], more: Partial<Branch> = {}): Shape {
  const byName = new Map<string, Member>();
  for (const one of members) {
    for (const name of [one.name, ...one.aliases]) byName.set(name.toLowerCase(), one);
  }
  return {
    branch: { order: 'sequence', attributes: [], signatures: false, members, byName, ...more },
  };
}
const leaf = (type: LeafType, more: Partial<Leaf> = {}): Shape => ({
  leaf: { type, filled: type !== 'text' && type !== 'base64', ...more },
});
const text = (limit?: number): Shape => leaf('text', limit === undefined ? {} : { limit });
const code = (...allowed: string[]): Shape => leaf('code', { allowed });

// ---- values ------------------------------------------------------------------------------------

const organId = leaf('organ-id');
const documentId = leaf('text', { limit: 200, filled: true, hard: true });
const date = leaf('date');
const time = leaf('time');
const number = leaf('number');
const flag = code('0', '1');

/** What stands for a text that the schema demands and the package lacks. */
const NO_TEXT = '-';
/** Stands for the organ id of a hop that has none; passes the schema, is never read. */
const NO_ORGAN = '---';
const NO_TIME = '1970/01/01 00:00:00';
const NO_DATE = '1970/01/01';

const SIGNABLE = { attributes: ['Id'] } as const;

// ---- structures that documents and statuses share ----------------------------------------------

const organization = branch(
  [
    one('OrganId', organId),
    opt('OrganizationInCharge', text(200), { aliases: ['OrganInCharge'] }),
    one('OrganName', text(200), { fill: NO_TEXT, aliases: ['OrganizationName'] }),
    opt('OrganAdd', text(250), { aliases: ['OrganAddress'] }),
    opt('Email', text(100)),
    opt('Telephone', text(20)),
    opt('Fax', text(20)),
    opt('Website', text(100)),
  ],
  { order: 'any' },
);

const responseFor = branch(
  [
    one('OrganId', organId),
    one('Code', text(50)),
    opt('DocumentId', documentId),
    one('PromulgationDate', date, { fill: NO_DATE }),
  ],
  { order: 'any' },
);

const staffInfo = branch(
  [
    opt('Department', text(300)),
    opt('DepartmentId', text(50)),
    opt('Staff', text(300)),
    opt('StaffId', text(50)),
    opt('Email', text(100)),
    opt('Mobile', text(30)),
  ],
  { order: 'any' },
);

// ---- document ----------------------------------------------------------------------------------

const documentHeader = branch(
  [
    one('From', organization),
    many('To', organization),
    one('DocumentId', documentId),
    one(
      'Code',
      branch([
        one('CodeNumber', leaf('text', { limit: 11, filled: true })),
        one('CodeNotation', leaf('text', { limit: 30, filled: true })),
      ]),
    ),
    one(
      'PromulgationInfo',
      branch([
        one('Place', text(50), { fill: NO_TEXT }),
        one('PromulgationDate', date, { aliases: ['Date'] }),
      ]),
    ),
    one(
      'DocumentType',
      branch([
        one('Type', number, { fill: '0' }),
        opt('TypeDetail', number),
        one('TypeName', text(100), { fill: NO_TEXT }),
      ]),
      { fill: NO_TEXT },
    ),
    one('Subject', text(500)),
    opt('Content', text(500)),
    one(
      'SignerInfo',
      branch([
        opt('Competence', text(100)),
        opt('Position', text(100), { aliases: ['Function'] }),
        one('FullName', text(50), { fill: NO_TEXT }),
      ]),
      { fill: NO_TEXT, aliases: ['Author'] },
    ),
    opt('DueDate', date),
    opt(
      'OtherInfo',
      branch([
        one('Priority', code('0', '1', '2', '3', '4'), { fill: '0' }),
        opt('SphereOfPromulgation', text(100)),
        opt('TyperNotation', text(10)),
        opt('PromulgationAmount', number),
        opt('PageAmount', number),
        opt('ReplyFors', text()),
        opt('Direction', leaf('boolean')),
        opt('ReferenceCodes', text()),
        opt('Appendixes', branch([some('Appendix', text(500))]), { aliases: ['Appendices'] }),
      ]),
    ),
    some('ResponseFor', responseFor),
    opt('SteeringType', code('0', '1', '2', '3')),
    opt('ResponseForTask', branch([many('TaskCode', text())])),
    opt('ApplicationType', text()),
    opt('ToPlaces', branch([many('Place', text(500))])),
  ],
  SIGNABLE,
);

const business = branch(
  [
    opt('DocumentId', documentId),
    one('BussinessDocType', code('0', '1', '2', '3'), { aliases: ['BusinessDocType'] }),
    opt('BussinessDocReason', text(500), { aliases: ['BusinessDocReason'] }),
    opt('Paper', flag),
    opt(
      'BussinessDocumentInfo',
      branch([
        one('DocumentInfo', flag),
        one('DocumentReceiver', flag),
        opt(
          'ReceiverList',
          branch([many('Receiver', branch([one('OrganId', organId), one('ReceiverType', flag)]))]),
        ),
      ]),
      { aliases: ['BusinessDocumentInfo'] },
    ),
    opt(
      'ReplacementInfoList',
      branch([
        many(
          'ReplacementInfo',
          branch([
            one('DocumentId', documentId),
            one('OrganIdList', branch([many('OrganId', organId)])),
          ]),
        ),
      ]),
    ),
    opt('StaffInfo', staffInfo),
  ],
  SIGNABLE,
);

const traceHeaderList = branch(
  [
    many(
      'TraceHeader',
      branch([
        one('OrganId', organId, { fill: NO_ORGAN }),
        one('Timestamp', time, { fill: NO_TIME }),
      ]),
      { fill: NO_TEXT },
    ),
    opt('Bussiness', business, { aliases: ['Business'] }),
  ],
  { attributes: 'any' },
);

const manifest = branch(
  [
    some(
      'Reference',
      branch(
        [
          one('ContentId', text()),
          one('ContentType', text(), { fill: 'application/octet-stream' }),
          opt('Description', text(500)),
          one('AttachmentName', text(500), { fill: NO_TEXT }),
        ],
        { attributes: 'any' },
      ),
    ),
  ],
  { attributes: ['version', 'Id'] },
);

const attachments = branch(
  [
    many(
      'Attachment',
      branch([
        one('ContentId', text()),
        one('AttachmentName', text(500), { fill: NO_TEXT }),
        opt('Description', text(500)),
        opt('FieldName', text()),
        opt('MimeType', text()),
        opt('Format', text()),
        one('ContentType', text(), { fill: 'application/octet-stream' }),
        one('ContentTransferEncoded', leaf('base64'), { aliases: ['ContentTransferEncoding'] }),
      ]),
    ),
  ],
  SIGNABLE,
);

const documentRoot = branch(
  [
    one(
      'edXMLEnvelope',
      branch(
        [
          one(
            'edXMLHeader',
            branch(
              [
                one('MessageHeader', documentHeader),
                one('TraceHeaderList', traceHeaderList, { fill: NO_TEXT }),
              ],
              { signatures: true },
            ),
            { aliases: ['Header'] },
          ),
          opt(
            'edXMLBody',
            branch([one('edXMLManifest', manifest, { aliases: ['Manifest'] })], SIGNABLE),
            { aliases: ['Body'] },
          ),
        ],
        SIGNABLE,
      ),
      { aliases: ['Envelope'] },
    ),
    opt('AttachmentEncoded', attachments),
  ],
  SIGNABLE,
);

// ---- status ------------------------------------------------------------------------------------

const statusHeader = branch(
  [
    one('From', organization),
    one('ResponseFor', responseFor),
    opt('StaffInfo', staffInfo),
    one('StatusCode', code('01', '02', '03', '04', '05', '06', '13', '15', '16')),
    opt('Description', text()),
    one('Timestamp', time),
  ],
  { order: 'any', attributes: ['Id'] },
);

function statusRoot(headerName: 'MessageHeader' | 'Status'): Shape {
  const header = branch([one(headerName, statusHeader)], { signatures: true });
  const envelope = branch([one('edXMLHeader', header, { aliases: ['Header'] })], SIGNABLE);
  return branch([one('edXMLEnvelope', envelope, { aliases: ['Envelope'] })], SIGNABLE);
}

/** How a status names its header: as the national axis, or as provincial axes do. */
export type StatusForm = 'MessageHeader' | 'Status';

const STATUS_ROOTS: Readonly<Record<StatusForm, Member>> = {
  MessageHeader: one('edXML', statusRoot('MessageHeader')),
  Status: one('edXML', statusRoot('Status')),
};
const DOCUMENT_ROOT = one('edXML', documentRoot);

/** The root `edXML` of a kind. */
export function rootShape(kind: PackageKind, form: StatusForm = 'MessageHeader'): Member {
  return kind === 'document' ? DOCUMENT_ROOT : STATUS_ROOTS[form];
}
