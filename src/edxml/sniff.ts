/**
 * What a file is, judged by its first bytes, and whether that fits the type it was declared as.
 * Nothing is unpacked: of a zip only the names in the first local headers are looked at.
 *
 * @module
 */

const ZIP = 'application/zip';
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const DOCX = `${OFFICE}.wordprocessingml.document`;
const XLSX = `${OFFICE}.spreadsheetml.sheet`;
const PPTX = `${OFFICE}.presentationml.presentation`;
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument.';
const OLE = 'application/x-ole-storage';

const MAGIC: readonly (readonly [string, Buffer])[] = [
  ['application/pdf', Buffer.from('%PDF-')],
  [ZIP, Buffer.from([0x50, 0x4b, 0x03, 0x04])],
  [OLE, Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])],
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['application/rtf', Buffer.from('{\\rtf')],
  ['application/xml', Buffer.from('<?xml')],
  ['application/xml', Buffer.from('\ufeff<?xml')],
];

/** How far into a file is looked. */
export const SNIFF_BYTES = 65_536;
/** Entries of a zip that are looked for. */
const ZIP_ENTRIES = 8;
const LOCAL_HEADER = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const LOCAL_HEADER_BYTES = 30;
/** A PDF may have a few bytes before its header (PDF 1.7, appendix H). */
const PDF_WINDOW = 1024;

/**
 * @param bytes the file, or its first SNIFF_BYTES.
 * @returns a media type, or undefined when the bytes are of no type known here.
 */
export function sniffType(bytes: Buffer): string | undefined {
  for (const [type, magic] of MAGIC) {
    if (bytes.subarray(0, magic.length).equals(magic)) return type === ZIP ? sniffZip(bytes) : type;
  }
  return bytes.subarray(0, PDF_WINDOW).includes('%PDF-') ? 'application/pdf' : undefined;
}

function sniffZip(bytes: Buffer): string {
  const window = bytes.subarray(0, SNIFF_BYTES);
  let at = 0;
  for (let entry = 0; entry < ZIP_ENTRIES && at >= 0; entry++) {
    const type = typeByEntry(window.subarray(at), entry);
    if (type !== undefined) return type;
    // Sizes are not in the header of a streamed zip, so the next header is searched for.
    at = window.indexOf(LOCAL_HEADER, at + LOCAL_HEADER_BYTES);
  }
  return ZIP;
}

function typeByEntry(header: Buffer, entry: number): string | undefined {
  if (header.length < LOCAL_HEADER_BYTES) return undefined;
  const nameEnd = LOCAL_HEADER_BYTES + header.readUInt16LE(26);
  const name = header.toString('latin1', LOCAL_HEADER_BYTES, nameEnd);
  if (name.startsWith('word/')) return DOCX;
  if (name.startsWith('xl/')) return XLSX;
  if (name.startsWith('ppt/')) return PPTX;
  if (entry > 0 || name !== 'mimetype') return undefined;
  const content = nameEnd + header.readUInt16LE(28);
  const text = header.toString('latin1', content, content + 80);
  const match = /^application\/vnd\.oasis\.opendocument\.[a-z-]{1,40}/.exec(text);
  return match?.[0].replace(/PK$/, '');
}

/** Declared types that say nothing about the content. */
const UNSPECIFIC: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary']);

/** Types that a file found to be the first may be declared as, besides that type itself. */
const ALSO_DECLARED: ReadonlyMap<string, readonly string[]> = new Map([
  ['application/pdf', ['application/x-pdf']],
  [ZIP, ['application/x-zip-compressed', 'application/x-zip']],
  [DOCX, [ZIP, 'application/docx', 'application/msword']],
  [XLSX, [ZIP, 'application/xlsx', 'application/xslx', 'application/vnd.ms-excel']],
  [PPTX, [ZIP, 'application/pptx', 'application/vnd.ms-powerpoint']],
  [
    OLE,
    [
      'application/msword',
      'application/doc',
      'application/vnd.ms-excel',
      'application/xls',
      'application/xsl',
      'application/vnd.ms-powerpoint',
      'application/ppt',
    ],
  ],
  ['image/jpeg', ['image/jpg', 'image/pjpeg']],
  ['application/rtf', ['text/rtf', 'application/msword', 'application/doc']],
  ['application/xml', ['text/xml', 'text/plain']],
]);

/** Declared types whose files always begin with the bytes above. */
const ALWAYS_KNOWN: ReadonlySet<string> = new Set([
  'application/pdf',
  ZIP,
  'image/png',
  'image/jpeg',
]);

/**
 * @param declared `ContentType` as written.
 * @param sniffed what `sniffType` found.
 * @returns false when the bytes speak against the declaration.
 */
export function fitsDeclared(declared: string, sniffed: string | undefined): boolean {
  const type = (declared.split(';')[0] ?? '').trim().toLowerCase();
  if (UNSPECIFIC.has(type)) return true;
  if (sniffed === undefined) return !ALWAYS_KNOWN.has(type);
  if (type === sniffed || ALSO_DECLARED.get(sniffed)?.includes(type) === true) return true;
  if (sniffed.startsWith(OPEN_DOCUMENT)) return type === ZIP;
  return sniffed === 'application/xml' ? type.endsWith('+xml') : false;
}
