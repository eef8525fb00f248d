/**
 * Units of the configuration: durations, sizes and retry schedules, as texts with a unit and back.
 * A number without a unit is never taken: `90` could be seconds or days.
 *
 * @module
 */

const DURATION_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const SIZE_BYTES: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['KiB', 1_024],
  ['MiB', 1_048_576],
  ['GiB', 1_073_741_824],
]);

/** A schedule is for one delivery; more attempts than this would never end. */
const MAX_ATTEMPTS = 1_000;

const NUMBER_WITH_UNIT = /^(\d{1,12}) ?([A-Za-z]{1,3})$/;

function parseWithUnit(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const match = NUMBER_WITH_UNIT.exec(text.trim());
  const factor = units.get(match?.[2] ?? '');
  if (match === null || factor === undefined) return undefined;
  const value = Number(match[1]) * factor;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** `500ms`, `30s`, `15m`, `6h`, `90d`. @returns milliseconds, or undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  return parseWithUnit(text, DURATION_MS);
}

/** `512B`, `64KiB`, `96MiB`, `1GiB`. @returns bytes, or undefined when it is not a size. */
export function parseSize(text: string): number | undefined {
  return parseWithUnit(text, SIZE_BYTES);
}

/**
 * `1m, 5m, 15m, 1h*6, 6h*20`: the waiting time after each failed attempt; `*6` repeats it.
 *
 * @returns milliseconds, one per wait, or undefined when a step cannot be read, there is none, or
 * there are more than 1000.
 */
export function parseSchedule(text: string): number[] | undefined {
  const waits: number[] = [];
  for (const step of text.split(',')) {
    const [wait = '', times, ...rest] = step.trim().split('*');
    const ms = parseDuration(wait);
    const count = times === undefined ? 1 : /^ ?\d{1,4}$/.test(times) ? Number(times) : 0;
    if (ms === undefined || ms === 0 || count === 0 || rest.length > 0) return undefined;
    if (waits.length + count > MAX_ATTEMPTS) return undefined;
    for (let i = 0; i < count; i++) waits.push(ms);
  }
  return waits;
}

function write(value: number, units: ReadonlyMap<string, number>): string {
  let text = '';
  for (const [unit, factor] of units) {
    if (text === '' || (value !== 0 && value % factor === 0)) text = `${value / factor}${unit}`;
  }
  return text;
}

/** The shortest text that parses back to the same: 90000 → `90s`. */
export function writeDuration(ms: number): string {
  return write(ms, DURATION_MS);
}

export function writeSize(bytes: number): string {
  return write(bytes, SIZE_BYTES);
}

/** What a person most likely meant by a size or duration that cannot be read: `64MB` → `64MiB`. */
export function guessUnit(text: string, kind: 'duration' | 'size'): string | undefined {
  const match = /^(\d{1,12})\s{0,3}([A-Za-z]{0,12})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, digits = '', word = ''] = match;
  const first = word.charAt(0);
  if (kind === 'size') {
    const unit = new Map([
      ['k', 'KiB'],
      ['m', 'MiB'],
      ['g', 'GiB'],
      ['b', 'B'],
      ['', 'MiB'],
    ]).get(first.toLowerCase());
    return unit === undefined ? undefined : `${digits}${unit}`;
  }
  const unit = /^(?:ms|mill)/i.test(word) ? 'ms' : first === '' ? 's' : first.toLowerCase();
  return DURATION_MS.has(unit) ? `${digits}${unit}` : undefined;
}
