/**
 * Every fault among an element's children, not the first only: what is missing, what is not known, what
 * stands in the wrong place or too often.
 *
 * libxml2 validates nothing after the first child that it did not expect. So each such parent is put in
 * order for the time of a further pass: known children sorted into place, unknown ones taken out, empty
 * stand-ins for missing ones. libxml2 then sees all the rest. Verdicts stay its own: this only runs on
 * what it has refused, what it says of stand-ins is dropped, and `restore` puts every link back.
 *
 * @module
 */
import type { ErrorCode } from '../model/error-table.js';
import type { ElementView, Tree } from './element.js';
import { allocate, type LibError, lib, NODE, type Pointer, read32, write32 } from './libxml2.js';
import { type Content, matches, type Particle, type SchemaModel } from './schema-model.js';

/** Faults beyond these are not reported: whoever has that many needs another tool. */
export const MAX_FAULTS = 100;

export interface ContentFault {
  readonly code: ErrorCode & ('schema.missing' | 'schema.unexpected');
  /** The unexpected child, or the parent that lacks one. */
  readonly node: Pointer;
  /** Local name of the child. */
  readonly element: string;
  /** Names that would be right. */
  readonly expected: string;
}

/** Whether the fault concerns the children that an element has or lacks (XML_SCHEMAV_ELEMENT_CONTENT). */
export function isContentError(error: LibError): boolean {
  return error.code === 1871;
}

/** `true`: a child is missing in `error.node`; `false`: `error.node` is not expected in its parent. */
export function isMissingError(error: LibError): boolean {
  return error.message.includes(': Missing child element(s).');
}

export class ContentRepair {
  readonly faults: ContentFault[] = [];
  readonly #tree: Tree;
  readonly #root: ElementView;
  readonly #model: SchemaModel;
  readonly #order = new Map<Pointer, readonly Pointer[]>();
  readonly #standIns = new Set<Pointer>();
  readonly #repaired = new Set<Pointer>();
  readonly #judged = new Set<Pointer>();

  /** @param root where the validation starts */
  constructor(tree: Tree, root: ElementView, model: SchemaModel) {
    this.#tree = tree;
    this.#root = root;
    this.#model = model;
  }

  /** Puts the parents of these errors in order. @returns whether a further pass would see more */
  apply(errors: readonly LibError[]): boolean {
    let changed = false;
    for (const error of errors.filter(isContentError)) {
      if (this.#full) return false;
      if (this.#standIns.has(error.node)) continue;
      const parent = isMissingError(error) ? error.node : read32(error.node + NODE.parent);
      if (parent === this.#tree.document || this.#judged.has(parent)) continue;
      this.#judged.add(parent);
      const view = this.#tree.view(parent);
      const content = this.#model.contentOf(view, this.#root);
      if (content !== undefined && this.#judge(view, content)) changed = true;
    }
    return changed && !this.#full;
  }

  get #full(): boolean {
    return this.faults.length >= MAX_FAULTS;
  }

  /** What libxml2 says of our own stand-ins, and of children that were judged here. */
  ignores(error: LibError): boolean {
    if (this.#standIns.has(error.node)) return true;
    if (!isContentError(error)) return false;
    return this.#repaired.has(
      isMissingError(error) ? error.node : read32(error.node + NODE.parent),
    );
  }

  restore(): void {
    for (const [parent, nodes] of this.#order) relink(parent, nodes);
    for (const node of this.#standIns) lib._xmlFreeNode(node);
  }

  #judge(parent: ElementView, content: Content): boolean {
    const { particles } = content;
    const names = new Set(particles.map((one) => `${one.name} ${one.namespace}`));
    // The same name at two places: which of them a child means is not certain.
    if (names.size !== particles.length) return false;
    const places = parent.children.map((child) => placeOf(particles, child));
    const inOrder = content.order === 'all' ? undefined : longestRun(places);
    const slots: ElementView[][] = particles.map(() => []);
    const before = this.faults.length;
    let at = 0;
    for (const [i, child] of parent.children.entries()) {
      if (this.#full) break;
      const place = places[i] ?? -1;
      const particle = particles[place];
      const slot = slots[place];
      const fits = particle !== undefined && slot !== undefined && slot.length < particle.max;
      if (!fits || inOrder?.has(i) === false) {
        const expected =
          content.order === 'all'
            ? particles.filter((one, k) => (slots[k]?.length ?? 0) < one.max)
            : possible(particles, at, slots[at]?.length ?? 0);
        this.#fault('schema.unexpected', child.node, child.name, expected);
      } else at = place;
      if (fits) slot.push(child);
    }
    if (this.#full) {
      // No further pass: the children may stay as they are.
      this.#repaired.add(parent.node);
      return false;
    }
    const standIns = particles.map((particle, k) => {
      if ((slots[k]?.length ?? 0) >= particle.min || particle.wildcard) return [];
      const around =
        content.order === 'all'
          ? particles.filter((one) => one.min > 0)
          : particles.slice(Math.max(0, k - 1), k + 2);
      this.#fault('schema.missing', parent.node, particle.name, around);
      const node = this.#standIn(parent, particle);
      return node === 0 ? [] : [node];
    });
    if (this.faults.length === before) return false;
    this.#repaired.add(parent.node);
    this.#reorder(
      parent,
      slots.flatMap((slot, k) => [...slot.map((view) => view.node), ...(standIns[k] ?? [])]),
    );
    return true;
  }

  #fault(
    code: ContentFault['code'],
    node: Pointer,
    element: string,
    expected: readonly Particle[],
  ): void {
    const names = expected.map((one) => one.name).join(', ');
    this.faults.push({ code, node, element, expected: names === '' ? '–' : names });
  }

  /** @returns an empty element of that name; 0 when its namespace is not at hand */
  #standIn(parent: ElementView, particle: Particle): Pointer {
    const relative = [parent, ...parent.children].find(
      (one) => one.namespace === particle.namespace,
    );
    if (relative === undefined) return 0;
    const name = allocate(Buffer.from(particle.name));
    const namespace = read32(relative.node + NODE.ns);
    const node = lib._xmlNewDocNode(this.#tree.document, namespace, name, 0);
    lib._free(name);
    if (node === 0) return 0;
    write32(node + NODE.parent, parent.node);
    this.#standIns.add(node);
    return node;
  }

  #reorder(parent: ElementView, elements: readonly Pointer[]): void {
    const nodes: Pointer[] = [];
    for (let at = read32(parent.node + NODE.children); at !== 0; at = read32(at + NODE.next)) {
      nodes.push(at);
    }
    this.#order.set(parent.node, nodes);
    const children = new Set(parent.children.map((child) => child.node));
    relink(parent.node, [...elements, ...nodes.filter((node) => !children.has(node))]);
  }
}

/** Makes `nodes` the children of `parent`, in that order. */
function relink(parent: Pointer, nodes: readonly Pointer[]): void {
  write32(parent + NODE.children, nodes[0] ?? 0);
  write32(parent + NODE.last, nodes.at(-1) ?? 0);
  nodes.forEach((node, i) => {
    write32(node + NODE.prev, nodes[i - 1] ?? 0);
    write32(node + NODE.next, nodes[i + 1] ?? 0);
  });
}

/** @returns the particle's index, -1 for an element that the content does not know */
function placeOf(particles: readonly Particle[], child: ElementView): number {
  const named = particles.findIndex((one) => !one.wildcard && matches(one, child));
  return named !== -1 ? named : particles.findIndex((one) => one.wildcard && matches(one, child));
}

/** What may follow in a sequence after `count` elements of the particle `at`. */
function possible(particles: readonly Particle[], at: number, count: number): Particle[] {
  const found: Particle[] = [];
  for (let k = at; k < particles.length; k++) {
    const particle = particles[k];
    if (particle === undefined || (k === at && count >= particle.max)) continue;
    found.push(particle);
    if (particle.min > 0 && (k !== at || count < particle.min)) break;
  }
  return found;
}

/** Positions of a longest non-decreasing run of places; those below 0 belong to none. */
function longestRun(places: readonly number[]): Set<number> {
  /** For each length the position of the smallest last place of a run so long. */
  const tails: number[] = [];
  const previous: number[] = [];
  places.forEach((place, i) => {
    if (place < 0) return;
    let low = 0;
    for (let high = tails.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((places[tails[middle] ?? 0] ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    previous[i] = low === 0 ? -1 : (tails[low - 1] ?? -1);
    tails[low] = i;
  });
  const run = new Set<number>();
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i] ?? -1) run.add(i);
  return run;
}
