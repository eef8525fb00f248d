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
  let found: XmlElement | undefined;
  const open = [root];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { name, value } of at.attributes) {
      if (value.trim() !== id || name.toLowerCase() !== 'id') continue;
      if (found !== undefined) return 'reference.repeated-id';
      found = at;
    }
    for (const child of at.children) open.push(child);
  }
  return found ?? 'reference.unknown-id';
}
