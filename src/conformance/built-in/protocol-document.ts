/**
 * A small document as text, for cases in which every byte counts.
 *
 * @module
 */
import { DAY, PDF_TEXT, QCVN } from './parts.js';

/** What differs from the plain one. */
export interface DocumentParts {
  /** What stands before the root element. */
  readonly head?: string;
  readonly to?: readonly string[];
  readonly documentId?: string;
  readonly date?: string;
}

function party(name: string, organId: string): string {
  return `<${name}><OrganId>${organId}</OrganId><OrganName>Cơ quan mẫu</OrganName></${name}>`;
}

function file(...rest: readonly string[]): string {
  return `<ContentId>cid:f1</ContentId>${rest.join('')}`;
}

export function documentText(parts: DocumentParts = {}): string {
  const {
    head = '<?xml version="1.0" encoding="UTF-8"?>\n',
    to = ['{{recipient}}'],
    documentId = '{{unique}}',
    date = DAY,
  } = parts;
  const name = '<AttachmentName>van-ban.pdf</AttachmentName>';
  const type = '<ContentType>application/pdf</ContentType>';
  const content = `<ContentTransferEncoded>${PDF_TEXT}</ContentTransferEncoded>`;
  return `${head}<edXML xmlns="${QCVN}">
<edXMLEnvelope><edXMLHeader><MessageHeader>
${party('From', '{{sender}}')}
${to.map((one) => party('To', one)).join('\n')}
<DocumentId>${documentId}</DocumentId>
<Code><CodeNumber>145</CodeNumber><CodeNotation>SMA-VP</CodeNotation></Code>
<PromulgationInfo><Place>Mẫu</Place><PromulgationDate>${date}</PromulgationDate></PromulgationInfo>
<DocumentType><Type>2</Type><TypeName>Công văn</TypeName></DocumentType>
<Subject>Về việc kiểm tra hợp chuẩn</Subject>
<SignerInfo><FullName>Trần Thị Mẫu</FullName></SignerInfo>
</MessageHeader><TraceHeaderList><TraceHeader><OrganId>T99.H1</OrganId><Timestamp>${DAY} 08:00:00</Timestamp></TraceHeader></TraceHeaderList></edXMLHeader>
<edXMLBody><edXMLManifest><Reference>${file(type, name)}</Reference></edXMLManifest></edXMLBody>
</edXMLEnvelope>
<AttachmentEncoded><Attachment>${file(name, type, content)}</Attachment></AttachmentEncoded>
</edXML>
`;
}
