/**
 * Dates and times as packages write them, and as the field writes them.
 *
 * Packages: `yyyy/MM/dd` and `yyyy/MM/dd HH:mm:ss`, Vietnam time without a zone (QCVN 102:2016, SDK
 * samples). The field also writes `dd/MM/yyyy`, `dd/MM/yyyy HH:mm:ss` and ISO 8601, with or without a
 * zone.
 *
 * @module
 */
import { vietnamTime } from '../clock.js';

const DATE = /^\d{4}\/\d{2}\/\d{2}$/;
const TIME = /^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}$/;

const YEAR_FIRST = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})/;
const DAY_FIRST = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})/;
const CLOCK = /^[T ] {0,3}(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?/;
const ZONE = /^ ?(?:Z|([+-])(\d{2}):?(\d{2}))$/;

interface Read {
  readonly date: string;
  /** `HH:mm:ss` when a time was given. */
  readonly clock: string;
}

/** Written as packages write dates, whether or not the day exists. */
export function isDate(text: string): boolean {
  return DATE.test(text);
}

export function isTime(text: string): boolean {
  return TIME.test(text);
}

/** @returns `yyyy/MM/dd`, or undefined when the text is no form of a date. */
export function readDate(text: string): string | undefined {
  return read(text)?.date;
}

/** @returns `yyyy/MM/dd HH:mm:ss` in Vietnam time; midnight when only a date was given. */
export function readTime(text: string): string | undefined {
  const found = read(text);
  return found && `${found.date} ${found.clock || '00:00:00'}`;
}

function read(text: string): Read | undefined {
  if (text.length > 40) return undefined;
  const first = YEAR_FIRST.exec(text);
  const match = first ?? DAY_FIRST.exec(text);
  if (match === null) return undefined;
  const [head, a = '', month = '', c = ''] = match;
  const date = `${first ? a : c}/${month.padStart(2, '0')}/${(first ? c : a).padStart(2, '0')}`;
  if (!inRange(month, 1, 12) || !inRange(first ? c : a, 1, 31)) return undefined;
  const rest = text.slice(head.length);
  if (rest === '') return { date, clock: '' };
  const clock = CLOCK.exec(rest);
  if (clock === null) return undefined;
  const [all, hour = '', minute = '', second = '00'] = clock;
  if (!inRange(hour, 0, 23) || !inRange(minute, 0, 59) || !inRange(second, 0, 59)) return undefined;
  const time = `${hour.padStart(2, '0')}:${minute}:${second}`;
  const zone = rest.slice(all.length);
  return zone === '' ? { date, clock: time } : inVietnam(date, time, zone);
}

function inRange(digits: string, from: number, to: number): boolean {
  const value = Number(digits);
  return value >= from && value <= to;
}

function inVietnam(date: string, clock: string, zone: string): Read | undefined {
  const match = ZONE.exec(zone);
  if (match === null) return undefined;
  const [, sign, hours = '0', minutes = '0'] = match;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  if (!dayExists(date)) return { date, clock };
  const ms = Date.parse(`${date.replaceAll('/', '-')}T${clock}Z`);
  const [day = '', time = ''] = vietnamTime(ms - offset * 60_000).split(' ');
  return { date: day, clock: time };
}

/** @param text `yyyy/MM/dd` with or without a time. @returns whether the day is in the calendar. */
export function dayExists(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('/').map(Number);
  if (year === undefined || month === undefined || day === undefined || year === 0) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** @returns milliseconds since 1970 of a package's date or time, which is Vietnam time. */
export function instantOf(text: string): number {
  const clock = text.length > 10 ? text.slice(11) : '00:00:00';
  return Date.parse(`${text.slice(0, 10).replaceAll('/', '-')}T${clock}+07:00`);
}
