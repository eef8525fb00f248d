/**
 * Rules about the values of a document.
 *
 * @module
 */
import { blank, spaces, withRaw } from './business-kit.js';
import { refused, taken } from './draft.js';
import { change, group, NEW_DOCUMENT, part, withText } from './parts.js';
import { append, MESSAGE, type Row, TRACES } from './rule-kit.js';

export const RULES: readonly Row[] = [
  [
    'document.to.same',
    'The same recipient twice is marked',
    'Đánh dấu nơi nhận ghi hai lần',
    change(NEW_DOCUMENT, [...MESSAGE, 'To'], (to) => [to, to]),
    taken('recipient.repeated'),
  ],
  [
    'document.to.not-in-directory',
    'A recipient that is not in the directory is refused',
    'Từ chối nơi nhận không có trong danh mục',
    withText(NEW_DOCUMENT, [...MESSAGE, 'To', 'OrganId'], 'T99.KHONG-CO'),
    refused('recipient.unknown'),
  ],
  [
    'document.from.other',
    'A sender that is not the caller is refused',
    'Từ chối bên gửi khác bên gọi',
    withText(NEW_DOCUMENT, [...MESSAGE, 'From', 'OrganId'], '{{recipient}}'),
    refused('auth.from'),
  ],
  [
    'document.organ-id.sign-first',
    'An organ id begins with a letter or digit',
    'Mã định danh bắt đầu bằng chữ hoặc số',
    withText(NEW_DOCUMENT, [...TRACES, 'TraceHeader', 'OrganId'], '-T99.H1'),
    refused('document.organ-id'),
  ],
  [
    'document.organ-id.sign-last',
    'An organ id ends with a letter or digit',
    'Mã định danh kết thúc bằng chữ hoặc số',
    withText(NEW_DOCUMENT, [...TRACES, 'TraceHeader', 'OrganId'], 'T99.H1.'),
    refused('document.organ-id'),
  ],
  [
    'document.organ-id.null',
    'The word null is no organ id',
    'Chữ null không phải mã định danh',
    withText(
      append(
        NEW_DOCUMENT,
        MESSAGE,
        group(
          'ResponseFor',
          part('OrganId', 'null'),
          part('Code', '1'),
          part('PromulgationDate', '2025/01/15'),
        ),
      ),
      [...MESSAGE, 'ResponseFor', 'OrganId'],
      'null',
    ),
    refused('document.organ-id'),
  ],
  [
    'document.hop.null',
    'A hop of the organ id null is marked',
    'Đánh dấu vết gói tin có mã null',
    withText(NEW_DOCUMENT, [...TRACES, 'TraceHeader', 'OrganId'], 'null'),
    taken('dialect.missing'),
  ],
  [
    'document.subject.far-limit',
    'A subject of ten times the limit is still taken',
    'Trích yếu dài gấp mười giới hạn vẫn nhận',
    withText(NEW_DOCUMENT, [...MESSAGE, 'Subject'], 'ữ'.repeat(5000)),
    taken('dialect.length'),
  ],
  [
    'document.priority-5',
    'Priority 5 of another axis is read as 0',
    'Độ khẩn 5 của trục khác được hiểu là 0',
    append(NEW_DOCUMENT, MESSAGE, group('OtherInfo', part('Priority', '5'))),
    taken('dialect.value'),
  ],
  [
    'document.amount.signed',
    'A number with a plus sign is one',
    'Số có dấu cộng là số',
    append(
      NEW_DOCUMENT,
      MESSAGE,
      group('OtherInfo', part('Priority', '0'), part('PageAmount', '+5')),
    ),
    taken(),
  ],
  [
    'document.amount.words',
    'A number that is none is marked',
    'Đánh dấu giá trị không phải số',
    append(
      NEW_DOCUMENT,
      MESSAGE,
      group('OtherInfo', part('Priority', '0'), part('PageAmount', '5 trang')),
    ),
    taken('dialect.value'),
  ],
  [
    'document.amount.long',
    'A number of ten digits is marked',
    'Đánh dấu số mười chữ số',
    append(
      NEW_DOCUMENT,
      MESSAGE,
      group('OtherInfo', part('Priority', '0'), part('PageAmount', '1234567890')),
    ),
    taken('dialect.value'),
  ],
  [
    'document.text-in-branch',
    'Text between elements is marked',
    'Đánh dấu chữ giữa các phần tử',
    withRaw(NEW_DOCUMENT, '<Subject>', 'abc<Subject>'),
    taken('dialect.unknown'),
  ],
  [
    'document.element-in-text',
    'An element inside a text is refused',
    'Từ chối phần tử nằm trong giá trị',
    withRaw(NEW_DOCUMENT, '<Subject>', '<Subject><b/>'),
    refused('schema.invalid'),
  ],
  [
    'document.blank.document-id',
    'A blank DocumentId is refused',
    'Từ chối DocumentId trắng',
    spaces(blank('DocumentId')),
    refused('schema.value'),
  ],
  [
    'document.blank.code-number',
    'A blank CodeNumber is refused',
    'Từ chối CodeNumber trắng',
    spaces(blank('Code', 'CodeNumber')),
    refused('schema.value'),
  ],
  [
    'document.blank.code-notation',
    'A blank CodeNotation is refused',
    'Từ chối CodeNotation trắng',
    spaces(blank('Code', 'CodeNotation')),
    refused('schema.value'),
  ],
  [
    'document.blank.subject',
    'A blank Subject is refused',
    'Từ chối Subject trắng',
    spaces(blank('Subject')),
    refused('schema.value'),
  ],
];
