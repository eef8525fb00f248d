/**
 * Status codes of the business level (QĐ 28/2018 art. 10.2, SDK samples).
 * Codes 07 to 12 and 14 were never met and are not valid.
 *
 * @module
 */
export type StatusCode = '01' | '02' | '03' | '04' | '05' | '06' | '13' | '15' | '16';

export interface StatusMeaning {
  readonly en: string;
  readonly vi: string;
  /** Who sends it: the recipient of the document, or (13) its sender. */
  readonly sentBy: 'recipient' | 'sender';
  /** A reason in `Description` is expected. */
  readonly needsReason: boolean;
}

export const STATUS_CODES: Readonly<Record<StatusCode, StatusMeaning>> = {
  '01': { en: 'arrived', vi: 'đã đến', sentBy: 'recipient', needsReason: false },
  '02': { en: 'refused', vi: 'từ chối tiếp nhận', sentBy: 'recipient', needsReason: true },
  '03': { en: 'accepted', vi: 'đã tiếp nhận', sentBy: 'recipient', needsReason: false },
  '04': { en: 'assigned', vi: 'phân công', sentBy: 'recipient', needsReason: false },
  '05': { en: 'in progress', vi: 'đang xử lý', sentBy: 'recipient', needsReason: false },
  '06': { en: 'finished', vi: 'hoàn thành', sentBy: 'recipient', needsReason: false },
  '13': { en: 'take-back requested', vi: 'yêu cầu lấy lại', sentBy: 'sender', needsReason: true },
  '15': {
    en: 'update or take-back agreed',
    vi: 'đồng ý cập nhật / lấy lại',
    sentBy: 'recipient',
    needsReason: false,
  },
  '16': {
    en: 'update or take-back refused',
    vi: 'từ chối cập nhật / lấy lại',
    sentBy: 'recipient',
    needsReason: true,
  },
};

export function parseStatusCode(text: string): StatusCode | undefined {
  return Object.hasOwn(STATUS_CODES, text) ? (text as StatusCode) : undefined;
}
