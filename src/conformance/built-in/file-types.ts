/**
 * Files of known types and what they may be declared as. The bytes are as few as make a file known.
 *
 * @module
 */
export interface FileType {
  readonly id: string;
  readonly bytes: Buffer;
  readonly declared: string;
  readonly fits: boolean;
}

const PDF = Buffer.from('%PDF-1.4\n');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const RTF = Buffer.from('{\\rtf1}');
const XML = Buffer.from('<?xml version="1.0"?><a/>');
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const TEXT = Buffer.from('Phụ lục');

/** The head of a zip whose first file has this name and content. */
function zip(name: string, content = ''): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name), Buffer.from(content)]);
}

const ZIP = zip('a.txt');
const DOCX = zip('word/document.xml');
const XLSX = zip('xl/workbook.xml');
const PPTX = zip('ppt/presentation.xml');
const ODT = zip('mimetype', 'application/vnd.oasis.opendocument.text');
/** The part that tells comes second, as most writers have it. */
const DOCX_LATE = Buffer.concat([zip('[Content_Types].xml'), DOCX]);

const OFFICE = 'application/vnd.openxmlformats-officedocument';

type Row = readonly [id: string, bytes: Buffer, declared: string, fits?: boolean];

const ROWS: readonly Row[] = [
  ['pdf', PDF, 'Application/PDF; name="a.pdf"'],
  ['x-pdf', PDF, 'application/x-pdf'],
  ['pdf-late', Buffer.concat([Buffer.from('\r\n\r\n'), PDF]), 'application/pdf'],
  ['pdf-as-text', PDF, 'text/plain', false],
  ['text-as-pdf', TEXT, 'application/pdf', false],
  ['text', TEXT, 'text/plain'],
  ['octet-stream', PDF, 'application/octet-stream'],
  ['binary', PDF, 'binary'],
  ['png', PNG, 'image/png'],
  ['text-as-png', TEXT, 'image/png', false],
  ['jpeg', JPEG, 'image/jpeg'],
  ['jpg', JPEG, 'image/jpg'],
  ['pjpeg', JPEG, 'image/pjpeg'],
  ['text-as-jpeg', TEXT, 'image/jpeg', false],
  ['rtf', RTF, 'application/rtf'],
  ['text-rtf', RTF, 'text/rtf'],
  ['rtf-msword', RTF, 'application/msword'],
  ['rtf-doc', RTF, 'application/doc'],
  ['xml', XML, 'application/xml'],
  ['xml-bom', Buffer.concat([Buffer.from('\ufeff'), XML]), 'application/xml'],
  ['text-xml', XML, 'text/xml'],
  ['xml-plain', XML, 'text/plain'],
  ['xml-suffix', XML, 'application/atom+xml'],
  ['ole-msword', OLE, 'application/msword'],
  ['ole-doc', OLE, 'application/doc'],
  ['ole-ms-excel', OLE, 'application/vnd.ms-excel'],
  ['ole-xls', OLE, 'application/xls'],
  ['ole-xsl', OLE, 'application/xsl'],
  ['ole-ms-powerpoint', OLE, 'application/vnd.ms-powerpoint'],
  ['ole-ppt', OLE, 'application/ppt'],
  ['zip', ZIP, 'application/zip'],
  ['zip-compressed', ZIP, 'application/x-zip-compressed'],
  ['x-zip', ZIP, 'application/x-zip'],
  ['text-as-zip', TEXT, 'application/zip', false],
  ['docx', DOCX, `${OFFICE}.wordprocessingml.document`],
  ['docx-late', DOCX_LATE, `${OFFICE}.wordprocessingml.document`],
  ['docx-zip', DOCX, 'application/zip'],
  ['docx-short', DOCX, 'application/docx'],
  ['docx-msword', DOCX, 'application/msword'],
  ['xlsx', XLSX, `${OFFICE}.spreadsheetml.sheet`],
  ['xlsx-zip', XLSX, 'application/zip'],
  ['xlsx-short', XLSX, 'application/xlsx'],
  ['xlsx-turned', XLSX, 'application/xslx'],
  ['xlsx-ms-excel', XLSX, 'application/vnd.ms-excel'],
  ['pptx', PPTX, `${OFFICE}.presentationml.presentation`],
  ['pptx-zip', PPTX, 'application/zip'],
  ['pptx-short', PPTX, 'application/pptx'],
  ['pptx-ms-powerpoint', PPTX, 'application/vnd.ms-powerpoint'],
  ['odt', ODT, 'application/vnd.oasis.opendocument.text'],
  ['odt-zip', ODT, 'application/zip'],
  ['odt-as-pdf', ODT, 'application/pdf', false],
];

export const FILE_TYPES: readonly FileType[] = ROWS.map(([id, bytes, declared, fits = true]) => ({
  id,
  bytes,
  declared,
  fits,
}));
