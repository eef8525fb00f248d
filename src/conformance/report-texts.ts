/**
 * The words of the HTML reports, one table for each language, and how each language writes numbers and
 * times.
 *
 * @module
 */
import { vietnamTime } from '../clock.js';
import type { Difference, Verdict } from './run-result.js';
import type { Words } from './suite.js';

export const LANGUAGES = ['vi', 'en'] as const satisfies readonly (keyof Words)[];
export type Language = (typeof LANGUAGES)[number];

export interface Texts {
  readonly title: string;
  readonly otherLanguage: string;
  readonly skipLink: string;
  readonly allPassed: string;
  readonly nothingRun: string;
  /** `{failed}` and `{broken}` are numbers. */
  readonly notPassed: string;
  readonly suite: string;
  readonly target: string;
  readonly as: string;
  readonly started: string;
  readonly finished: string;
  readonly duration: string;
  readonly tool: string;
  readonly totals: string;
  readonly filter: string;
  readonly filterHint: string;
  readonly showAll: string;
  readonly byDocument: string;
  readonly document: string;
  readonly cases: string;
  readonly noCases: string;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly groups: Readonly<Record<Verdict, string>>;
  readonly groupHints: Readonly<Record<Verdict, string>>;
  readonly clause: string;
  readonly reason: string;
  readonly step: string;
  readonly sentAs: string;
  readonly sentByNobody: string;
  readonly noSteps: string;
  readonly noDifference: string;
  readonly what: Readonly<Record<Difference['what'], string>>;
  readonly expected: string;
  readonly actual: string;
  readonly nothing: string;
  readonly request: string;
  readonly answer: string;
  readonly noAnswer: string;
  readonly headers: string;
  readonly body: string;
  readonly noBody: string;
  readonly decoded: string;
  /** `{size}` */
  readonly bytes: string;
  /** `{shown}` and `{all}` are numbers of bytes. */
  readonly bodyCut: string;
  /** `{count}` */
  readonly textCut: string;
  readonly headersCut: string;
  readonly differencesCut: string;
  readonly pageFull: string;
  readonly timesNote: string;
  readonly masked: string;
}

export const TEXTS: Readonly<Record<Language, Texts>> = {
  vi: {
    title: 'Báo cáo kiểm thử tuân thủ',
    otherLanguage: 'English',
    skipLink: 'Đến danh sách ca kiểm thử',
    allPassed: 'Đạt: mọi ca đã chạy đều cho kết quả như mong đợi.',
    nothingRun: 'Chưa kết luận: không có ca nào được chạy.',
    notPassed: 'Không đạt: {failed} ca sai khác, {broken} ca chạy dở dang.',
    suite: 'Bộ kiểm thử',
    target: 'Hệ thống được kiểm thử',
    as: 'Gửi với mã định danh',
    started: 'Bắt đầu',
    finished: 'Kết thúc',
    duration: 'Thời gian chạy',
    tool: 'Công cụ',
    totals: 'Kết quả chung',
    filter: 'Lọc theo kết quả',
    filterHint: 'Chọn một mục để chỉ xem các ca thuộc mục đó.',
    showAll: 'Tất cả',
    byDocument: 'Theo văn bản quy định',
    document: 'Văn bản',
    cases: 'Các ca kiểm thử',
    noCases: 'Bộ kiểm thử không có ca nào.',
    verdicts: {
      passed: 'Đạt',
      failed: 'Không đạt',
      broken: 'Dở dang',
      skipped: 'Bỏ qua',
    },
    groups: {
      passed: 'Ca đạt',
      failed: 'Ca không đạt',
      broken: 'Ca chạy dở dang',
      skipped: 'Ca bỏ qua',
    },
    groupHints: {
      passed: 'Mọi bước cho kết quả như mong đợi.',
      failed: 'Câu trả lời khác với điều quy định nêu; ca dừng ở bước đầu tiên có sai khác.',
      broken: 'Không chạy được đến hết, nên không nói lên điều gì về hệ thống được kiểm thử.',
      skipped: 'Thiếu thứ mà ca này cần.',
    },
    clause: 'Căn cứ',
    reason: 'Lý do',
    step: 'Bước',
    sentAs: 'gửi với tư cách',
    sentByNobody: 'gửi không đăng nhập',
    noSteps: 'Không bước nào được thực hiện.',
    noDifference: 'Như mong đợi.',
    what: {
      class: 'Chấp nhận hay từ chối',
      http: 'Mã trạng thái HTTP',
      codes: 'Mã lỗi',
      path: 'Đường dẫn phần tử bị lỗi',
      warnings: 'Mã cảnh báo',
      assertion: 'Khẳng định XPath',
      golden: 'Câu trả lời mẫu',
      schema: 'Lược đồ XML',
    },
    expected: 'Mong đợi',
    actual: 'Thực tế',
    nothing: '(không có gì)',
    request: 'Yêu cầu đã gửi',
    answer: 'Câu trả lời nhận được',
    noAnswer: 'Không nhận được câu trả lời.',
    headers: 'Tiêu đề HTTP',
    body: 'Nội dung',
    noBody: 'Không có nội dung.',
    decoded: 'đã giải mã base64, đánh số theo dòng của chính nó',
    bytes: '{size} byte',
    bodyCut: 'Đã cắt bớt: hiển thị {shown} trong tổng số {all} byte.',
    textCut: 'Đã cắt bớt {count} ký tự.',
    headersCut: 'Không hiển thị {count} tiêu đề còn lại.',
    differencesCut: 'Không hiển thị {count} sai khác còn lại; result.json có đầy đủ.',
    pageFull: 'Báo cáo đã quá dài nên không hiển thị nội dung này; result.json có đầy đủ.',
    timesNote: 'Thời gian chỉ để tham khảo, không tính vào kết quả.',
    masked: 'Mã truy cập (token) đã được che.',
  },
  en: {
    title: 'Conformance report',
    otherLanguage: 'Tiếng Việt',
    skipLink: 'Skip to the cases',
    allPassed: 'Passed: every case that ran came out as expected.',
    nothingRun: 'No conclusion: no case was run.',
    notPassed: 'Not passed: {failed} failed, {broken} broken.',
    suite: 'Suite',
    target: 'Tested system',
    as: 'Sent as organ id',
    started: 'Started',
    finished: 'Finished',
    duration: 'Duration',
    tool: 'Tool',
    totals: 'Totals',
    filter: 'Filter by verdict',
    filterHint: 'Choose one to see its cases only.',
    showAll: 'All',
    byDocument: 'By document of reference',
    document: 'Document',
    cases: 'Cases',
    noCases: 'The suite holds no case.',
    verdicts: {
      passed: 'Passed',
      failed: 'Failed',
      broken: 'Broken',
      skipped: 'Skipped',
    },
    groups: {
      passed: 'Passed cases',
      failed: 'Failed cases',
      broken: 'Broken cases',
      skipped: 'Skipped cases',
    },
    groupHints: {
      passed: 'Every step came out as expected.',
      failed: 'The answer differs from what the clause says; a case ends at its first such step.',
      broken: 'Could not be run to the end, so they say nothing about the tested system.',
      skipped: 'Something that these cases need was not given.',
    },
    clause: 'Clause',
    reason: 'Reason',
    step: 'Step',
    sentAs: 'sent as',
    sentByNobody: 'sent without sign-in',
    noSteps: 'No step was run.',
    noDifference: 'As expected.',
    what: {
      class: 'Accepted or refused',
      http: 'HTTP status',
      codes: 'Codes of the fault',
      path: 'Path of the faulty element',
      warnings: 'Codes of warnings',
      assertion: 'XPath assertion',
      golden: 'Golden answer',
      schema: 'XML schema',
    },
    expected: 'Expected',
    actual: 'Actual',
    nothing: '(nothing)',
    request: 'Request as sent',
    answer: 'Answer as received',
    noAnswer: 'No answer was received.',
    headers: 'HTTP headers',
    body: 'Body',
    noBody: 'No body.',
    decoded: 'decoded from base64, with its own lines',
    bytes: '{size} bytes',
    bodyCut: 'Shortened: {shown} of {all} bytes are shown.',
    textCut: 'Shortened by {count} characters.',
    headersCut: '{count} more headers are not shown.',
    differencesCut: '{count} more differences are not shown; result.json holds them all.',
    pageFull: 'Not shown, as this report is very long; result.json holds it.',
    timesNote: 'Times are information only and never decide a verdict.',
    masked: 'Tokens are masked.',
  },
};

/** Puts values into a text: `{name}`. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

const NUMBERS: Readonly<Record<Language, Intl.NumberFormat>> = {
  vi: new Intl.NumberFormat('vi-VN', { maximumFractionDigits: 1 }),
  en: new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 }),
};

export function numberText(language: Language, value: number): string {
  return NUMBERS[language].format(value);
}

/** `431 ms`, and seconds from ten on. */
export function durationText(language: Language, ms: number): string {
  return ms < 10_000
    ? `${numberText(language, Math.round(ms))} ms`
    : `${numberText(language, ms / 1000)} s`;
}

/**
 * Vietnamese: `24/11/2026 10:04:05 +07:00`; English: `2026-11-24 03:04:05 UTC`.
 *
 * @param iso RFC 3339; what is none is given back as it is
 */
export function timeText(language: Language, iso: string): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  if (language === 'en') return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const [date = '', time = ''] = vietnamTime(ms).split(' ');
  return `${date.split('/').reverse().join('/')} ${time} +07:00`;
}
