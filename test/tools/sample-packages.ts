/**
 * Made-up documents and statuses that fixtures and tests are built from. No such agency or person
 * exists; organ ids use the letter T, which no real agency has.
 *
 * @module
 */
import type { EdxmlDocument, StatusNotice } from '../../src/model/edxml.js';

/** The smallest thing that readers call a PDF. */
export const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n' +
    'trailer<</Root 1 0 R>>\n%%EOF\n',
);
export const TEXT = Buffer.from('Phụ lục mẫu\n');

/** A zip of one stored file, as streaming writers make it but for the sizes. */
export function zipOf(name: string, content: Buffer): Buffer {
  const path = Buffer.from(name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt32LE(crc32(content), 14);
  local.writeUInt32LE(content.length, 18);
  local.writeUInt32LE(content.length, 22);
  local.writeUInt16LE(path.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  central.writeUInt16LE(20, 6);
  local.copy(central, 16, 14, 26);
  central.writeUInt16LE(path.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + path.length, 12);
  end.writeUInt32LE(local.length + path.length + content.length, 16);
  return Buffer.concat([local, path, content, central, path, end]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export const FILES = [
  { contentId: 'f1', bytes: PDF },
  { contentId: 'f2', bytes: zipOf('0b5c.txt', TEXT) },
];

export const SENDER = {
  organId: '000.00.01.T99',
  organizationInCharge: 'Ủy ban nhân dân tỉnh Mẫu',
  organName: 'Sở Mẫu A',
  email: 'vanthu@mau-a.example',
  telephone: '02900000001',
};
export const RECIPIENT = { organId: 'T98.02', organName: 'Văn phòng Mẫu B' };
export const OTHER_RECIPIENT = {
  organId: '000.00.00.T97',
  organName: 'Ủy ban nhân dân tỉnh Mẫu C',
};

const STAFF = {
  department: 'Văn thư',
  staff: 'Nguyễn Văn Mẫu',
  email: 'vanthu@mau-a.example',
  mobile: '0900000000',
};

export const NEW_DOCUMENT: EdxmlDocument = {
  kind: 'document',
  from: SENDER,
  to: [RECIPIENT, OTHER_RECIPIENT],
  documentId: '000.00.01.T99,2026/11/20,145/SMA-VP',
  codeNumber: '145',
  codeNotation: 'SMA-VP',
  place: 'Mẫu',
  promulgationDate: '2026/11/20',
  typeCode: '2',
  typeName: 'Công văn',
  subject: 'Về việc đấu nối hệ thống quản lý văn bản',
  content: 'Đề nghị phối hợp đấu nối',
  signer: { competence: 'TM. Sở Mẫu A', position: 'Giám đốc', fullName: 'Trần Thị Mẫu' },
  dueDate: '2026/12/05',
  priority: 1,
  responseFor: [],
  steeringType: '1',
  toPlaces: ['Như trên', 'Lưu: VT'],
  hops: [{ organId: '000.00.01.T99', timestamp: '2026/11/20 09:15:00' }],
  business: {
    type: 'new',
    reason: 'Văn bản điện tử mới',
    paper: false,
    replacements: [],
    staff: STAFF,
  },
  attachments: [
    {
      contentId: 'f1',
      name: 'cong-van-145.pdf',
      contentType: 'application/pdf',
      description: 'Công văn',
      sizeBytes: PDF.length,
      sniffedType: 'application/pdf',
    },
    {
      contentId: 'f2',
      name: 'phu-luc.txt',
      contentType: 'application/zip',
      sizeBytes: FILES[1]?.bytes.length ?? 0,
      sniffedType: 'application/zip',
    },
  ],
};

export const REVOKE: EdxmlDocument = {
  ...NEW_DOCUMENT,
  responseFor: [
    {
      organId: SENDER.organId,
      code: '145/SMA-VP',
      documentId: NEW_DOCUMENT.documentId,
      promulgationDate: '2026/11/20',
    },
  ],
  business: {
    type: 'revoke',
    documentId: NEW_DOCUMENT.documentId,
    reason: 'Thu hồi do ban hành nhầm',
    paper: false,
    replacements: [],
    staff: STAFF,
  },
  attachments: [],
};

export const UPDATE: EdxmlDocument = {
  ...NEW_DOCUMENT,
  business: {
    type: 'update',
    documentId: NEW_DOCUMENT.documentId,
    reason: 'Cập nhật nơi nhận',
    info: {
      documentChanged: true,
      receiversChanged: true,
      receivers: [
        { organId: '000.00.00.T97', change: 'removed' },
        { organId: 'T96.01', change: 'added' },
      ],
    },
    replacements: [],
    staff: STAFF,
  },
};

export const REPLACE: EdxmlDocument = {
  ...NEW_DOCUMENT,
  documentId: '000.00.01.T99,2026/11/23,151/SMA-VP',
  codeNumber: '151',
  promulgationDate: '2026/11/23',
  business: {
    type: 'replace',
    reason: 'Thay thế văn bản 145/SMA-VP',
    replacements: [{ documentId: NEW_DOCUMENT.documentId, organIds: ['T98.02', '000.00.00.T97'] }],
    staff: STAFF,
  },
};

export const STATUS: StatusNotice = {
  kind: 'status',
  from: { ...RECIPIENT, email: 'vanthu@mau-b.example' },
  responseFor: {
    organId: SENDER.organId,
    code: '145/SMA-VP',
    documentId: NEW_DOCUMENT.documentId,
    promulgationDate: '2026/11/20',
  },
  staff: { department: 'Văn thư', staff: 'Lê Thị Mẫu', mobile: '0900000001' },
  statusCode: '03',
  description: 'Đã tiếp nhận, vào sổ văn bản đến',
  timestamp: '2026/11/20 10:30:00',
};
