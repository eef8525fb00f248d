/**
 * Cases of one element, whatever is in it: missing, twice, repeated, out of order, with children and
 * attributes that nobody knows, and under the names of other writers.
 *
 * @module
 */
import { elementClause, field } from './clauses.js';
import { type Draft, type Kind, type Outcome, refused, taken } from './draft.js';
import { change, type Part, type Path, part, partAt, withElement, without } from './parts.js';
import type { AttributeSpec, ElementSpec } from './schema-walk.js';
import { isFilled, spellingsOf } from './tolerance.js';

export interface Place {
  readonly kind: Kind;
  /** Of the root. */
  readonly root: ElementSpec;
  readonly spec: ElementSpec;
  readonly parent: ElementSpec;
  /** Below the root. */
  readonly path: Path;
  /** The smallest package with this element. */
  readonly doc: Part;
  /** `document.from.email` */
  readonly id: string;
}

/** Without these nobody can tell what the package is. */
const TELLING: ReadonlySet<string> = new Set([
  'edXMLEnvelope',
  'edXMLHeader',
  'MessageHeader',
  'StatusCode',
]);
/** What is missing there breaks a rule about attachments: see rule-cases.ts. */
const BY_RULE: ReadonlySet<string> = new Set([
  'Attachment',
  'edXMLManifest',
  'ContentTransferEncoded',
]);
/** Two of them differ in more than their place: see rule-cases.ts. */
const NOT_ALIKE: ReadonlySet<string> = new Set(['To', 'Attachment', 'Reference', 'ContentId']);

export function draftOf(
  place: Place,
  what: string,
  en: string,
  vi: string,
  content: Part,
  outcome: Outcome,
): Draft {
  const { id, kind, spec } = place;
  const at = spec.path.slice(1).join('/');
  return {
    id: `${id}.${what}`,
    title: { en: `${at}: ${en}`, vi: `${at}: ${vi}` },
    clause: elementClause(kind, spec),
    kind,
    content,
    outcome,
  };
}

/** Of an element that may be left out: another one beside it, so that their parent is not blank. */
export function withSibling(doc: Part, { root, parent, path, spec }: Place): Part {
  const above = path.slice(0, -1);
  const around = partAt(doc, above);
  if (parent.min > 0 || (around?.children?.length ?? 0) > 1) return doc;
  const other = parent.children.find((one) => one.min === 0 && one.name !== spec.name && one.value);
  return other === undefined ? doc : withElement(doc, root, [...above, other.name]);
}

export function elementCases(place: Place): Draft[] {
  const { spec } = place;
  return [
    ...missing(place),
    ...(spec.max === 1 ? twice(place) : repeated(place)),
    ...(spec.value === undefined ? branchCases(place) : []),
    ...spec.attributes.flatMap((one) => attributeCases(place, one)),
    ...spellings(place),
  ];
}

function missing(place: Place): Draft[] {
  const { spec, path } = place;
  if (spec.min === 0 && !TELLING.has(spec.name)) return [];
  if (BY_RULE.has(spec.name)) return [];
  const doc = without(withSibling(place.doc, place), path);
  const blank = partAt(doc, path.slice(0, -1))?.children?.length === 0 && place.parent.min === 0;
  const filled = blank ? 'dialect.empty' : isFilled(spec.path) ? 'dialect.missing' : undefined;
  const codes = missingCodes(spec);
  return filled === undefined
    ? [draftOf(place, 'missing', 'missing, refused', 'thiếu, bị từ chối', doc, refused(...codes))]
    : [draftOf(place, 'missing', 'missing, taken', 'thiếu, vẫn nhận', doc, taken(filled))];
}

/** What has no content id is the fellow of nothing. */
function missingCodes({ name, path }: ElementSpec): string[] {
  if (TELLING.has(name)) return ['package.kind'];
  if (name !== 'ContentId') return ['schema.missing'];
  return ['schema.missing', path.includes('Reference') ? 'manifest.missing' : 'manifest.unmatched'];
}

function twice(place: Place): Draft[] {
  const { doc, path, spec } = place;
  if (NOT_ALIKE.has(spec.name)) return [];
  const two = change(doc, path, (old) => [old, old]);
  return [
    draftOf(
      place,
      'twice',
      'twice, refused',
      'hai lần, bị từ chối',
      two,
      refused('schema.unexpected'),
    ),
  ];
}

function repeated(place: Place): Draft[] {
  if (NOT_ALIKE.has(place.spec.name)) return [];
  const two = change(place.doc, place.path, (old) => [old, old]);
  return [draftOf(place, 'two', 'two of them, taken', 'hai phần tử, được nhận', two, taken())];
}

// ---- elements with children ----------------------------------------------------------------------

function branchCases(place: Place): Draft[] {
  const { spec, doc, path } = place;
  if (spec.open) return [];
  const extra = change(doc, path, (old) => [
    { ...old, children: [...(old.children ?? []), part('Extra', 'x')] },
  ]);
  const noted = change(doc, path, (old) => [
    { ...old, attributes: { ...old.attributes, note: 'x' } },
  ]);
  return [
    draftOf(
      place,
      'unknown',
      'with an unknown child',
      'có phần tử con lạ',
      extra,
      taken('dialect.unknown'),
    ),
    draftOf(
      place,
      'note',
      'with an unknown attribute',
      'có thuộc tính lạ',
      noted,
      spec.anyAttribute ? taken() : taken('dialect.unknown'),
    ),
    ...order(place),
  ];
}

function order(place: Place): Draft[] {
  const { spec, doc, path, root } = place;
  const names = spec.children.filter((one) => !one.open && !one.choice).map((one) => one.name);
  if (names.length < 2) return [];
  let full = doc;
  const has = () => partAt(full, path)?.children ?? [];
  for (const name of names) {
    if (has().length > 1) break;
    if (!has().some((one) => one.name === name)) full = withElement(full, root, [...path, name]);
  }
  const turned = change(full, path, (old) => {
    const [first, ...rest] = old.children ?? [];
    return [{ ...old, children: first === undefined ? [] : [...rest, first] }];
  });
  if (spec.order === 'all') {
    return [
      draftOf(
        place,
        'order',
        'children in any order',
        'phần tử con theo thứ tự bất kỳ',
        turned,
        taken(),
      ),
    ];
  }
  const wrong = taken('dialect.order');
  return [
    draftOf(place, 'order', 'children out of order', 'phần tử con sai thứ tự', turned, wrong),
  ];
}

// ---- attributes and names ------------------------------------------------------------------------

function attributeCases(place: Place, { name, value }: AttributeSpec): Draft[] {
  const { doc, path } = place;
  const set = (text: string) =>
    change(doc, path, (old) => [{ ...old, attributes: { ...old.attributes, [name]: text } }]);
  const what = name.toLowerCase();
  const limit = value.maxLength;
  if (limit === undefined) {
    return [draftOf(place, what, `with @${name}`, `có @${name}`, set('1.0'), taken())];
  }
  const bad = refused('schema.value');
  return [
    draftOf(
      place,
      `${what}.limit`,
      `@${name} of ${limit} characters`,
      `@${name} dài ${limit} ký tự`,
      set('a'.repeat(limit)),
      taken(),
    ),
    draftOf(
      place,
      `${what}.one-over`,
      `@${name} of ${limit + 1} characters, refused`,
      `@${name} dài ${limit + 1} ký tự, bị từ chối`,
      set('a'.repeat(limit + 1)),
      bad,
    ),
    draftOf(
      place,
      `${what}.name`,
      `@${name} that is no XML name, refused`,
      `@${name} không phải tên XML, bị từ chối`,
      set('1a'),
      bad,
    ),
  ];
}

function spellings(place: Place): Draft[] {
  const { doc, path, spec } = place;
  return spellingsOf(spec.path).map((name) => ({
    ...draftOf(
      place,
      `as-${name.toLowerCase()}`,
      `written ${name}`,
      `viết là ${name}`,
      change(doc, path, (old) => [{ ...old, name }]),
      taken('dialect.spelling'),
    ),
    clause: field(`${spec.name} under the name ${name}`),
  }));
}

/** The root and all elements below it, each with the smallest package that has it. */
export function places(kind: Kind, root: ElementSpec, base: Part): Place[] {
  const found: Place[] = [];
  const walk = (parent: ElementSpec, path: Path): void => {
    for (const spec of parent.children) {
      if (spec.open || spec.name === 'Status') continue;
      const below = [...path, spec.name];
      const doc = withElement(base, root, below);
      const named = below.filter((name) => !FRAME.has(name) || name === spec.name);
      const id = [kind, ...named].join('.').toLowerCase();
      found.push({ kind, root, spec, parent, path: below, doc, id });
      walk(spec, below);
    }
  };
  walk(root, []);
  return found;
}

/** Left out of ids. */
const FRAME: ReadonlySet<string> = new Set([
  'edXMLEnvelope',
  'edXMLHeader',
  'MessageHeader',
  'TraceHeaderList',
  'edXMLBody',
  'edXMLManifest',
  'AttachmentEncoded',
]);
