/**
 * Search text: what the store keeps beside a message so that people find it by typing without
 * diacritics. `Về việc Đấu nối` and `ve viec dau noi` fold to the same text.
 *
 * @module
 */

/** More than this is never searched; keeps the column small. */
const MAX_SEARCH_CHARS = 2000;

/**
 * @returns the parts, joined by one space: lower case, without diacritics, `đ` as `d`, runs of white
 * space as one space, at most 2000 characters. Absent and blank parts are left out.
 */
export function foldSearchText(...parts: readonly (string | undefined)[]): string {
  return parts
    .map((part) => fold((part ?? '').slice(0, MAX_SEARCH_CHARS)))
    .filter((part) => part !== '')
    .join(' ')
    .slice(0, MAX_SEARCH_CHARS);
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/\s+/gu, ' ')
    .trim();
}
