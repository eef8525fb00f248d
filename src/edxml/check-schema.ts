/**
 * The schema check of a package: of the package itself when nothing was normalised, else of the
 * normalised tree, whose faults are led back to the elements they came from.
 *
 * @module
 */
import type { PackageKind } from '../model/edxml.js';
import { GatewayError, type Issue, issue } from '../model/issue.js';
import { parseXml } from '../xml/parse.js';
import { LIMITS, scanXml } from '../xml/scan.js';
import { pathOf, type XmlDocument } from '../xml/tree.js';
import { writeXml, type XmlOutput } from '../xml/write.js';
import { DS_NAMESPACE, QCVN_NAMESPACE } from './names.js';
import type { EdxmlNode } from './node.js';
import { MAX_FILLED } from './normalise.js';

/** More faults than this are not looked at: each costs a walk to its element. */
const MAX_FAULTS = 400;

/**
 * Faults of the package as it came. Base64 is not the schema's: its text may be cut out before the
 * schema sees it, so it is judged with the attachments.
 *
 * @param root what was read of it.
 * @param tolerant the tree can stand for the whole package, as in the profile `field`.
 */
export function checkAsWritten(
  doc: XmlDocument,
  kind: PackageKind,
  root: EdxmlNode,
  tolerant: boolean,
): Issue[] {
  const all = doc.validate(kind);
  const faults = all.filter(({ code, path }) => {
    return code !== 'schema.value' || !path.endsWith('/ContentTransferEncoded');
  });
  // The validator stops after so many faults: those of base64 must not hide others.
  if (tolerant && faults.length < all.length) return checkNormalised(root, kind);
  const resolve = resolver(root);
  return faults.slice(0, MAX_FAULTS).map((one) => specialise(one, resolve(one.path)));
}

/** Faults of the normalised tree, with path and line of the package. */
export function checkNormalised(root: EdxmlNode, kind: PackageKind): Issue[] {
  let doc: XmlDocument;
  try {
    const bytes = Buffer.from(writeXml(toOutput(root, true)), 'utf8');
    doc = parseXml(scanXml(bytes, { elements: LIMITS.elements + MAX_FILLED }));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // Escapes are longer than what they stand for: a value near a limit of the scan may cross it.
    const { line } = root.origin;
    return error.issues.map((one) => ({ ...one, path: pathOf(root.origin), line }));
  }
  try {
    const resolve = resolver(root);
    return doc
      .validate(kind)
      .slice(0, MAX_FAULTS)
      .map((one) => {
        const place = resolve(one.path);
        const { origin } = place.node;
        return specialise({ ...one, path: pathOf(origin) + place.below, line: origin.line }, place);
      });
  } finally {
    doc.dispose();
  }
}

function toOutput(node: EdxmlNode, isRoot: boolean): XmlOutput {
  const namespace = isRoot ? QCVN_NAMESPACE : node.signature === 'ds' ? DS_NAMESPACE : undefined;
  return {
    // Of the ds namespace the schema takes any name, and it may be one that we do not write.
    name: node.signature === 'ds' ? 'Signature' : node.name,
    attributes: { ...(namespace === undefined ? {} : { xmlns: namespace }), ...node.attributes },
    text: node.check ?? node.value,
    children: node.children.map((child) => toOutput(child, false)),
  };
}

interface Place {
  readonly node: EdxmlNode;
  /** The rest of the path below the node, '' when the path is the node's own. */
  readonly below: string;
}

/**
 * What finds the node that a path names, as far down as the package has it. Children are sorted by
 * name once, since there may be hundreds of faults among thousands of siblings.
 */
function resolver(root: EdxmlNode): (path: string) => Place {
  const sorted = new Map<EdxmlNode, ReadonlyMap<string, readonly EdxmlNode[]>>();
  const childAt = (node: EdxmlNode, segment: string): EdxmlNode | undefined => {
    const [name = '', index = '1'] = segment.replace(']', '').split('[');
    const groups = sorted.get(node) ?? byName(node.children);
    sorted.set(node, groups);
    return groups.get(name)?.[Number(index) - 1];
  };
  return (path) => {
    const segments = path.split('/').slice(2);
    let node = root;
    let depth = 0;
    for (const segment of segments) {
      const next = childAt(node, segment);
      if (next === undefined || next.filled) break;
      node = next;
      depth += 1;
    }
    const rest = segments.slice(depth).map((name) => `/${name}`);
    return { node, below: rest.join('') };
  };
}

function byName(nodes: readonly EdxmlNode[]): Map<string, EdxmlNode[]> {
  const groups = new Map<string, EdxmlNode[]>();
  for (const node of nodes) {
    const group = groups.get(node.name);
    if (group === undefined) groups.set(node.name, [node]);
    else group.push(node);
  }
  return groups;
}

/** Values that have a code of their own get it, for the sake of the hint. */
function specialise(one: Issue, { node, below }: Place): Issue {
  if (one.code !== 'schema.value' || below !== '' || node.value === '') return one;
  const values = { element: node.name, value: node.value };
  const place = { path: one.path, line: one.line };
  if (node.name === 'OrganId') return issue('document.organ-id', values, place);
  if (node.name === 'StatusCode') return issue('status.code', values, place);
  return one;
}
