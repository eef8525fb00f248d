/**
 * Checks of single values, as zod schemas from the text in the file (or environment) to the value
 * that the gateway works with. Each complaint says in both languages what to write instead.
 *
 * @module
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Lifetimes } from '../model/lifetime.js';
import { parseOrganId } from '../model/organ-id.js';
import type { Words } from './problem.js';
import { guessUnit, parseDuration, parseSchedule, parseSize } from './units.js';

/** `host:port`; port 0 = any free port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Ten years: longer is a slip of the pen. */
const MAX_LIFETIME_MS = 3_650 * 86_400_000;

/** Text of one value, or texts of a list. */
export type RawValue = string | readonly string[];
export type ValueSchema<T> = z.ZodType<T, RawValue>;

/** The words travel through zod in `params`, since a zod message has one language. */
const COMPLAINT = z.object({ text: z.string(), textVi: z.string() });

export function wordsOf(error: z.ZodError): Words[] {
  return error.issues.map((one) => {
    const words = COMPLAINT.safeParse('params' in one ? one.params : undefined);
    if (words.success) return words.data;
    return { text: 'one value is expected here', textVi: 'ở đây cần một giá trị' };
  });
}

function text<T>(parse: (value: string) => T | undefined, complain: (v: string) => Words) {
  return z.string().transform((value, context): T => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', params: { ...complain(value) }, message: 'not valid' });
    return z.NEVER;
  });
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

export const organId = text(parseOrganId, (value) => ({
  text: `${quoted(value)} is not an organ id; write one such as 000.00.00.H41 or H41.02`,
  textVi: `${quoted(value)} không phải mã định danh; ghi ví dụ 000.00.00.H41 hoặc H41.02`,
}));

/** `min` in milliseconds. */
export function duration(min: number, max: number, range: string) {
  return text(
    (value) => within(parseDuration(value), min, max),
    (value) => numberWords(value, 'duration', range),
  );
}

/** `min` and `max` in bytes. */
export function size(min: number, max: number, range: string) {
  return text(
    (value) => within(parseSize(value), min, max),
    (value) => numberWords(value, 'size', range),
  );
}

/** A duration, or `forever` = undefined in the configuration (here: Infinity). */
export function durationOrForever(min: number, range: string) {
  return text(
    (value) =>
      value === 'forever'
        ? Number.POSITIVE_INFINITY
        : within(parseDuration(value), min, Number.MAX_SAFE_INTEGER),
    (value) => numberWords(value, 'duration', `${range}, or forever`),
  );
}

/** The same; without a value `same`: another setting decides. */
export function durationOrForeverOrSame(min: number, range: string) {
  return text(
    (value): number | 'same' | undefined => {
      if (value === '') return 'same';
      if (value === 'forever') return Number.POSITIVE_INFINITY;
      return within(parseDuration(value), min, Number.MAX_SAFE_INTEGER);
    },
    (value) => numberWords(value, 'duration', `${range}, or forever`),
  );
}

/** Deleting these is nothing that this version can do; the name is there so that files stay valid. */
export const foreverOnly = text(
  (value) => (value === 'forever' ? Number.POSITIVE_INFINITY : undefined),
  (value) => notAvailable(value),
);

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

function numberWords(value: string, kind: 'duration' | 'size', range: string): Words {
  const parsed = kind === 'size' ? parseSize(value) : parseDuration(value);
  if (parsed !== undefined) {
    return {
      text: `${quoted(value)} is out of range (${range})`,
      textVi: `${quoted(value)} ngoài khoảng cho phép (${range})`,
    };
  }
  const guess = guessUnit(value, kind) ?? (kind === 'size' ? '64MiB' : '30s');
  return {
    text: `${quoted(value)} is not a ${kind}; write ${guess}`,
    textVi: `${quoted(value)} không phải ${kind === 'size' ? 'dung lượng' : 'khoảng thời gian'}; ghi ${guess}`,
  };
}

export function count(min: number, max: number) {
  return text(
    (value) =>
      /^\d{1,9}$/.test(value.trim()) ? within(Number(value.trim()), min, max) : undefined,
    (value) => ({
      text: `${quoted(value)} is not a whole number from ${min} to ${max}`,
      textVi: `${quoted(value)} không phải số nguyên từ ${min} đến ${max}`,
    }),
  );
}

export const schedule = text(parseSchedule, (value) => ({
  text: `${quoted(value)} is not a retry schedule; write "1m, 5m, 15m, 1h*6, 6h*20"`,
  textVi: `${quoted(value)} không phải lịch gửi lại; ghi "1m, 5m, 15m, 1h*6, 6h*20"`,
}));

/** One duration, or five: for `Priority` 0 to 4. */
export const lifetimes = text(
  (value): Lifetimes['push'] | undefined => {
    const all = value.split(',').map((one) => within(parseDuration(one), 1_000, MAX_LIFETIME_MS));
    const [a, b = a, c = a, d = a, e = a] = all;
    if (all.length !== 1 && all.length !== 5) return undefined;
    if (!a || !b || !c || !d || !e) return undefined;
    return [a, b, c, d, e];
  },
  (value) => ({
    text: `${quoted(value)} is neither one duration nor five; write "10d" or "10d, 5d, 3d, 2d, 2d"`,
    textVi: `${quoted(value)} không phải một hay năm khoảng thời gian; ghi "10d" hoặc "10d, 5d, 3d, 2d, 2d"`,
  }),
);

/** `30s, 10m`: the first pause and the longest. */
export const pauseRange = text(
  (value): { pauseMs: number; maxPauseMs: number } | undefined => {
    const [first = '', longest = '', ...rest] = value.split(',');
    const pauseMs = within(parseDuration(first), 100, MAX_LIFETIME_MS);
    const maxPauseMs = within(parseDuration(longest), pauseMs ?? 0, MAX_LIFETIME_MS);
    if (pauseMs === undefined || maxPauseMs === undefined || rest.length > 0) return undefined;
    return { pauseMs, maxPauseMs };
  },
  (value) => ({
    text: `${quoted(value)} is not two durations, the longer one last; write "30s, 10m"`,
    textVi: `${quoted(value)} không phải hai khoảng thời gian, khoảng dài ghi sau; ghi "30s, 10m"`,
  }),
);

/** `14d, 1GiB`: how long, and how much in all. */
export const timeAndSize = text(
  (value): { keepMs: number; maxBytes: number } | undefined => {
    const [time = '', bytes = '', ...rest] = value.split(',');
    const keepMs = within(parseDuration(time), 1, Number.MAX_SAFE_INTEGER);
    const maxBytes = parseSize(bytes);
    if (keepMs === undefined || maxBytes === undefined || rest.length > 0) return undefined;
    return { keepMs, maxBytes };
  },
  (value) => ({
    text: `${quoted(value)} is not a duration and a size; write "14d, 1GiB"`,
    textVi: `${quoted(value)} không phải khoảng thời gian và dung lượng; ghi "14d, 1GiB"`,
  }),
);

export function choice<const T extends string>(values: readonly T[]) {
  return text(
    (value) => values.find((one) => one === value),
    (value) => ({
      text: `${quoted(value)} is not known; write ${values.join(' or ')}`,
      textVi: `không biết ${quoted(value)}; ghi ${values.join(' hoặc ')}`,
    }),
  );
}

export const yesNo = text(
  (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
  (value) => ({
    text: `${quoted(value)} is neither true nor false`,
    textVi: `${quoted(value)} không phải true hoặc false`,
  }),
);

export const address = text(parseAddress, (value) => ({
  text: `${quoted(value)} is not an address and port; write 127.0.0.1:8080`,
  textVi: `${quoted(value)} không phải địa chỉ và cổng; ghi 127.0.0.1:8080`,
}));

/** A file or folder; '' = none. Taken relative to the folder of the configuration file. */
export const path = text(
  (value) => (/[\0\n]|-----BEGIN/.test(value) ? undefined : value),
  () => ({
    text: 'the name of a file is expected, never its content',
    textVi: 'cần tên tệp, không phải nội dung tệp',
  }),
);

export const paths = z
  .union([z.string(), z.array(z.string()).readonly()])
  .transform((value): readonly string[] =>
    (typeof value === 'string' ? value.split(',') : value)
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  );

/** A duration, or `off` (here: Infinity). */
export function durationOrOff(min: number, max: number, range: string) {
  return text(
    (value) =>
      value === 'off' ? Number.POSITIVE_INFINITY : within(parseDuration(value), min, max),
    (value) => numberWords(value, 'duration', range),
  );
}

/** A list of which every member must pass. */
function listOf<T>(parse: (value: string) => T | undefined, complain: (value: string) => Words) {
  return paths.transform((values, context): readonly T[] => {
    const parsed: T[] = [];
    for (const value of values) {
      const one = parse(value);
      if (one !== undefined) parsed.push(one);
      else context.addIssue({ code: 'custom', params: { ...complain(value) }, message: 'no' });
    }
    return parsed;
  });
}

/** Addresses of http or https, without user and password. */
export const urls = listOf(
  (value) => {
    if (!URL.canParse(value)) return undefined;
    const { protocol, username, password, href } = new URL(value);
    const isHttp = protocol === 'http:' || protocol === 'https:';
    return isHttp && username === '' && password === '' ? href : undefined;
  },
  (value) => ({
    text: `${quoted(value)} is not an address; write http://crl.example/ca.crl`,
    textVi: `${quoted(value)} không phải địa chỉ; ghi http://crl.example/ca.crl`,
  }),
);

/** Hosts as URL#host writes them: in lower case, with the port where it is not the usual one. */
export const hosts = listOf(
  (value) => {
    const isHost = /^(?:\[[0-9A-Fa-f:.]{2,60}\]|[0-9A-Za-z.-]{1,253})(?::\d{1,5})?$/.test(value);
    if (!isHost || !URL.canParse(`http://${value}`)) return undefined;
    return new URL(`http://${value}`).host.replace(/:443$/, '');
  },
  (value) => ({
    text: `${quoted(value)} is not a host; write ocsp.example or ocsp.example:8080`,
    textVi: `${quoted(value)} không phải tên máy; ghi ocsp.example hoặc ocsp.example:8080`,
  }),
);

/** Nothing that this version can do; any value is refused. */
export const later = text(
  (value) => (value === '' ? value : undefined),
  (value) => notAvailable(value),
);

/**
 * The folder of the embedded store. Other stores are refused by name, and a password in an address is
 * refused before anything else, so that the text of the problem never repeats it.
 */
export const storeFolder = text(
  (value) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || value === '' ? undefined : value),
  (value) => {
    if (/^[a-z][a-z0-9+.-]*:\/\/[^/]*:[^/]*@/i.test(value)) {
      return {
        text: 'a password must not stand here; put it into a file and name that in store_password_file',
        textVi: 'không được ghi mật khẩu ở đây; đặt vào một tệp và khai báo ở store_password_file',
      };
    }
    if (value === '') return { text: 'a folder is expected', textVi: 'cần một thư mục' };
    return notAvailable(value.slice(0, value.indexOf('://') + 3));
  },
);

export const contentPlace = text(
  (value) => (value === 'store' ? value : undefined),
  (value) =>
    value.startsWith('s3')
      ? notAvailable('s3')
      : { text: 'only store is known', textVi: 'chỉ biết giá trị store' },
);

function notAvailable(value: string): Words {
  return {
    text: `${quoted(value)} is not available in this version`,
    textVi: `${quoted(value)} chưa có trong phiên bản này`,
  };
}

/** @returns undefined when it is not `host:port` with a port from 0 to 65535. */
export function parseAddress(value: string): Address | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.%]{2,60})\]|([0-9A-Za-z.-]{1,253})):(\d{1,5})$/.exec(value);
  if (match === null) return undefined;
  const [, v6, name = '', digits] = match;
  const port = Number(digits);
  if (port > 65_535 || (v6 !== undefined && isIP(v6) !== 6)) return undefined;
  return { host: v6 ?? name, port };
}

/** Only this machine can connect there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Stands for every address of this machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
