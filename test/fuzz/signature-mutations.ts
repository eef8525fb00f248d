/**
 * Mutations of the signature itself: what SignedInfo says, the base64 texts, doubles.
 *
 * @module
 */
import { attributesOf, cut, type Element, elementsOf, insert, put } from './markup.js';
import type { Mutation } from './mutations.js';
import type { Random } from './random.js';

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const ENC = 'http://www.w3.org/2001/04/xmlenc#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const ALGORITHMS = [
  EXCLUSIVE,
  `${EXCLUSIVE}WithComments`,
  INCLUSIVE,
  `${INCLUSIVE}#WithComments`,
  'http://www.w3.org/2006/12/xml-c14n11',
  `${DS}enveloped-signature`,
  `${DS}base64`,
  'http://www.w3.org/TR/1999/REC-xpath-19991116',
  'http://www.w3.org/TR/1999/REC-xslt-19991116',
  'http://www.w3.org/2002/06/xmldsig-filter2',
  `${DS}sha1`,
  `${ENC}sha256`,
  `${MORE}sha384`,
  `${ENC}sha512`,
  `${DS}rsa-sha1`,
  `${MORE}rsa-sha256`,
  `${MORE}rsa-sha384`,
  `${MORE}rsa-sha512`,
  `${MORE}ecdsa-sha256`,
  `${MORE}ecdsa-sha384`,
  `${MORE}ecdsa-sha1`,
  `${DS}hmac-sha1`,
  `${MORE}hmac-sha256`,
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  '',
];
const URIS = [
  '',
  '#header',
  '#files',
  '#all',
  '#envelope',
  '#manifest',
  '#business',
  '#traces',
  '#body',
  '#nobody',
  '#',
  '#xpointer(/)',
  `#xpointer(id('header'))`,
  'header',
  ' #header',
  '#header ',
  '%23header',
];
const BASE64_NAMES = ['DigestValue', 'SignatureValue', 'X509Certificate', 'ContentTransferEncoded'];
const SIGNED_NAMES = [
  'Reference',
  'Transforms',
  'Transform',
  'DigestMethod',
  'DigestValue',
  'SignatureMethod',
  'CanonicalizationMethod',
];

function named(text: string, random: Random, ...names: readonly string[]): Element | undefined {
  return random.pick(elementsOf(text).filter(({ local }) => names.includes(local)));
}

function onNamed(
  name: string,
  names: readonly string[],
  change: (text: string, at: Element, random: Random) => string,
): Mutation {
  return {
    name,
    apply: (text, random) => {
      const at = named(text, random, ...names);
      return at === undefined ? text : change(text, at, random);
    },
  };
}

function prefixOf({ name, local }: Element): string {
  return name.slice(0, name.length - local.length);
}

/** Puts a child element into an element, also into an empty one. */
function withChild(text: string, at: Element, child: string): string {
  if (at.end > at.tag.end) return insert(text, at.tag.end, child);
  return put(text, { start: at.tag.end - 2, end: at.end }, `>${child}</${at.name}>`);
}

export const SIGNATURE_MUTATIONS: readonly Mutation[] = [
  onNamed(
    'algorithm',
    ['CanonicalizationMethod', 'SignatureMethod', 'DigestMethod', 'Transform'],
    (text, at, random) => {
      const attribute = attributesOf(text, at).find(({ name }) => name === 'Algorithm');
      const value = random.pick(ALGORITHMS) ?? '';
      return attribute === undefined ? text : put(text, attribute.value, value);
    },
  ),
  onNamed('uri', ['Reference'], (text, at, random) => {
    const attribute = attributesOf(text, at).find(({ name }) => name === 'URI');
    if (attribute === undefined) return text;
    return random.chance(10)
      ? put(text, attribute, '')
      : put(text, attribute.value, random.pick(URIS) ?? '');
  }),
  onNamed('signed-delete', SIGNED_NAMES, (text, at) => put(text, at, '')),
  onNamed('signed-double', SIGNED_NAMES, (text, at) => insert(text, at.end, cut(text, at))),
  onNamed('transform-add', ['Transforms'], (text, at, random) => {
    const transform = `<${prefixOf(at)}Transform Algorithm="${random.pick(ALGORITHMS)}"/>`;
    return insert(text, random.of(at.tag.end, at.content.end), transform);
  }),
  onNamed('prefix-list', ['Transform', 'CanonicalizationMethod'], (text, at, random) => {
    const list = random.of('edXML', '#default', 'edXML ds', 'none', 'edXML\tnone', '');
    return withChild(text, at, `<InclusiveNamespaces xmlns="${EXCLUSIVE}" PrefixList="${list}"/>`);
  }),
  onNamed('truncation', ['SignatureMethod'], (text, at) =>
    withChild(text, at, `<HMACOutputLength xmlns="${DS}">0</HMACOutputLength>`),
  ),
  onNamed('base64-damage', BASE64_NAMES, (text, at, random) => {
    const value = cut(text, at.content);
    const where = random.below(value.length + 1);
    const damaged = random.of(
      insert(value, where, random.of('=', '%', '-', ' ', '\n', 'A', '&#10;')),
      value.replace(/=+\s*$/, ''),
      `${value}AAAA`,
      value.slice(0, where),
      put(value, { start: where, end: where + 1 }, random.of('A', 'B', '/', '+', '_')),
      value.replaceAll('+', '-').replaceAll('/', '_'),
    );
    return put(text, at.content, damaged);
  }),
  onNamed('last-bits', BASE64_NAMES, (text, at) =>
    // Bits behind the last whole byte, which lenient decoders throw away.
    put(
      text,
      at.content,
      cut(text, at.content).replace(
        /([A-Za-z0-9+/])(=+\s*)$/,
        (_all, last: string, end: string) => String.fromCharCode(last.charCodeAt(0) + 1) + end,
      ),
    ),
  ),
  onNamed('second-signature', ['Signature'], (text, at, random) => {
    const elements = elementsOf(text);
    const target = random.pick(elements);
    const copy = cut(text, at);
    return target === undefined ? text : insert(text, random.of(target.start, target.end), copy);
  }),
  onNamed('object', ['Signature'], (text, at, random) => {
    const inner = random.of(
      '<x/>',
      '<SignatureProperties/>',
      '<Manifest><Reference URI="#header"/></Manifest>',
      `<MessageHeader Id="header"/>`,
    );
    return insert(text, at.content.end, `<Object xmlns="${DS}">${inner}</Object>`);
  }),
  onNamed('key-info', ['KeyInfo'], (text, at, random) => {
    const hints = random
      .of(
        '<KeyName>T99.02</KeyName>',
        '<RetrievalMethod URI="http://127.0.0.1:9/key"/>',
        '<KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue>',
        '<X509Data><X509SKI>AAAA</X509SKI></X509Data>',
      )
      .replace(/^<\w+/, `$& xmlns="${DS}"`);
    return random.chance(30) ? put(text, at.content, hints) : insert(text, at.content.end, hints);
  }),
];
