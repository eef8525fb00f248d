/**
 * Status codes, and the forms of a status.
 *
 * @module
 */
import { spaces } from './business-kit.js';
import { refused, taken } from './draft.js';
import { change, part, STATUS, without, withText } from './parts.js';
import { HEADER, MESSAGE, type Row, statusOf } from './rule-kit.js';

const CODES = ['01', '02', '03', '04', '05', '06', '13', '15', '16'];

const WITH_REASON = ['02', '13', '16'];

const NO_CODES = ['00', '07', '08', '09', '10', '11', '12', '14', '17', '99'];

export function statusRows(): Row[] {
  const why = part('Description', 'Lý do');
  return [
    ...CODES.map(
      (code): Row => [
        `status.code-${code}`,
        `Status ${code} is taken`,
        `Nhận trạng thái ${code}`,
        statusOf(code, why),
        taken(),
      ],
    ),
    ...NO_CODES.map(
      (code): Row => [
        `status.code-${code}`,
        `There is no status ${code}`,
        `Không có trạng thái ${code}`,
        statusOf(code, why),
        refused('status.code'),
      ],
    ),
    ...WITH_REASON.map(
      (code): Row => [
        `status.code-${code}.without-reason`,
        `Status ${code} without a reason is marked`,
        `Đánh dấu trạng thái ${code} thiếu lý do`,
        statusOf(code),
        taken('status.no-reason'),
      ],
    ),
    [
      'status.code.one-digit',
      'A code of one digit is read as two',
      'Mã một chữ số được hiểu là hai',
      statusOf('3'),
      taken('dialect.value'),
    ],
    [
      'status.code.word',
      'A code that is a word is refused',
      'Từ chối mã là chữ',
      statusOf('done'),
      refused('status.code'),
    ],
    [
      'status.form',
      'The form of provincial systems is taken',
      'Nhận dạng của hệ thống cấp tỉnh',
      change(STATUS, MESSAGE, (one) => [{ ...one, name: 'Status' }]),
      taken('dialect.status-form'),
    ],
    [
      'status.form.without-code',
      'The same without a code is refused',
      'Từ chối dạng đó khi thiếu mã',
      without(
        change(STATUS, MESSAGE, (one) => [{ ...one, name: 'Status' }]),
        [...HEADER, 'Status', 'StatusCode'],
      ),
      refused('schema.missing'),
    ],
    [
      'status.to.not-in-directory',
      'A status to an unknown agency is refused',
      'Từ chối trạng thái gửi cơ quan không rõ',
      withText(STATUS, [...MESSAGE, 'ResponseFor', 'OrganId'], 'T99.KHONG-CO'),
      refused('recipient.unknown'),
    ],
    [
      'status.from.other',
      'A status of somebody else is refused',
      'Từ chối trạng thái của bên khác',
      withText(STATUS, [...MESSAGE, 'From', 'OrganId'], '{{recipient}}'),
      refused('auth.from'),
    ],
    [
      'status.document-id.absent',
      'A status may name the document by its code alone',
      'Trạng thái có thể chỉ nêu số, ký hiệu',
      without(STATUS, [...MESSAGE, 'ResponseFor', 'DocumentId']),
      taken(),
    ],
    [
      'status.blank.code',
      'A blank Code is refused',
      'Từ chối Code trắng',
      spaces(withText(STATUS, [...MESSAGE, 'ResponseFor', 'Code'], '{{blank}}')),
      refused('schema.value'),
    ],
  ];
}
