/**
 * Reads our XSDs as a tree of elements with all that the schemas say of each: how often, in which
 * order, which values. Types are written out at every place where they are used, so that a path is
 * enough to name a constraint.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../package-root.js';
import { parseXml } from '../../xml/parse.js';
import { scanXml } from '../../xml/scan.js';
import type { XmlElement } from '../../xml/tree.js';

/** A simple type: a built-in one, narrowed by facets. */
export interface ValueSpec {
  /** `Text500`; of an element with a built-in type that type's name. */
  readonly type: string;
  /** `string`, `token`, `int`, … */
  readonly base: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minInclusive?: number;
  readonly maxInclusive?: number;
  readonly pattern?: string;
  readonly values?: readonly string[];
}

export interface AttributeSpec {
  readonly name: string;
  readonly value: ValueSpec;
}

export interface ElementSpec {
  readonly name: string;
  /** Names from the root down, the root included. */
  readonly path: readonly string[];
  readonly min: number;
  /** Infinity when unbounded. */
  readonly max: number;
  /** One of several of which exactly one stands there. */
  readonly choice: boolean;
  /** What its documentation names as the origin: `QCVN 102:2016, SDK samples`. */
  readonly source: string;
  /** Absent for an element with children. */
  readonly value?: ValueSpec;
  readonly order: 'sequence' | 'all';
  readonly children: readonly ElementSpec[];
  readonly attributes: readonly AttributeSpec[];
  /** Takes any attribute. */
  readonly anyAttribute: boolean;
  /** Takes any content: nothing is said about what is inside. */
  readonly open: boolean;
}

const BOUNDS = ['minLength', 'maxLength', 'minInclusive', 'maxInclusive'] as const;
type Bound = (typeof BOUNDS)[number];

type Definitions = ReadonlyMap<string, XmlElement>;

/** The element of a schema file, with all that is below it. */
export function readElement(file: string, name: string): ElementSpec {
  const definitions = new Map<string, XmlElement>();
  collect(file, definitions, new Set());
  const element = definitions.get(`element ${name}`);
  if (element === undefined) throw new Error(`${file}: no element ${name}`);
  return elementOf(element, [], false, definitions);
}

function collect(file: string, into: Map<string, XmlElement>, seen: Set<string>): void {
  if (seen.has(file)) return;
  seen.add(file);
  const folder = file.slice(0, file.lastIndexOf('/'));
  const { root } = parseXml(scanXml(readFileSync(join(PACKAGE_ROOT, 'xsd', file))));
  for (const child of root.children) {
    const name = attribute(child, 'name');
    if (name !== undefined) into.set(`${child.name} ${name}`, child);
    const location = attribute(child, 'schemaLocation');
    if (location !== undefined) collect(join(folder, location), into, seen);
  }
}

function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name && one.namespace === '')?.value;
}

function bare(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function elementOf(
  declared: XmlElement,
  above: readonly string[],
  choice: boolean,
  definitions: Definitions,
): ElementSpec {
  const ref = attribute(declared, 'ref');
  const element = ref === undefined ? declared : definitions.get(`element ${bare(ref)}`);
  const name = element === undefined ? undefined : attribute(element, 'name');
  if (element === undefined || name === undefined) throw new Error(`no element ${ref}`);
  const path = [...above, name];
  const max = attribute(declared, 'maxOccurs') ?? '1';
  const type = attribute(element, 'type') ?? '';
  const complex =
    element.children.find((one) => one.name === 'complexType') ??
    (type.startsWith('xs:') ? undefined : definitions.get(`complexType ${bare(type)}`));
  const facts = {
    name,
    path,
    min: choice ? 0 : Number(attribute(declared, 'minOccurs') ?? '1'),
    max: max === 'unbounded' ? Number.POSITIVE_INFINITY : Number(max),
    choice,
    source: sourceOf(declared),
  };
  if (complex === undefined) {
    const value = simpleOf(type, definitions);
    const none = { attributes: [], anyAttribute: false, open: false, children: [] };
    return { ...facts, ...none, order: 'sequence', value };
  }
  return {
    ...facts,
    order: complex.children.some((one) => one.name === 'all') ? 'all' : 'sequence',
    children: particlesOf(complex, path, false, definitions),
    attributes: attributesOf(complex, definitions),
    anyAttribute: complex.children.some((one) => one.name === 'anyAttribute'),
    open: attribute(complex, 'mixed') === 'true',
  };
}

function particlesOf(
  model: XmlElement,
  path: readonly string[],
  choice: boolean,
  definitions: Definitions,
): ElementSpec[] {
  return model.children.flatMap((one) => {
    switch (one.name) {
      case 'element':
        return [elementOf(one, path, choice, definitions)];
      case 'sequence':
      case 'all':
        return particlesOf(one, path, choice, definitions);
      case 'choice':
        return particlesOf(one, path, true, definitions);
      case 'group': {
        const group = definitions.get(`group ${bare(attribute(one, 'ref') ?? '')}`);
        return group === undefined ? [] : particlesOf(group, path, choice, definitions);
      }
      default:
        return [];
    }
  });
}

function attributesOf(complex: XmlElement, definitions: Definitions): AttributeSpec[] {
  return complex.children.flatMap((one) => {
    if (one.name === 'attributeGroup') {
      const group = definitions.get(`attributeGroup ${bare(attribute(one, 'ref') ?? '')}`);
      return group === undefined ? [] : attributesOf(group, definitions);
    }
    const name = attribute(one, 'name');
    if (one.name !== 'attribute' || name === undefined) return [];
    return [{ name, value: simpleOf(attribute(one, 'type') ?? '', definitions) }];
  });
}

function simpleOf(type: string, definitions: Definitions): ValueSpec {
  const name = bare(type);
  const simple = type.startsWith('xs:') ? undefined : definitions.get(`simpleType ${name}`);
  const restriction = simple?.children.find((one) => one.name === 'restriction');
  if (restriction === undefined) return { type: name, base: name };
  const texts = (facet: string) =>
    restriction.children
      .filter((one) => one.name === facet)
      .map((one) => attribute(one, 'value') ?? '');
  const values = texts('enumeration');
  const [pattern] = texts('pattern');
  const numbers: Partial<Record<Bound, number>> = {};
  for (const facet of BOUNDS) {
    const [text] = texts(facet);
    if (text !== undefined) numbers[facet] = Number(text);
  }
  return {
    type: name,
    base: bare(attribute(restriction, 'base') ?? ''),
    ...numbers,
    ...(pattern === undefined ? {} : { pattern }),
    ...(values.length === 0 ? {} : { values }),
  };
}

function sourceOf(element: XmlElement): string {
  const annotation = element.children.find((one) => one.name === 'annotation');
  const texts = annotation?.children ?? [];
  return /\[([^\]]+)\]\s*$/.exec((texts[0]?.text ?? '').replace(/\s+/g, ' '))?.[1] ?? '';
}
