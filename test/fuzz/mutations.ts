/**
 * Mutations of a signed package: what a hop, a careless writer or an attacker may do to the text. Each
 * gives a changed text, or the same when it finds nothing to change.
 *
 * @module
 */
import { EDXML } from '../tools/signature-package.js';
import { attributesOf, cut, type Element, elementsOf, insert, put } from './markup.js';
import type { Random } from './random.js';
import { SIGNATURE_MUTATIONS } from './signature-mutations.js';

export interface Mutation {
  readonly name: string;
  /** @param others texts to take pieces from; latin1, as `text` is. */
  readonly apply: (text: string, random: Random, others: readonly string[]) => string;
}

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const NAMESPACES = [EDXML, DS, '', 'http://www.e-doc.vn/Schema/', 'urn:x', 'relative'];
const PREFIXES = ['edXML', 'ds', 'x', 'xml', 'edxml'];
const NAMES = [
  'edXML',
  'edXMLEnvelope',
  'edXMLHeader',
  'MessageHeader',
  'messageheader',
  'From',
  'To',
  'OrganId',
  'DocumentId',
  'TraceHeaderList',
  'TraceHeader',
  'Bussiness',
  'Business',
  'BussinessDocType',
  'edXMLBody',
  'edXMLManifest',
  'AttachmentEncoded',
  'Attachment',
  'ContentTransferEncoded',
  'Status',
  'Signature',
  'DigitalSignature',
  'Object',
];
const IDS = [
  'header',
  'business',
  'manifest',
  'files',
  'all',
  'envelope',
  'traces',
  'body',
  'other',
];
const ID_NAMES = ['Id', 'ID', 'id', 'xml:id', 'wsu:Id', 'x:Id'];
const VALUES = [
  'T99.02',
  '000.00.01.T99',
  'T66.66',
  '0',
  '1',
  '3',
  'cid:1',
  'cid:2',
  ' T99.02',
  '',
];

function one(text: string, random: Random): Element | undefined {
  return random.pick(elementsOf(text));
}

/** Just before, just inside, at the end of, or just behind some element. */
function somewhere(text: string, random: Random): number {
  const at = one(text, random);
  if (at === undefined) return random.below(text.length + 1);
  return random.of(at.start, at.tag.end, at.content.end, at.end);
}

function onElement(
  name: string,
  change: (text: string, at: Element, random: Random, others: readonly string[]) => string,
): Mutation {
  return {
    name,
    apply: (text, random, others) => {
      const at = one(text, random);
      return at === undefined ? text : change(text, at, random, others);
    },
  };
}

function rename(text: string, at: Element, name: string): string {
  const closed =
    at.end > at.content.end
      ? put(text, { start: at.content.end, end: at.end }, `</${name}>`)
      : text;
  return put(closed, { start: at.tag.start + 1, end: at.tag.start + 1 + at.name.length }, name);
}

/** A piece that is moved keeps the namespaces it needs, else it would only be malformed. */
function bound(piece: string): string {
  const missing = ['edXML', 'ds'].filter(
    (prefix) => piece.includes(`${prefix}:`) && !piece.includes(`xmlns:${prefix}=`),
  );
  const bindings = missing.map((p) => ` xmlns:${p}="${p === 'ds' ? DS : EDXML}"`).join('');
  return piece.replace(/^<[^\s/>]+/, (start) => start + bindings);
}

function addAttribute(text: string, at: Element, attribute: string): string {
  return insert(text, at.tag.start + 1 + at.name.length, ` ${attribute}`);
}

const BYTES: readonly Mutation[] = [
  {
    name: 'byte',
    apply: (text, random) => {
      const at = random.below(text.length);
      const by = String.fromCharCode(random.below(256));
      return put(text, { start: at, end: at + random.below(2) }, by);
    },
  },
  {
    name: 'bit',
    apply: (text, random) => {
      const at = random.below(text.length);
      const by = String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(7)));
      return put(text, { start: at, end: at + 1 }, by);
    },
  },
  {
    name: 'cut-out',
    apply: (text, random) => {
      const start = random.below(text.length);
      return put(text, { start, end: start + 1 + random.below(20) }, '');
    },
  },
  {
    name: 'repeat',
    apply: (text, random) => {
      const start = random.below(text.length);
      return insert(text, start, text.slice(start, start + 1 + random.below(40)));
    },
  },
];

const TREE: readonly Mutation[] = [
  onElement('swap-names', (text, at, random) => {
    const other = one(text, random);
    if (other === undefined || other.start <= at.end) return text;
    return rename(rename(text, other, at.name), at, other.name);
  }),
  onElement('rename', (text, at, random) => {
    const prefix = random.chance(50) ? at.name.slice(0, at.name.length - at.local.length) : '';
    return rename(text, at, prefix + (random.pick(NAMES) ?? at.local));
  }),
  onElement('move', (text, at, random) => {
    const piece = bound(cut(text, at));
    const rest = put(text, at, '');
    return insert(rest, somewhere(rest, random), piece);
  }),
  onElement('copy', (text, at, random) =>
    insert(text, somewhere(text, random), bound(cut(text, at))),
  ),
  onElement('delete', (text, at) => put(text, at, '')),
  onElement('empty', (text, at) => put(text, at.content, '')),
  onElement('cross-over', (text, at, random, others) => {
    const other = random.pick(others) ?? text;
    const same = elementsOf(other).filter(({ local }) => local === at.local);
    const piece = random.pick(same);
    if (piece === undefined) return text;
    const by = bound(cut(other, piece));
    return random.chance(70) ? put(text, at, by) : insert(text, random.of(at.start, at.end), by);
  }),
  onElement('wrap', (text, at, random) => {
    const name = random.of('x', `ds:Object xmlns:ds="${DS}"`, random.pick(NAMES) ?? 'x');
    const end = name.split(' ')[0] ?? name;
    return put(text, at, `<${name}>${cut(text, at)}</${end}>`);
  }),
  onElement('unwrap', (text, at) => put(text, at, cut(text, at.content))),
  {
    name: 'swap-siblings',
    apply: (text, random) => {
      const all = elementsOf(text);
      const at = random.pick(all);
      const next = all.find(
        (other) => at !== undefined && other.start >= at.end && other.depth === at.depth,
      );
      if (at === undefined || next === undefined) return text;
      const between = text.slice(at.end, next.start);
      return put(
        text,
        { start: at.start, end: next.end },
        cut(text, next) + between + cut(text, at),
      );
    },
  },
  {
    name: 'wrapping-attack',
    apply: (text, random) => {
      const signed = elementsOf(text).filter((at) => / Id="/.test(cut(text, at.tag)));
      const at = random.pick(signed);
      if (at === undefined) return text;
      const original = bound(cut(text, at));
      const evil = cut(text, at)
        .replace(/ Id="[^"]*"/g, random.chance(80) ? '' : ' Id="evil"')
        .replace(/T99\.02|000\.00\.01\.T99|VsSDbiBi/, random.of('T66.66', '000.00.66.T99'));
      const rest = put(text, at, evil);
      const targets = elementsOf(rest).filter(({ local }) =>
        [
          'AttachmentEncoded',
          'TraceHeader',
          'edXMLBody',
          'edXML',
          'KeyInfo',
          'Signature',
          'edXMLHeader',
        ].includes(local),
      );
      const target = random.pick(targets);
      return target === undefined
        ? rest
        : insert(rest, random.of(target.tag.end, target.content.end), original);
    },
  },
];

const ATTRIBUTES: readonly Mutation[] = [
  onElement('attribute-delete', (text, at, random) => {
    const attribute = random.pick(attributesOf(text, at));
    return attribute === undefined ? text : put(text, attribute, '');
  }),
  onElement('attribute-change', (text, at, random) => {
    const attribute = random.pick(attributesOf(text, at));
    const value = random.pick([...IDS, ...VALUES, ...NAMESPACES]) ?? '';
    return attribute === undefined ? text : put(text, attribute.value, value);
  }),
  onElement('attribute-add', (text, at, random) =>
    addAttribute(
      text,
      at,
      `${random.of('version', 'x', 'xsi:type', 'xml:lang', 'xml:space', 'xml:base')}="v"`,
    ),
  ),
  onElement('attribute-quotes', (text, at, random) => {
    const attribute = random.pick(attributesOf(text, at));
    if (attribute === undefined) return text;
    return put(text, attribute, `${attribute.name} = '${cut(text, attribute.value)}'`);
  }),
  onElement('id-add', (text, at, random) =>
    addAttribute(
      text,
      at,
      `xmlns:wsu="${WSU}" xmlns:x="urn:x" ${random.pick(ID_NAMES)}="${random.pick(IDS)}"`,
    ),
  ),
  {
    name: 'id-rename',
    apply: (text, random) => text.replace(/ Id="/, ` ${random.pick(ID_NAMES)}="`),
  },
  onElement('namespace-add', (text, at, random) => {
    const prefix = random.chance(40) ? '' : `:${random.pick(PREFIXES)}`;
    return addAttribute(text, at, `xmlns${prefix}="${random.pick(NAMESPACES)}"`);
  }),
  {
    name: 'namespace-change',
    apply: (text, random) => {
      const declared = [...text.matchAll(/xmlns(?::[\w.-]+)?="([^"]*)"/g)];
      const match = random.pick(declared);
      if (match === undefined) return text;
      const end = match.index + match[0].length - 1;
      return put(
        text,
        { start: end - (match[1] ?? '').length, end },
        random.pick(NAMESPACES) ?? '',
      );
    },
  },
  onElement('prefix-change', (text, at, random) => {
    const prefix = random.pick(PREFIXES) ?? 'x';
    const renamed = rename(text, at, random.chance(20) ? at.local : `${prefix}:${at.local}`);
    const space = at.name.startsWith('ds:') ? DS : EDXML;
    const bind = random.chance(70) ? ` xmlns:${prefix}="${space}"` : '';
    return renamed.replace(
      cut(renamed, {
        start: at.tag.start,
        end: at.tag.start + 1 + prefix.length + 1 + at.local.length,
      }),
      (start) => start + bind,
    );
  }),
];

function inText(name: string, change: (chars: string, random: Random) => string): Mutation {
  return {
    name,
    apply: (text, random) => {
      const leaves = elementsOf(text).filter(({ content }) => !cut(text, content).includes('<'));
      const leaf = random.pick(leaves);
      return leaf === undefined
        ? text
        : put(text, leaf.content, change(cut(text, leaf.content), random));
    },
  };
}

const TEXTS: readonly Mutation[] = [
  inText('value', (_chars, random) => random.pick(VALUES) ?? ''),
  inText('white-space', (chars, random) => {
    const at = random.below(chars.length + 1);
    return insert(chars, at, random.of(' ', '\n', '\t', '\r\n', '&#13;', '\u00c2\u00a0'));
  }),
  inText('comment-in-text', (chars, random) =>
    insert(chars, random.below(chars.length + 1), '<!-- x -->'),
  ),
  inText('instruction-in-text', (chars, random) =>
    insert(chars, random.below(chars.length + 1), '<?p x?>'),
  ),
  inText('cdata', (chars) => `<![CDATA[${chars}]]>`),
  inText('cdata-split', (chars, random) => {
    const at = random.below(chars.length + 1);
    return `${chars.slice(0, at)}<![CDATA[${chars.slice(at)}]]>`;
  }),
  inText('character-reference', (chars, random) => {
    const at = random.below(chars.length);
    const code = chars.charCodeAt(at);
    const written = random.of(`&#${code};`, `&#x${code.toString(16)};`);
    return code > 0x20 && code < 0x7f && code !== 0x26
      ? put(chars, { start: at, end: at + 1 }, written)
      : chars;
  }),
  inText('entity', (chars, random) =>
    insert(
      chars,
      random.below(chars.length + 1),
      random.of('&amp;', '&lt;', '&x;', '&', '&#0;', '&apos;'),
    ),
  ),
  {
    name: 'comment',
    apply: (text, random) => insert(text, somewhere(text, random), '<!-- <edXML:To> -->'),
  },
  {
    name: 'instruction',
    apply: (text, random) => insert(text, somewhere(text, random), '<?x T66.66?>'),
  },
  {
    name: 'doctype',
    apply: (text, random) => {
      const doctype = random.of(
        '<!DOCTYPE edXML>',
        '<!DOCTYPE edXML [<!ENTITY x "T66.66">]>',
        '<!DOCTYPE edXML [<!ATTLIST edXML Id ID #IMPLIED x CDATA "y">]>',
      );
      return text.replace(/<(?=edXML)/, `${doctype}<`);
    },
  },
  { name: 'byte-order-mark', apply: (text) => `\u00ef\u00bb\u00bf${text}` },
  { name: 'line-ends', apply: (text) => text.replaceAll('\n', '\r\n') },
  { name: 'declaration', apply: (text) => text.replace(/^<\?xml[^>]*>\s*/, '') },
  {
    name: 'around',
    apply: (text, random) =>
      insert(text, random.of(0, text.length), random.of('<!-- y -->', '\n', 'x', '\u0000')),
  },
];

export const MUTATIONS: readonly Mutation[] = [
  ...BYTES,
  ...TREE,
  ...TREE,
  ...ATTRIBUTES,
  ...TEXTS,
  ...SIGNATURE_MUTATIONS,
  ...SIGNATURE_MUTATIONS,
];
