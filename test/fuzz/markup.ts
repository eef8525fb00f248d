/**
 * Where the elements of a text are, read off the text itself and as loosely as a mutated one needs. One
 * character is one byte here (latin1), so that a mutation may break UTF-8 as well.
 *
 * @module
 */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Element extends Span {
  /** As written, with its prefix. */
  readonly name: string;
  readonly local: string;
  /** From `<` to `>` of the start tag. */
  readonly tag: Span;
  /** Between the tags; empty for `<a/>`. */
  readonly content: Span;
  readonly depth: number;
}

export interface Attribute extends Span {
  readonly name: string;
  readonly value: Span;
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[?!][^>]*>|<\/([^\s>]*)\s*>|<([A-Za-z_][^\s/>]*)(?:"[^"]*"|'[^']*'|[^"'>])*?(\/?)>/g;
const ATTRIBUTE = /([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** All elements in the order of their start tags; what is not closed ends where its parent does. */
export function elementsOf(text: string): Element[] {
  const found: Element[] = [];
  const open: { index: number; name: string; tag: Span; depth: number }[] = [];
  const close = (contentEnd: number, end: number): void => {
    const at = open.pop();
    if (at === undefined) return;
    const { name, tag, depth } = at;
    const content = { start: Math.min(tag.end, contentEnd), end: contentEnd };
    const local = name.slice(name.indexOf(':') + 1);
    found[at.index] = { name, local, tag, content, depth, start: tag.start, end };
  };
  let count = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [all, ended, started, slash] = match;
    const start = match.index;
    const end = start + all.length;
    if (started !== undefined) {
      open.push({ index: count++, name: started, tag: { start, end }, depth: open.length });
      if (slash === '/') close(end, end);
    } else if (ended !== undefined && open.some(({ name }) => name === ended)) {
      while (open.at(-1)?.name !== ended) close(start, start);
      close(start, end);
    }
  }
  while (open.length > 0) close(text.length, text.length);
  return found;
}

export function attributesOf(text: string, { tag, name }: Element): Attribute[] {
  const from = tag.start + 1 + name.length;
  const body = text.slice(from, tag.end);
  return [...body.matchAll(ATTRIBUTE)].map((match) => {
    const start = from + match.index;
    const end = start + match[0].length;
    const length = (match[2] ?? match[3] ?? '').length;
    const value = { start: end - 1 - length, end: end - 1 };
    return { name: match[1] ?? '', start, end, value };
  });
}

export function cut(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

export function put(text: string, { start, end }: Span, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

export function insert(text: string, at: number, what: string): string {
  return text.slice(0, at) + what + text.slice(at);
}
