/**
 * Texts of packages with one place of them written otherwise.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import { NEW_DOCUMENT, type Part, withText } from './parts.js';
import { MESSAGE } from './rule-kit.js';

export function blank(...path: string[]): Part {
  return withText(NEW_DOCUMENT, [...MESSAGE, ...path], '{{blank}}');
}

export function spaces(doc: Part): string {
  return withRaw(doc, '{{blank}}', '   ');
}

/** The text of a package with one place of it written otherwise. */
export function withRaw(doc: Part, from: string, to: string): string {
  const text = writeXml(doc);
  if (!text.includes(from)) throw new Error(`no ${from}`);
  return text.replace(from, to);
}
