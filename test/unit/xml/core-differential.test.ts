import { expect } from 'chai';
import fc from 'fast-check';
import { GatewayError } from '../../../src/model/issue.js';
import { parseXml } from '../../../src/xml/parse.js';
import { MIN_CUT_BYTES, scanXml } from '../../../src/xml/scan.js';
import { SCHEMA_FILES, SchemaSets } from '../../../src/xml/schema.js';
import { pathOf, type XmlDocument, type XmlElement } from '../../../src/xml/tree.js';

const SCHEMA = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:d" targetNamespace="urn:d"
  elementFormDefault="qualified">
  <xs:element name="a" type="Any"/>
  <xs:complexType name="Any"><xs:sequence>
    <xs:element name="b" type="xs:integer" minOccurs="0"/>
    <xs:element name="a" type="Any" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="ContentTransferEncoded" type="xs:base64Binary"/>
  </xs:sequence></xs:complexType>
</xs:schema>`;
const schemas = new SchemaSets(() => Buffer.from(SCHEMA), SCHEMA_FILES);

/** Long enough to be cut when it is clean. */
const base64Text = fc
  .tuple(
    fc.uint8Array({ minLength: 1, maxLength: 9 }),
    fc.constantFrom('', '\n', '\r\n', '\r', '\t', ' ', '\n\n '),
    fc.constantFrom(
      '',
      '',
      '',
      '',
      '=',
      '&#65;',
      '<!-- x -->',
      '<![CDATA[QUJD]]>',
      '*',
      'A',
      '<b/>',
      '\u00a0',
      'QR==',
    ),
    fc.boolean(),
  )
  .map(([seed, separator, blemish, first]) => {
    const size = Math.ceil((MIN_CUT_BYTES * 3) / 4 / seed.length) * seed.length;
    const text = Buffer.alloc(size, seed).toString('base64').replace(/.{76}/g, `$&${separator}`);
    return first ? blemish + text : text + blemish;
  });

const attribute = fc.constantFrom(
  '',
  '',
  ' Id="x"',
  ' p:k="1&#13;"',
  " q:k='\"'",
  ' xml:lang="vi"',
);
const declaration = fc.constantFrom(
  '',
  '',
  ' xmlns:p="urn:q"',
  ' xmlns:z="urn:z"',
  ' xmlns=""',
  ' xmlns="urn:d"',
);
const leafText = fc.constantFrom(
  '',
  '12',
  'x',
  '\r\n',
  ' ',
  '&amp;',
  '<![CDATA[<]]>',
  '<!-- c -->',
  'ụ',
);

/** Elements within one that binds p, q and the default namespace. */
const xml = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(leafText).map(([text]) => text),
    fc
      .tuple(
        fc.constantFrom('ContentTransferEncoded', 'Package', 'p:Package', 'b'),
        declaration,
        base64Text,
      )
      .map(([name, declared, text]) => `<${name}${declared}>${text}</${name}>`),
    fc
      .tuple(
        fc.constantFrom('a', 'a', 'b', 'p:a', 'q:b'),
        declaration,
        attribute,
        fc.array(tie('node'), { maxLength: 4 }),
      )
      .map(
        ([name, declared, written, inner]) =>
          `<${name}${declared}${written}>${inner.join('')}</${name}>`,
      ),
  ),
})).node;
const text = fc
  .tuple(
    fc.constantFrom('', '\ufeff', '<?xml version="1.0"?>\n'),
    fc.array(xml, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '\n', '\r\n', ' \t'),
    fc.array(xml, { maxLength: 1 }),
  )
  .map(([head, inner, separator, after]) => {
    const clean = `${'QUJD'.repeat(19)}${separator}`.repeat(MIN_CUT_BYTES / 64);
    const parts = [...inner, `<ContentTransferEncoded>${clean}</ContentTransferEncoded>`, ...after];
    return `${head}<a xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q">${parts.join('\n')}</a>`;
  });

function elementsOf(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(elementsOf)];
}

/** Everything that a later step can learn of a text, its refusal included. */
function learn(bytes: Uint8Array, cut: boolean): unknown {
  try {
    const document = parseXml(scanXml(bytes, { cut }), { schemas });
    try {
      return { issues: document.validate('document'), elements: learnElements(document) };
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (error instanceof GatewayError) return error.issues;
    throw error;
  }
}

function learnElements(document: XmlDocument): unknown[] {
  const elements = elementsOf(document.root);
  return elements.map((element) => ({
    path: pathOf(element),
    line: element.line,
    attributes: element.attributes,
    text: element.cut === undefined ? element.text : wholeText(document.bytes, element.cut),
    base64: document.base64(element)?.toString('base64'),
    heads: [0, 1, 5, 3000].map((most) => document.base64Head(element, most)),
    exclusive: document.canonical(element, { method: 'exclusive' }).toString(),
    inclusive: document.canonicalDigest(element, { method: 'inclusive' }, 'sha256'),
    without: elements
      .filter((one) => one.parent === element)
      .map((one) =>
        document.canonicalDigest(element, { method: 'exclusive', without: one }, 'sha256'),
      ),
  }));
}

function wholeText(bytes: Uint8Array, cut: { offset: number; length: number }): string {
  const part = Buffer.from(bytes.subarray(cut.offset, cut.offset + cut.length));
  return part.toString().replaceAll('\r\n', '\n');
}

describe('differential: texts cut out before the parse', function () {
  this.timeout(30_000);

  it('change nothing that can be learnt: verdict, issues, digests, base64, lines', () => {
    let cuts = 0;
    fc.assert(
      fc.property(text, (written) => {
        const bytes = Buffer.from(written);
        cuts += scanXml(bytes).cuts.length;
        expect(learn(bytes, true)).to.deep.equal(learn(bytes, false));
      }),
      { numRuns: 150 },
    );
    expect(cuts).to.be.at.least(150);
  });

  it('change nothing in what is refused, and why, when a text was damaged anywhere', () => {
    const pieces = [
      '<',
      '>',
      '&',
      '"',
      '<!--',
      '-->',
      ']]>',
      '<?p?>',
      '<!DOCTYPE a>',
      '</a>',
      '\r',
      '\0',
    ];
    const damage = fc.tuple(fc.nat(), fc.constantFrom('', ...pieces), fc.nat(3));
    fc.assert(
      fc.property(text, fc.array(damage, { minLength: 1, maxLength: 2 }), (written, damages) => {
        let damaged = written;
        for (const [where, piece, gone] of damages) {
          const at = where % damaged.length;
          damaged = damaged.slice(0, at) + piece + damaged.slice(at + gone);
        }
        const bytes = Buffer.from(damaged);
        expect(learn(bytes, true)).to.deep.equal(learn(bytes, false));
      }),
      { numRuns: 150 },
    );
  });

  it('change nothing where the scan and the tree do not agree: the text is parsed whole', () => {
    const bytes = Buffer.from(`<a><b/><Package>${'QUJD'.repeat(2000)}</Package></a>`);
    const scan = scanXml(bytes);
    for (const element of [0, 1, 3]) {
      const cuts = scan.cuts.map((one) => ({ ...one, element }));
      const document = parseXml({ ...scan, cuts });
      expect(document.root.children[1]?.cut).to.equal(undefined);
      expect(document.root.children[1]?.text).to.have.length(8000);
      document.dispose();
    }
  });

  it('come back whole across the blocks in which the form is written', () => {
    const filler = 'x'.repeat(1000);
    const long = 'QUJD'.repeat(MIN_CUT_BYTES / 4);
    const lines = `${'QUJD'.repeat(19)}\n`.repeat(60);
    for (let shift = 0; shift < 70; shift += 3) {
      const head = 'y'.repeat(shift) + filler.repeat(261);
      const written = `<a><b>${head}</b><Package>${long}</Package><c/><Package>${lines}</Package>${filler.repeat(300)}</a>`;
      const document = parseXml(scanXml(Buffer.from(written)));
      expect(document.root.children[1]?.cut).not.to.equal(undefined);
      const form = document.canonical(document.root, { method: 'inclusive' }).toString();
      expect(form === written.replace('<c/>', '<c></c>'), String(shift)).to.equal(true);
      document.dispose();
    }
  });
});

describe('differential: the two ways to canonicalise one element', function () {
  this.timeout(30_000);

  it('agree in exclusive form', () => {
    fc.assert(
      fc.property(text, (written) => {
        let document: XmlDocument;
        try {
          document = parseXml(scanXml(Buffer.from(written)));
        } catch (error) {
          if (error instanceof GatewayError) return;
          throw error;
        }
        for (const element of elementsOf(document.root)) {
          const quick = document.canonical(element, { method: 'exclusive' });
          // A prefix that is bound nowhere changes nothing but the way.
          const asked = { method: 'exclusive', prefixList: ['nowhere'] } as const;
          expect(quick.equals(document.canonical(element, asked)), pathOf(element)).to.equal(true);
        }
        document.dispose();
      }),
      { numRuns: 150 },
    );
  });
});
