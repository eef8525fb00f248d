/**
 * Well-formed or not, and markup that is dangerous.
 *
 * @module
 */
import { refused, taken } from './draft.js';
import type { Row } from './rule-kit.js';
import { DECLARATION, declared, edited, malformed, subject, TEXT } from './xml-kit.js';

const BARE = TEXT.slice(DECLARATION.length).trimStart();

export const FORM: readonly Row[] = [
  ['xml.declaration.none', 'No XML declaration is needed', 'Không cần khai báo XML', BARE, taken()],
  [
    'xml.declaration.single-quotes',
    'A declaration in single quotes',
    'Khai báo bằng nháy đơn',
    declared(`<?xml version='1.0' encoding='utf-8'?>`),
    taken(),
  ],
  [
    'xml.declaration.standalone',
    'A declaration with standalone',
    'Khai báo có standalone',
    declared('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'),
    taken(),
  ],
  [
    'xml.declaration.version-1.1',
    'XML 1.1 is refused',
    'Từ chối XML 1.1',
    declared('<?xml version="1.1" encoding="UTF-8"?>'),
    malformed,
  ],
  [
    'xml.declaration.no-version',
    'A declaration without a version is refused',
    'Từ chối khai báo thiếu phiên bản',
    declared('<?xml encoding="UTF-8"?>'),
    malformed,
  ],
  [
    'xml.declaration.late',
    'A declaration after a space is refused',
    'Từ chối khai báo sau dấu cách',
    ` ${TEXT}`,
    malformed,
  ],
  [
    'xml.crlf',
    'Lines that end with CR LF',
    'Dòng kết thúc bằng CR LF',
    TEXT.replaceAll('\n', '\r\n'),
    taken(),
  ],
  [
    'xml.comment',
    'Comments are taken',
    'Nhận chú thích',
    edited('<Subject>', '<!-- x --><Subject>'),
    taken(),
  ],
  [
    'xml.cdata',
    'CDATA sections are taken',
    'Nhận CDATA',
    subject('<![CDATA[Về việc <gấp>]]>'),
    taken(),
  ],
  [
    'xml.references',
    'References of XML are taken',
    'Nhận tham chiếu của XML',
    subject('A &amp; B &#x1EEF; &#7919;'),
    taken(),
  ],
  [
    'xml.entity',
    'An entity that nobody declared is refused',
    'Từ chối thực thể không khai báo',
    subject('&abc;'),
    malformed,
  ],
  [
    'xml.not-closed',
    'An element that is not closed is refused',
    'Từ chối phần tử không đóng',
    edited('</Subject>', ''),
    malformed,
  ],
  [
    'xml.cut',
    'A package that was cut is refused',
    'Từ chối gói tin bị cắt',
    TEXT.slice(0, -20),
    malformed,
  ],
  [
    'xml.tag-not-closed',
    'A tag that is not closed is refused',
    'Từ chối thẻ không đóng',
    `${TEXT.trimEnd().slice(0, -1)}`,
    malformed,
  ],
  ['xml.two-roots', 'Two roots are refused', 'Từ chối hai phần tử gốc', `${TEXT}<a/>`, malformed],
  [
    'xml.text',
    'Text that is no XML is refused',
    'Từ chối chữ không phải XML',
    'Kính gửi',
    malformed,
  ],
  [
    'xml.attribute-twice',
    'An attribute twice is refused',
    'Từ chối thuộc tính lặp',
    edited('<Subject>', '<Subject a="1" a="2">'),
    malformed,
  ],
  [
    'xml.less-in-tag',
    'A < inside a tag is refused',
    'Từ chối dấu < trong thẻ',
    edited('<Subject>', '<Subject <x>'),
    malformed,
  ],
  [
    'xml.prefix',
    'A prefix that nobody declared is refused',
    'Từ chối tiền tố không khai báo',
    edited('<Subject>', '<x:y/><Subject>'),
    malformed,
  ],
  [
    'xml.comment-open',
    'A comment that is not closed is refused',
    'Từ chối chú thích không đóng',
    `${TEXT}<!-- x`,
    malformed,
  ],
  [
    'xml.unknown-markup',
    'Unknown markup is refused',
    'Từ chối ký hiệu không rõ',
    edited('<Subject>', '<!X><Subject>'),
    malformed,
  ],
  [
    'xml.control',
    'A control character is refused',
    'Từ chối ký tự điều khiển',
    subject('a\u0001b'),
    malformed,
  ],
  ['xml.nul', 'A NUL is refused', 'Từ chối ký tự NUL', subject('a\u0000b'), malformed],
];

export const DANGER: readonly Row[] = [
  [
    'xml.doctype',
    'A DOCTYPE is refused',
    'Từ chối DOCTYPE',
    declared(`${DECLARATION}<!DOCTYPE edXML>`),
    refused('xml.doctype'),
  ],
  [
    'xml.doctype.lower-case',
    'In lower case too',
    'Viết thường cũng vậy',
    declared(`${DECLARATION}<!doctype edXML>`),
    refused('xml.doctype'),
  ],
  [
    'xml.doctype.entities',
    'And with entities in it',
    'Và khi có thực thể',
    declared(`${DECLARATION}<!DOCTYPE edXML [<!ENTITY a SYSTEM "file:///etc/hostname">]>`),
    refused('xml.doctype'),
  ],
  [
    'xml.instruction',
    'A processing instruction is refused',
    'Từ chối chỉ thị xử lý',
    edited('<Subject>', '<?x y?><Subject>'),
    refused('xml.processing-instruction'),
  ],
  [
    'xml.instruction.start',
    'Before the root too',
    'Trước phần tử gốc cũng vậy',
    declared(`${DECLARATION}<?xml-stylesheet href="a.xsl"?>`),
    refused('xml.processing-instruction'),
  ],
  [
    'xml.instruction.end',
    'And after the root',
    'Và sau phần tử gốc',
    `${TEXT}<?x y?>`,
    refused('xml.processing-instruction'),
  ],
];
