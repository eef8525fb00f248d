/**
 * The one tree of an XML text that every later step works on: schema, canonical form, signature,
 * reading. Elements are a read-only view of libxml2's own nodes; nobody outside src/xml/ sees a pointer.
 *
 * @module
 */
import type { Issue } from '../model/issue.js';
import type { Base64Head } from './base64.js';

export interface XmlAttribute {
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

export interface XmlElement {
  /** Local name. */
  readonly name: string;
  readonly prefix: string;
  /** '' when in no namespace. */
  readonly namespace: string;
  /** Line in the bytes as received, from 1. */
  readonly line: number;
  readonly attributes: readonly XmlAttribute[];
  readonly parent: XmlElement | undefined;
  /** Child elements, in document order. */
  readonly children: readonly XmlElement[];
  /**
   * The element's own character data, concatenated; '' for an element whose text was cut out before
   * the parse (see `cut`).
   */
  readonly text: string;
  /**
   * Where in the bytes the long base64 text of this element lies, when the linear scan cut it out so
   * that it never enters the parser. Only `ContentTransferEncoded` and `Package` are ever cut.
   */
  readonly cut: { readonly offset: number; readonly length: number } | undefined;
}

export type CanonicalMethod = 'exclusive' | 'inclusive';

export interface CanonicalOptions {
  readonly method: CanonicalMethod;
  /** Left out with all its content: the enveloped signature. */
  readonly without?: XmlElement;
  /** InclusiveNamespaces PrefixList of exclusive form. */
  readonly prefixList?: readonly string[];
}

/** Names of the compiled schema sets; see xsd/. */
export type SchemaName =
  | 'document'
  | 'status'
  | 'gateway'
  | 'receiver'
  | 'receipt'
  | 'certificate'
  | 'partnerPass'
  | 'checkpoint';

export interface XmlDocument {
  readonly root: XmlElement;
  /** Exactly what was parsed. */
  readonly bytes: Uint8Array;
  /** The bytes start with a UTF-8 byte order mark. */
  readonly bom: boolean;
  /**
   * Validates the whole document, or one element of it as if it were the root. All faults at once,
   * as issues with named paths (`/edXML/edXMLEnvelope/…/To[2]/OrganId`) and lines.
   */
  validate(schema: SchemaName, element?: XmlElement): Issue[];
  /** Canonical form without comments of the element (the root: of the whole document), cut texts put back. */
  canonical(element: XmlElement, options: CanonicalOptions): Buffer;
  /** The same, hashed without building it. @param hash `sha256`, `sha384`, `sha512`, `sha1`. */
  canonicalDigest(element: XmlElement, options: CanonicalOptions, hash: string): Buffer;
  /** The base64 content of an element as bytes, white space ignored; undefined when it is not strict base64. */
  base64(element: XmlElement): Buffer | undefined;
  /** The size of that content and its first bytes, at the cost of these only when the text was cut out. */
  base64Head(element: XmlElement, maxBytes: number): Base64Head | undefined;
  /** Frees the tree. The object must not be used afterwards. */
  dispose(): void;
}

/** `/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/To[2]/OrganId`: an index only where siblings share the name. */
export function pathOf(element: XmlElement): string {
  let path = '';
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    const index = at.parent === undefined ? 0 : indexIn(at.parent.children, at);
    path = `/${at.name}${index === 0 ? '' : `[${index}]`}${path}`;
  }
  return path;
}

/** Kept, since a hostile text may have a fault in each of tens of thousands of siblings. */
const keptIndexes = new WeakMap<readonly XmlElement[], ReadonlyMap<XmlElement, number>>();

/** Place among the siblings of the same name, from 1; 0 for an only one. */
function indexIn(siblings: readonly XmlElement[], element: XmlElement): number {
  let indexes = keptIndexes.get(siblings);
  if (indexes === undefined) {
    indexes = indexesOf(siblings);
    keptIndexes.set(siblings, indexes);
  }
  return indexes.get(element) ?? 0;
}

function indexesOf(siblings: readonly XmlElement[]): Map<XmlElement, number> {
  const groups = new Map<string, XmlElement[]>();
  for (const one of siblings) {
    const key = `${one.name} ${one.namespace}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const indexes = new Map<XmlElement, number>();
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    for (const [i, one] of group.entries()) indexes.set(one, i + 1);
  }
  return indexes;
}

/** The first child element of that local name, in the given namespace when one is given. */
export function childOf(
  element: XmlElement | undefined,
  name: string,
  namespace?: string,
): XmlElement | undefined {
  return element?.children.find(
    (one) => one.name === name && (namespace === undefined || one.namespace === namespace),
  );
}
