/**
 * How many of a thing one package may hold. Looked at on the elements as they came, before anything is
 * made of them, so that a flood costs no more than this one walk.
 *
 * @module
 */
import type { XmlElement } from '../xml/tree.js';
import type { Findings } from './findings.js';
import { memberOf } from './names.js';
import type { Branch, Member } from './shape.js';

export const MAX_ATTACHMENTS = 500;
/** Recipients, hops, replacements, receivers and the like. Real packages have hundreds. */
export const MAX_REPEATS = 5_000;

const FILES: ReadonlySet<string> = new Set(['Attachment', 'Reference']);

/**
 * Adds `document.too-many` for each kind of element of which there are too many, and
 * `attachment.too-many` once. What may repeat is counted in the whole package, what may not in each
 * parent.
 *
 * @returns whether all are within their limits.
 */
export function checkCounts(root: XmlElement, member: Member, findings: Findings): boolean {
  const totals = new Map<Member, number>();
  /** Highest counts beyond the limit, by name. */
  const tooMany = new Map<string, number>();
  const open: { readonly element: XmlElement; readonly branch: Branch }[] = [];
  const enter = (element: XmlElement, { shape }: Member): void => {
    if ('branch' in shape) open.push({ element, branch: shape.branch });
  };
  enter(root, member);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [child, inParent] of countChildren(next.element, next.branch, enter)) {
      const count = inParent + (child.repeats ? (totals.get(child) ?? 0) : 0);
      totals.set(child, count);
      if (count <= limitOf(child.name)) continue;
      const name = FILES.has(child.name) ? 'Attachment' : child.name;
      tooMany.set(name, Math.max(count, tooMany.get(name) ?? 0));
    }
  }
  for (const [element, count] of tooMany) {
    const code = FILES.has(element) ? 'attachment.too-many' : 'document.too-many';
    findings.add(code, { element, count, limit: limitOf(element) }, root);
  }
  return tooMany.size === 0;
}

function limitOf(name: string): number {
  return FILES.has(name) ? MAX_ATTACHMENTS : MAX_REPEATS;
}

function countChildren(
  element: XmlElement,
  branch: Branch,
  enter: (child: XmlElement, member: Member) => void,
): Map<Member, number> {
  const counts = new Map<Member, number>();
  for (const child of element.children) {
    const member = memberOf(branch, child, true);
    if (member === undefined) continue;
    counts.set(member, (counts.get(member) ?? 0) + 1);
    enter(child, member);
  }
  return counts;
}
