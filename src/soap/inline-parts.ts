/**
 * An element of a request as bytes of its own, with every XOP Include in it replaced by the base64 it
 * stands for (XOP 1.0 §3.2). Stacks with MTOM switched on carry every binary value of a message as a
 * part, those inside a typed `edXML` too; a package has no parts, so there they are text again.
 *
 * Errors: `soap.part`, `soap.base64`, `soap.multipart` and what the load of a part throws.
 *
 * @module
 */
import { refuse } from '../model/issue.js';
import { pathOf, type XmlElement } from '../xml/tree.js';
import { loadContent, XOP_NAMESPACE } from './binary.js';
import type { SoapRequest } from './envelope.js';

/** In document order, without looking into an Include. */
function includesIn(element: XmlElement, found: XmlElement[] = []): XmlElement[] {
  for (const child of element.children) {
    if (child.name === 'Include' && child.namespace === XOP_NAMESPACE) found.push(child);
    else includesIn(child, found);
  }
  return found;
}

/** A part may stand once: many references to a large one would make a package of any size. */
class Budget {
  #left: number;

  constructor(request: SoapRequest) {
    this.#left = request.attachments.reduce(
      (sum, part) => sum + (part.content?.length ?? ('size' in part ? part.size : 0)),
      0,
    );
  }

  take(bytes: number, include: XmlElement): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    const place = { path: pathOf(include), line: include.line };
    throw refuse('soap.multipart', { reason: 'a part is referred to more than once' }, place);
  }
}

async function base64Of(
  request: SoapRequest,
  include: XmlElement,
  budget: Budget,
): Promise<Buffer> {
  const content = await loadContent(request, include.parent ?? include);
  budget.take(content.length, include);
  return Buffer.from(content.toString('base64'), 'latin1');
}

/** The element in exclusive canonical form without comments, as if the request had come without parts. */
export async function canonicalWithParts(
  request: SoapRequest,
  element: XmlElement,
): Promise<Buffer> {
  const bytes = request.document.canonical(element, { method: 'exclusive' });
  if (request.parts.size === 0) return bytes;
  const budget = new Budget(request);
  const pieces: Buffer[] = [];
  let done = 0;
  for (const include of includesIn(element)) {
    const base64 = await base64Of(request, include, budget);
    // Canonical text has no bare "<", so this can only be the element itself, or one written the same.
    const markup = request.document.canonical(include, { method: 'exclusive' });
    const at = bytes.indexOf(markup, done);
    if (at < 0) {
      const place = { path: pathOf(include), line: include.line };
      throw refuse('soap.base64', { element: include.parent?.name ?? element.name }, place);
    }
    pieces.push(bytes.subarray(done, at), base64);
    done = at + markup.length;
  }
  return pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(done)]);
}
