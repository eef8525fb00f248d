/**
 * Mutants of the published schemas: for every constraint at every path one or two schemas that say
 * something else there.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttributeSpec, ElementSpec } from '../../src/conformance/built-in/schema-walk.js';
import type { Issue } from '../../src/model/issue.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { defaultSchemas, SCHEMA_FILES, SchemaSets } from '../../src/xml/schema.js';
import type { Mutant } from './mutant.js';
import { changedText, joined, type Node, type SchemaKind, type Spot } from './schema-text.js';

type Validate = SchemaSets['validate'];

const packaged = defaultSchemas();

/** Puts another validation in the place of the product's, for one kind. */
function standIn(kind: SchemaKind, validate: Validate): void {
  const own: Validate = (name, tree, element) =>
    name === kind
      ? validate(name, tree, element)
      : SchemaSets.prototype.validate.call(packaged, name, tree, element);
  Object.defineProperty(packaged, 'validate', { value: own, configurable: true });
}

function takeBack(): void {
  Reflect.deleteProperty(packaged, 'validate');
}

function schemaMutant(
  kind: SchemaKind,
  path: readonly string[],
  what: string,
  text: string,
): Mutant {
  let sets: SchemaSets | undefined;
  return {
    id: `xsd ${kind} ${path.join('/')}: ${what}`,
    kind,
    path,
    on() {
      sets ??= new SchemaSets((file) => {
        if (file === SCHEMA_FILES[kind]) return Buffer.from(text);
        return readFileSync(join(PACKAGE_ROOT, 'xsd', file));
      });
      const own = sets;
      standIn(kind, (name, tree, element) => own.validate(name, tree, element));
    },
    off: takeBack,
  };
}

/** What a schema of XSD 1.0 cannot say: a fault at a place is not noticed. */
function unnoticed(kind: SchemaKind, path: readonly string[]): Mutant {
  const place = `/${path.join('/')}[2]`;
  const isIt = (one: Issue) => one.code === 'schema.unexpected' && one.path === place;
  return {
    id: `xsd ${kind} ${path.join('/')}: a second one is not noticed`,
    kind,
    path,
    on() {
      standIn(kind, (name, tree, element) =>
        SchemaSets.prototype.validate
          .call(packaged, name, tree, element)
          .filter((one) => !isIt(one)),
      );
    },
    off: takeBack,
  };
}

interface Change {
  readonly what: string;
  readonly apply: (spot: Spot) => boolean;
}

function set(name: string, value: string): Change['apply'] {
  return ({ declared }) => {
    declared.attributes[name] = value;
    return true;
  };
}

function occurrence({ min, max, choice, order }: ElementSpec, inAll: boolean): Change[] {
  const found: Change[] = [];
  if (!choice) {
    found.push(
      min === 0
        ? { what: 'required', apply: set('minOccurs', '1') }
        : { what: 'optional', apply: set('minOccurs', '0') },
    );
  }
  if (max === 1 && !inAll) found.push({ what: 'two of them', apply: set('maxOccurs', '2') });
  if (max > 1) found.push({ what: 'one only', apply: set('maxOccurs', '1') });
  found.push({
    what: 'removed',
    apply({ declared, model }) {
      if (order === 'all' && model.children.length < 2) return false;
      model.children = model.children.filter((one) => one !== declared);
      return model.children.length > 0;
    },
  });
  return found;
}

// ---- values --------------------------------------------------------------------------------------

function restriction(spot: Spot): Node | undefined {
  return spot.type()?.children.find((one) => one.name === 'restriction');
}

function facet(what: string, name: string, value: string | undefined): Change {
  return {
    what,
    apply(spot) {
      const node = restriction(spot);
      if (node === undefined) return false;
      const rest = node.children.filter((one) => one.name !== name);
      const fresh = value === undefined ? [] : [{ name, attributes: { value }, children: [] }];
      // XSD wants facets in no order, but bases before them.
      node.children = [...rest, ...fresh];
      return true;
    },
  };
}

/** A type of XSD itself gets facets. */
function narrowed(what: string, base: string, facets: readonly [string, string][]): Change {
  return {
    what,
    apply({ declared }) {
      delete declared.attributes['type'];
      const children = facets.map(([name, value]) => ({
        name,
        attributes: { value },
        children: [],
      }));
      const inner = { name: 'restriction', attributes: { base: `xs:${base}` }, children };
      declared.children = [{ name: 'simpleType', attributes: {}, children: [inner] }];
      return true;
    },
  };
}

function unionOf(memberTypes: string): Change['apply'] {
  return ({ declared }) => {
    delete declared.attributes['type'];
    const union = { name: 'union', attributes: { memberTypes }, children: [] };
    declared.children = [{ name: 'simpleType', attributes: {}, children: [union] }];
    return true;
  };
}

function values({ value, name }: ElementSpec): Change[] {
  if (value === undefined) return [];
  const found: Change[] = [];
  const { maxLength, minLength, pattern } = value;
  if (maxLength !== undefined) {
    for (const one of [maxLength - 1, maxLength + 1]) {
      found.push(facet(`maxLength ${one}`, 'maxLength', String(one)));
    }
    found.push(facet('no maxLength', 'maxLength', undefined));
    if (minLength === undefined) found.push(facet('minLength 1', 'minLength', '1'));
    else found.push(facet('no minLength', 'minLength', undefined));
  } else if (value.type === 'string') {
    found.push(narrowed('maxLength 1000', 'string', [['maxLength', '1000']]));
    found.push(narrowed('minLength 1', 'string', [['minLength', '1']]));
  }
  for (const one of value.values ?? [])
    found.push(list(`without "${one}"`, one, false, value.values ?? []));
  if (value.values !== undefined) {
    for (const one of ['', ...beyond(name, value.values)])
      found.push(list(`with "${one}"`, one, true, value.values));
  }
  for (const [from, to] of pattern === undefined ? [] : patterns(value.type)) {
    const other = pattern?.replace(from, to) ?? '';
    if (other !== pattern) found.push(facet(`pattern ${other}`, 'pattern', other));
  }
  if (pattern !== undefined) found.push(facet('no pattern', 'pattern', undefined));
  if (value.base === 'int') {
    const { minInclusive = 0, maxInclusive = 10_000 } = value;
    for (const one of [minInclusive - 1, minInclusive + 1]) {
      found.push(facet(`minInclusive ${one}`, 'minInclusive', String(one)));
    }
    for (const one of [maxInclusive - 1, maxInclusive + 1]) {
      found.push(facet(`maxInclusive ${one}`, 'maxInclusive', String(one)));
    }
    found.push(narrowed('any text', 'string', []));
  }
  if (value.type === 'dateTime') {
    found.push(narrowed('a date too', 'string', [['pattern', '.*-02-30T.*|.*T.*']]));
    found.push({ what: 'a day alone too', apply: unionOf('xs:dateTime xs:date') });
  }
  if (value.type === 'boolean') {
    for (const one of ['true', 'false', '1', '0']) {
      const rest = ['true', 'false', '1', '0'].filter((other) => other !== one);
      found.push(narrowed(`without "${one}"`, 'boolean', [['pattern', rest.join('|')]]));
    }
  }
  return found;
}

function beyond(name: string, values: readonly string[]): string[] {
  if (name === 'StatusCode') return ['00', '07', '08', '09', '10', '11', '12', '14', '17', '99'];
  if (name === 'Kind' || name === 'Outcome') return ['other'];
  return name === 'Priority' ? ['5', '6'] : [String(values.length)];
}

function list(what: string, value: string, added: boolean, all: readonly string[]): Change {
  const others = added ? [...all, value] : all.filter((one) => one !== value);
  const whole = narrowed(
    what,
    'token',
    others.map((one) => ['enumeration', one]),
  );
  return {
    what,
    apply(spot) {
      const node = restriction(spot);
      // A type of another schema is written out.
      if (node === undefined) return whole.apply(spot);
      node.children = added
        ? [...node.children, { name: 'enumeration', attributes: { value }, children: [] }]
        : node.children.filter((one) => one.attributes['value'] !== value);
      return true;
    },
  };
}

function patterns(type: string): readonly (readonly [string, string])[] {
  if (type === 'OrganId') {
    return [
      ['{3,35}', '{4,35}'],
      ['{3,35}', '{2,35}'],
      ['{3,35}', '{3,34}'],
      ['{3,35}', '{3,35}|'],
      ['_', ''],
      ['\\-', ''],
    ];
  }
  return [
    ['1[0-2]', '1[0-1]'],
    ['1[0-2]', '1[0-3]'],
    ['0[1-9]|1', '0[2-9]|1'],
    ['0[1-9]|1', '0[0-9]|1'],
    ['0[1-9]|[12]', '0[0-9]|[12]'],
    ['0[1-9]|[12]', '0[2-9]|[12]'],
    ['3[01]', '30'],
    ['3[01]', '3[0-2]'],
    ['2[0-3]', '2[0-2]'],
    ['2[0-3]', '2[0-4]'],
    ['[01][0-9]|2', '(0[1-9]|1[0-9])|2'],
    [':[0-5][0-9]:', ':[0-6][0-9]:'],
    [':[0-5][0-9]:', ':[0-4][0-9]:'],
    [':[0-5][0-9]:[0-5][0-9]', ':[0-5][0-9]:[0-6][0-9]'],
    ['[0-9]{4}', '|[0-9]{4}'],
  ];
}

// ---- attributes ----------------------------------------------------------------------------------

function attributes(spec: ElementSpec): Change[] {
  const all = spec.attributes.flatMap((one) => attribute(one));
  if (!spec.anyAttribute) return all;
  const closed: Change = {
    what: 'no other attributes',
    apply(spot) {
      const type = spot.type();
      if (type === undefined) return false;
      type.children = type.children.filter((one) => one.name !== 'anyAttribute');
      return true;
    },
  };
  return [...all, closed];
}

function attribute({ name, value }: AttributeSpec): Change[] {
  const typed = (what: string, base: string, limit?: number): Change => ({
    what: `@${name} ${what}`,
    apply(spot) {
      const type = spot.type();
      if (type === undefined) return false;
      const facets =
        limit === undefined
          ? []
          : [{ name: 'maxLength', attributes: { value: String(limit) }, children: [] }];
      const inner = { name: 'restriction', attributes: { base: `xs:${base}` }, children: facets };
      const simple = { name: 'simpleType', attributes: {}, children: [inner] };
      const own = { name: 'attribute', attributes: { name }, children: [simple] };
      const isIt = (one: Node) =>
        (name === 'Id' && one.name === 'attributeGroup') || one.attributes['name'] === name;
      const rest = type.children.filter((one) => !isIt(one));
      const any = rest.filter((one) => one.name === 'anyAttribute');
      type.children = [...rest.filter((one) => one.name !== 'anyAttribute'), own, ...any];
      return true;
    },
  });
  if (value.maxLength === undefined) return [typed('of one character', 'string', 1)];
  return [
    typed('maxLength 99', 'NCName', 99),
    typed('maxLength 101', 'NCName', 101),
    typed('any text', 'string', 100),
  ];
}

const IN_ORDER: Change = {
  what: 'in order',
  apply(spot) {
    const type = spot.type();
    const model = type?.children.find((one) => one.name === 'all');
    if (type === undefined || model === undefined) return false;
    type.children = type.children.map((one) =>
      one === model ? { ...one, name: 'sequence' } : one,
    );
    return true;
  },
};

/** What libxml2 alone judges in requests: there is no dialect of them. */
const OF_REQUESTS: readonly Change[] = [
  { what: 'any order', apply: remodel((model) => ({ ...model, name: 'all' })) },
  {
    what: 'Extra is known',
    apply: remodel((model) => {
      const attributes = { name: 'Extra', type: 'xs:string', minOccurs: '0' };
      return {
        ...model,
        children: [...model.children, { name: 'element', attributes, children: [] }],
      };
    }),
  },
  {
    what: 'text too',
    apply(spot) {
      const type = spot.type();
      if (type === undefined) return false;
      type.attributes['mixed'] = 'true';
      return true;
    },
  },
];

function remodel(change: (model: Node) => Node): Change['apply'] {
  return (spot) => {
    const type = spot.type();
    if (type === undefined) return false;
    type.children = type.children.map((one) => (one.name === 'sequence' ? change(one) : one));
    return true;
  };
}

// ---- all -----------------------------------------------------------------------------------------

export function schemaMutants(kind: SchemaKind, root: ElementSpec): Mutant[] {
  const schema = joined(kind);
  const found: Mutant[] = [];
  const walk = (parent: ElementSpec): void => {
    for (const spec of parent.children) {
      if (spec.open || spec.name === 'Status') continue;
      const inAll = parent.order === 'all';
      const changes = [
        ...occurrence(spec, inAll),
        ...(spec.order === 'all' ? [IN_ORDER] : []),
        ...values(spec),
        ...attributes(spec),
      ];
      for (const { what, apply } of changes) {
        const text = changedText(schema, spec.path, apply);
        if (text !== undefined) found.push(schemaMutant(kind, spec.path, what, text));
      }
      if (inAll && spec.max === 1) found.push(unnoticed(kind, spec.path));
      walk(spec);
    }
  };
  const requests = (spec: ElementSpec): void => {
    if (spec.children.length === 0) return;
    for (const { what, apply } of OF_REQUESTS) {
      const text = changedText(schema, spec.path, apply);
      if (text !== undefined) found.push(schemaMutant(kind, spec.path, what, text));
    }
    for (const one of spec.children) requests(one);
  };
  walk(root);
  if (kind === 'gateway') requests(root);
  return found;
}
