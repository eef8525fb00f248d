/**
 * Where the parts of a package are that a signature may cover: at their contract paths only, in any
 * spelling the reader accepts. An element of the right name anywhere else is not a part; of two at the
 * same path only the first is one, and the schema refuses the package. What a reader that goes by names
 * could take for a part is known here as well.
 *
 * @module
 */
import type { PackageKind } from '../model/edxml.js';
import { SIGNED_PARTS, type SignedPart } from '../model/signature.js';
import type { XmlDocument, XmlElement } from '../xml/tree.js';
import { isPackageRoot, isReadAsQcvn, memberOf } from './names.js';
import { type Branch, type Member, rootShape, type Shape, type StatusForm } from './shape.js';

export interface Located {
  /** `edXMLHeader`, where the signature stands. */
  readonly header: XmlElement | undefined;
  /** In a status of the provincial form the part `MessageHeader` is the element `Status`. */
  readonly parts: ReadonlyMap<SignedPart, XmlElement>;
  /**
   * The element goes by the name of a part or of the header, in any spelling the reader accepts, or by
   * that of an element that says who sends what to whom, at a place where none is read.
   */
  looksLikePart(element: XmlElement): boolean;
}

export function locate(doc: XmlDocument): Located {
  const parts = new Map<SignedPart, XmlElement>();
  if (!isPackageRoot(doc.root)) return { header: undefined, parts, looksLikePart };
  const add = (part: SignedPart, at: Place): Place => {
    if (at.element !== undefined) parts.set(part, at.element);
    return at;
  };
  const root = add('edXML', start(doc.root, 'document'));
  const envelope = add('edXMLEnvelope', into(root, 'edXMLEnvelope'));
  const header = into(envelope, 'edXMLHeader');
  const message = headerOf(doc.root);
  if (message !== undefined) parts.set('MessageHeader', message.element);
  const traces = add('TraceHeaderList', into(header, 'TraceHeaderList'));
  add('Bussiness', into(traces, 'Bussiness'));
  const body = add('edXMLBody', into(envelope, 'edXMLBody'));
  add('edXMLManifest', into(body, 'edXMLManifest'));
  add('AttachmentEncoded', into(root, 'AttachmentEncoded'));
  return { header: header.element, parts, looksLikePart };
}

const PART_NAMES: ReadonlySet<string> = new Set<string>([...SIGNED_PARTS, 'edXMLHeader']);
const HEADER_NAMES: ReadonlySet<string> = new Set(['edxmlheader', 'header']);
/** In lower case, with all spellings. */
const PART_SPELLINGS = new Set<string>();
/**
 * Elements that say who sends what to whom. Not parts themselves, but a recipient that looks for the
 * first of that name must not find another one than we read.
 */
const TELLING_NAMES: ReadonlySet<string> = new Set([
  'From',
  'To',
  'DocumentId',
  'CodeNumber',
  'CodeNotation',
  'Subject',
  'StatusCode',
  'BussinessDocType',
  'ReplacementInfo',
  'Receiver',
  'Reference',
  'Attachment',
  'ContentTransferEncoded',
]);
/** Spelling of a telling name in lower case → spellings of the elements it belongs into. */
const TELLING_PARENTS = new Map<string, Set<string>>();
for (const kind of ['document', 'status'] as const) collectSpellings(rootShape(kind), []);
collectSpellings(rootShape('status', 'Status'), []);

function collectSpellings({ name, aliases, shape }: Member, parents: readonly string[]): void {
  const spellings = [name, ...aliases].map((one) => one.toLowerCase());
  for (const one of spellings) {
    if (PART_NAMES.has(name)) PART_SPELLINGS.add(one);
    if (!TELLING_NAMES.has(name)) continue;
    const known = TELLING_PARENTS.get(one) ?? new Set();
    for (const parent of parents) known.add(parent);
    TELLING_PARENTS.set(one, known);
  }
  for (const inner of branchOf(shape)?.members ?? []) collectSpellings(inner, spellings);
}

/** A telling element where the reader would not look for it. */
function isMisplaced(name: string, parent: XmlElement | undefined): boolean {
  const parents = TELLING_PARENTS.get(name);
  return parents !== undefined && !parents.has(parent?.name.toLowerCase() ?? '');
}

function looksLikePart(element: XmlElement): boolean {
  if (!isReadAsQcvn(element.namespace)) return false;
  const name = element.name.toLowerCase();
  // The header of a status in its provincial form; elsewhere that is a name like any other.
  if (name === 'status') return HEADER_NAMES.has(element.parent?.name.toLowerCase() ?? '');
  return PART_SPELLINGS.has(name) || isMisplaced(name, element.parent);
}

/** The element with the data of the package, document or status, and the form it has. */
export function headerOf(
  root: XmlElement,
): { readonly element: XmlElement; readonly form: StatusForm } | undefined {
  for (const form of ['MessageHeader', 'Status'] as const) {
    const header = into(into(start(root, 'status', form), 'edXMLEnvelope'), 'edXMLHeader');
    const { element } = into(header, form);
    if (element !== undefined) return { element, form };
  }
  return undefined;
}

/** A place on a contract path: the shape that belongs there and the element, if it is there. */
interface Place {
  readonly shape: Branch | undefined;
  readonly element: XmlElement | undefined;
}

function start(root: XmlElement, kind: PackageKind, form?: StatusForm): Place {
  return { shape: branchOf(rootShape(kind, form).shape), element: root };
}

function into({ shape, element }: Place, name: string): Place {
  const found = element?.children.find(
    (child) => shape !== undefined && memberOf(shape, child, true)?.name === name,
  );
  const member = shape?.byName.get(name.toLowerCase());
  return { shape: member && branchOf(member.shape), element: found };
}

function branchOf(shape: Shape): Branch | undefined {
  return 'branch' in shape ? shape.branch : undefined;
}
