/**
 * libxml2's schema messages as issues: stable code, named path and line of the very node, and a reason
 * in English and Vietnamese without namespace URIs.
 *
 * libxml2 reports some faults twice (a facet, then the type it belongs to): one issue per node and kind.
 *
 * @module
 */
import type { ErrorCode } from '../model/error-table.js';
import { type Issue, issue } from '../model/issue.js';
import type { ElementView, Tree } from './element.js';
import { type LibError, NODE, type Pointer, read32, TYPE } from './libxml2.js';
import { type ContentFault, isContentError, isMissingError, MAX_FAULTS } from './schema-content.js';
import {
  between,
  CODE,
  localName,
  QUOTED_CHARS,
  type Reason,
  structureReason,
  valueReason,
} from './schema-reasons.js';
import { pathOf } from './tree.js';

/** `xmlParserErrors` 1824 to 1840: types and their facets. */
const FIRST_VALUE_CODE = 1824;
const LAST_VALUE_CODE = 1840;

/**
 * Faults in document order, at most MAX_FAULTS, one for each node and kind.
 *
 * @param contents faults of children, found by us in place of libxml2's own
 */
export function issuesOf(
  errors: readonly LibError[],
  contents: readonly ContentFault[],
  tree: Tree,
): Issue[] {
  const seen = new Set<string>();
  const found: Issue[] = [];
  const add = (key: string, one: () => Issue): void => {
    if (seen.has(key)) return;
    seen.add(key);
    if (found.length < MAX_FAULTS) found.push(one());
  };
  for (const fault of contents) {
    const view = tree.view(fault.node);
    add(`${fault.code} ${fault.node} ${fault.element}`, () =>
      issue(fault.code, { element: fault.element, expected: fault.expected }, placeOf(view)),
    );
  }
  for (const error of errors) {
    const attribute = attributeOf(error);
    const view = elementAt(tree, error.node);
    add(`${kindOf(error)} ${error.node} ${attribute}`, () => issueOf(error, view, attribute));
  }
  return found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** The element that a node is, or that an attribute or a text belongs to. */
function elementAt(tree: Tree, node: Pointer): ElementView | undefined {
  let at = node;
  while (at !== 0 && read32(at + NODE.type) !== TYPE.element) at = read32(at + NODE.parent);
  return at === 0 ? undefined : tree.view(at);
}

function kindOf(error: LibError): ErrorCode {
  const { code } = error;
  if (isContentError(error)) return isMissingError(error) ? 'schema.missing' : 'schema.unexpected';
  if (code === CODE.attributeNotAllowed) return 'schema.unexpected';
  if (code === CODE.attributeMissing) return 'schema.missing';
  const simple =
    code === CODE.elementsInSimple || code < FIRST_VALUE_CODE || code > LAST_VALUE_CODE;
  return simple ? 'schema.invalid' : 'schema.value';
}

function issueOf(error: LibError, view: ElementView | undefined, attribute: string): Issue {
  const kind = kindOf(error);
  const place = view === undefined ? { line: error.line } : placeOf(view, attribute);
  const element = attribute === '' ? (view?.name ?? '') : `@${attribute}`;
  switch (kind) {
    case 'schema.unexpected':
      return issue(kind, { element, expected: expectedIn(error.message).join(', ') || '–' }, place);
    case 'schema.missing': {
      const names = attribute === '' ? expectedIn(error.message).join(', ') : `@${attribute}`;
      return issue(kind, { element: names, expected: names }, place);
    }
    case 'schema.value':
      return bilingual(kind, element, valueReason(error, quotable(view, attribute)), place);
    default:
      return bilingual(kind, element, structureReason(error, element), place);
  }
}

/** The values of an issue fill both texts: a reason has one wording for each. */
function bilingual(
  code: ErrorCode,
  element: string,
  reason: Reason,
  place: { path?: string; line?: number },
): Issue {
  const en = issue(code, { element, reason: reason.en }, place);
  return { ...en, textVi: issue(code, { element, reason: reason.vi }, place).textVi };
}

function placeOf(view: ElementView, attribute = ''): { path: string; line: number } {
  return { path: pathOf(view) + (attribute === '' ? '' : `/@${attribute}`), line: view.line };
}

function quotable(view: ElementView | undefined, attribute: string): string {
  if (view === undefined) return '';
  if (attribute === '') return view.preview(4 * QUOTED_CHARS);
  return view.attributes.find((one) => one.name === attribute)?.value ?? '';
}

/** `Element '{urn:x}a', attribute 'b': …` → `b`; '' when it is about the element itself. */
function attributeOf({ code, message }: LibError): string {
  if (code === CODE.attributeMissing) {
    return localName(between(message, "The attribute '", "' is required"));
  }
  const head = message.slice(0, message.indexOf("': ") + 1);
  const at = head.indexOf(", attribute '");
  return at === -1 ? '' : localName(head.slice(at + 13, -1));
}

/** `… Expected is one of ( {urn:x}a, {urn:x}b ).` → `a`, `b`; a wildcard is `*`. */
function expectedIn(message: string): string[] {
  const from = message.lastIndexOf('( ');
  const to = message.lastIndexOf(' )');
  if (from === -1 || to < from) return [];
  return message
    .slice(from + 2, to)
    .split(', ')
    .map(localName);
}
