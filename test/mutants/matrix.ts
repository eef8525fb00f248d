/**
 * Which case finds which mutant. A mutant changes what is said of one path; a case whose package is at
 * that path as the smallest package is, is not asked again: it answers as that one does.
 *
 * @module
 */
import type { Case, Suite } from '../../src/conformance/suite.js';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import type { XmlElement } from '../../src/xml/tree.js';
import { ask, filled, verdictOf } from './ask.js';
import type { Mutant } from './mutant.js';

export interface Subject {
  readonly id: string;
  readonly bytes: Buffer;
  readonly wanted: string;
  readonly kind: 'document' | 'status' | undefined;
  /** What it has at a path; undefined: it has to be asked. `none`: it is refused before any path counts. */
  at(path: readonly string[]): string | undefined;
}

/**
 * Cases that send one package with SendPackage.
 *
 * @param names names of other writers: where one stands, paths do not tell what is there.
 */
export function subjectsOf(suite: Suite, names: ReadonlySet<string>): Subject[] {
  return suite.cases.flatMap((one) => {
    const bytes = packageOf(one, suite);
    return bytes === undefined ? [] : [subjectOf(one, bytes, names)];
  });
}

function packageOf(one: Case, suite: Suite): Buffer | undefined {
  const [step] = one.steps;
  if (one.steps.length !== 1 || step?.request.kind !== 'operation') return undefined;
  const { operation, package: source, soap, carrier } = step.request;
  if (operation !== 'SendPackage' || source === undefined || step.as !== 'sender') return undefined;
  // What carries the package, and what else is in the answer, is seen only over HTTP.
  if (soap !== undefined || carrier !== undefined || step.expect.assertions) return undefined;
  const bytes = suite.file(source.file);
  return bytes === undefined ? undefined : filled(bytes);
}

export function wantedOf(one: Case): string {
  const { class: word, codes = [], warnings = [] } = one.steps[0]?.expect ?? { class: 'http' };
  return word === 'refused' ? verdictOf('refused', codes) : verdictOf('taken', warnings);
}

function subjectOf(one: Case, bytes: Buffer, names: ReadonlySet<string>): Subject {
  const { id } = one;
  const wanted = wantedOf(one);
  const tree = treeOf(bytes);
  const known = tree !== undefined && isKnown(tree, names);
  const kind = tree === undefined ? undefined : hasName(tree, 'StatusCode') ? 'status' : 'document';
  const seen = new Map<string, string>();
  return {
    id,
    bytes,
    wanted,
    kind,
    at(path) {
      if (tree === undefined) return 'none';
      if (!known) return undefined;
      const key = path.join('/');
      const found = seen.get(key) ?? signature(tree, path);
      seen.set(key, found);
      return found;
    },
  };
}

interface Tree {
  readonly name: string;
  readonly text: string;
  readonly attributes: readonly string[];
  readonly children: readonly Tree[];
}

function treeOf(bytes: Buffer): Tree | undefined {
  try {
    const document = parseXml(scanXml(bytes, { cut: false }));
    const tree = plain(document.root);
    document.dispose();
    return tree;
  } catch {
    return undefined;
  }
}

function plain(element: XmlElement): Tree {
  const attributes = element.attributes.map((one) => `${one.namespace} ${one.name}=${one.value}`);
  const { name, text } = element;
  return { name, text, attributes, children: element.children.map(plain) };
}

function isKnown(tree: Tree, names: ReadonlySet<string>): boolean {
  return !names.has(tree.name) && tree.children.every((one) => isKnown(one, names));
}

function hasName(tree: Tree, name: string): boolean {
  return tree.name === name || tree.children.some((one) => hasName(one, name));
}

/** Of all elements at the path and of the names of their neighbours. */
function signature(root: Tree, path: readonly string[]): string {
  let parents: Tree[] = [root];
  for (const name of path.slice(1, -1)) {
    parents = parents.flatMap((one) => one.children.filter((child) => child.name === name));
  }
  const name = path.at(-1);
  return JSON.stringify(
    parents.map((one) => [
      one.children.map((child) => child.name),
      one.children.filter((child) => child.name === name),
    ]),
  );
}

/** What finds a mutant; `everything` when the smallest package does. */
export type Killers = readonly string[] | 'everything';

export async function killersOf(
  mutant: Mutant,
  subjects: readonly Subject[],
  base: Readonly<Record<'document' | 'status', Subject>>,
): Promise<Killers> {
  const { kind, path } = mutant;
  if (kind === 'gateway') return [];
  mutant.on();
  try {
    const own = base[kind];
    if ((await ask(own.bytes)) !== own.wanted) return 'everything';
    const usual = own.at(path);
    const killers: string[] = [];
    for (const one of subjects) {
      if (one.kind !== undefined && one.kind !== kind) continue;
      const there = one.at(path);
      if (there === 'none' || (there !== undefined && there === usual)) continue;
      if ((await ask(one.bytes)) !== one.wanted) killers.push(one.id);
    }
    return killers;
  } finally {
    mutant.off();
  }
}
