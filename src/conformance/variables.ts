/**
 * Variables of a case, `{{name}}` in its texts and files:
 *
 * - `sender`, `recipient`, `third`: organ ids; `senderName`, `recipientName`, `thirdName`;
 * - `unique`: nine letters and digits, another in every case of every run; fits into a `CodeNumber`;
 * - `now` and `today`: Vietnam time as packages write it, `2026/11/24 10:04:05` and `2026/11/24`;
 * - `path`: path of the target;
 * - what earlier steps saved.
 *
 * In XML files values are escaped. A name that nobody knows makes the case broken.
 *
 * @module
 */
import { type Clock, vietnamTime } from '../clock.js';
import { escapeText } from '../soap/xml-text.js';
import { BrokenCase } from './broken-case.js';

/** `{{*}}` and `{{*:kind}}` belong to golden answers and are no variables. */
const VARIABLE = /\{\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\}/g;

export const FIXED_VARIABLES = [
  'sender',
  'senderName',
  'recipient',
  'recipientName',
  'third',
  'thirdName',
  'unique',
  'now',
  'today',
  'path',
] as const;

export interface Participant {
  readonly organId: string;
  readonly name: string;
}

export interface VariableSources {
  readonly sender: Participant;
  readonly recipient?: Participant;
  readonly third?: Participant;
  readonly unique: string;
  /** Path of the target, `/soap`. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export class Variables {
  readonly #values = new Map<string, string>();

  constructor(sources: VariableSources) {
    const { sender, recipient, third, unique, path, now } = sources;
    const people: [string, Participant | undefined][] = [
      ['sender', sender],
      ['recipient', recipient],
      ['third', third],
    ];
    for (const [role, one] of people) {
      if (one === undefined) continue;
      this.#values.set(role, one.organId);
      this.#values.set(`${role}Name`, one.name);
    }
    const time = vietnamTime(now);
    this.#values.set('unique', unique);
    this.#values.set('now', time);
    this.#values.set('today', time.slice(0, 10));
    this.#values.set('path', path);
  }

  save(name: string, value: string): void {
    this.#values.set(name, value);
  }

  get entries(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /** @throws BrokenCase when a name is not known */
  fill(text: string, write: (value: string) => string = (value) => value): string {
    return text.replace(VARIABLE, (_whole, name: string) => {
      const value = this.#values.get(name);
      if (value !== undefined) return write(value);
      throw new BrokenCase(
        `there is no variable {{${name}}} here`,
        `không có biến {{${name}}} ở bước này`,
      );
    });
  }

  /**
   * Into an XPath: a value with a quote could change what the expression asks.
   * @throws BrokenCase when a name is not known or a value holds a quote
   */
  fillXPath(text: string): string {
    return this.fill(text, (value) => {
      if (!/['"]/.test(value)) return value;
      throw new BrokenCase(
        `a value with a quote cannot stand in an XPath: ${value.slice(0, 100)}`,
        `giá trị có dấu nháy không dùng được trong XPath: ${value.slice(0, 100)}`,
      );
    });
  }

  /** Into a regular expression: values stand for themselves. */
  fillPattern(text: string): string {
    return this.fill(text, (value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  }

  /**
   * A file of the suite, with variables filled in where it is text; other files are bytes as they are.
   * @throws BrokenCase when a name is not known
   */
  fillFile(name: string, bytes: Buffer): { readonly bytes: Buffer; readonly filled: boolean } {
    if (!bytes.includes('{{')) return { bytes, filled: false };
    const text = textOf(bytes);
    if (text === undefined || text.search(VARIABLE) < 0) return { bytes, filled: false };
    const write = isXml(name, text) ? escapeText : undefined;
    return { bytes: Buffer.from(this.fill(text, write), 'utf8'), filled: true };
  }
}

/** Names of the variables that a text uses. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
}

/** @returns undefined when the bytes are not UTF-8 text */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function isXml(name: string, text: string): boolean {
  return /\.(?:xml|edxml|soap)$/i.test(name) || /^\uFEFF?\s*</.test(text);
}

const SEED_START = Date.UTC(2025, 0, 1);
let lastSeed = 0;

/** Tells the runs of one machine apart: tenths of a second since 2025, never the same twice. */
function nextSeed(now: number): number {
  lastSeed = Math.max(lastSeed + 1, Math.floor((now - SEED_START) / 100));
  return lastSeed;
}

/** A maker of values of `{{unique}}`, one for each case of a run. */
export function uniqueMaker(clock: Clock): (index: number) => string {
  const seed = nextSeed(clock.now()).toString(36).padStart(6, '0');
  return (index) => `${seed}${index.toString(36).padStart(3, '0')}`;
}
