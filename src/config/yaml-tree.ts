/**
 * Reads a YAML text into a tree of maps, lists and texts that know their lines. Every scalar stays the
 * text that was written (failsafe schema); anchors, aliases and tags are refused, so that a text is as
 * large as it looks. For files of suites; the configuration has yaml-keys.ts.
 *
 * @module
 */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Problem } from './problem.js';

const MAX_FILE_CHARS = 1_000_000;

export interface YamlText {
  readonly kind: 'text';
  readonly line: number;
  readonly text: string;
}

export interface YamlList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly line: number;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export type YamlNode = YamlText | YamlList | YamlMap;

/** What is wrong with the text as YAML; then there is no tree. */
export function readYamlTree(source: string): { tree?: YamlNode; problems: Problem[] } {
  if (source.length > MAX_FILE_CHARS) {
    return { problems: [{ text: 'the file is too large', textVi: 'tệp quá lớn' }] };
  }
  const counter = new LineCounter();
  const document = parseDocument(source, {
    schema: 'failsafe',
    lineCounter: counter,
    prettyErrors: false,
  });
  const lineAt = (offset: number | undefined): number =>
    Math.max(1, counter.linePos(offset ?? 0).line);
  const problems: Problem[] = document.errors.map((error) => ({
    line: lineAt(error.pos[0]),
    text: error.code === 'DUPLICATE_KEY' ? 'the key stands twice' : error.message,
    textVi: error.code === 'DUPLICATE_KEY' ? 'khóa bị lặp lại' : `YAML sai: ${error.message}`,
  }));
  visit(document, {
    Alias: (_key, node) => {
      problems.push({
        line: lineAt(node.range?.[0]),
        text: 'aliases are not taken; write the value out',
        textVi: 'không dùng bí danh (alias); hãy ghi đầy đủ giá trị',
      });
    },
  });
  if (problems.length > 0) return { problems };
  return { tree: treeOf(document.contents, 1, lineAt), problems };
}

type LineAt = (offset: number | undefined) => number;

function treeOf(node: Node | null, line: number, lineAt: LineAt): YamlNode {
  if (isMap(node)) {
    const entries = new Map<string, YamlEntry>();
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      const at = lineAt(key?.range?.[0]);
      const name = isScalar(key) ? String(key.value) : '?';
      entries.set(name, { line: at, value: treeOf(pair.value as Node | null, at, lineAt) });
    }
    return { kind: 'map', line, entries };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => {
      const one = item as Node | null;
      return treeOf(one, lineAt(one?.range?.[0]), lineAt);
    });
    return { kind: 'list', line, items };
  }
  return { kind: 'text', line, text: isScalar(node) ? String(node.value ?? '') : '' };
}
