/**
 * Cursors: where a page ended, as the opaque text of `Next` and `After`. They come back from outside,
 * so everything but what we would write ourselves is refused. A cursor grants nothing: the filter and
 * the caller's rights are applied anew.
 *
 * @module
 */
import { refuse } from '../../model/issue.js';
import type { Page } from '../store.js';

export type CursorValue = string | number;

const MAX_CURSOR_CHARS = 400;
const MAX_PAGE = 10_000;

export function writeCursor(list: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([list, ...values])).toString('base64url');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function isCursorValue(value: unknown): value is CursorValue {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/**
 * @param start what to begin after when no cursor was given; also gives number and types of the values.
 * @throws GatewayError `request.value` when it is no cursor of this list.
 */
export function readCursor<T extends readonly CursorValue[]>(
  list: string,
  text: string | undefined,
  start: T,
): T {
  if (text === undefined) return start;
  const bad = refuse('request.value', { element: 'After', reason: 'not a Next of this list' });
  if (text.length > MAX_CURSOR_CHARS) throw bad;
  const parsed = parse(text);
  if (!Array.isArray(parsed) || parsed.length !== start.length + 1 || parsed[0] !== list) throw bad;
  const values: unknown[] = parsed.slice(1);
  const fits = values.every((value, i) => isCursorValue(value) && typeof value === typeof start[i]);
  if (!fits || writeCursor(list, values.filter(isCursorValue)) !== text) throw bad;
  return values as unknown as T;
}

/** How many rows a page may have; one row more is read to learn whether there is a next page. */
export function pageSize(limit: number): number {
  return Number.isFinite(limit) ? Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE) : MAX_PAGE;
}

/** @param rows at most one more than fits; @param cursor of the last row that is shown. */
export function makePage<Row, T>(
  rows: readonly Row[],
  limit: number,
  convert: (row: Row) => T,
  cursor: (row: Row) => string,
): Page<T> {
  const size = pageSize(limit);
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  const items = shown.map(convert);
  return rows.length > size && last !== undefined ? { items, next: cursor(last) } : { items };
}
