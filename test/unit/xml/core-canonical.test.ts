import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import type { CanonicalOptions, XmlDocument, XmlElement } from '../../../src/xml/tree.js';

const open: XmlDocument[] = [];
let folder = '';

function parse(text: string): XmlDocument {
  const document = parseXml(scanXml(Buffer.from(text)));
  open.push(document);
  return document;
}

/** The element with that `Id`. */
function byId(element: XmlElement, id: string): XmlElement {
  const found = search(element, id);
  if (found === undefined) throw new Error(`no element ${id}`);
  return found;
}

function search(element: XmlElement, id: string): XmlElement | undefined {
  if (element.attributes.some((one) => one.name === 'Id' && one.value === id)) return element;
  for (const child of element.children) {
    const found = search(child, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'canonical-'));
});
after(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  for (const document of open.splice(0)) document.dispose();
});

/** Texts whose canonical forms differ from them, each in another way; none has comments. */
const TEXTS: readonly (readonly [string, string])[] = [
  [
    'quotes, empty tags and white space in tags',
    `<?xml version='1.0'?>\n<a  c='1'\n b = "2" ><b /></a >\n`,
  ],
  [
    'order of attributes and declarations',
    '<a z="1" a="2" xmlns:y="urn:1" y:k="3" xmlns:x="urn:2" x:k="4" xmlns="urn:0"/>',
  ],
  [
    'declarations that nobody uses',
    '<a xmlns:u="urn:u" xmlns="urn:d"><b xmlns:v="urn:v"/><u:c/></a>',
  ],
  [
    'declarations that repeat',
    '<p:a xmlns:p="urn:p"><p:b xmlns:p="urn:p"><p:c xmlns:p="urn:q"/></p:b></p:a>',
  ],
  ['the default namespace taken back', '<a xmlns="urn:d"><b xmlns=""><c xmlns="urn:d"/></b></a>'],
  ['a default namespace below none', '<a><b xmlns="urn:d"><c xmlns=""/></b><d xmlns=""/></a>'],
  ['special characters in text', '<a>&amp;&lt;&gt;&quot;&apos;"\'&#13;&#9;&#10;\t></a>'],
  ['special characters in attributes', `<a b='&amp;&lt;&gt;&quot;"&apos;&#13;&#9;&#10; \t\n>'/>`],
  ['CDATA', '<a><![CDATA[<&>]]>x<![CDATA[]]><b><![CDATA[ ]] > ]]></b></a>'],
  ['CR LF and CR', '<a b="1\r\n2">\r\n\r<b/>\r\n</a>\r\n'],
  ['letters beyond ASCII', '<ạ ở="Tru\u0323c">Trục &#x1F4C4; \u{10FFFD}</ạ>'],
  [
    'xml:lang and xml:space',
    '<a xml:lang="vi" xml:space="preserve"><b xml:lang="en"> <c/></b></a>',
  ],
  [
    'prefixes that change their meaning',
    '<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2" p:k="1"><p:c xmlns:p="urn:1" p:k="2"/></p:b></p:a>',
  ],
  [
    'two prefixes of one namespace',
    '<p:a xmlns:p="urn:1" xmlns:q="urn:1" q:k="1"><q:b p:k="2"/></p:a>',
  ],
  [
    'an attribute that alone uses a prefix',
    '<a xmlns:p="urn:1"><b p:k="1"/><b p:k="2"><c p:k="3"/></b></a>',
  ],
];

describe('canonical form of a whole document', () => {
  for (const [name, text] of TEXTS) {
    for (const method of ['exclusive', 'inclusive'] as const) {
      it(`is that of xmllint, ${method}: ${name}`, () => {
        const file = join(folder, 'text.xml');
        writeFileSync(file, text);
        const flag = method === 'exclusive' ? '--exc-c14n' : '--c14n';
        const expected = execFileSync('xmllint', [flag, file]);
        const document = parse(text);
        const form = document.canonical(document.root, { method });
        expect(form.toString()).to.equal(expected.toString());
        const digest = document.canonicalDigest(document.root, { method }, 'sha384');
        expect(digest.equals(createHash('sha384').update(expected).digest())).to.equal(true);
      });
    }
  }

  it('leaves out comments wherever they stand', () => {
    const document = parse('<!-- 1 --><a><!-- 2 -->x<!-- 3 -->y</a><!-- 4 -->');
    const form = document.canonical(document.root, { method: 'inclusive' });
    expect(form.toString()).to.equal('<a>xy</a>');
  });

  it('leaves out one element with all its content, first, middle, last or only child', () => {
    const document = parse('<a>1<s Id="1"><t/></s>2<s Id="2"/><b>3<s Id="3"/></b><s Id="4"/></a>');
    const without = (id: string): string =>
      document
        .canonical(document.root, { method: 'inclusive', without: byId(document.root, id) })
        .toString();
    const all = document.canonical(document.root, { method: 'inclusive' }).toString();
    expect(without('1')).to.equal(all.replace('<s Id="1"><t></t></s>', ''));
    expect(without('2')).to.equal(all.replace('<s Id="2"></s>', ''));
    expect(without('3')).to.equal(all.replace('<s Id="3"></s>', ''));
    expect(without('4')).to.equal(all.replace('<s Id="4"></s>', ''));
    expect(document.canonical(document.root, { method: 'inclusive' }).toString()).to.equal(all);
  });

  it('is refused, not empty, when the element leaves itself out', () => {
    const document = parse('<a><b><c/></b></a>');
    const [b] = document.root.children;
    const c = b?.children[0];
    if (b === undefined || c === undefined) throw new Error('no element');
    for (const [element, without] of [
      [b, b],
      [c, b],
      [b, document.root],
    ] as const) {
      expect(() => document.canonical(element, { method: 'exclusive', without })).to.throw(
        GatewayError,
      );
    }
  });

  it('is refused, not empty, where the standard has none: relative namespace names', () => {
    const document = parse('<a xmlns="relative/name"><b/></a>');
    for (const method of ['exclusive', 'inclusive'] as const) {
      expect(() => document.canonicalDigest(document.root, { method }, 'sha256'))
        .to.throw(GatewayError)
        .with.property('code', 'xml.malformed');
    }
    const [b] = document.root.children;
    expect(b?.parent).to.equal(document.root);
  });

  it('refuses hashes outside its list and floods of prefixes', () => {
    const { root, ...document } = { root: parse('<a/>').root, open: open[0] };
    expect(() => document.open?.canonicalDigest(root, { method: 'exclusive' }, 'md5')).to.throw(
      TypeError,
    );
    const prefixList = Array.from({ length: 100 }, (_, i) => `p${i}`);
    expect(() => document.open?.canonical(root, { method: 'exclusive', prefixList }))
      .to.throw(GatewayError)
      .with.property('code', 'xml.limits');
  });
});

const C14N = {
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
} as const;
const DS = 'http://www.w3.org/2000/09/xmldsig#';

interface Reference {
  readonly uri: string;
  readonly options: CanonicalOptions;
}

/** A document with parts to refer to and a signature to be left out; `%` is where that stands. */
const NESTED = `<?xml version="1.0"?>
<!-- before -->
<r:root xmlns:r="urn:r" xmlns="urn:d" xmlns:unused="urn:u" xmlns:q="urn:q" xml:lang="vi" xml:space="default">
  <part Id="one" q:k="1" xml:lang="en"><!-- in --><q:leaf Id="two" r:a="&#13;&quot;" b="x"/>text &amp; <![CDATA[<cdata>]]></part>
  <q:part Id="three" xmlns:q="urn:other" xmlns:more="urn:m"><deep xmlns=""><deeper Id="four" q:z="1" more:y="2"/></deep></q:part>
  <r:part Id="five">%<unused:leaf/></r:part>
</r:root>
<!-- after -->`;

/** Digests that xmlsec1 computes for the references of a document which it signs. */
function xmlsecDigests(references: readonly Reference[]): { signed: string; digests: string[] } {
  const inclusiveNamespaces = (list: readonly string[]): string =>
    list.length === 0
      ? ''
      : `<e:InclusiveNamespaces xmlns:e="${C14N.exclusive}" PrefixList="${list.join(' ')}"/>`;
  const written = references.map(({ uri, options }) => {
    const enveloped =
      options.without === undefined ? '' : `<Transform Algorithm="${DS}enveloped-signature"/>`;
    const c14n = `<Transform Algorithm="${C14N[options.method]}">${inclusiveNamespaces(options.prefixList ?? [])}</Transform>`;
    return `<Reference URI="${uri}"><Transforms>${enveloped}${c14n}</Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference>`;
  });
  const signature = `<Signature xmlns="${DS}" Id="sig"><SignedInfo><CanonicalizationMethod Algorithm="${C14N.exclusive}"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"/>${written.join('')}</SignedInfo><SignatureValue/></Signature>`;
  const file = join(folder, 'template.xml');
  const key = join(folder, 'key.bin');
  writeFileSync(file, NESTED.replace('%', signature));
  writeFileSync(key, 'a key for nothing but this test');
  const names = ['part', 'leaf', 'deeper', 'root'].flatMap((name) => ['--id-attr:Id', name]);
  const namespaces = ['urn:d', 'urn:q', 'urn:other', 'urn:r'].flatMap((uri) => [
    '--id-attr:Id',
    `${uri}:part`,
    '--id-attr:Id',
    `${uri}:leaf`,
  ]);
  const args = ['--sign', '--hmackey', key, ...names, ...namespaces, file];
  const signed = execFileSync('xmlsec1', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  const digests = [...signed.matchAll(/<DigestValue>([^<]+)<\/DigestValue>/g)];
  return { signed, digests: digests.map((one) => one[1] ?? '') };
}

describe('canonical form of one element', () => {
  it('has the digests of xmlsec1: exclusive, with a PrefixList, inclusive, enveloped', () => {
    const ids = ['one', 'two', 'three', 'four', 'five'];
    const placeholder = {} as XmlElement;
    const lists: (readonly string[])[] = [
      [],
      ['#default'],
      ['q', 'unused'],
      ['r', 'none', '#default'],
    ];
    const references: Reference[] = [
      ...ids.slice(0, 4).flatMap((id) => [
        ...lists.map((prefixList) => ({
          uri: `#${id}`,
          options: { method: 'exclusive' as const, prefixList },
        })),
        { uri: `#${id}`, options: { method: 'inclusive' as const } },
      ]),
      ...['', '#five'].flatMap((uri) => [
        ...lists.map((prefixList) => ({
          uri,
          options: { method: 'exclusive' as const, prefixList, without: placeholder },
        })),
        { uri, options: { method: 'inclusive' as const, without: placeholder } },
      ]),
    ];
    const { signed, digests } = xmlsecDigests(references);
    expect(digests).to.have.length(references.length);
    const document = parse(signed);
    const signature = byId(document.root, 'sig');
    const own = references.map(({ uri, options }) => {
      const element = uri === '' ? document.root : byId(document.root, uri.slice(1));
      const { without, ...rest } = options;
      const asked = without === undefined ? rest : { ...rest, without: signature };
      return document.canonicalDigest(element, asked, 'sha256').toString('base64');
    });
    expect(own).to.deep.equal(digests);
  });

  it('takes over xml: attributes of ancestors in inclusive form only', () => {
    const document = parse('<a xml:lang="vi" xmlns:p="urn:p"><b Id="b"><c/></b></a>');
    const b = byId(document.root, 'b');
    expect(document.canonical(b, { method: 'inclusive' }).toString()).to.equal(
      '<b xmlns:p="urn:p" Id="b" xml:lang="vi"><c></c></b>',
    );
    expect(document.canonical(b, { method: 'exclusive' }).toString()).to.equal(
      '<b Id="b"><c></c></b>',
    );
    expect(document.canonical(b, { method: 'exclusive', prefixList: ['p'] }).toString()).to.equal(
      '<b xmlns:p="urn:p" Id="b"><c></c></b>',
    );
  });

  it('leaves the tree as it was, also after a refusal', () => {
    const document = parse('<a>1<b Id="b">2<c Id="c" xmlns:x="rel"><d/></c>3</b>4</a>');
    const before = document.root.children.map((one) => one.name);
    const b = byId(document.root, 'b');
    const c = byId(document.root, 'c');
    const first = document.canonical(b, { method: 'exclusive', without: c }).toString();
    expect(first).to.equal('<b Id="b">23</b>');
    for (const method of ['exclusive', 'inclusive'] as const) {
      try {
        document.canonical(document.root, { method });
      } catch (error) {
        expect(error).to.be.instanceOf(GatewayError);
      }
    }
    expect(document.canonical(b, { method: 'exclusive', without: c }).toString()).to.equal(first);
    expect(document.root.children.map((one) => one.name)).to.deep.equal(before);
    expect(document.root.text).to.equal('14');
  });
});
