/**
 * The value of one leaf: as the schema wants it, or as the field writes it and the profile `field`
 * reads it.
 *
 * @module
 */
import type { ErrorCode } from '../model/error-table.js';
import type { Values } from '../model/issue.js';
import type { Leaf } from './shape.js';
import { isDate, isTime, readDate, readTime } from './times.js';

export interface LeafReading {
  /** The value that is read from here on. */
  readonly value: string;
  /** What goes to the schema check instead of the value. */
  readonly check?: string;
  /** Present when the value was not as the schema wants it, but could be read. */
  readonly warning?: { readonly code: ErrorCode; readonly values: Values };
}

/** A text this many times too long is refused in every profile: it is not a text any more. */
const FAR_TOO_LONG = 10;
const INTEGER = /^[+-]?\d{1,9}$/;
const BOOLEANS: ReadonlySet<string> = new Set(['true', 'false', '0', '1']);

/** Values of other writers, by the name of the element. Source: provincial axes, .NET writers. */
const KNOWN_VALUES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['Priority', new Map([['5', '0']])],
  ...['Paper', 'DocumentInfo', 'DocumentReceiver', 'ReceiverType'].map(
    (name) =>
      [
        name,
        new Map([
          ['false', '0'],
          ['true', '1'],
        ]),
      ] as const,
  ),
]);

/** XML white space only: a no-break space is content. */
export function trimXml(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isXmlSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isXmlSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isXmlSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/**
 * How the profile `field` reads a value. What it cannot read stays as it is; the schema check then
 * names it.
 *
 * @param raw the text of the element, white space included.
 */
export function readLeaf(name: string, leaf: Leaf, raw: string): LeafReading {
  const value = trimXml(raw);
  if (value === '') return { value };
  switch (leaf.type) {
    case 'date':
      return isDate(value) ? { value } : readAs(name, value, readDate(value), 'dialect.date-order');
    case 'time':
      return isTime(value) ? { value } : readAs(name, value, readTime(value), 'dialect.date-order');
    case 'code':
      return leaf.allowed?.includes(value) === false
        ? readAs(name, value, knownValue(name, value), 'dialect.value')
        : { value };
    case 'number':
      return INTEGER.test(value) && Number(value) >= 0 ? { value } : onlyForCheck(name, value, '0');
    case 'boolean':
      return BOOLEANS.has(value) ? { value } : onlyForCheck(name, value, 'false');
    case 'text':
      return readText(name, leaf, raw, value);
    default:
      return { value };
  }
}

function readAs(
  name: string,
  value: string,
  read: string | undefined,
  code: ErrorCode,
): LeafReading {
  if (read === undefined) return { value };
  return { value: read, warning: { code, values: { element: name, value, read } } };
}

function onlyForCheck(name: string, value: string, read: string): LeafReading {
  const values = { element: name, value, read };
  return { value, check: read, warning: { code: 'dialect.value', values } };
}

function knownValue(name: string, value: string): string | undefined {
  if (name === 'StatusCode' && /^[1-9]$/.test(value)) return `0${value}`;
  return KNOWN_VALUES.get(name)?.get(value.toLowerCase());
}

function readText(name: string, { limit, hard }: Leaf, raw: string, value: string): LeafReading {
  if (limit === undefined || hard === true || !isLonger(raw, limit)) return { value };
  if (isLonger(value, limit * FAR_TOO_LONG)) return { value };
  const check = [...value].slice(0, limit).join('');
  return { value, check, warning: { code: 'dialect.length', values: { element: name, limit } } };
}

/** Counts as the schema does: characters, not UTF-16 units. */
function isLonger(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > 2 * limit) return true;
  return [...text].length > limit;
}
