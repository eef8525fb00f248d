/**
 * What is read from: a small tree of the elements of a package that the contract knows, under their
 * contract names, each with the element it came from.
 *
 * @module
 */
import type { XmlElement } from '../xml/tree.js';
import type { Member } from './shape.js';

export interface EdxmlNode {
  readonly name: string;
  readonly member: Member | undefined;
  /** The element itself; its nearest ancestor in the package when `filled`. */
  readonly origin: XmlElement;
  /** Stands in for an element that the package lacks: written for the schema check, never read. */
  readonly filled: boolean;
  /** A leaf's value without white space around it, as normalised; '' for branches and base64. */
  value: string;
  /** What is written for the schema check when it is not the value. */
  check?: string;
  /** Attributes the schema knows. */
  readonly attributes: Readonly<Record<string, string>>;
  children: EdxmlNode[];
  /** A signature: written as an empty element, content never read. In the ds namespace or ours. */
  readonly signature?: 'ds' | 'own';
}

/** The first child of that name that the package has. */
export function nodeOf(node: EdxmlNode | undefined, name: string): EdxmlNode | undefined {
  return node?.children.find((child) => child.name === name && !child.filled);
}

/** All children of that name that the package has. */
export function nodesOf(node: EdxmlNode | undefined, name: string): readonly EdxmlNode[] {
  return node?.children.filter((child) => child.name === name && !child.filled) ?? [];
}

/** Walks down by names: `at(root, 'edXMLEnvelope', 'edXMLHeader')`. */
export function nodeAt(node: EdxmlNode | undefined, ...names: string[]): EdxmlNode | undefined {
  return names.reduce<EdxmlNode | undefined>((at, name) => nodeOf(at, name), node);
}

/** The value of a child; undefined when there is none or it is empty. */
export function textOf(node: EdxmlNode | undefined, ...names: string[]): string | undefined {
  const value = nodeAt(node, ...names)?.value;
  return value === '' ? undefined : value;
}
