/**
 * Fictional documents for tests: one function that writes a package, everything overridable.
 *
 * @module
 */
import { writeDocumentPackage } from '../../src/edxml/write-document.js';
import { writeStatusPackage } from '../../src/edxml/write-status.js';
import type { EdxmlDocument, StatusNotice } from '../../src/model/edxml.js';

/** The smallest PDF that programs accept as one. */
export const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);

let serial = 0;

export function sampleDocument(over: Partial<EdxmlDocument> = {}): EdxmlDocument {
  serial += 1;
  const codeNumber = over.codeNumber ?? String(100 + serial);
  const from = over.from ?? { organId: 'T99.01', organName: 'Sở Mẫu A' };
  return {
    kind: 'document',
    from,
    to: [{ organId: 'T99.02', organName: 'Sở Mẫu B' }],
    documentId: `${from.organId},2026/11/20,${codeNumber}/SMA-VP`,
    codeNumber,
    codeNotation: 'SMA-VP',
    place: 'Hà Nội',
    promulgationDate: '2026/11/20',
    typeCode: '2',
    typeName: 'Công văn',
    subject: 'Về việc gửi văn bản mẫu',
    signer: { competence: 'TM. Sở Mẫu A', position: 'Giám đốc', fullName: 'Trần Thị Mẫu' },
    priority: 0,
    responseFor: [],
    toPlaces: [],
    hops: [{ organId: from.organId, timestamp: '2026/11/20 09:15:00' }],
    business: { type: 'new', reason: 'Văn bản điện tử mới', paper: false, replacements: [] },
    attachments: [
      {
        contentId: '1',
        name: 'cong-van.pdf',
        contentType: 'application/pdf',
        sizeBytes: PDF.length,
      },
    ],
    ...over,
  };
}

export function samplePackage(over: Partial<EdxmlDocument> = {}, file: Buffer = PDF): Buffer {
  const document = sampleDocument(over);
  return writeDocumentPackage(
    document,
    document.attachments.map(({ contentId }) => ({ contentId, bytes: file })),
  );
}

export function sampleStatus(over: Partial<StatusNotice> = {}): StatusNotice {
  return {
    kind: 'status',
    from: { organId: 'T99.02', organName: 'Sở Mẫu B' },
    responseFor: {
      organId: 'T99.01',
      code: '101/SMA-VP',
      documentId: 'T99.01,2026/11/20,101/SMA-VP',
      promulgationDate: '2026/11/20',
    },
    statusCode: '03',
    description: 'Văn thư: đã tiếp nhận',
    timestamp: '2026/11/20 10:00:00',
    ...over,
  };
}

export function sampleStatusPackage(over: Partial<StatusNotice> = {}): Buffer {
  return writeStatusPackage(sampleStatus(over));
}
