/**
 * Rule mutants: the compiled sources with all their mutants built in, of which at most one is on. What a
 * mutant changes: a condition that is always or never true, a bound that is off by one, a call that is
 * left out, a row that a table lacks, a form that a pattern does not know.
 *
 * The switch is `globalThis.$a`; `globalThis.$t[n]` tells that mutant n was passed.
 *
 * @module
 */
import ts from 'typescript';

export interface RuleMutant {
  readonly id: number;
  /** `src/edxml/check-rules: always true: …`; a number where that says it of several places. */
  readonly what: string;
}

const COMPARED = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
]);

/** Put before each mutated file: tables and patterns that know the switch. */
const PRELUDE = `
globalThis.$n ??= 0; const $k = () => { if (++globalThis.$n > 20_000_000) throw new Error('endless'); };
globalThis.$a ??= -1; globalThis.$t ??= new Uint8Array(65536);
const $MSet = class extends Set { has(x) { const n = this.$rows?.indexOf(x) ?? -1; if (n >= 0) { $t[this.$id + n] = 1; if ($a === this.$id + n) return false; } return super.has(x); } };
const $set = (id, rows) => { const s = new $MSet(rows); s.$id = id; s.$rows = rows; return s; };
const $MMap = class extends Map { get(x) { return this.$off(x) ? undefined : super.get(x); } has(x) { return !this.$off(x) && super.has(x); } $off(x) { const n = this.$keys?.indexOf(x) ?? -1; if (n < 0) return false; $t[this.$id + n] = 1; return $a === this.$id + n; } };
const $map = (id, rows) => { const m = new $MMap(rows); m.$id = id; m.$keys = rows.map((one) => one[0]); return m; };
const $MArr = class extends Array { static get [Symbol.species]() { return Array; } includes(x) { const n = this.indexOf(x); if (n >= 0) { $t[this.$id + n] = 1; if ($a === this.$id + n) return false; } return n >= 0; } };
const $arr = (id, rows) => { const a = $MArr.from(rows); Object.defineProperty(a, '$id', { value: id }); return a; };
const $MRe = class extends RegExp { exec(text) { if (this.$all === undefined) return super.exec(text); for (let n = 0; n < this.$all.length; n++) $t[this.$id + n] = 1; const other = this.$all[$a - this.$id]; if (other === undefined) return super.exec(text); other.lastIndex = this.lastIndex; const found = other.exec(text); this.lastIndex = other.lastIndex; return found; } };
const $re = (id, own, all) => { const r = new $MRe(own); r.$id = id; r.$all = all; return r; };
`;

/** Other patterns near this one: without an option, a character of a class, an end of a range. */
export function patternVariants(source: string): string[] {
  const found = new Set<string>();
  const cut = (at: number, length: number, put = '') =>
    found.add(source.slice(0, at) + put + source.slice(at + length));
  for (const { index, 0: all } of source.matchAll(/\{\d+,\d+\}/g)) {
    for (const end of all.slice(1, -1).split(',')) cut(index, all.length, `{${end}}`);
  }
  for (const { index } of source.matchAll(/[^(*+?}\\]\?/g)) {
    cut(index + 1, 1);
    cut(index + 1, 1, '{0}');
  }
  for (const { index, 0: all } of source.matchAll(/\[[^\]\\^]{2,3}\]/g)) {
    for (let n = 1; n < all.length - 1; n++) cut(index + n, 1);
  }
  for (const { index, 0: all } of source.matchAll(/\(\?:[^()|[\]]+\|/g))
    cut(index + 3, all.length - 3);
  for (const { index, 0: all } of source.matchAll(/\|[^()|[\]]+\)/g)) cut(index, all.length - 1);
  return [...found].filter((one) => one !== source && isPattern(one));
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source).source !== '';
  } catch {
    return false;
  }
}

interface Edit {
  readonly start: number;
  readonly end: number;
  /** The new text around what is inside, which has edits of its own. */
  readonly wrap: (inner: string) => string;
}

export class Instrument {
  readonly mutants: RuleMutant[] = [];
  readonly #names = new Map<string, number>();
  #next = 0;

  /** @param file its name in reports. @returns the source with its mutants */
  source(file: string, text: string): string {
    const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    const write = (node: ts.Node): string => {
      const start = node.getStart(parsed);
      let done = '';
      let at = start;
      node.forEachChild((child) => {
        const from = child.getStart(parsed);
        if (from < at) return;
        done += text.slice(at, from) + write(child);
        at = child.getEnd();
      });
      const inner = done + text.slice(at, node.getEnd());
      return this.#edit(node, parsed, file)?.wrap(inner) ?? inner;
    };
    return PRELUDE + write(parsed);
  }

  #add(node: ts.Node, parsed: ts.SourceFile, file: string, what: string): number {
    const shown = node.getText(parsed).replace(/\s+/g, ' ').slice(0, 60);
    const name = `${file}: ${what}: ${shown}`;
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    const id = this.#next++;
    this.mutants.push({ id, what: count === 1 ? name : `${name} (${count})` });
    return id;
  }

  #edit(node: ts.Node, parsed: ts.SourceFile, file: string): Edit | undefined {
    const add = (what: string) => this.#add(node, parsed, file, what);
    const edit = (wrap: Edit['wrap']): Edit => ({ start: node.pos, end: node.end, wrap });
    if (isCondition(node)) {
      const no = add('never true');
      const yes = add('always true');
      const bound = boundOf(node, parsed);
      const other = bound === undefined ? '' : this.#bound(node, parsed, file, bound);
      return edit(
        (inner) =>
          `($t[${no}] = $t[${yes}] = 1, $a === ${no} ? false : $a === ${yes} ? true : ${other}(${inner}))`,
      );
    }
    if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) {
      if (node.expression.expression.kind === ts.SyntaxKind.SuperKeyword) return undefined;
      const id = add('left out');
      return edit((inner) => `{ $t[${id}] = 1; if ($a !== ${id}) { ${inner} } }`);
    }
    if (node.parent !== undefined && ts.isIterationStatement(node.parent, false)) {
      // A mutant may go round for ever: so many times is enough to know.
      if (node.parent.statement === node) return edit((inner) => `{ $k(); ${inner} }`);
    }
    return this.#table(node, parsed, file, edit);
  }

  #bound(node: ts.Node, parsed: ts.SourceFile, file: string, text: string): string {
    const id = this.#add(node, parsed, file, `bound as ${text}`);
    return `($t[${id}] = 1, $a === ${id}) ? ${text} : `;
  }

  #table(
    node: ts.Node,
    parsed: ts.SourceFile,
    file: string,
    edit: (wrap: Edit['wrap']) => Edit,
  ): Edit | undefined {
    const rows = (elements: readonly ts.Node[]) =>
      elements.map((one) => this.#add(one, parsed, file, 'without the row'))[0] ?? 0;
    if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
      const [list] = node.arguments ?? [];
      if (list === undefined || !ts.isArrayLiteralExpression(list)) return undefined;
      if (list.elements.length === 0 || list.elements.some(ts.isSpreadElement)) return undefined;
      const kind = { Set: '$set', Map: '$map' }[node.expression.text];
      if (kind === undefined) return undefined;
      const id = rows(list.elements);
      return edit((inner) => `${kind}(${id}, ${inner.slice(inner.indexOf('(') + 1, -1)})`);
    }
    if (ts.isArrayLiteralExpression(node) && isWordList(node)) {
      const id = rows(node.elements);
      return edit((inner) => `$arr(${id}, ${inner})`);
    }
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const flags = node.text.slice(end + 1);
      const others = patternVariants(node.text.slice(1, end));
      const ids = others.map((one) => this.#add(node, parsed, file, `as /${one}/`));
      if (ids[0] === undefined || flags.includes('g')) return undefined;
      const all = others.map((one) => `new RegExp(${JSON.stringify(one)}, '${flags}')`);
      return edit((inner) => `$re(${ids[0]}, ${inner}, [${all.join(', ')}])`);
    }
    return undefined;
  }
}

/** A list of words that is asked with `includes`: the value in a row of a Map. */
function isWordList(node: ts.ArrayLiteralExpression): boolean {
  const above = node.parent;
  return (
    node.elements.length > 0 &&
    node.elements.every(ts.isStringLiteral) &&
    ts.isArrayLiteralExpression(above) &&
    above.elements[1] === node
  );
}

function isCondition(node: ts.Node): boolean {
  const above = node.parent;
  if (above === undefined || !ts.isExpression(node)) return false;
  if (ts.isIfStatement(above)) return above.expression === node;
  if (ts.isConditionalExpression(above)) return above.condition === node;
  if (ts.isReturnStatement(above)) return isComparison(node);
  if (!ts.isBinaryExpression(above)) return false;
  const { kind } = above.operatorToken;
  const joins =
    kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
  return (
    joins && (isComparison(node) || ts.isPrefixUnaryExpression(node) || ts.isCallExpression(node))
  );
}

const COMPARISONS: ReadonlySet<ts.SyntaxKind> = new Set([
  ...COMPARED.keys(),
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

function isComparison(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind);
}

/** The comparison with its bound off by one, when both sides may be read twice. */
function boundOf(node: ts.Node, parsed: ts.SourceFile): string | undefined {
  if (!ts.isBinaryExpression(node)) return undefined;
  const other = COMPARED.get(node.operatorToken.kind);
  const [left, right] = [node.left.getText(parsed), node.right.getText(parsed)];
  if (other === undefined || /[+-]{2}|await|\(/.test(left + right)) return undefined;
  return `${left} ${other} ${right}`;
}
