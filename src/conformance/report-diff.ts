/**
 * Where two texts differ, word by word for short ones and line by line for long ones. Bounded: what is
 * too much to be compared is marked from its first to its last difference.
 *
 * @module
 */

/** A piece of one side; `differs` is what the other side has not. */
export interface Piece {
  readonly text: string;
  readonly differs: boolean;
}

export interface Compared {
  readonly expected: readonly Piece[];
  readonly actual: readonly Piece[];
}

/** Work and memory of the table of common parts. */
const MAX_CELLS = 250_000;

export function compareTexts(expected: string, actual: string): Compared {
  const isLong = (text: string): boolean => text.split('\n').length > 12;
  const split = isLong(expected) || isLong(actual) ? splitLines : splitWords;
  const [left, right] = [split(expected), split(actual)];
  const start = commonStart(left, right);
  const end = commonEnd(left, right, start);
  const middle = {
    left: left.slice(start, left.length - end),
    right: right.slice(start, right.length - end),
  };
  const common = commonParts(middle.left, middle.right);
  const whole = (tokens: readonly string[], kept: ReadonlySet<number>): Piece[] =>
    joined(
      tokens.map((text, i) => {
        const inMiddle = i >= start && i < tokens.length - end;
        return { text, differs: inMiddle && !kept.has(i - start) };
      }),
    );
  return { expected: whole(left, common.left), actual: whole(right, common.right) };
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Words, runs of white space, and every other character by itself. */
function splitWords(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+|\s+|./gsu) ?? [];
}

function commonStart(left: readonly string[], right: readonly string[]): number {
  const most = Math.min(left.length, right.length);
  let i = 0;
  while (i < most && left[i] === right[i]) i += 1;
  return i;
}

function commonEnd(left: readonly string[], right: readonly string[], start: number): number {
  const most = Math.min(left.length, right.length) - start;
  let i = 0;
  while (i < most && left.at(-1 - i) === right.at(-1 - i)) i += 1;
  return i;
}

interface Common {
  /** Indexes of the tokens that both have, in order. */
  readonly left: ReadonlySet<number>;
  readonly right: ReadonlySet<number>;
}

/** The longest common subsequence. */
function commonParts(left: readonly string[], right: readonly string[]): Common {
  const kept = { left: new Set<number>(), right: new Set<number>() };
  const width = right.length + 1;
  if (left.length * width > MAX_CELLS) return kept;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      kept.left.add(i++);
      kept.right.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return kept;
}

/** Neighbours of the same kind become one piece; so does a blank between two that differ. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  pieces.forEach((piece, i) => {
    const isGap = /^\s+$/.test(piece.text) && pieces[i - 1]?.differs && pieces[i + 1]?.differs;
    const differs = piece.differs || isGap === true;
    const last = result.at(-1);
    if (last?.differs === differs)
      result[result.length - 1] = { text: last.text + piece.text, differs };
    else result.push({ text: piece.text, differs });
  });
  return result;
}
