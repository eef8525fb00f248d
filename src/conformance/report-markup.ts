/**
 * Text to HTML for the reports. What is shown came from a foreign gateway: it is escaped, what nobody
 * could see or what turns the direction of writing is made visible, and all of it is bounded.
 *
 * @module
 */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** All but TAB and LF of: controls, marks that turn, join or hide text, line parts, halves of pairs. */
const INVISIBLE =
  /(?![\t\n])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffc\ufffe\uffff]/gu;

/** For content and for attributes in double quotes. */
export function html(text: string): string {
  return text
    .replace(/[&<>"']/g, (one) => ENTITIES[one] ?? '')
    .replace(INVISIBLE, (one) => `<b class="u">${codePoint(one)}</b>`);
}

/** For attributes and titles, where no element can stand. */
export function plain(text: string): string {
  return text
    .replace(/[&<>"']/g, (one) => ENTITIES[one] ?? '')
    .replace(INVISIBLE, (one) => `[${codePoint(one)}]`);
}

function codePoint(one: string): string {
  const code = one.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Cuts a text, never through a pair of surrogates. */
export function cutText(
  text: string,
  max: number,
): { readonly text: string; readonly cut: number } {
  if (text.length <= max) return { text, cut: 0 };
  const last = text.charCodeAt(max - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? max - 1 : max;
  return { text: text.slice(0, end), cut: text.length - end };
}

/** How much of a long line is shown before it is broken between tags. */
const LONG_LINE = 120;
const DEEPEST = 12;

/**
 * A body with a number before each line that it really has. Long lines of XML are broken between tags
 * for reading, and what follows in them has no number.
 */
export function numberedLines(body: string): string {
  const lines = body.split(/\r\n|\r|\n/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  const rows = lines.map((line) => `<span class="l">${brokenLine(line)}</span>`);
  return `<pre class="lines"><code>${rows.join('')}</code></pre>`;
}

/** Blocks with their newline inside, so that a copy has the lines too. */
function brokenLine(line: string): string {
  if (line.length <= LONG_LINE || !line.includes('><')) return `<span>${html(line)}\n</span>`;
  let depth = 0;
  const pieces = line.split(/(?<=>)(?=<)/).map((piece) => {
    const closes = piece.startsWith('</');
    const at = Math.max(0, closes ? depth - 1 : depth);
    depth = Math.max(0, depth + deeper(piece));
    return `<span class="i${Math.min(at, DEEPEST)}">${html(piece)}\n</span>`;
  });
  return pieces.join('');
}

/** By how many elements a piece goes down; what is no XML only looks odd. */
function deeper(piece: string): number {
  let by = 0;
  for (const [tag = ''] of piece.matchAll(/<[^<>]*>/g)) {
    if (tag.startsWith('</')) by -= 1;
    else if (!tag.endsWith('/>') && !/^<[?!]/.test(tag)) by += 1;
  }
  return by;
}

/** XML that an element of a body holds as base64: a package, a receipt. */
export interface Inner {
  /** Of the element, as written. */
  readonly name: string;
  readonly text: string;
}

const MAX_INNER = 4;
// Each part ends where the next may begin: no text makes it go back and forth.
const BASE64_ELEMENT = /<([\w:.-]{1,100})(?: [^<>]{0,1000})?>([A-Za-z0-9+/=\s]{40,})(?=<|$)/g;

/** What is cut off is decoded as far as it goes. */
export function innerTexts(body: string): Inner[] {
  const found: Inner[] = [];
  for (const [, name = '', base64 = ''] of body.matchAll(BASE64_ELEMENT)) {
    if (found.length === MAX_INNER) break;
    const text = Buffer.from(base64, 'base64')
      .toString('utf8')
      .replace(/^\ufeff/, '');
    if (/^\s*<[?!\w]/.test(text)) found.push({ name, text });
  }
  return found;
}
