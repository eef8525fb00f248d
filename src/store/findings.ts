/**
 * Findings of the store check: what can be wrong with a store, in both languages. All have the code
 * `store.check`; the kind says which check did not hold.
 *
 * @module
 */
export const FINDINGS = {
  database: ['The database is damaged: {detail}', 'Cơ sở dữ liệu bị hỏng: {detail}'],
  reference: [
    'A row refers to one that is not there: {detail}',
    'Một dòng tham chiếu tới dòng không tồn tại: {detail}',
  ],
  'no-delivery': ['The message has no delivery.', 'Thông điệp không có lượt gửi nào.'],
  'no-answer': ['The answer to the sender is missing.', 'Thiếu câu trả lời đã gửi cho bên gửi.'],
  'no-key': [
    'No duplicate key leads to the message: sent again, it would be taken for new.',
    'Không có khóa trùng lặp dẫn tới thông điệp: gửi lại sẽ bị coi là mới.',
  ],
  'no-event': ['The event {detail} is missing.', 'Thiếu sự kiện {detail}.'],
  'delivery-differs': [
    'Sender, kind or document of delivery {detail} differ from its message.',
    'Bên gửi, loại hoặc văn bản của lượt gửi {detail} khác với thông điệp.',
  ],
  lease: [
    'Delivery {detail} is active without a lease.',
    'Lượt gửi {detail} đang gửi mà không có hạn giữ.',
  ],
  'not-finished': [
    'Delivery {detail} has ended without a time of its end.',
    'Lượt gửi {detail} đã kết thúc nhưng không có thời điểm kết thúc.',
  ],
  finished: [
    'Delivery {detail} is open, yet has a time of its end.',
    'Lượt gửi {detail} chưa kết thúc nhưng lại có thời điểm kết thúc.',
  ],
  held: [
    'Delivery {detail} is held and does not say from which state.',
    'Lượt gửi {detail} bị giữ lại nhưng không ghi trạng thái trước đó.',
  ],
  asked: [
    'Delivery {detail} has an act noted though no attempt is under way.',
    'Lượt gửi {detail} có lệnh chờ dù không có lần gửi nào đang chạy.',
  ],
  attempts: [
    'Delivery {detail}: the number of attempts does not match those recorded.',
    'Lượt gửi {detail}: số lần gửi không khớp với các lần đã ghi.',
  ],
  times: [
    'Delivery {detail} has a time that cannot be.',
    'Lượt gửi {detail} có thời điểm không hợp lý.',
  ],
  settled: [
    'What retention knows of the message does not match its deliveries: {detail}.',
    'Thông tin lưu giữ của thông điệp không khớp với các lượt gửi: {detail}.',
  ],
  search: [
    'The search index does not match the messages.',
    'Chỉ mục tìm kiếm không khớp với các thông điệp.',
  ],
  count: ['The counter says {detail}.', 'Bộ đếm ghi {detail}.'],
  refs: ['The content is counted {detail}.', 'Số lần đếm nội dung: {detail}.'],
  'no-content': [
    'The message was not purged, yet its content is not there.',
    'Thông điệp chưa bị xóa nội dung nhưng nội dung không còn.',
  ],
  'content-missing': ['The content file is missing.', 'Thiếu tệp nội dung.'],
  'content-size': ['The content has {detail}.', 'Nội dung có {detail}.'],
  'content-digest': [
    'The content no longer matches its digest.',
    'Nội dung không còn khớp với mã băm.',
  ],
  'content-orphan': [
    'No message counts this content file; `serve` deletes it within a day.',
    'Không thông điệp nào dùng tệp nội dung này; `serve` sẽ xóa trong vòng một ngày.',
  ],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type FindingKind = keyof typeof FINDINGS;

export interface Finding {
  readonly code: 'store.check';
  readonly kind: FindingKind;
  /** What it is about: a message id, a content digest, a counter, `edxgate.db`. */
  readonly subject: string;
  readonly text: string;
  readonly textVi: string;
}

export function finding(kind: FindingKind, subject: string, detail = ''): Finding {
  const [text, textVi] = FINDINGS[kind];
  const fill = (words: string): string => words.replace('{detail}', () => detail);
  return { code: 'store.check', kind, subject, text: fill(text), textVi: fill(textVi) };
}
