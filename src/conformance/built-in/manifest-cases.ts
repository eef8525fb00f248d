/**
 * Rules about the files of a document: manifest and attachments, base64, what a file is, how many.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import { contract, field, qcvn } from './clauses.js';
import { type Draft, refused, taken } from './draft.js';
import { FILE_TYPES } from './file-types.js';
import {
  change,
  group,
  NEW_DOCUMENT,
  type Part,
  type Path,
  PDF_TEXT,
  part,
  without,
  withText,
} from './parts.js';
import {
  ATTACHED,
  append,
  BODY,
  drafts,
  MANIFEST,
  MESSAGE,
  type Row,
  withFile,
} from './rule-kit.js';

const FILE: Path = [...ATTACHED, 'Attachment'];
const REFERENCE: Path = [...MANIFEST, 'Reference'];

const attachment = (id: string): Part =>
  group(
    'Attachment',
    part('ContentId', id),
    part('AttachmentName', 'van-ban.pdf'),
    part('ContentType', 'application/pdf'),
    part('ContentTransferEncoded', PDF_TEXT),
  );
const reference = (id: string): Part =>
  group(
    'Reference',
    part('ContentId', id),
    part('ContentType', 'application/pdf'),
    part('AttachmentName', 'van-ban.pdf'),
  );

/** With these content ids in both places. */
function withFiles(references: readonly string[], attachments: readonly string[]): Part {
  const named = change(NEW_DOCUMENT, MANIFEST, (old) => [
    { ...old, children: references.map(reference) },
  ]);
  return change(named, ATTACHED, (old) => [{ ...old, children: attachments.map(attachment) }]);
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `cid:f${at}`);
}

function withIds(text: string): Part {
  return withText(
    withText(NEW_DOCUMENT, [...REFERENCE, 'ContentId'], text),
    [...FILE, 'ContentId'],
    text,
  );
}

const MANIFEST_ROWS: readonly Row[] = [
  [
    'manifest.two',
    'Two files, each in the manifest',
    'Hai tệp, đều có trong danh sách',
    withFiles(['cid:a', 'cid:b'], ['cid:b', 'cid:a']),
    taken(),
  ],
  [
    'manifest.missing',
    'A file that the manifest does not name is refused',
    'Từ chối tệp không có trong danh sách',
    withFiles(['cid:a'], ['cid:a', 'cid:b']),
    refused('manifest.missing'),
  ],
  [
    'manifest.no-body',
    'Files without any manifest are refused',
    'Từ chối tệp khi không có danh sách',
    without(NEW_DOCUMENT, BODY),
    refused('manifest.missing'),
  ],
  [
    'manifest.unmatched',
    'A name without its file is refused',
    'Từ chối mục không có tệp',
    withFiles(['cid:a', 'cid:b'], ['cid:a']),
    refused('manifest.unmatched'),
  ],
  [
    'manifest.no-attachments',
    'A manifest without files is refused',
    'Từ chối danh sách không kèm tệp',
    without(NEW_DOCUMENT, ATTACHED),
    refused('manifest.unmatched', 'document.attachments'),
  ],
  [
    'manifest.repeated.reference',
    'Two entries of one ContentId are refused',
    'Từ chối hai mục cùng ContentId',
    withFiles(['cid:a', 'cid:a'], ['cid:a']),
    refused('manifest.repeated'),
  ],
  [
    'manifest.repeated.attachment',
    'Two files of one ContentId are refused',
    'Từ chối hai tệp cùng ContentId',
    withFiles(['cid:a'], ['cid:a', 'cid:a']),
    refused('manifest.repeated'),
  ],
  [
    'manifest.empty-reference',
    'An empty ContentId in the manifest is refused',
    'Từ chối ContentId rỗng trong danh sách',
    withText(NEW_DOCUMENT, [...REFERENCE, 'ContentId'], ''),
    refused('schema.missing', 'manifest.missing'),
  ],
  [
    'manifest.empty-attachment',
    'An empty ContentId of a file is refused',
    'Từ chối tệp có ContentId rỗng',
    withText(NEW_DOCUMENT, [...FILE, 'ContentId'], ''),
    refused('schema.missing', 'manifest.unmatched'),
  ],
  [
    'manifest.two-ids.reference',
    'Two ContentId in one entry are refused',
    'Từ chối hai ContentId trong một mục',
    change(NEW_DOCUMENT, [...REFERENCE, 'ContentId'], (old) => [old, old]),
    refused('schema.unexpected'),
  ],
  [
    'manifest.two-ids.attachment',
    'Two ContentId of one file are refused',
    'Từ chối hai ContentId của một tệp',
    change(NEW_DOCUMENT, [...FILE, 'ContentId'], (old) => [old, old]),
    refused('schema.unexpected'),
  ],
  [
    'manifest.no-file',
    'AttachmentEncoded without an Attachment',
    'AttachmentEncoded không có Attachment',
    change(NEW_DOCUMENT, ATTACHED, (old) => [{ ...old, children: [] }]),
    refused('manifest.unmatched', 'document.attachments'),
  ],
];

const DIALECT: readonly Row[] = [
  [
    'manifest.cid.absent',
    'A ContentId without cid: is marked',
    'Đánh dấu ContentId thiếu cid:',
    withIds('f1'),
    taken('dialect.cid'),
  ],
  [
    'manifest.cid.upper-case',
    'A ContentId with CID: is marked',
    'Đánh dấu ContentId ghi CID:',
    withIds('CID:f1'),
    taken('dialect.cid'),
  ],
  [
    'manifest.cid.twice',
    'A ContentId with cid:cid: is marked',
    'Đánh dấu ContentId ghi cid:cid:',
    withIds('cid:cid:f1'),
    taken('dialect.cid'),
  ],
  [
    'manifest.cid.mixed',
    'With cid: in one place only they still match',
    'Chỉ một nơi có cid: vẫn khớp',
    withText(NEW_DOCUMENT, [...FILE, 'ContentId'], 'f1'),
    taken('dialect.cid'),
  ],
  [
    'manifest.href',
    'A reference by xlink:href is marked',
    'Đánh dấu tham chiếu bằng xlink:href',
    change(NEW_DOCUMENT, REFERENCE, (old) => [
      {
        ...old,
        attributes: { 'xmlns:xlink': 'http://www.w3.org/1999/xlink', 'xlink:href': 'cid:f1' },
        children: (old.children ?? []).slice(1),
      },
    ]),
    taken('dialect.spelling'),
  ],
  [
    'attachment.redacted',
    'A file that was redacted is marked',
    'Đánh dấu tệp đã che nội dung',
    withFile('[REDACTED 1234 bytes]', 'application/pdf'),
    taken('attachment.redacted'),
  ],
];

const bad = refused('attachment.base64');
const pdf = (encoded: string) => withFile(encoded, 'application/pdf');

const BASE64: readonly Row[] = [
  [
    'attachment.base64.lines',
    'Base64 in lines is taken',
    'Nhận base64 chia dòng',
    writeXml(pdf('JVBE{{line}}Ri0xLjQ=')).replace('{{line}}', '\r\n'),
    taken(),
  ],
  [
    'attachment.base64.spaces',
    'Base64 with spaces is taken',
    'Nhận base64 có dấu cách',
    pdf(' JVBERi 0xLjQ= '),
    taken(),
  ],
  [
    'attachment.base64.cdata',
    'Base64 in a CDATA section is taken',
    'Nhận base64 trong CDATA',
    writeXml(pdf('{{cdata}}')).replace('{{cdata}}', `<![CDATA[${PDF_TEXT}]]>`),
    taken(),
  ],
  [
    'attachment.base64.sign',
    'A sign outside the alphabet is refused',
    'Từ chối ký tự ngoài bảng chữ',
    pdf('JVBE*i0xLjQ='),
    bad,
  ],
  [
    'attachment.base64.url',
    'The alphabet of URLs is refused',
    'Từ chối bảng chữ của URL',
    pdf('JVBERi0xLjQ_'),
    bad,
  ],
  [
    'attachment.base64.letter',
    'A letter with marks is refused',
    'Từ chối chữ có dấu',
    pdf('JVBERi0xLjữ='),
    bad,
  ],
  [
    'attachment.base64.no-padding',
    'Missing padding is refused',
    'Từ chối thiếu ký tự đệm',
    pdf('JVBERi0xLjQ'),
    bad,
  ],
  [
    'attachment.base64.three-pads',
    'Three signs of padding are refused',
    'Từ chối ba ký tự đệm',
    pdf('JVBERi0xL==='),
    bad,
  ],
  [
    'attachment.base64.inner-pad',
    'Padding in the middle is refused',
    'Từ chối ký tự đệm ở giữa',
    pdf('JV==Ri0xLjQ='),
    bad,
  ],
  [
    'attachment.base64.trailing-bits',
    'Bits after the end are refused',
    'Từ chối bit thừa ở cuối',
    pdf('JVBERi0xLjR='),
    bad,
  ],
  [
    'attachment.base64.two-pads-bits',
    'The same before two signs of padding',
    'Cũng vậy trước hai ký tự đệm',
    withFile('YR==', 'text/plain'),
    bad,
  ],
  [
    'attachment.base64.two-pads',
    'Two signs of padding are taken',
    'Nhận hai ký tự đệm',
    withFile('YQ==', 'text/plain'),
    taken(),
  ],
  [
    'attachment.empty',
    'An empty file is refused',
    'Từ chối tệp rỗng',
    pdf(''),
    refused('attachment.empty'),
  ],
  [
    'attachment.missing-content',
    'A file without its content is refused',
    'Từ chối tệp thiếu nội dung',
    without(NEW_DOCUMENT, [...FILE, 'ContentTransferEncoded']),
    refused('schema.missing'),
  ],
];

function counts(): Row[] {
  const many = Array.from({ length: 5001 }, (_, at) =>
    group(
      'ResponseFor',
      part('OrganId', 'T99.H1'),
      part('Code', `${at}/SMA`),
      part('PromulgationDate', '2025/01/15'),
    ),
  );
  return [
    [
      'attachment.count.limit',
      '500 files are taken',
      'Nhận 500 tệp',
      withFiles(ids(500), ids(500)),
      taken(),
    ],
    [
      'attachment.count.one-over',
      '501 files are refused',
      'Từ chối 501 tệp',
      withFiles(ids(501), ids(501)),
      refused('attachment.too-many'),
    ],
    [
      'document.count.limit',
      '5,000 elements of a kind are taken',
      'Nhận 5.000 phần tử cùng loại',
      append(NEW_DOCUMENT, MESSAGE, ...many.slice(1)),
      taken(),
    ],
    [
      'document.count.one-over',
      '5,001 elements of a kind are refused',
      'Từ chối 5.001 phần tử cùng loại',
      append(NEW_DOCUMENT, MESSAGE, ...many),
      refused('document.too-many'),
    ],
  ];
}

function typeRows(): Row[] {
  return FILE_TYPES.map(({ id, bytes, declared, fits }) => [
    `attachment.type.${id}`,
    fits ? `${declared} is what the file is` : `${declared} is not what the file is: marked`,
    fits ? `${declared} đúng loại tệp` : `${declared} không đúng loại tệp: đánh dấu`,
    withFile(bytes.toString('base64'), declared),
    fits ? taken() : taken('attachment.type'),
  ]);
}

export function manifestCases(): Draft[] {
  return [
    ...drafts('document', qcvn('edXMLManifest and AttachmentEncoded'), MANIFEST_ROWS),
    ...drafts('document', field('ContentId and Reference'), DIALECT),
    ...drafts('document', { document: 'RFC 4648', place: 'sections 3 and 4' }, BASE64),
    ...drafts('document', contract('limits of a package'), counts()),
    ...drafts('document', contract('attachment.type in src/model/error-table.ts'), typeRows()),
  ];
}
