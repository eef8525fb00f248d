/**
 * What our own schemas say of the children of each type: the plain part of it, for naming every fault
 * at once. libxml2 gives the verdict; it stops looking at an element's children at the first one that
 * it did not expect.
 *
 * A type counts as plain when its content is one `xs:sequence` (groups and sequences in it that occur
 * exactly once are joined) or one `xs:all`, of elements and wildcards. Of any other type nothing is
 * said.
 *
 * @module
 */
import type { ElementView } from './element.js';

const XS = 'http://www.w3.org/2001/XMLSchema';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

export interface Particle {
  readonly name: string;
  /** Namespace of the element; of a wildcard its list of namespaces, as written. */
  readonly namespace: string;
  readonly wildcard: boolean;
  readonly min: number;
  /** Infinity when unbounded. */
  readonly max: number;
  readonly type: Content | undefined;
}

export interface Content {
  readonly order: 'sequence' | 'all';
  readonly particles: readonly Particle[];
}

interface Declared {
  readonly element: ElementView;
  readonly schema: ElementView;
}

export class SchemaModel {
  readonly #globals = new Map<string, Declared>();
  readonly #contents = new Map<ElementView, Content | undefined>();

  /** @param schemas root elements of all files of one schema set */
  constructor(schemas: readonly ElementView[]) {
    for (const schema of schemas) {
      for (const element of schema.children) {
        const name = attribute(element, 'name');
        if (name === undefined) continue;
        const key = keyOf(kindOf(element), attribute(schema, 'targetNamespace') ?? '', name);
        this.#globals.set(key, { element, schema });
      }
    }
  }

  /** Content of a global element's type; `undefined` when it is not plain. */
  contentOfElement(namespace: string, name: string): Content | undefined {
    const found = this.#globals.get(keyOf('element', namespace, name));
    return found === undefined ? undefined : this.#typeOf(found);
  }

  /** The element of a message as the schema types it, by the way down from its validation root. */
  contentOf(element: ElementView, root: ElementView): Content | undefined {
    const way: ElementView[] = [];
    for (let at = element; at !== root; ) {
      way.unshift(at);
      if (at.parent === undefined) return undefined;
      at = at.parent;
    }
    let content = this.contentOfElement(root.namespace, root.name);
    if ([root, ...way].some(hasTypeOfItsOwn)) return undefined;
    for (const step of way) {
      content = content?.particles.find((one) => matches(one, step) && !one.wildcard)?.type;
    }
    return content;
  }

  #typeOf(declared: Declared): Content | undefined {
    const { element, schema } = declared;
    const inner = element.children.find(isXs('complexType'));
    if (inner !== undefined) return this.#contentOfType({ element: inner, schema });
    const type = this.#lookUp('type', element, 'type');
    return type === undefined ? undefined : this.#contentOfType(type);
  }

  #contentOfType(type: Declared): Content | undefined {
    const { element, schema } = type;
    if (this.#contents.has(element)) return this.#contents.get(element);
    // A type may hold itself: while it is read nothing is known of it.
    this.#contents.set(element, undefined);
    const model = element.children.find((one) => kindOf(one) === 'particle');
    const order = model?.name === 'all' ? 'all' : 'sequence';
    const particles = model === undefined ? undefined : this.#particles({ element: model, schema });
    const content = particles === undefined ? undefined : ({ order, particles } as const);
    this.#contents.set(element, content);
    return content;
  }

  /** @returns `undefined` when the model is not plain */
  #particles(model: Declared): Particle[] | undefined {
    const { element, schema } = model;
    const [min, max] = occurs(element);
    if (isXs('element')(element)) {
      const target =
        attribute(element, 'ref') === undefined ? model : this.#lookUp('element', element, 'ref');
      if (target === undefined) return undefined;
      const name = attribute(target.element, 'name') ?? '';
      const namespace = attribute(target.schema, 'targetNamespace') ?? '';
      const type = this.#typeOf(target);
      return [{ name, namespace, wildcard: false, min, max, type }];
    }
    if (isXs('any')(element)) {
      const namespace = attribute(element, 'namespace') ?? '##any';
      return [{ name: '*', namespace, wildcard: true, min, max, type: undefined }];
    }
    if (min !== 1 || max !== 1 || isXs('choice')(element)) return undefined;
    if (isXs('group')(element) && attribute(element, 'ref') !== undefined) {
      const group = this.#lookUp('group', element, 'ref');
      const inner = group?.element.children.find((one) => kindOf(one) === 'particle');
      if (group === undefined || inner === undefined) return undefined;
      return this.#particles({ element: inner, schema: group.schema });
    }
    const all: Particle[] = [];
    for (const child of element.children.filter(
      (one) => kindOf(one) === 'particle' || isXs('element')(one),
    )) {
      const found = this.#particles({ element: child, schema });
      if (found === undefined) return undefined;
      all.push(...found);
    }
    return all;
  }

  /** The global that an attribute of a schema element names, its prefix resolved where it stands. */
  #lookUp(kind: string, element: ElementView, name: string): Declared | undefined {
    const value = attribute(element, name);
    if (value === undefined) return undefined;
    const colon = value.indexOf(':');
    const namespace = element.namespaceOf(value.slice(0, Math.max(0, colon)));
    return this.#globals.get(keyOf(kind, namespace, value.slice(colon + 1)));
  }
}

/** Whether an element of a message may stand for the particle, going by its name alone. */
export function matches(particle: Particle, element: ElementView): boolean {
  if (!particle.wildcard) {
    return particle.name === element.name && particle.namespace === element.namespace;
  }
  return (
    particle.namespace === '##any' || particle.namespace.split(/\s+/).includes(element.namespace)
  );
}

/** `xsi:type` names another type than the declared one. */
function hasTypeOfItsOwn(element: ElementView): boolean {
  return element.attributes.some((one) => one.name === 'type' && one.namespace === XSI);
}

function attribute(element: ElementView, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name && one.namespace === '')?.value;
}

function occurs(element: ElementView): [number, number] {
  const max = attribute(element, 'maxOccurs') ?? '1';
  const min = Number(attribute(element, 'minOccurs') ?? '1');
  return [min, max === 'unbounded' ? Number.POSITIVE_INFINITY : Number(max)];
}

function isXs(name: string): (element: ElementView) => boolean {
  return (element) => element.namespace === XS && element.name === name;
}

const PARTICLES: ReadonlySet<string> = new Set(['sequence', 'all', 'choice', 'any', 'group']);

/** Symbol space of a schema element: `type`, `element`, `group`, `particle`, or its own name. */
function kindOf(element: ElementView): string {
  if (element.namespace !== XS) return '';
  if (element.name === 'complexType' || element.name === 'simpleType') return 'type';
  if (element.name === 'group' && attribute(element, 'name') !== undefined) return 'group';
  return PARTICLES.has(element.name) ? 'particle' : element.name;
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind} ${name} ${namespace}`;
}
