/**
 * Strict reading of a YAML map: every key is asked for once, what is left over is unknown, and every
 * problem is noted with file, line and key instead of being thrown.
 *
 * @module
 */
import { nearest } from '../config/similar.js';
import type { YamlMap, YamlNode } from '../config/yaml-tree.js';
import type { Words } from './suite.js';
import type { SuiteProblem } from './suite-problem.js';

/** Where problems of one file go. */
export interface ProblemSink {
  readonly file: string;
  readonly problems: SuiteProblem[];
}

export class Fields {
  readonly #map: YamlMap;
  readonly #sink: ProblemSink;
  /** `steps[0].expect`; '' for the file. */
  readonly #prefix: string;
  readonly #asked = new Set<string>();

  constructor(map: YamlMap, sink: ProblemSink, prefix = '') {
    this.#map = map;
    this.#sink = sink;
    this.#prefix = prefix;
  }

  /** Notes that something is wrong with a key. */
  problem(key: string, text: string, textVi: string): void {
    const line = this.#map.entries.get(key)?.line ?? this.#map.line;
    this.#note(key, line, text, textVi);
  }

  has(key: string): boolean {
    return this.#map.entries.has(key);
  }

  node(key: string): YamlNode | undefined {
    this.#asked.add(key);
    return this.#map.entries.get(key)?.value;
  }

  line(key: string): number {
    return this.#map.entries.get(key)?.line ?? this.#map.line;
  }

  /** A text that must stand there. @returns '' when it does not */
  text(key: string): string {
    const value = this.optionalText(key);
    if (value !== undefined) return value;
    if (!this.has(key)) this.problem(key, 'is missing', 'còn thiếu');
    return '';
  }

  optionalText(key: string): string | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    if (node.kind === 'text' && node.text !== '') return node.text;
    this.problem(key, 'must be a text', 'phải là một chuỗi');
    return undefined;
  }

  /** A text that may be empty. */
  anyText(key: string): string | undefined {
    const node = this.node(key);
    if (node === undefined || node.kind === 'text') return node?.text;
    this.problem(key, 'must be a text', 'phải là một chuỗi');
    return undefined;
  }

  choice<T extends string>(key: string, values: readonly T[]): T | undefined {
    const text = this.optionalText(key);
    if (text === undefined) return undefined;
    const found = values.find((one) => one === text);
    if (found === undefined) {
      const list = values.join(', ');
      this.problem(key, `"${text}" is none of ${list}`, `"${text}" không thuộc ${list}`);
    }
    return found;
  }

  wholeNumber(key: string, min: number, max: number): number | undefined {
    const text = this.optionalText(key);
    if (text === undefined) return undefined;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = `${min}–${max}`;
    this.problem(key, `"${text}" is not a number of ${range}`, `"${text}" không phải số ${range}`);
    return undefined;
  }

  /** `title: {en: …, vi: …}`; one language alone stands for both. */
  words(key: string): Words {
    const node = this.node(key);
    if (node?.kind === 'text' && node.text !== '') return { en: node.text, vi: node.text };
    const both = this.map(key);
    if (both === undefined) return { en: '', vi: '' };
    const words = { en: both.text('en'), vi: both.text('vi') };
    both.end();
    return words;
  }

  /** A map that must stand there. */
  map(key: string): Fields | undefined {
    const node = this.node(key);
    if (node?.kind === 'map') return new Fields(node, this.#sink, this.#path(key));
    if (node === undefined) this.problem(key, 'is missing', 'còn thiếu');
    else this.problem(key, 'must hold keys and values', 'phải gồm các khóa và giá trị');
    return undefined;
  }

  /** Names and texts of the tester's own choice. */
  record(key: string): Record<string, string> | undefined {
    if (!this.has(key)) return undefined;
    const map = this.map(key);
    if (map === undefined) return undefined;
    const names = [...map.#map.entries.keys()];
    return Object.fromEntries(names.map((name) => [name, map.anyText(name) ?? '']));
  }

  texts(key: string): string[] | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    if (node.kind === 'list') {
      const texts = node.items.flatMap((one) => (one.kind === 'text' ? [one.text] : []));
      if (texts.length === node.items.length) return texts;
    }
    this.problem(key, 'must be a list of texts', 'phải là danh sách chuỗi');
    return undefined;
  }

  /** Maps of a list. */
  maps(key: string): Fields[] {
    const node = this.node(key);
    if (node === undefined) return [];
    if (node.kind !== 'list') {
      this.problem(key, 'must be a list', 'phải là danh sách');
      return [];
    }
    return node.items.flatMap((one, i) => {
      if (one.kind === 'map') return [new Fields(one, this.#sink, `${this.#path(key)}[${i}]`)];
      this.#note(`${key}[${i}]`, one.line, 'must hold keys and values', 'phải gồm các khóa');
      return [];
    });
  }

  /** Notes every key that nobody asked for. */
  end(): void {
    for (const [key, { line }] of this.#map.entries) {
      if (this.#asked.has(key)) continue;
      const near = nearest(key, this.#asked);
      const more = near === undefined ? '' : `; is ${near} meant?`;
      const moreVi = near === undefined ? '' : `; có phải ${near}?`;
      this.#note(key, line, `unknown key${more}`, `khóa không được biết${moreVi}`);
    }
  }

  #path(key: string): string {
    return this.#prefix === '' ? key : `${this.#prefix}.${key}`;
  }

  #note(key: string, line: number, text: string, textVi: string): void {
    const { file, problems } = this.#sink;
    problems.push({ file, line, key: this.#path(key), text, textVi });
  }
}
