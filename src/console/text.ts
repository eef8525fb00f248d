/**
 * Words and numbers of a page in the reader's language. Labels hold `{name}` for values; English may have
 * a second form for one thing under `KEY.one`.
 *
 * @module
 */
import type { Language } from '../model/user.js';
import { LABELS_EN } from './labels.en.js';
import { LABELS_VI, type LabelKey } from './labels.vi.js';

export type { LabelKey } from './labels.vi.js';

type Values = Readonly<Record<string, string | number>>;

export interface Texts {
  readonly language: Language;
  /** A label. A key that is not there is a mistake of ours and shows as itself in tests only. */
  t(key: LabelKey, values?: Values): string;
  /** A label whose key is made of a value, such as `state.held`; the value itself when there is none. */
  word(prefix: string, value: string): string;
  number(value: number): string;
  /** `24/11/2026 08:02:11` in Vietnam time, from ISO 8601. */
  time(iso: string): string;
  day(iso: string): string;
  /** Two units at most: `26 giờ 12 phút`, `26 h 12 min`. */
  duration(ms: number): string;
  bytes(value: number): string;
}

const LABELS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  vi: LABELS_VI,
  en: LABELS_EN,
};
const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const;

const UNITS = {
  vi: [' ngày', ' giờ', ' phút', ' giây', ' ms'],
  en: [' d', ' h', ' min', ' s', ' ms'],
} as const;
const SIZES = [86_400_000, 3_600_000, 60_000, 1000, 1] as const;

function durationText(ms: number, language: Language): string {
  const units = UNITS[language];
  const first = SIZES.findIndex((size) => ms >= size);
  if (first < 0) return `0${units[4]}`;
  const size = SIZES[first] ?? 1;
  const head = `${Math.floor(ms / size)}${units[first]}`;
  const next = SIZES[first + 1];
  if (next === undefined || next === 1) return head;
  const rest = Math.floor((ms % size) / next);
  return rest === 0 ? head : `${head} ${rest}${units[first + 1]}`;
}

function filled(text: string, values: Values, number: (value: number) => string): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value) : value;
  });
}

function makeTexts(language: Language): Texts {
  const labels = LABELS[language];
  const numbers = new Intl.NumberFormat(LOCALES[language]);
  const number = (value: number): string => numbers.format(value);
  const parts = (iso: string): { day: string; clock: string } => {
    const local = new Date(Date.parse(iso) + 7 * 3_600_000).toISOString();
    const [year = '', month = '', day = ''] = local.slice(0, 10).split('-');
    const written = language === 'vi' ? `${day}/${month}/${year}` : `${year}-${month}-${day}`;
    return { day: written, clock: local.slice(11, 19) };
  };
  return {
    language,
    t(key, values = {}) {
      const one = values['n'] === 1 ? labels[`${key}.one`] : undefined;
      return filled(one ?? labels[key] ?? key, values, number);
    },
    word: (prefix, value) => labels[`${prefix}.${value}`] ?? value,
    number,
    time(iso) {
      const { day, clock } = parts(iso);
      return `${day} ${clock}`;
    },
    day: (iso) => parts(iso).day,
    duration: (ms) => durationText(ms, language),
    bytes(value) {
      if (value < 1000) return `${number(value)} B`;
      const [size, unit] = value < 1_000_000 ? [value / 1000, 'kB'] : [value / 1_000_000, 'MB'];
      return `${number(Math.round(size * 10) / 10)} ${unit}`;
    },
  };
}

export const TEXTS: Readonly<Record<Language, Texts>> = {
  vi: makeTexts('vi'),
  en: makeTexts('en'),
};
