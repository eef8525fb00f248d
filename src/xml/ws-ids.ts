/**
 * Ids of WS-Security: which node a `#Id` means, when it means one at all.
 *
 * @module
 */
import type { XmlElement } from './tree.js';

/** @returns the Id in a plain `#Id`; undefined for everything else, such as an XPointer */
export function idOf(uri: string): string | undefined {
  return /^#[^#\s()]{1,200}$/.test(uri) ? uri.slice(1) : undefined;
}

/**
 * Every attribute that any reader could take for an Id counts, in whatever namespace and spelling: a
 * second bearer is what an attack moves the signed part to.
 *
 * @returns the one element that bears the Id, or the reason why there is not one
 */
export function soleBearer(root: XmlElement, id: string): XmlElement | string {
  return soleBearers(root, [id]).get(id) ?? 'reference.unknown-id';
}

/**
 * The same for several Ids in one walk: a stranger may ask for many of a large envelope.
 *
 * @returns for each Id that is borne at all, its one element, or the reason why there is not one
 */
export function soleBearers(
  root: XmlElement,
  ids: readonly string[],
): ReadonlyMap<string, XmlElement | string> {
  const wanted = new Set(ids);
  const found = new Map<string, XmlElement | string>();
  const open = [root];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { name, value } of at.attributes) {
      if (name.toLowerCase() !== 'id') continue;
      const id = value.trim();
      if (wanted.has(id)) found.set(id, found.has(id) ? 'reference.repeated-id' : at);
    }
    for (const child of at.children) open.push(child);
  }
  return found;
}
