/**
 * Canonical form without comments: Exclusive XML Canonicalization 1.0 (with PrefixList) and Canonical
 * XML 1.0, of a whole document or of one element, optionally without one element in it.
 *
 * libxml2 writes the form. What is left out (`without`) is unlinked for that moment: no other node's
 * form depends on it. A single element plays the document's only child where that is exact, which is
 * in exclusive form without a PrefixList; everywhere else libxml2 asks a callback which nodes belong
 * to the set, at several times the cost. The tree is restored in any case.
 *
 * @module
 */
import { refuse } from '../model/issue.js';
import { allocateStrings, lib, NODE, type Pointer, read32, write32 } from './libxml2.js';
import type { CanonicalMethod } from './tree.js';

/** Takes the form piece by piece. A piece is only valid during the call and must not be changed. */
export type Sink = (piece: Uint8Array) => void;

export interface CanonicalRequest {
  readonly document: Pointer;
  /** Element to write; the root for the whole document. */
  readonly element: Pointer;
  readonly root: Pointer;
  readonly method: CanonicalMethod;
  /** Element to leave out; 0 for none. */
  readonly without: Pointer;
  readonly prefixList: readonly string[];
  /** Elements of the whole document. */
  readonly elements: number;
}

/** `xmlC14NMode` */
const MODE = { inclusive: 0, exclusive: 1 } as const;

/** PrefixLists of real signatures name a handful. libxml2 looks up each at every element. */
const MAX_PREFIXES = 32;
const MAX_PREFIX_LOOKUPS = 2_000_000;

let sink: Sink = () => undefined;
const write = lib.addFunction((_context: Pointer, at: Pointer, length: number): number => {
  sink(lib.HEAPU8.subarray(at, at + length));
  return length;
}, 'iiii');
const close = lib.addFunction((): number => 0, 'ii');

let subset: Pointer = 0;
/** Whether a parent's content belongs to the set; asked again and again for the same few parents. */
const within = new Map<Pointer, boolean>();
const isVisible = lib.addFunction((_data: Pointer, node: Pointer, parent: Pointer): number => {
  // A namespace node has no parent of its own: libxml2 passes the element that declares it.
  return node === subset || isWithin(parent) ? 1 : 0;
}, 'iiii');

function isWithin(parent: Pointer): boolean {
  const known = within.get(parent);
  if (known !== undefined) return known;
  let at = parent;
  while (at !== 0 && at !== subset) at = read32(at + NODE.parent);
  within.set(parent, at === subset);
  return at === subset;
}

/**
 * @throws GatewayError xml.malformed when there is no canonical form (a relative namespace URI): never
 *   an empty form
 */
export function writeCanonical(request: CanonicalRequest, to: Sink): void {
  const { element, without, prefixList } = request;
  const lookups = prefixList.length * request.elements;
  if (prefixList.length > MAX_PREFIXES || lookups > MAX_PREFIX_LOOKUPS) {
    throw refuse('xml.limits', { reason: 'too many prefixes in a PrefixList' });
  }
  if (without !== 0 && isInside(element, without)) {
    throw refuse('xml.malformed', { reason: 'the part to canonicalise leaves itself out' });
  }
  const restore = without === 0 ? undefined : unlink(without);
  let done: number;
  try {
    done = perform(request, to);
  } finally {
    restore?.();
  }
  if (done < 0) throw refuse('xml.malformed', { reason: 'it has no canonical form' });
}

function perform(request: CanonicalRequest, to: Sink): number {
  const { document, element, root, method, prefixList } = request;
  const prefixes = method === 'exclusive' && prefixList.length > 0 ? prefixList : [];
  if (element === root) return run(document, method, prefixes, 0, to);
  if (method === 'exclusive' && prefixes.length === 0) {
    const restore = isolate(document, element);
    try {
      return run(document, method, prefixes, 0, to);
    } finally {
      restore();
    }
  }
  subset = element;
  within.clear();
  try {
    return run(document, method, prefixes, isVisible, to);
  } finally {
    within.clear();
  }
}

function run(
  document: Pointer,
  method: CanonicalMethod,
  prefixes: readonly string[],
  visible: Pointer,
  to: Sink,
): number {
  const list = prefixes.length === 0 ? 0 : allocateStrings(prefixes);
  const output = lib._xmlOutputBufferCreateIO(write, close, 0, 0);
  sink = to;
  try {
    return lib._xmlC14NExecute(document, visible, 0, MODE[method], list, 0, output);
  } finally {
    // Closing flushes the last piece.
    lib._xmlOutputBufferClose(output);
    sink = () => undefined;
    if (list !== 0) lib._free(list);
  }
}

/** `inner` is `outer` or stands inside it. */
function isInside(inner: Pointer, outer: Pointer): boolean {
  let at = inner;
  while (at !== 0 && at !== outer) at = read32(at + NODE.parent);
  return at === outer;
}

/** Takes a node out of its siblings. @returns what puts it back */
function unlink(node: Pointer): () => void {
  const before = read32(node + NODE.prev);
  const after = read32(node + NODE.next);
  const parent = read32(node + NODE.parent);
  const link = (left: Pointer, right: Pointer): void => {
    write32(before === 0 ? parent + NODE.children : before + NODE.next, right);
    write32(after === 0 ? parent + NODE.last : after + NODE.prev, left);
  };
  link(before, after);
  return () => link(node, node);
}

/** Makes a node the document's only child; its parent stays. @returns what undoes it */
function isolate(document: Pointer, node: Pointer): () => void {
  const places = [
    [document + NODE.children, node],
    [document + NODE.last, node],
    [node + NODE.next, 0],
    [node + NODE.prev, 0],
  ] as const;
  const kept = places.map(([at]) => read32(at));
  for (const [at, value] of places) write32(at, value);
  return () => {
    places.forEach(([at], i) => {
      write32(at, kept[i] ?? 0);
    });
  };
}
