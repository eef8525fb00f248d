/**
 * From the elements of a package to the tree that is read.
 *
 * Profile `field`: names, order and values of other writers are brought into the form of the schema,
 * with a warning for each thing changed. What is missing, repeated or not a value stays so, and the
 * schema check names it. Profile `qcvn-strict`: nothing is changed.
 *
 * @module
 */
import type { ErrorCode } from '../model/error-table.js';
import type { Values } from '../model/issue.js';
import type { XmlElement } from '../xml/tree.js';
import type { Findings } from './findings.js';
import { readLeaf, trimXml } from './leaf.js';
import { DS_NAMESPACE, isReadAsQcvn, memberOf, QCVN_NAMESPACE, XSI_NAMESPACE } from './names.js';
import type { EdxmlNode } from './node.js';
import type { Branch, Member } from './shape.js';

/**
 * So many elements are filled in for one package; what is missing beyond them stays missing. Enough for
 * as many recipients as there may be, each without its name, and thousands of hops.
 */
export const MAX_FILLED = 10_000;

export interface Normalised {
  readonly root: EdxmlNode;
  /** The tree differs from the package: the schema check must look at the tree. */
  readonly changed: boolean;
}

/**
 * @param tolerant the profile `field`.
 * @param warnings dialect.* of what was changed; nothing is added unless tolerant.
 * @param errors schema.unexpected for elements inside a value, which the tree cannot hold.
 */
export function normalise(
  root: XmlElement,
  member: Member,
  tolerant: boolean,
  warnings: Findings,
  errors: Findings,
): Normalised {
  const walk = new Normaliser(tolerant, warnings, errors);
  return { root: walk.element(root, member), changed: walk.changed };
}

class Normaliser {
  changed = false;
  #filled = 0;
  readonly #tolerant: boolean;
  readonly #warnings: Findings;
  readonly #errors: Findings;
  /** Spellings and namespaces are named once each. */
  readonly #named = new Set<string>();

  constructor(tolerant: boolean, warnings: Findings, errors: Findings) {
    this.#tolerant = tolerant;
    this.#warnings = warnings;
    this.#errors = errors;
  }

  element(element: XmlElement, member: Member): EdxmlNode {
    this.#noteSpelling(element, member);
    return 'leaf' in member.shape
      ? this.#leaf(element, member)
      : this.#branch(element, member, member.shape.branch);
  }

  // ---- leaves ----------------------------------------------------------------------------------

  #leaf(element: XmlElement, member: Member): EdxmlNode {
    const node: EdxmlNode = {
      name: member.name,
      member,
      origin: element,
      filled: false,
      value: '',
      attributes: {},
      children: [],
    };
    this.#attributes(element, []);
    for (const child of element.children) {
      const values = { element: child.name, expected: 'text' };
      this.#errors.add('schema.unexpected', values, child);
    }
    if (!('leaf' in member.shape) || member.shape.leaf.type === 'base64') return node;
    if (!this.#tolerant) {
      node.value = trimXml(element.text);
      return node;
    }
    const reading = readLeaf(member.name, member.shape.leaf, element.text);
    node.value = reading.value;
    if (reading.check !== undefined) node.check = reading.check;
    if (reading.warning !== undefined) {
      this.#warn(element, reading.warning.code, reading.warning.values);
    }
    return node;
  }

  // ---- branches --------------------------------------------------------------------------------

  #branch(element: XmlElement, member: Member, shape: Branch): EdxmlNode {
    const attributes = this.#attributes(element, shape.attributes);
    if (trimXml(element.text) !== '') {
      this.#warn(element, 'dialect.unknown', { element: `${member.name}/text()` });
    }
    const found: EdxmlNode[] = [];
    const signatures: EdxmlNode[] = [];
    const members = element.children.map((child) => memberOf(shape, child, this.#tolerant));
    const counts = countOf(members);
    for (const [i, child] of element.children.entries()) {
      const signature = shape.signatures ? this.#signature(child) : undefined;
      const inner = members[i];
      if (signature !== undefined) signatures.push(signature);
      else if (inner === undefined) this.#warn(child, 'dialect.unknown', { element: child.name });
      else if (this.#dropBlank(child, inner, counts.get(inner) ?? 0)) continue;
      else found.push(this.element(child, inner));
    }
    const all = member.name === 'Reference' ? this.#fromHref(element, shape, found) : found;
    const children = this.#inOrder(element, member, shape, all);
    if (this.#tolerant) this.#fillMissing(element, shape, children);
    const last = this.#signaturesInOrder(element, shape, children, signatures);
    return {
      name: member.name,
      member,
      origin: element,
      filled: false,
      value: '',
      attributes,
      children: last.length === 0 ? children : [...children, ...last],
    };
  }

  /** Form A and .NET writers: `<Reference xlink:href="cid:1">` instead of the child `ContentId`. */
  #fromHref(element: XmlElement, shape: Branch, found: EdxmlNode[]): EdxmlNode[] {
    const href = element.attributes.find((one) => one.name === 'href')?.value ?? '';
    const member = shape.byName.get('contentid');
    const has = found.some((node) => node.name === 'ContentId' && node.value !== '');
    if (!this.#tolerant || href === '' || has || member === undefined) return found;
    this.#warn(element, 'dialect.spelling', { value: 'xlink:href', element: 'ContentId' });
    const node = { name: 'ContentId', member, origin: element, filled: false, attributes: {} };
    const rest = found.filter((one) => one.name !== 'ContentId');
    return [{ ...node, value: trimXml(href), children: [] }, ...rest];
  }

  /**
   * An optional element without content that the schema refuses is treated as absent. One of two is
   * never dropped: which of them is read must not depend on which is empty, a signature may cover the
   * other.
   */
  #dropBlank(child: XmlElement, member: Member, count: number): boolean {
    if (!this.#tolerant || member.mandatory || (count > 1 && !member.repeats)) return false;
    if (!isBlank(child) || blankIsValid(child, member)) return false;
    this.#warn(child, 'dialect.empty', { element: member.name });
    return true;
  }

  #inOrder(element: XmlElement, member: Member, shape: Branch, nodes: EdxmlNode[]): EdxmlNode[] {
    if (shape.order === 'any' || !this.#tolerant) return nodes;
    const place = new Map(shape.members.map((one, index) => [one.name, index]));
    const index = (node: EdxmlNode) => place.get(node.name) ?? 0;
    if (nodes.every((node, i) => i === 0 || index(nodes[i - 1] ?? node) <= index(node))) {
      return nodes;
    }
    this.#warn(element, 'dialect.order', { element: member.name });
    return [...nodes].sort((a, b) => index(a) - index(b));
  }

  /** What the schema demands and the field leaves out; other things that are missing stay missing. */
  #fillMissing(element: XmlElement, shape: Branch, children: EdxmlNode[]): void {
    for (const [index, member] of shape.members.entries()) {
      const { name, fill, mandatory } = member;
      const node = children.find((one) => one.name === name);
      if (node !== undefined) {
        this.#fillBlank(node, member);
      } else if (mandatory && fill !== undefined) {
        const filled = filledNode(member, element);
        const size = sizeOf(filled);
        if (this.#filled + size > MAX_FILLED) continue;
        this.#filled += size;
        this.changed = true;
        this.#warnings.add('dialect.missing', { element: name, read: fill }, element);
        insertInOrder(shape, children, index, filled);
      }
    }
  }

  /** A mandatory element is there, but empty where the schema refuses that and the field may. */
  #fillBlank(node: EdxmlNode, member: Member): void {
    if (member.fill === undefined || !('leaf' in member.shape)) return;
    if (node.value !== '' || !member.shape.leaf.filled) return;
    node.check = member.fill;
    this.#warn(node.origin, 'dialect.missing', { element: member.name, read: member.fill });
  }

  #signature(element: XmlElement): EdxmlNode | undefined {
    const { name, namespace } = element;
    const ours = this.#tolerant ? isReadAsQcvn(namespace) : namespace === QCVN_NAMESPACE;
    const own = ours && (name === 'Signature' || name === 'DigitalSignature');
    if (!own && namespace !== DS_NAMESPACE) return undefined;
    const signature = own ? 'own' : 'ds';
    const node = { name, member: undefined, origin: element, filled: false, signature } as const;
    return { ...node, value: '', attributes: {}, children: [] };
  }

  /** After the members: Signature, DigitalSignature, then the ds namespace. */
  #signaturesInOrder(
    element: XmlElement,
    shape: Branch,
    children: readonly EdxmlNode[],
    signatures: readonly EdxmlNode[],
  ): EdxmlNode[] {
    if (!shape.signatures || signatures.length === 0) return [];
    const rank = (one: EdxmlNode) =>
      one.signature === 'ds' ? 2 : one.name === 'DigitalSignature' ? 1 : 0;
    const sorted = [...signatures].sort((a, b) => rank(a) - rank(b));
    const last = element.children.slice(-signatures.length);
    const inPlace = sorted.every((node, i) => node.origin === last[i]);
    if (!inPlace && children.length > 0) {
      this.#warn(element, 'dialect.order', { element: element.name });
    }
    return sorted;
  }

  // ---- notes -----------------------------------------------------------------------------------

  #attributes(element: XmlElement, known: readonly string[] | 'any'): Record<string, string> {
    const kept: Record<string, string> = {};
    for (const { name, namespace, value } of element.attributes) {
      if (namespace === '' && (name === 'Id' || name === 'version') && known.includes(name)) {
        kept[name] = value;
      } else if (known !== 'any' && namespace !== XSI_NAMESPACE) {
        this.#warn(element, 'dialect.unknown', { element: `${element.name}/@${name}` });
      }
    }
    return kept;
  }

  #noteSpelling(element: XmlElement, member: Member): void {
    if (!this.#tolerant) return;
    const { name, namespace } = element;
    if (namespace !== QCVN_NAMESPACE && this.#once(`namespace ${namespace}`)) {
      this.#warn(element, 'dialect.namespace', { value: `"${namespace}"` });
    }
    if (name !== member.name && this.#once(`name ${name} ${member.name}`)) {
      this.#warn(element, 'dialect.spelling', { value: name, element: member.name });
    }
  }

  #once(what: string): boolean {
    if (this.#named.has(what)) return false;
    this.#named.add(what);
    return true;
  }

  #warn(element: XmlElement, code: ErrorCode, values: Values): void {
    if (!this.#tolerant) return;
    this.changed = true;
    this.#warnings.add(code, values, element);
  }
}

function countOf(members: readonly (Member | undefined)[]): Map<Member, number> {
  const counts = new Map<Member, number>();
  for (const one of members) if (one !== undefined) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

function isBlank(element: XmlElement): boolean {
  if (element.cut !== undefined || trimXml(element.text) !== '') return false;
  return element.children.every(isBlank);
}

/** Whether the schema takes the element although nothing is in it. */
function blankIsValid(element: XmlElement, { shape }: Member): boolean {
  if ('leaf' in shape) return !shape.leaf.filled;
  const inner = element.children.map((child) => ({
    child,
    member: memberOf(shape.branch, child, true),
  }));
  return (
    shape.branch.members.every(
      (one) => !one.mandatory || inner.some(({ member }) => member === one),
    ) && inner.every(({ child, member }) => member === undefined || blankIsValid(child, member))
  );
}

function filledNode(member: Member, origin: XmlElement): EdxmlNode {
  const node = { name: member.name, member, origin, filled: true, attributes: {} };
  if ('leaf' in member.shape) return { ...node, value: '', children: [], check: member.fill ?? '' };
  const inner = member.shape.branch.members.filter((one) => one.mandatory);
  return { ...node, value: '', children: inner.map((one) => filledNode(one, origin)) };
}

function sizeOf(node: EdxmlNode): number {
  return node.children.reduce((sum, one) => sum + sizeOf(one), 1);
}

function insertInOrder(shape: Branch, children: EdxmlNode[], index: number, node: EdxmlNode): void {
  const later = new Set(shape.members.slice(index + 1).map((one) => one.name));
  const at = children.findIndex((child) => later.has(child.name));
  children.splice(at < 0 ? children.length : at, 0, node);
}
