/**
 * The sample document: made-up agencies, people and text, one small attachment, signed by its sender.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { vietnamTime } from '../clock.js';
import { writeDocumentPackage } from '../edxml/write-document.js';
import type { EdxmlDocument } from '../model/edxml.js';
import { signPackage } from '../xml/sign.js';

export interface SampleAgency {
  readonly organId: string;
  readonly organName: string;
}

export interface SampleDocument {
  readonly from: SampleAgency;
  readonly to: readonly SampleAgency[];
  /** Running number of the document, makes its id. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const CONTENT_ID = 'van-ban-mau.txt';
const TEXT = `SỞ MẪU A

THÔNG BÁO
Về việc chạy thử trục liên thông văn bản

Đây là văn bản mẫu, không có giá trị.
`;

/** @returns the bytes of a signed `.edxml` file. */
export function sampleDocument(
  sample: SampleDocument,
  signer: { readonly keyPem: string; readonly certificatePem: string },
): Buffer {
  const bytes = Buffer.from(TEXT, 'utf8');
  const xml = writeDocumentPackage(
    describe(sample, bytes.byteLength),
    [{ contentId: CONTENT_ID, bytes }],
    { ids: true },
  );
  return signPackage(
    xml,
    createPrivateKey(signer.keyPem),
    new X509Certificate(signer.certificatePem),
    {
      references: ['MessageHeader', 'Bussiness', 'edXMLManifest', 'AttachmentEncoded'],
    },
  );
}

function describe({ from, to, number, now }: SampleDocument, sizeBytes: number): EdxmlDocument {
  const timestamp = vietnamTime(now);
  const day = timestamp.slice(0, 10);
  return {
    kind: 'document',
    from: { ...from, organAdd: 'Số 1 đường Mẫu, thành phố Mẫu', email: 'vanthu@somau.example' },
    to,
    documentId: `${from.organId},${day},${number}`,
    codeNumber: String(number),
    codeNotation: 'TB-SMA',
    place: 'Thành phố Mẫu',
    promulgationDate: day,
    typeCode: '2',
    typeName: 'Thông báo',
    subject: 'Thông báo về việc chạy thử trục liên thông văn bản',
    content: 'Thông báo về việc chạy thử trục liên thông văn bản',
    signer: { competence: 'KT. GIÁM ĐỐC', position: 'Phó Giám đốc', fullName: 'Nguyễn Văn Mẫu' },
    priority: 0,
    responseFor: [],
    toPlaces: ['Như trên', 'Lưu: VT'],
    hops: [{ organId: from.organId, timestamp }],
    business: { type: 'new', replacements: [] },
    attachments: [
      {
        contentId: CONTENT_ID,
        name: CONTENT_ID,
        contentType: 'text/plain',
        description: 'Văn bản mẫu',
        sizeBytes,
      },
    ],
  };
}
