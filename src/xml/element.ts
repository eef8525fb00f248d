/**
 * Elements of the one tree: read-only views of libxml2's own nodes, made when first asked for.
 *
 * @module
 */
import {
  heapBuffer,
  lib,
  NAMESPACE,
  NODE,
  type Pointer,
  read32,
  readString,
  stringEnd,
  TYPE,
} from './libxml2.js';
import type { XmlAttribute, XmlElement } from './tree.js';

/** libxml2 keeps 16 bits for a line. */
const UNKNOWN_LINE = 0xffff;

/** The views of one document; each node has one, made when first asked for. */
export class Tree {
  readonly document: Pointer;
  /** Strings of names and namespaces, by pointer: they never move while the document lives. */
  readonly names = new Map<Pointer, string>();
  readonly #views = new Map<Pointer, ElementView>();

  constructor(document: Pointer) {
    this.document = document;
  }

  get root(): ElementView {
    this.check();
    return this.view(lib._xmlDocGetRootElement(this.document));
  }

  view(node: Pointer): ElementView {
    const known = this.#views.get(node);
    if (known !== undefined) return known;
    const view = new ElementView(this, node);
    this.#views.set(node, view);
    return view;
  }

  /** Throws once the document was disposed of; our own schemas never are. */
  check(): void {}

  cutOf(_node: Pointer): { readonly offset: number; readonly length: number } | undefined {
    return undefined;
  }

  /** Exact line of an element whose line does not fit libxml2's field. */
  farLine(_node: Pointer): number {
    return UNKNOWN_LINE;
  }
}

export class ElementView implements XmlElement {
  readonly tree: Tree;
  readonly node: Pointer;
  readonly name: string;
  readonly prefix: string;
  readonly namespace: string;
  #attributes: readonly XmlAttribute[] | undefined;
  #children: readonly ElementView[] | undefined;
  #text: string | undefined;

  constructor(tree: Tree, node: Pointer) {
    this.tree = tree;
    this.node = node;
    const namespace = read32(node + NODE.ns);
    this.name = nameAt(tree, read32(node + NODE.name));
    this.namespace = namespace === 0 ? '' : nameAt(tree, read32(namespace + NAMESPACE.href));
    this.prefix = namespace === 0 ? '' : nameAt(tree, read32(namespace + NAMESPACE.prefix));
  }

  get line(): number {
    this.tree.check();
    const line = read32(this.node + NODE.line) & 0xffff;
    return line === UNKNOWN_LINE ? this.tree.farLine(this.node) : line;
  }

  get attributes(): readonly XmlAttribute[] {
    this.tree.check();
    this.#attributes ??= this.#readAttributes();
    return this.#attributes;
  }

  #readAttributes(): XmlAttribute[] {
    const found: XmlAttribute[] = [];
    for (let at = read32(this.node + NODE.properties); at !== 0; at = read32(at + NODE.next)) {
      const namespace = read32(at + NODE.ns);
      found.push({
        name: nameAt(this.tree, read32(at + NODE.name)),
        namespace: namespace === 0 ? '' : nameAt(this.tree, read32(namespace + NAMESPACE.href)),
        value: characters(at),
      });
    }
    return found;
  }

  get parent(): ElementView | undefined {
    this.tree.check();
    const parent = read32(this.node + NODE.parent);
    return parent === 0 || parent === this.tree.document ? undefined : this.tree.view(parent);
  }

  get children(): readonly ElementView[] {
    this.tree.check();
    if (this.#children === undefined) {
      const found: ElementView[] = [];
      for (let at = read32(this.node + NODE.children); at !== 0; at = read32(at + NODE.next)) {
        if (read32(at + NODE.type) === TYPE.element) found.push(this.tree.view(at));
      }
      this.#children = found;
    }
    return this.#children;
  }

  get text(): string {
    this.tree.check();
    this.#text ??= this.cut === undefined ? characters(this.node) : '';
    return this.#text;
  }

  get cut(): { readonly offset: number; readonly length: number } | undefined {
    this.tree.check();
    return this.tree.cutOf(this.node);
  }

  /** Namespace that a prefix stands for here; '' when it stands for none. */
  namespaceOf(prefix: string): string {
    this.tree.check();
    for (let node = this.node; node !== this.tree.document; node = read32(node + NODE.parent)) {
      for (let at = read32(node + NODE.nsDef); at !== 0; at = read32(at + NAMESPACE.next)) {
        if (nameAt(this.tree, read32(at + NAMESPACE.prefix)) === prefix) {
          return nameAt(this.tree, read32(at + NAMESPACE.href));
        }
      }
    }
    return '';
  }

  /** The start of the first piece of text, for quoting: an attachment need not be read for that. */
  preview(maxBytes: number): string {
    this.tree.check();
    for (let at = read32(this.node + NODE.children); at !== 0; at = read32(at + NODE.next)) {
      const content = contentOf(at);
      if (content === 0) continue;
      return heapBuffer().toString(
        'utf8',
        content,
        Math.min(stringEnd(content), content + maxBytes),
      );
    }
    return '';
  }

  /** The element's own character data as UTF-8, not shared with libxml2's memory. */
  rawText(): Buffer {
    this.tree.check();
    const pieces: Buffer[] = [];
    for (let at = read32(this.node + NODE.children); at !== 0; at = read32(at + NODE.next)) {
      const content = contentOf(at);
      if (content !== 0) pieces.push(heapBuffer().subarray(content, stringEnd(content)));
    }
    return Buffer.concat(pieces);
  }
}

function nameAt(tree: Tree, at: Pointer): string {
  if (at === 0) return '';
  const known = tree.names.get(at);
  if (known !== undefined) return known;
  const name = readString(at);
  tree.names.set(at, name);
  return name;
}

/** Pointer to a text's or CDATA section's characters; 0 for other nodes and for none. */
function contentOf(node: Pointer): Pointer {
  const type = read32(node + NODE.type);
  return type === TYPE.text || type === TYPE.cdata ? read32(node + NODE.content) : 0;
}

/** Text of an element's or attribute's child texts, joined: comments between them do not end it. */
function characters(parent: Pointer): string {
  let text = '';
  for (let at = read32(parent + NODE.children); at !== 0; at = read32(at + NODE.next)) {
    text += readString(contentOf(at));
  }
  return text;
}

/** @returns the element after `node` in document order, 0 after the last one. */
export function nextElement(node: Pointer, root: Pointer): Pointer {
  let at = read32(node + NODE.children);
  let up = node;
  for (;;) {
    for (; at !== 0; at = read32(at + NODE.next)) {
      if (read32(at + NODE.type) === TYPE.element) return at;
    }
    if (up === root) return 0;
    at = read32(up + NODE.next);
    up = read32(up + NODE.parent);
  }
}
