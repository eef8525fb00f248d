/**
 * Words for made-up documents: subjects that vary as real ones do, names of agencies, and dice that
 * fall the same way in every run.
 *
 * @module
 */

/** Numbers from 0 up to 1, the same for the same seed. */
export type Dice = () => number;

export function makeDice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(dice: Dice, from: readonly T[]): T {
  const one = from[Math.floor(dice() * from.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

/** Low places often, high ones rarely, as with agencies that send. */
export function skewed(dice: Dice, count: number): number {
  return Math.floor(count * dice() ** 3);
}

const ACTS = [
  'Về việc triển khai',
  'Về việc tăng cường',
  'Về việc báo cáo kết quả',
  'Về việc góp ý dự thảo',
  'Về việc phối hợp thực hiện',
  'Về việc hướng dẫn',
  'Về việc kiểm tra',
  'Về việc phê duyệt',
  'Mời dự họp về',
  'Báo cáo tình hình',
  'Kế hoạch',
  'Quyết định ban hành quy chế',
  'Thông báo kết luận về',
  'Trả lời kiến nghị về',
];

const THINGS = [
  'chuyển đổi số',
  'cải cách thủ tục hành chính',
  'phòng cháy chữa cháy rừng',
  'giải ngân vốn đầu tư công',
  'quy hoạch sử dụng đất',
  'an toàn thực phẩm',
  'tuyển sinh đầu cấp',
  'phòng chống dịch bệnh gia súc',
  'xây dựng nông thôn mới',
  'giải phóng mặt bằng đường vành đai',
  'bồi thường, hỗ trợ tái định cư',
  'bảo hiểm y tế học sinh',
  'quản lý khai thác khoáng sản',
  'công tác lưu trữ hồ sơ',
  'tiết kiệm điện',
  'bình ổn giá thị trường',
  'đào tạo nghề cho lao động',
  'bảo tồn di tích lịch sử',
  'xử lý rác thải sinh hoạt',
  'cấp nước sạch vùng cao',
];

const PLACES = ['xã', 'huyện', 'tỉnh', 'thành phố', 'khu vực', 'toàn ngành', 'địa bàn'];
const TIMES = ['quý I', 'quý II', 'quý III', 'quý IV', '6 tháng đầu năm', 'năm', 'giai đoạn tới'];
const SYLLABLES = ['An', 'Bình', 'Cường', 'Dung', 'Hòa', 'Khánh', 'Lâm', 'Minh', 'Ngọc', 'Phúc'];
const SECTORS = [
  'Sở Nội vụ',
  'Sở Tài chính',
  'Sở Y tế',
  'Ủy ban nhân dân',
  'Sở Xây dựng',
  'Cục Thuế',
];

/** Two words that are frequent and never stand in one subject, and one that is rare. */
export const NEVER_TOGETHER = ['lũ lụt', 'xâm nhập mặn'] as const;
export const RARE = 'Wolfram';
const RARE_EVERY = 50_000;

export function subjectOf(dice: Dice, number: number): string {
  const apart = dice() < 0.6 ? ` do ${NEVER_TOGETHER[number % 2 === 0 ? 0 : 1]}` : '';
  const rare = number % RARE_EVERY === 7 ? `, mỏ ${RARE}` : '';
  const place = `${pick(dice, PLACES)} ${pick(dice, SYLLABLES)} ${pick(dice, SYLLABLES)}`;
  return `${pick(dice, ACTS)} ${pick(dice, THINGS)}${apart} tại ${place} ${pick(dice, TIMES)}${rare}`;
}

export function agencyName(dice: Dice, number: number): string {
  return `${pick(dice, SECTORS)} Mẫu ${pick(dice, SYLLABLES)} ${pick(dice, SYLLABLES)} ${number}`;
}
