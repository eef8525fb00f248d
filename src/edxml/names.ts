/**
 * Which element is which: namespaces and spellings that are read as those of QCVN 102. The reader and
 * `locate` ask the same functions, so that the element that is read is the element whose signature is
 * judged.
 *
 * @module
 */
import type { XmlElement } from '../xml/tree.js';
import type { Branch, Member } from './shape.js';

/** QCVN 102:2016/BTTTT; the amendment of 2022 kept it. */
export const QCVN_NAMESPACE = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';
export const DS_NAMESPACE = 'http://www.w3.org/2000/09/xmldsig#';
export const XSI_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance';

/** Namespaces that the profile `field` reads as QCVN 102: its own, that of the eDoc form, none. */
const READ_AS_QCVN: ReadonlySet<string> = new Set([
  QCVN_NAMESPACE,
  'http://www.e-doc.vn/Schema/',
  'http://www.e-doc.vn/Schema',
  '',
]);

export function isReadAsQcvn(namespace: string): boolean {
  return READ_AS_QCVN.has(namespace);
}

/** The root of a package in any accepted namespace and case. */
export function isPackageRoot(element: XmlElement): boolean {
  return isReadAsQcvn(element.namespace) && element.name.toLowerCase() === 'edxml';
}

/**
 * The member of the branch that a child element stands for.
 *
 * @param tolerant false: exact name in the namespace of QCVN 102 only.
 */
export function memberOf(branch: Branch, child: XmlElement, tolerant: boolean): Member | undefined {
  if (!tolerant) {
    if (child.namespace !== QCVN_NAMESPACE) return undefined;
    const member = branch.byName.get(child.name.toLowerCase());
    return member?.name === child.name ? member : undefined;
  }
  return isReadAsQcvn(child.namespace) ? branch.byName.get(child.name.toLowerCase()) : undefined;
}
