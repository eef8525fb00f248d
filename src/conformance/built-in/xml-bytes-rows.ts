/**
 * Encodings, archives in place of XML, and bounds.
 *
 * @module
 */
import { refused, taken } from './draft.js';
import type { Row } from './rule-kit.js';
import { bytes, compressed, declared, edited, encoding, limits, TEXT } from './xml-kit.js';

const utf16 = Buffer.from(TEXT.replace('UTF-8', 'UTF-16'), 'utf16le');

export const ENCODING: readonly Row[] = [
  [
    'xml.bom',
    'A byte order mark is marked',
    'Đánh dấu BOM',
    bytes(0xef, 0xbb, 0xbf),
    taken('dialect.bom'),
  ],
  [
    'xml.utf-16',
    'UTF-16 is refused',
    'Từ chối UTF-16',
    Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
    encoding,
  ],
  ['xml.utf-16.no-mark', 'Without a mark too', 'Không có BOM cũng vậy', utf16, encoding],
  [
    'xml.utf-16.big',
    'And with the high byte first',
    'Và khi byte cao đứng trước',
    Buffer.from(utf16).swap16(),
    encoding,
  ],
  [
    'xml.utf-16.big-mark',
    'With the mark of that',
    'Có BOM của dạng đó',
    Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
    encoding,
  ],
  [
    'xml.latin-1',
    'Another encoding in the declaration is refused',
    'Từ chối khai báo bảng mã khác',
    declared('<?xml version="1.0" encoding="ISO-8859-1"?>'),
    encoding,
  ],
  [
    'xml.us-ascii',
    'Declared us-ascii, with other letters: refused',
    'Khai báo us-ascii mà có chữ khác: từ chối',
    declared('<?xml version="1.0" encoding="us-ascii"?>'),
    encoding,
  ],
  [
    'xml.not-utf-8',
    'Bytes that are not UTF-8 are refused',
    'Từ chối byte không phải UTF-8',
    Buffer.concat([Buffer.from(TEXT), Buffer.from([0x20, 0xe9])]),
    encoding,
  ],
  [
    'xml.ebcdic',
    'EBCDIC is refused',
    'Từ chối EBCDIC',
    Buffer.from([0x4c, 0x6f, 0xa7, 0x94, 0x93]),
    encoding,
  ],
  [
    'xml.utf-32',
    'UTF-32 is refused',
    'Từ chối UTF-32',
    Buffer.from([0x3c, 0, 0, 0, 0x3f, 0, 0, 0]),
    encoding,
  ],
  [
    'xml.utf-32.big',
    'With the high byte first too',
    'Byte cao đứng trước cũng vậy',
    Buffer.from([0, 0, 0, 0x3c, 0, 0, 0, 0x3f]),
    encoding,
  ],
];

export const PACKED: readonly Row[] = [
  [
    'package.zip',
    'A zip archive is refused',
    'Từ chối tệp zip',
    bytes(0x50, 0x4b, 0x03, 0x04),
    compressed,
  ],
  [
    'package.zip-empty',
    'An empty zip archive is refused',
    'Từ chối tệp zip rỗng',
    bytes(0x50, 0x4b, 0x05, 0x06),
    compressed,
  ],
  ['package.gzip', 'A gzip file is refused', 'Từ chối tệp gzip', bytes(0x1f, 0x8b), compressed],
  ['package.pdf', 'A PDF is refused', 'Từ chối tệp PDF', Buffer.from('%PDF-1.4'), compressed],
  [
    'package.7z',
    'A 7z archive is refused',
    'Từ chối tệp 7z',
    bytes(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c),
    compressed,
  ],
  [
    'package.rar',
    'A RAR archive is refused',
    'Từ chối tệp RAR',
    bytes(0x52, 0x61, 0x72, 0x21, 0x1a, 0x07),
    compressed,
  ],
  [
    'package.blank',
    'White space alone is an empty package',
    'Chỉ có khoảng trắng là gói tin rỗng',
    ' \r\n\t',
    refused('package.empty'),
  ],
];

function nested(depth: number): string {
  return edited('<Subject>', `${'<X>'.repeat(depth)}${'</X>'.repeat(depth)}<Subject>`);
}

function attributes(count: number): string {
  const all = Array.from({ length: count }, (_, at) => ` a${at}="1"`).join('');
  return edited('<Subject>', `<Subject${all}>`);
}

/** The envelope, the header, MessageHeader and the root are around them. */
const AROUND = 4;

export const BOUNDS: readonly Row[] = [
  [
    'xml.depth.limit',
    '100 elements deep is taken',
    'Nhận độ sâu 100 phần tử',
    nested(100 - AROUND),
    taken('dialect.unknown'),
  ],
  [
    'xml.depth.one-over',
    '101 elements deep is refused',
    'Từ chối độ sâu 101 phần tử',
    nested(101 - AROUND),
    limits,
  ],
  [
    'xml.attributes.limit',
    '256 attributes in a tag are taken',
    'Nhận 256 thuộc tính trong một thẻ',
    attributes(256),
    taken('dialect.unknown'),
  ],
  [
    'xml.attributes.one-over',
    '257 attributes in a tag are refused',
    'Từ chối 257 thuộc tính trong một thẻ',
    attributes(257),
    limits,
  ],
  [
    'xml.namespaces.one-over',
    '65 namespaces in a tag are refused',
    'Từ chối 65 không gian tên trong một thẻ',
    edited(
      '<Subject>',
      `<Subject${Array.from({ length: 65 }, (_, at) => ` xmlns:n${at}="urn:x"`).join('')}>`,
    ),
    limits,
  ],
  [
    'xml.namespaces.limit',
    '64 namespaces in a tag are taken',
    'Nhận 64 không gian tên trong một thẻ',
    edited(
      '<Subject>',
      `<Subject${Array.from({ length: 64 }, (_, at) => ` xmlns:n${at}="urn:x"`).join('')}>`,
    ),
    taken(),
  ],
  [
    'xml.tag.one-over',
    'A tag of more than 65,536 bytes is refused',
    'Từ chối thẻ dài hơn 65.536 byte',
    edited('<Subject>', `<Subject a="${'x'.repeat(65_523)}">`),
    limits,
  ],
  [
    'xml.tag.limit',
    'A tag of 65,536 bytes is taken',
    'Nhận thẻ dài 65.536 byte',
    edited('<Subject>', `<Subject a="${'x'.repeat(65_522)}">`),
    taken('dialect.unknown'),
  ],
  [
    'xml.sections.one-over',
    '10,001 comments are refused',
    'Từ chối 10.001 chú thích',
    edited('<Subject>', `${'<!---->'.repeat(10_001)}<Subject>`),
    limits,
  ],
  [
    'xml.sections.limit',
    '10,000 comments are taken',
    'Nhận 10.000 chú thích',
    edited('<Subject>', `${'<!---->'.repeat(10_000)}<Subject>`),
    taken(),
  ],
];
