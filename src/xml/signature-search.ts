/**
 * One walk over the whole tree: every element that is called a signature, wherever it stands, every
 * Id-like attribute, and whatever may be taken for a part of the package where none belongs. Looking
 * everywhere is the point: a second signature, a second bearer of an Id or a second copy of a part is
 * refused where it stands, also outside of what is signed (threats C, E and F).
 *
 * @module
 */
import { DS } from './signature-algorithms.js';
import type { XmlElement } from './tree.js';

export interface Found {
  /** `Signature` of XML-DSig. */
  readonly real: readonly XmlElement[];
  /** `Signature` in any other namespace or in none. */
  readonly lookalikes: readonly XmlElement[];
  /** There is a `DigitalSignature`: some .NET systems write it, and leave it empty. */
  readonly hasSlot: boolean;
  /** Those of them that hold anything. */
  readonly filledSlots: readonly XmlElement[];
  readonly ids: ReadonlyMap<string, XmlElement>;
  /** Some value stands in two Id-like attributes. */
  readonly hasRepeatedId: boolean;
  /** Some element goes by the name of a part and is none of the parts. */
  readonly hasStrayPart: boolean;
}

/**
 * Local names, whatever the namespace (none, `xml:`, `wsu:`, any other): some verifier in the field takes
 * each of them for an Id.
 */
const ID_NAMES: ReadonlySet<string> = new Set(['Id', 'ID', 'id']);

/** @param isStray the element could be taken for a part, but is none. */
export function findSignatures(
  root: XmlElement,
  isStray: (one: XmlElement) => boolean = () => false,
): Found {
  const real: XmlElement[] = [];
  const lookalikes: XmlElement[] = [];
  const filledSlots: XmlElement[] = [];
  const ids = new Map<string, XmlElement>();
  let hasSlot = false;
  let hasRepeatedId = false;
  let hasStrayPart = false;
  const open = [root];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.name === 'Signature') (at.namespace === DS ? real : lookalikes).push(at);
    if (at.name === 'DigitalSignature') {
      hasSlot = true;
      if (isFilled(at)) filledSlots.push(at);
    }
    if (!hasStrayPart && isStray(at)) hasStrayPart = true;
    for (const { name, value } of at.attributes) {
      if (!ID_NAMES.has(name)) continue;
      if (ids.has(value)) hasRepeatedId = true;
      ids.set(value, at);
    }
    for (const child of at.children) open.push(child);
  }
  return { real, lookalikes, hasSlot, filledSlots, ids, hasRepeatedId, hasStrayPart };
}

function isFilled(element: XmlElement): boolean {
  return element.children.length > 0 || element.text.trim() !== '';
}
