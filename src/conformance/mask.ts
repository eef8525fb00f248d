/**
 * An answer as lines that are the same in every run: pretty-printed, with prefixes of ours, volatile parts
 * as `{{*:kind}}`, and values of variables as `{{name}}`.
 *
 * @module
 */

import type { XmlElement } from '../xml/tree.js';
import { XPATH_PREFIXES } from '../xml/xpath.js';
import type { ReadAnswer } from './answer.js';
import { textOf } from './variables.js';

export interface MaskOptions {
  /** What is sent, or asked for, is another in every run: so are digests and sizes. */
  readonly filled: boolean;
  readonly variables: ReadonlyMap<string, string>;
}

/** One line of an answer, and the same before values were put back to variables. */
export interface MaskedLine {
  readonly text: string;
  readonly plain: string;
}

/** What a masked value looks like, so that a golden answer still tells a time from nothing. */
const KINDS: readonly (readonly [kind: string, form: RegExp])[] = [
  ['empty', /^\s*$/],
  ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
  ['time', /^\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/],
  ['digest', /^[0-9a-f]{64}$/],
  ['boolean', /^(?:true|false)$/],
  ['number', /^-?\d+(?:\.\d+)?$/],
  ['base64', /^(?=.{40})[A-Za-z0-9+/\s]+={0,2}$/],
  ['id', /^\S{1,200}$/],
];

export function kindOf(value: string): string {
  return KINDS.find(([, form]) => form.test(value.trim()))?.[0] ?? 'text';
}

export function hasKind(value: string, kind: string): boolean {
  return kindOf(value) === kind;
}

/** Another in every run. */
const VOLATILE: ReadonlySet<string> = new Set([
  'MessageId',
  'ReceivedAt',
  'ConfirmedAt',
  'UpdatedAt',
  'ChangedAt',
  'Time',
  'Timestamp',
  'CorrelationId',
  'RetryAfterSeconds',
  'Receipt',
  'Certificate',
  'Next',
  'Version',
]);
/** Another in every run when the package is. */
const OF_PACKAGE: ReadonlySet<string> = new Set(['ContentDigest', 'SizeBytes', 'Package']);
/** Another in the second run when the package is the same. */
const OF_REPEAT: ReadonlySet<string> = new Set(['Duplicate']);

const PREFIXES: ReadonlyMap<string, string> = new Map(
  Object.entries(XPATH_PREFIXES).map(([prefix, uri]) => [uri, prefix]),
);
const CONTRACT = XPATH_PREFIXES['g'];

export function maskedLines(answer: ReadAnswer, options: MaskOptions): MaskedLine[] {
  const { http, document } = answer;
  const lines: MaskedLine[] = [
    plainLine(`HTTP ${http.status}`),
    plainLine(`Content-Type: ${contentTypeText(answer)}`),
  ];
  if (document !== undefined) writeElement(document.root, '', options, lines);
  else lines.push(...bodyLines(http.body, options));
  return lines;
}

function plainLine(text: string): MaskedLine {
  return { text, plain: text };
}

/** Boundaries and Content-IDs are left out. */
function contentTypeText({ contentType }: ReadAnswer): string {
  const { type, parameters } = contentType;
  const inner = parameters.get('type');
  const charset = parameters.get('charset');
  const kept = [
    ...(type === 'multipart/related' && inner !== undefined ? [`type="${inner}"`] : []),
    ...(charset === undefined ? [] : [`charset=${charset.toLowerCase()}`]),
  ];
  return [type === '' ? '(none)' : type, ...kept].join('; ');
}

const MAX_TEXT_LINES = 2000;

function bodyLines(body: Buffer, options: MaskOptions): MaskedLine[] {
  const text = textOf(body);
  if (text === undefined) return [plainLine(`[${body.length} bytes]`)];
  if (text.trim() === '') return [];
  return text
    .split(/\r?\n/)
    .slice(0, MAX_TEXT_LINES)
    .map((line) => ({ text: withVariables(line, options), plain: line }));
}

function writeElement(
  element: XmlElement,
  indent: string,
  options: MaskOptions,
  lines: MaskedLine[],
): void {
  const name = nameOf(element.name, element.namespace);
  const attributes = [...element.attributes]
    .map((one) => ({ name: nameOf(one.name, one.namespace), value: one.value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const tag = (value: (text: string) => string): string =>
    `${indent}<${[name, ...attributes.map((one) => `${one.name}="${escaped(value(one.value))}"`)].join(' ')}`;
  const line = (rest: (value: (text: string) => string) => string): void => {
    const filled = (text: string) => withVariables(text, options);
    const same = (text: string) => text;
    lines.push({ text: tag(filled) + rest(filled), plain: tag(same) + rest(same) });
  };
  const own = ownText(element);
  if (element.children.length === 0) {
    const mask = maskOf(element, options);
    if (own === '' && mask === undefined) line(() => '/>');
    else line((value) => `>${mask ?? escaped(value(own))}</${name}>`);
    return;
  }
  line((value) => (own === '' ? '>' : `>${escaped(value(own))}`));
  for (const child of element.children) writeElement(child, `${indent}  `, options, lines);
  lines.push(plainLine(`${indent}</${name}>`));
}

/** The prefix in the value of a fault code is the gateway's own choice. */
function ownText(element: XmlElement): string {
  const text = element.text.trim();
  const isCode = element.name === 'faultcode' || (element.name === 'Value' && isSoap12(element));
  return isCode ? text.replace(/^[^:\s]+:/, '') : text;
}

function isSoap12({ namespace }: XmlElement): boolean {
  return namespace === XPATH_PREFIXES['soap12'];
}

function maskOf(element: XmlElement, options: MaskOptions): string | undefined {
  if (element.namespace !== CONTRACT) return undefined;
  const { name } = element;
  const isMasked = VOLATILE.has(name) || (options.filled ? OF_PACKAGE : OF_REPEAT).has(name);
  return isMasked ? `{{*:${kindOf(element.text)}}}` : undefined;
}

function nameOf(name: string, namespace: string): string {
  if (namespace === '') return name;
  const prefix = PREFIXES.get(namespace);
  return prefix === undefined ? `{${namespace}}${name}` : `${prefix}:${name}`;
}

/** One line stays one line. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '&#10;');
}

/** A shorter value would be found in ordinary text. */
const MIN_VALUE_CHARS = 3;
const NOT_PUT_BACK: ReadonlySet<string> = new Set(['path']);

/** Values of variables back to their names, the longest first. */
function withVariables(text: string, { variables }: MaskOptions): string {
  const known = [...variables]
    .filter(([name, value]) => value.length >= MIN_VALUE_CHARS && !NOT_PUT_BACK.has(name))
    .sort(([, a], [, b]) => b.length - a.length);
  let pieces: string[] = [text];
  // Pieces at odd places are variables already: no value is looked for in the name of another.
  for (const [name, value] of known) {
    pieces = pieces.flatMap((piece, i) =>
      i % 2 === 1 ? [piece] : joined(piece.split(value), `{{${name}}}`),
    );
  }
  return pieces.join('');
}

function joined(parts: readonly string[], between: string): string[] {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [between, part]));
}
