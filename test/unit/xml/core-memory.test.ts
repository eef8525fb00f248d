import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { lib } from '../../../src/xml/libxml2.js';
import { parseXml } from '../../../src/xml/parse.js';
import { MIN_CUT_BYTES, scanXml } from '../../../src/xml/scan.js';
import { SchemaSets } from '../../../src/xml/schema.js';
import type { XmlDocument } from '../../../src/xml/tree.js';

const SCHEMA = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="a"><xs:complexType><xs:sequence>
    <xs:element name="b" type="xs:integer" maxOccurs="unbounded"/><xs:element name="c" type="xs:string"/>
  </xs:sequence></xs:complexType></xs:element></xs:schema>`;
const schemas = new SchemaSets(() => Buffer.from(SCHEMA));

/** Room that is left before the memory has to grow. */
const SPARE_BYTES = 1024 * 1024;

/** Takes nearly all of the memory, so that little left behind makes it grow. @returns what gives it back */
function fillMemory(): () => void {
  const blocks: number[] = [];
  const size = lib.HEAPU8.length;
  while (lib.HEAPU8.length === size) blocks.push(lib._malloc(64 * 1024));
  blocks.push(lib._malloc(lib.HEAPU8.length - size - 64 * 1024 - SPARE_BYTES));
  return () => {
    for (const block of blocks) lib._free(block);
  };
}

function use(text: string): void {
  try {
    const document = parseXml(scanXml(Buffer.from(text)), { schemas });
    try {
      work(document);
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
}

function work(document: XmlDocument): void {
  const { root } = document;
  document.validate('document');
  for (const element of [root, ...root.children]) {
    document.canonicalDigest(element, { method: 'exclusive' }, 'sha256');
    document.canonicalDigest(element, { method: 'exclusive', prefixList: ['p'] }, 'sha256');
    document.canonicalDigest(element, { method: 'inclusive' }, 'sha256');
  }
}

describe('memory of libxml2', () => {
  const texts = [
    '<a><b>1</b><c>x</c></a>',
    '<a><c>x</c><b>x</b><d e="1"/></a>',
    '<a><b>1</b></a>',
    '<a><b></a>',
    '<p:a/>',
    '<a xmlns="relative"><b/></a>',
    `<a><Package>${'QUJD'.repeat(MIN_CUT_BYTES / 4)}</Package><b>${'x'.repeat(80_000)}</b></a>`,
  ];

  it('is all given back: valid, invalid and malformed texts, thousands of times', () => {
    for (const text of texts) for (let i = 0; i < 20; i++) use(text);
    const giveBack = fillMemory();
    const size = lib.HEAPU8.length;
    try {
      for (let i = 0; i < 1500; i++) for (const text of texts) use(text);
      // A hundred bytes left behind at each use would not have fitted.
      expect(lib.HEAPU8.length).to.equal(size);
    } finally {
      giveBack();
    }
  }).timeout(20_000);

  it('may grow in the middle of a document without harm to one that is open', () => {
    const early = parseXml(scanXml(Buffer.from('<a><b>1</b><c>x</c></a>')), { schemas });
    const giveBack = fillMemory();
    const size = lib.HEAPU8.length;
    const large = `<a><b>${'y'.repeat(4 * SPARE_BYTES)}</b></a>`;
    const late = parseXml(scanXml(Buffer.from(large)), { schemas });
    expect(lib.HEAPU8.length).to.be.greaterThan(size);
    expect(early.root.children.map((one) => `${one.name}=${one.text}`)).to.deep.equal([
      'b=1',
      'c=x',
    ]);
    expect(early.validate('document')).to.deep.equal([]);
    const form = late.canonical(late.root, { method: 'exclusive' });
    expect(form.toString() === large).to.equal(true);
    early.dispose();
    late.dispose();
    giveBack();
  }).timeout(20_000);
});
