/**
 * Columns for people: padded, without borders, so that `grep` and `cut` still work.
 *
 * @module
 */
import { vietnamTime } from '../clock.js';

export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell));
  }
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - width(cell))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Combining marks take no room: names may be written in NFD. */
function width(text: string): number {
  return [...text.normalize('NFC')].length;
}

/** Vietnam time, `2026/11/24 10:04:05`, from ISO 8601. */
export function localTime(iso: string): string {
  return vietnamTime(Date.parse(iso));
}

/** `10 kB`, `3.2 MB`: for people; exact bytes stand in the JSON. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** Text of others on a terminal: no control or reordering characters. */
export function plain(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    '\ufffd',
  );
}
