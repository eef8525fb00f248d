/**
 * Writing small XML by hand: escaping and elements. For answers, which are built on every request;
 * larger XML is written elsewhere.
 *
 * @module
 */

/** Everything that is not an XML 1.0 character (§2.2), lone surrogates included. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
/** A text without any of these is written as it is. */
const SUSPECT = /[&<>"\r\u0000-\u001f\ud800-\udfff\ufffe\uffff]/;

/** Character data or a double-quoted attribute without TAB and LF; illegal characters become U+FFFD. */
export function escapeText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(ILLEGAL, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
}

export type ElementValue = string | number | boolean;

/** `<Name>value</Name>`, escaped. */
export function element(name: string, value: ElementValue): string {
  return `<${name}>${escapeText(String(value))}</${name}>`;
}

/** The same, or nothing when there is no value. */
export function optional(name: string, value: ElementValue | undefined): string {
  return value === undefined ? '' : element(name, value);
}

/** `<Name>…</Name>` around XML that is already written. */
export function wrap(name: string, xml: string): string {
  return `<${name}>${xml}</${name}>`;
}
