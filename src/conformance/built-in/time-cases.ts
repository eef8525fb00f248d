/**
 * Days and times: which days exist, what lies ahead, and how other writers put them.
 *
 * @module
 */
import { contract, field } from './clauses.js';
import { type Draft, refused, taken } from './draft.js';
import { NEW_DOCUMENT, type Path, STATUS, withText } from './parts.js';
import { drafts, MESSAGE, type Row, TRACES } from './rule-kit.js';

const DAY: Path = [...MESSAGE, 'PromulgationInfo', 'PromulgationDate'];
const HOP: Path = [...TRACES, 'TraceHeader', 'Timestamp'];

const day = (text: string) => withText(NEW_DOCUMENT, DAY, text);
const hop = (text: string) => withText(NEW_DOCUMENT, HOP, text);
const noDay = refused('document.date');
const noForm = refused('schema.value');
const other = taken('dialect.date-order');

const CALENDAR: readonly Row[] = [
  [
    'date.february-30',
    '30 February does not exist',
    'Không có ngày 30 tháng 2',
    day('2025/02/30'),
    noDay,
  ],
  [
    'date.leap-day',
    '29 February of 2024 exists',
    'Có ngày 29 tháng 2 năm 2024',
    day('2024/02/29'),
    taken(),
  ],
  [
    'date.no-leap-day',
    '29 February of 2023 does not exist',
    'Không có ngày 29 tháng 2 năm 2023',
    day('2023/02/29'),
    noDay,
  ],
  [
    'date.april-31',
    '31 April does not exist',
    'Không có ngày 31 tháng 4',
    day('2025/04/31'),
    noDay,
  ],
  ['date.year-0', 'There is no year 0', 'Không có năm 0', day('0000/01/15'), noDay],
  [
    'date.time.february-30',
    'Nor does it in a time',
    'Trong thời điểm cũng vậy',
    hop('2025/02/30 08:00:00'),
    noDay,
  ],
  [
    'date.ahead',
    'A day that lies ahead is marked',
    'Đánh dấu ngày trong tương lai',
    day('2999/01/15'),
    taken('document.future'),
  ],
  [
    'date.time.ahead',
    'A hop that lies ahead is marked',
    'Đánh dấu vết gói tin trong tương lai',
    hop('2999/01/15 08:00:00'),
    taken('document.future'),
  ],
];

const FORMS: readonly Row[] = [
  ['date.form.hyphens', 'yyyy-mm-dd is read', 'Đọc được yyyy-mm-dd', day('2025-01-15'), other],
  ['date.form.short', 'yyyy/m/d is read', 'Đọc được yyyy/m/d', day('2025/1/5'), other],
  ['date.form.day-first-short', 'd/m/yyyy is read', 'Đọc được d/m/yyyy', day('5/1/2025'), other],
  [
    'date.form.day-first-hyphens',
    'dd-mm-yyyy is read',
    'Đọc được dd-mm-yyyy',
    day('15-01-2025'),
    other,
  ],
  [
    'date.form.with-time',
    'A time after the day is read',
    'Đọc được giờ sau ngày',
    day('2025-01-15 08:00:00'),
    other,
  ],
  [
    'date.form.month-first',
    'The month does not come first',
    'Tháng không đứng trước',
    day('01/15/2025'),
    noForm,
  ],
  ['date.form.word', 'A word is no day', 'Chữ không phải ngày', day('hôm nay'), noForm],
  [
    'date.form.two-digit-year',
    'A year has four digits',
    'Năm có bốn chữ số',
    day('15/01/25'),
    noForm,
  ],
  [
    'date.form.long',
    'Much after the day is not read',
    'Không đọc phần dài sau ngày',
    day(`2025-01-15 ${' '.repeat(30)}x`),
    noForm,
  ],
  ['date.form.day-00', 'There is no day 0', 'Không có ngày 0', day('0/1/2025'), noForm],
  ['date.form.day-32', 'There is no day 32', 'Không có ngày 32', day('32/1/2025'), noForm],
  ['date.form.month-0', 'There is no month 0', 'Không có tháng 0', day('1/0/2025'), noForm],
  [
    'date.time.form.iso',
    'ISO 8601 without a zone is read',
    'Đọc được ISO 8601 không có múi giờ',
    hop('2025-01-15T08:00:00'),
    other,
  ],
  [
    'date.time.form.utc',
    'ISO 8601 in UTC is read',
    'Đọc được ISO 8601 theo UTC',
    hop('2025-01-15T01:00:00Z'),
    other,
  ],
  [
    'date.time.form.west',
    'A zone west of Greenwich is read',
    'Đọc được múi giờ phía tây',
    hop('2025-01-14T20:00:00-05:00'),
    other,
  ],
  [
    'date.time.form.zone-bare',
    'A zone without a colon is read',
    'Đọc được múi giờ không có dấu hai chấm',
    hop('2025-01-15T08:00:00+0700'),
    other,
  ],
  [
    'date.time.form.zone-space',
    'A zone after a space is read',
    'Đọc được múi giờ sau dấu cách',
    hop('2025-01-15T08:00:00 +07:00'),
    other,
  ],
  [
    'date.time.form.fraction',
    'Parts of a second are read',
    'Đọc được phần của giây',
    hop('2025-01-15T08:00:00.123'),
    other,
  ],
  [
    'date.time.form.no-seconds',
    'A time without seconds is read',
    'Đọc được giờ không có giây',
    hop('2025/01/15 08:00'),
    other,
  ],
  [
    'date.time.form.one-digit',
    'An hour of one digit is read',
    'Đọc được giờ một chữ số',
    hop('2025/01/15 8:00:00'),
    other,
  ],
  [
    'date.time.form.day-only',
    'A day alone is read as midnight',
    'Chỉ có ngày được hiểu là nửa đêm',
    hop('2025/01/15'),
    other,
  ],
  [
    'date.time.form.spaces',
    'Several spaces are read',
    'Đọc được nhiều dấu cách',
    hop('2025/01/15   08:00:00'),
    other,
  ],
  [
    'date.time.form.hour-24',
    'There is no hour 24',
    'Không có giờ 24',
    hop('15/01/2025 24:00:00'),
    noForm,
  ],
  [
    'date.time.form.minute-60',
    'There is no minute 60',
    'Không có phút 60',
    hop('15/01/2025 08:60:00'),
    noForm,
  ],
  [
    'date.time.form.second-60',
    'There is no second 60',
    'Không có giây 60',
    hop('15/01/2025 08:00:60'),
    noForm,
  ],
  [
    'date.time.form.zone-name',
    'A zone by name is not read',
    'Không đọc múi giờ bằng tên',
    hop('2025-01-15T08:00:00 ICT'),
    noForm,
  ],
];

export function timeCases(): Draft[] {
  const ahead: Row = [
    'status.date.ahead',
    'A status that lies ahead is marked',
    'Đánh dấu trạng thái trong tương lai',
    withText(STATUS, [...MESSAGE, 'Timestamp'], '2999/01/15 08:00:00'),
    taken('document.future'),
  ];
  return [
    ...drafts('document', contract('document.date and document.future'), CALENDAR),
    ...drafts('document', field('dates of other writers'), FORMS),
    ...drafts('status', contract('document.future'), [ahead]),
  ];
}
