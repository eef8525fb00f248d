/**
 * What the references of a signature name, and whether it is unchanged. A reference must name a part
 * of the package at its contract path, by `URI=""` or by a plain `#Id`; no XPath is ever made of one.
 *
 * Reasons: `reference.uri`, `reference.unknown-id`, `reference.not-a-part`, `reference.repeated`,
 * `reference.enveloped`; then `digest.mismatch` with `digest.mismatch.PART` for each part that was
 * changed, or `canonical-form.none`.
 *
 * @module
 */
import { timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../model/issue.js';
import { SIGNED_PARTS, type SignedPart } from '../model/signature.js';
import type { CanonicalForm, ReferenceShape } from './signature-shape.js';
import type { CanonicalOptions, XmlDocument, XmlElement } from './tree.js';

export interface Target {
  readonly part: SignedPart;
  readonly element: XmlElement;
  readonly reference: ReferenceShape;
}

export type TargetsAnswer =
  | { readonly ok: true; readonly targets: readonly Target[] }
  | { readonly ok: false; readonly reason: string };

/** NCName of XML names, as far as Ids go; the schema allows 100 characters. Ours: no colon, no blank. */
const NCNAME = /^[\p{L}_][\p{L}\p{M}\p{N}._-]{0,99}$/u;

export function resolveReferences(
  doc: XmlDocument,
  signature: XmlElement,
  references: readonly ReferenceShape[],
  parts: ReadonlyMap<SignedPart, XmlElement>,
  ids: ReadonlyMap<string, XmlElement>,
): TargetsAnswer {
  const partOf = new Map<XmlElement, SignedPart>([...parts].map(([part, one]) => [one, part]));
  partOf.set(doc.root, 'edXML');
  const targets: Target[] = [];
  for (const reference of references) {
    const element = reference.uri === '' ? doc.root : ids.get(reference.uri.slice(1));
    if (reference.uri !== '' && !isPlainId(reference.uri)) return no('reference.uri');
    if (element === undefined) return no('reference.unknown-id');
    const part = partOf.get(element);
    if (part === undefined) return no('reference.not-a-part');
    // The same part sixteen times would be sixteen times the work, and proves nothing more.
    if (targets.some((one) => one.element === element)) return no('reference.repeated');
    // A signature can neither be in its own digest nor be taken out of a part it does not stand in.
    if (holds(element, signature) !== reference.enveloped) return no('reference.enveloped');
    targets.push({ part, element, reference });
  }
  return { ok: true, targets };
}

function no(reason: string): TargetsAnswer {
  return { ok: false, reason };
}

function isPlainId(uri: string): boolean {
  return uri.startsWith('#') && NCNAME.test(uri.slice(1));
}

function holds(outer: XmlElement, inner: XmlElement): boolean {
  let at: XmlElement | undefined = inner;
  while (at !== undefined && at !== outer) at = at.parent;
  return at === outer;
}

export function canonicalOptions(form: CanonicalForm, without?: XmlElement): CanonicalOptions {
  return {
    method: form.method,
    ...(form.prefixList.length > 0 ? { prefixList: form.prefixList } : {}),
    ...(without === undefined ? {} : { without }),
  };
}

/** @returns the reasons why not all parts are as they were signed; [] when they are */
export function findChanges(
  doc: XmlDocument,
  signature: XmlElement,
  targets: readonly Target[],
): string[] {
  const changed: SignedPart[] = [];
  for (const { part, element, reference } of targets) {
    const options = canonicalOptions(reference.form, reference.enveloped ? signature : undefined);
    let digest: Buffer;
    try {
      digest = doc.canonicalDigest(element, options, reference.digest.hash);
    } catch (error) {
      // libxml2 has no form for it (a relative namespace URI); an empty form would be forgeable.
      if (error instanceof GatewayError) return ['canonical-form.none'];
      throw error;
    }
    const { value } = reference;
    if (digest.length !== value.length || !timingSafeEqual(digest, value)) changed.push(part);
  }
  return changed.length === 0
    ? []
    : ['digest.mismatch', ...changed.map((part) => `digest.mismatch.${part}`)];
}

/** The outermost covered parts, in the order of `SIGNED_PARTS`. */
export function coveredParts(targets: readonly Target[]): SignedPart[] {
  const outermost = targets.filter(
    ({ element }) =>
      !targets.some((other) => other.element !== element && holds(other.element, element)),
  );
  const names = new Set(outermost.map((one) => one.part));
  return SIGNED_PARTS.filter((part) => names.has(part));
}
