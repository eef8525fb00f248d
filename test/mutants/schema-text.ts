/**
 * Our schemas with one constraint changed at one place: the types on the way to that place are copied,
 * so that nothing else changes with it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import type { XmlElement } from '../../src/xml/tree.js';

export interface Node {
  readonly name: string;
  readonly attributes: Record<string, string>;
  children: Node[];
}

const NAMESPACES = {
  'xmlns:xs': 'http://www.w3.org/2001/XMLSchema',
  'xmlns:e': 'http://www.mic.gov.vn/TBT/QCVN_102_2016',
  'xmlns:edxml': 'http://www.mic.gov.vn/TBT/QCVN_102_2016',
  'xmlns:tns': 'urn:edxgate:gateway:1',
};

export type SchemaKind = 'document' | 'status' | 'gateway';

function plain(element: XmlElement): Node {
  return {
    name: element.name,
    attributes: Object.fromEntries(
      element.attributes.filter((one) => one.namespace === '').map((one) => [one.name, one.value]),
    ),
    children: element.children.filter((one) => one.name !== 'annotation').map(plain),
  };
}

function copy(node: Node): Node {
  return { name: node.name, attributes: { ...node.attributes }, children: node.children.map(copy) };
}

function written(node: Node): string {
  const attributes = Object.entries(node.attributes).map(
    ([name, value]) =>
      ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}"`,
  );
  return `<xs:${node.name}${attributes.join('')}>${node.children.map(written).join('')}</xs:${node.name}>`;
}

function read(file: string): Node {
  const document = parseXml(scanXml(readFileSync(join(PACKAGE_ROOT, 'xsd', file))));
  try {
    return plain(document.root);
  } finally {
    document.dispose();
  }
}

/** Document or status schema as one file, includes joined. */
export function joined(kind: SchemaKind): Node {
  if (kind === 'gateway') return read('gateway/1/gateway.xsd');
  const main = read(`qcvn-102/2016/edxml-${kind}.xsd`);
  const types = read('qcvn-102/2016/edxml-types.xsd');
  const own = main.children.filter((one) => one.name !== 'include');
  return { ...main, children: [...types.children, ...own] };
}

/** The declaration of an element and where it stands. */
export interface Spot {
  readonly declared: Node;
  /** `sequence`, `all` or `choice` that holds it. */
  readonly model: Node;
  /** Its complex type, or its simple type as a copy; absent for types of XSD itself. */
  type(): Node | undefined;
}

/** @param path with the root. @param change returns false when there is nothing to change there. */
export function changedText(
  schema: Node,
  path: readonly string[],
  change: (spot: Spot) => boolean,
): string | undefined {
  const root = copy(schema);
  const named = (what: string, name: string) =>
    root.children.find((one) => one.name === what && one.attributes['name'] === name);
  const [first = ''] = path;
  let declared = named('element', first);
  let model = root;
  let copies = 0;
  const typeOf = (element: Node): Node | undefined => {
    const inner = element.children.find((one) => one.name === 'complexType');
    if (inner !== undefined) return inner;
    const [prefix = '', name = ''] = (element.attributes['type'] ?? '').split(':');
    const found = named('complexType', name) ?? named('simpleType', name);
    if (found === undefined || element.attributes['type']?.startsWith('xs:')) return undefined;
    const own = copy(found);
    own.attributes['name'] = `${name}-${++copies}`;
    element.attributes['type'] = `${prefix}:${name}-${copies}`;
    root.children.push(own);
    return own;
  };
  for (const name of path.slice(1)) {
    const type = declared === undefined ? undefined : typeOf(declared);
    const found = type === undefined ? undefined : particle(type, name);
    if (found === undefined) throw new Error(`no ${path.join('/')}`);
    ({ declared, model } = found);
  }
  if (declared === undefined) return undefined;
  const at = declared;
  if (!change({ declared: at, model, type: () => typeOf(at) })) return undefined;
  const text = written({ ...root, attributes: { ...root.attributes, ...NAMESPACES } });
  return text;
}

function particle(model: Node, name: string): { declared: Node; model: Node } | undefined {
  for (const child of model.children) {
    if (child.name === 'element' && child.attributes['name'] === name)
      return { declared: child, model };
    if (['sequence', 'all', 'choice'].includes(child.name)) {
      const found = particle(child, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
