/**
 * Reads a YAML text into its keys, flat and with their lines: `exchange.listen` → text and line.
 * Every scalar stays the text that was written (failsafe schema), so that `organ_id: 28.22` is not a
 * number and the environment and the file mean the same.
 *
 * @module
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from './problem.js';
import type { RawValue } from './values.js';

/** Configuration files are small; a larger file is not one. */
const MAX_FILE_CHARS = 1_000_000;

export interface WrittenKey {
  readonly key: string;
  readonly line: number;
  /** undefined: written without a value, or with something that is neither a text nor a list of texts. */
  readonly value: RawValue | undefined;
}

/** `isGroup` tells which names hold further keys; all others are values, whatever is written there. */
export function readYamlKeys(
  source: string,
  isGroup: (key: string) => boolean,
): { keys: WrittenKey[]; problems: Problem[] } {
  if (source.length > MAX_FILE_CHARS) {
    return {
      keys: [],
      problems: [{ text: 'the file is too large', textVi: 'tệp quá lớn' }],
    };
  }
  const counter = new LineCounter();
  const document = parseDocument(source, {
    schema: 'failsafe',
    lineCounter: counter,
    prettyErrors: false,
  });
  const lineAt = (offset: number): number => Math.max(1, counter.linePos(offset).line);
  const problems: Problem[] = document.errors.map((error) => ({
    line: lineAt(error.pos[0]),
    text: error.code === 'DUPLICATE_KEY' ? 'the key stands twice' : error.message,
    textVi: error.code === 'DUPLICATE_KEY' ? 'khóa bị lặp lại' : `YAML sai: ${error.message}`,
  }));
  const keys: WrittenKey[] = [];
  const walk = (node: Node | null, prefix: string, line: number): void => {
    if (isMap(node) && (prefix === '' || isGroup(prefix))) {
      for (const pair of node.items) {
        const name = isScalar(pair.key) ? String(pair.key.value) : '?';
        const at = lineAt((pair.key as Node).range?.[0] ?? 0);
        walk(pair.value as Node | null, prefix === '' ? name : `${prefix}.${name}`, at);
      }
      return;
    }
    if (prefix === '') {
      if (node !== null && !(isScalar(node) && node.value === '')) {
        problems.push({
          line: 1,
          text: 'the file must hold keys and values',
          textVi: 'tệp phải gồm các khóa và giá trị',
        });
      }
      return;
    }
    keys.push({ key: prefix, line, value: textsOf(node) });
  };
  walk(document.contents, '', 1);
  return { keys, problems };
}

function textsOf(node: Node | null): RawValue | undefined {
  if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
  if (!isSeq(node)) return undefined;
  const texts: string[] = [];
  for (const item of node.items) {
    if (!isScalar(item) || isAlias(item) || typeof item.value !== 'string') return undefined;
    texts.push(item.value);
  }
  return texts;
}
