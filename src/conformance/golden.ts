/**
 * Compares an answer with a golden one, line by line. A line of the golden answer may hold `{{*}}`, which
 * stands for anything, and `{{*:kind}}`, which stands for a value of that kind (mask.ts).
 *
 * @module
 */
import { hasKind, type MaskedLine } from './mask.js';
import type { Difference } from './run-result.js';

/** A golden answer that differs in more lines is another answer. */
const MAX_DIFFERENCES = 10;
/** How far a missing or new line is looked for. */
const WINDOW = 40;
const END = '(the end)';

export function goldenText(lines: readonly MaskedLine[]): string {
  return `${lines.map((line) => line.text).join('\n')}\n`;
}

/** @param file name of the golden answer, for people */
export function compareGolden(
  golden: string,
  actual: readonly MaskedLine[],
  file: string,
): Difference[] {
  const expected = golden
    .replace(/^\uFEFF/, '')
    .replace(/\s*$/, '')
    .split(/\r?\n/);
  const found: Difference[] = [];
  const add = (line: number, wanted: string, got: string): void => {
    const place = `${file}:${line + 1}`;
    found.push({ what: 'golden', place, expected: wanted.trim(), actual: got.trim() });
  };
  let e = 0;
  let a = 0;
  while ((e < expected.length || a < actual.length) && found.length < MAX_DIFFERENCES) {
    const wanted = expected[e];
    const got = actual[a];
    if (wanted === undefined) add(e, END, actual[a++]?.text ?? '');
    else if (got === undefined) add(e++, wanted, END);
    else if (matches(wanted, got)) {
      e++;
      a++;
    } else {
      const step = resync(expected, actual, e, a);
      if (step === 'missing') add(e++, wanted, '(no such line)');
      else if (step === 'new') add(e, '(no such line)', actual[a++]?.text ?? '');
      else {
        add(e++, wanted, got.text);
        a++;
      }
    }
  }
  return found;
}

/** What brings both sides together again with the fewest lines. */
function resync(
  expected: readonly string[],
  actual: readonly MaskedLine[],
  e: number,
  a: number,
): 'missing' | 'new' | 'changed' {
  const wanted = expected[e];
  const got = actual[a];
  for (let ahead = 1; ahead <= WINDOW; ahead++) {
    const laterWanted = expected[e + ahead];
    const laterGot = actual[a + ahead];
    if (laterWanted !== undefined && laterGot !== undefined && matches(laterWanted, laterGot)) {
      return 'changed';
    }
    if (laterGot !== undefined && wanted !== undefined && matches(wanted, laterGot)) return 'new';
    if (laterWanted !== undefined && got !== undefined && matches(laterWanted, got))
      return 'missing';
  }
  return 'changed';
}

const WILD = /\{\{\*(?::([a-z0-9]+))?\}\}/g;

function matches(wanted: string, got: MaskedLine): boolean {
  const line = wanted.trimEnd();
  if (line === got.text || line === got.plain) return true;
  if (!line.includes('{{*')) return false;
  return matchesWild(line, got.text) || matchesWild(line, got.plain);
}

/** Pieces between the wild cards are found from left to right: linear, unlike a regular expression. */
function matchesWild(line: string, text: string): boolean {
  const pieces: string[] = [];
  const kinds: (string | undefined)[] = [];
  let end = 0;
  for (const match of line.matchAll(WILD)) {
    pieces.push(line.slice(end, match.index));
    kinds.push(match[1]);
    end = match.index + match[0].length;
  }
  const last = line.slice(end);
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    const start = i === 0 ? (text.startsWith(piece) ? 0 : -1) : text.indexOf(piece, at);
    if (start < 0) return false;
    if (i > 0 && !fits(text.slice(at, start), kinds[i - 1])) return false;
    at = start + piece.length;
  }
  if (text.length - last.length < at || !text.endsWith(last)) return false;
  return fits(text.slice(at, text.length - last.length), kinds.at(-1));
}

function fits(value: string, kind: string | undefined): boolean {
  return kind === undefined || value === `{{*:${kind}}}` || hasKind(value, kind);
}
