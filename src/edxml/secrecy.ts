/**
 * Secrecy marks: documents with state secrets must not pass (QĐ 28/2018 art. 1.2). The package has no
 * field for one, so any element of such a name, and the words themselves in OtherInfo, are taken as a
 * mark. Looks at the package as it came, whatever the profile or the schema say.
 *
 * @module
 */
import type { XmlElement } from '../xml/tree.js';
import type { Findings } from './findings.js';
import { trimXml } from './leaf.js';

/** Names of elements and attributes, folded. Source: draft of 2012 (`OtherInfo/Secret`), vendors. */
const NAMES: ReadonlySet<string> = new Set([
  'secret',
  'issecret',
  'secretcode',
  'secretid',
  'secretlevel',
  'secretname',
  'secrettype',
  'secretvalue',
  'secrecy',
  'secrecycode',
  'secrecyid',
  'secrecylevel',
  'secrecyname',
  'securitylevel',
  'confidential',
  'confidentiality',
  'confidentialitylevel',
  'confidentiallevel',
  'domat',
  'domatid',
  'madomat',
  'mucdomat',
  'capdomat',
  'tendomat',
]);

/** Values that say "not secret", folded. */
const NOT_SECRET: ReadonlySet<string> = new Set([
  'thuong',
  'binhthuong',
  'khong',
  'khongmat',
  'none',
  'no',
  'false',
  'null',
]);

/** The levels of secrecy of the law, as a value of its own. */
const LEVELS: ReadonlySet<string> = new Set([
  'mật',
  'tối mật',
  'tuyệt mật',
  'mat',
  'toi mat',
  'tuyet mat',
]);

/** Elements below which nothing is said about the document itself. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'signature',
  'digitalsignature',
  'attachmentencoded',
]);

/** Adds `document.secrecy` for each mark in the package. */
export function checkSecrecy(root: XmlElement, findings: Findings): void {
  const open: { element: XmlElement; inOtherInfo: boolean; isRead: boolean }[] = [
    { element: root, inOtherInfo: false, isRead: false },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { element, inOtherInfo, isRead } = next;
    const isNamed = NAMES.has(foldedName(element.name));
    const mark = markOf(element, inOtherInfo, isNamed, isRead);
    if (mark !== undefined) {
      findings.add('document.secrecy', { value: mark }, element);
      continue;
    }
    const below = inOtherInfo || element.name.toLowerCase() === 'otherinfo';
    for (const child of [...element.children].reverse()) {
      if (!LEFT_OUT.has(child.name.toLowerCase())) {
        open.push({ element: child, inOtherInfo: below, isRead: isRead || isNamed });
      }
    }
  }
}

/** @param isRead an element around it has such a name, and no text in that one says "secret". */
function markOf(
  element: XmlElement,
  inOtherInfo: boolean,
  isNamed: boolean,
  isRead: boolean,
): string | undefined {
  for (const { name, value } of element.attributes) {
    if (NAMES.has(foldedName(name)) && saysSecret(value)) return `${name}="${value}"`;
  }
  if (isNamed) {
    const value = isRead ? undefined : secretText(element);
    return value === undefined ? undefined : `${element.name}: ${value}`;
  }
  if (!inOtherInfo || element.children.length > 0) return undefined;
  const value = trimXml(element.text);
  if (value.length > 40 || !LEVELS.has(plain(value))) return undefined;
  return isTypist(element, value) ? undefined : `${element.name}: ${value}`;
}

/** A typist's initials may be M.A.T.; with its diacritics, or with another word, it is a mark there too. */
function isTypist(element: XmlElement, value: string): boolean {
  return element.name.toLowerCase() === 'typernotation' && value === 'MAT';
}

/** The first text in the element or below it that says "secret". */
function secretText(element: XmlElement): string | undefined {
  const own = trimXml(element.text);
  if (saysSecret(own)) return own;
  for (const child of element.children) {
    const found = secretText(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A number above zero, or any text but those that say "not secret". */
function saysSecret(text: string): boolean {
  const value = trimXml(text);
  if (value === '') return false;
  const number = Number(value);
  return Number.isNaN(number) ? !NOT_SECRET.has(foldName(value)) : number > 0;
}

/** Names of elements and attributes with what they fold to: a package repeats a few of them. */
const foldedNames = new Map<string, string>();
const MAX_FOLDED = 1000;

function foldedName(name: string): string {
  const known = foldedNames.get(name);
  if (known !== undefined) return known;
  const folded = foldName(name);
  if (foldedNames.size >= MAX_FOLDED) foldedNames.clear();
  if (name.length <= 100) foldedNames.set(name, folded);
  return folded;
}

/** Letters and digits only, lower case, without diacritics: `Độ_mật` → `domat`. */
function foldName(text: string): string {
  const start = text.slice(0, 100);
  const plain = /^[ -~]*$/.test(start) ? start : start.normalize('NFD').replaceAll('đ', 'd');
  return plain
    .replaceAll('Đ', 'D')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

function plain(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim();
}
