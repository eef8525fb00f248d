/**
 * Writes a document package in the order and with the prefixes of the SDK of the national axis: for the
 * sample sender, `simulate`, benchmarks and tests.
 * Source: QCVN 102:2016, SDK samples.
 *
 * @module
 */
import { businessTypeCode } from '../model/business-type.js';
import type { Attachment, Business, EdxmlDocument } from '../model/edxml.js';
import type { XmlOutput } from '../xml/write.js';
import { QCVN_NAMESPACE } from './names.js';
import {
  element,
  organization,
  packageBytes,
  required,
  responseFor,
  staffInfo,
  value,
} from './output.js';

/** The bytes of one attachment, found by its content id. */
export interface AttachedFile {
  readonly contentId: string;
  readonly bytes: Uint8Array;
}

export interface DocumentWriteOptions {
  /**
   * Writes an `Id` on the parts that a signature of ours covers: `MessageHeader`, `Bussiness`,
   * `edXMLManifest`, `AttachmentEncoded`, each with its own name as the value.
   */
  readonly ids?: boolean;
}

/**
 * @param files for each attachment of the document its bytes; an attachment without is written empty.
 * @throws TypeError when a text holds a character that XML does not allow.
 */
export function writeDocumentPackage(
  document: EdxmlDocument,
  files: readonly AttachedFile[],
  options: DocumentWriteOptions = {},
): Buffer {
  const { attachments, hops, business } = document;
  const id = (name: string): Record<string, string> => (options.ids === true ? { Id: name } : {});
  const byId = new Map(files.map((file) => [file.contentId, file.bytes]));
  const header = element('edXMLHeader', [
    messageHeader(document, id('MessageHeader')),
    element('TraceHeaderList', [
      ...hops.map((hop) =>
        element('TraceHeader', [
          value('OrganId', hop.organId),
          required('Timestamp', hop.timestamp),
        ]),
      ),
      businessBlock(business, id('Bussiness')),
    ]),
  ]);
  if (attachments.length === 0) return packageBytes([header]);
  const manifest = { version: '1.0', ...id('edXMLManifest') };
  const body = element('edXMLBody', [
    element('edXMLManifest', attachments.map(reference), manifest),
  ]);
  const encoded = {
    name: 'AttachmentEncoded',
    attributes: id('AttachmentEncoded'),
    children: attachments.map((one) => attachment(one, byId.get(one.contentId))),
  };
  return packageBytes([header, body], [encoded]);
}

function messageHeader(document: EdxmlDocument, id: Record<string, string>): XmlOutput {
  const { signer } = document;
  return element(
    'MessageHeader',
    [
      organization('From', document.from),
      ...document.to.map((to) => organization('To', to)),
      required('DocumentId', document.documentId),
      element('Code', [
        required('CodeNumber', document.codeNumber),
        required('CodeNotation', document.codeNotation),
      ]),
      element('PromulgationInfo', [
        required('Place', document.place),
        required('PromulgationDate', document.promulgationDate),
      ]),
      element('DocumentType', [
        required('Type', document.typeCode ?? '2'),
        // Packages without it were seen to vanish on the national axis.
        required('TypeDetail', '0'),
        required('TypeName', document.typeName),
      ]),
      required('Subject', document.subject),
      value('Content', document.content),
      element('SignerInfo', [
        value('Competence', signer.competence),
        value('Position', signer.position),
        required('FullName', signer.fullName),
      ]),
      value('DueDate', document.dueDate),
      element('OtherInfo', [required('Priority', String(document.priority))]),
      ...document.responseFor.map(responseFor),
      value('SteeringType', document.steeringType),
      document.toPlaces.length === 0
        ? undefined
        : element(
            'ToPlaces',
            document.toPlaces.map((place) => required('Place', place)),
          ),
    ],
    id,
  );
}

function businessBlock(business: Business, id: Record<string, string>): XmlOutput {
  const { info, replacements, paper } = business;
  return element(
    'Bussiness',
    [
      value('DocumentId', business.documentId),
      required('BussinessDocType', businessTypeCode(business.type)),
      value('BussinessDocReason', business.reason),
      value('Paper', paper === undefined ? undefined : flag(paper)),
      info === undefined ? undefined : documentInfo(info),
      replacements.length === 0
        ? undefined
        : element('ReplacementInfoList', replacements.map(replacement)),
      staffInfo(business.staff),
    ],
    id,
  );
}

function flag(value: boolean): string {
  return value ? '1' : '0';
}

function documentInfo(info: NonNullable<Business['info']>): XmlOutput {
  const receivers = info.receivers.map((one) =>
    element('Receiver', [
      required('OrganId', one.organId),
      required('ReceiverType', flag(one.change === 'added')),
    ]),
  );
  return element('BussinessDocumentInfo', [
    required('DocumentInfo', flag(info.documentChanged)),
    required('DocumentReceiver', flag(info.receiversChanged)),
    receivers.length === 0 ? undefined : element('ReceiverList', receivers),
  ]);
}

function replacement(one: Business['replacements'][number]): XmlOutput {
  return element('ReplacementInfo', [
    required('DocumentId', one.documentId),
    element(
      'OrganIdList',
      one.organIds.map((organId) => required('OrganId', organId)),
    ),
  ]);
}

function reference(one: Attachment): XmlOutput {
  return element('Reference', [
    required('ContentId', `cid:${one.contentId}`),
    required('ContentType', one.contentType),
    value('Description', one.description),
    required('AttachmentName', one.name),
  ]);
}

/** Attachments are bare, but for the content, which declares the prefix once more. */
function attachment(one: Attachment, bytes: Uint8Array = new Uint8Array()): XmlOutput {
  const bare = (name: string, text: string): XmlOutput => ({ name, text });
  const { description } = one;
  return {
    name: 'Attachment',
    children: [
      bare('ContentId', `cid:${one.contentId}`),
      bare('AttachmentName', one.name),
      ...(description === undefined ? [] : [bare('Description', description)]),
      bare('ContentType', one.contentType),
      {
        name: 'edXML:ContentTransferEncoded',
        attributes: { 'xmlns:edXML': QCVN_NAMESPACE },
        text: Buffer.from(bytes).toString('base64'),
      },
    ],
  };
}
