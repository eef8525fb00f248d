/**
 * Writes XML text from a plain tree of names as they are to be spelled. Never parses anything.
 *
 * Written by hand because receivers in the field match the literal prefix `edXML:`, while DOM
 * serialisers leave out a prefix whose namespace is already the default one. What comes out is always
 * well-formed: a character that XML 1.0 does not allow is an error, not a broken file.
 *
 * @module
 */

export interface XmlOutput {
  /** Qualified name as it is written, ASCII: `edXML:From`. */
  readonly name: string;
  /** In the order in which they are written; namespace declarations are attributes like others. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** An element has text or children, never both: children win. */
  readonly children?: readonly XmlOutput[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?$/;
// XML 1.0 (5th edition) §2.2; with the u flag a lone surrogate is a character of its own.
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * @returns the text with an XML declaration (UTF-8), one element per line, two spaces per level. Line
 * breaks inside values are written as character references, so that line n holds element n.
 * @throws TypeError for a name or a character that XML does not allow.
 */
export function writeXml(root: XmlOutput): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  writeElement(root, '', lines);
  lines.push('');
  return lines.join('\n');
}

function writeElement(element: XmlOutput, indent: string, lines: string[]): void {
  const { name, attributes = {}, text = '', children = [] } = element;
  checkName(name);
  let tag = `${indent}<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    checkName(key);
    tag += ` ${key}="${escapeXml(value)}"`;
  }
  if (children.length > 0) {
    lines.push(`${tag}>`);
    for (const child of children) writeElement(child, `${indent}  `, lines);
    lines.push(`${indent}</${name}>`);
  } else {
    lines.push(text === '' ? `${tag}/>` : `${tag}>${escapeXml(text)}</${name}>`);
  }
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw new TypeError(`not a name of XML: ${JSON.stringify(name)}`);
}

function escapeXml(text: string): string {
  if (ILLEGAL.test(text)) throw new TypeError('the text holds a character that XML does not allow');
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);
}
