import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Issue } from '../../../src/model/issue.js';
import { lib } from '../../../src/xml/libxml2.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import { SCHEMA_FILES, SchemaSets } from '../../../src/xml/schema.js';
import type { XmlDocument, XmlElement } from '../../../src/xml/tree.js';

const TYPES = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"
  targetNamespace="urn:t" elementFormDefault="qualified">
  <xs:simpleType name="Id"><xs:restriction base="xs:token">
    <xs:pattern value="[A-Z0-9.]{3,35}"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Priority"><xs:restriction base="xs:token">
    <xs:enumeration value="0"/><xs:enumeration value="1"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Short"><xs:restriction base="xs:string">
    <xs:minLength value="2"/><xs:maxLength value="5"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Count"><xs:restriction base="xs:integer">
    <xs:minInclusive value="1"/><xs:maxInclusive value="9"/></xs:restriction></xs:simpleType>
  <xs:complexType name="Organ"><xs:all>
    <xs:element name="OrganId" type="t:Id"/>
    <xs:element name="OrganName" type="xs:string"/>
    <xs:element name="Email" type="xs:string" minOccurs="0"/>
  </xs:all></xs:complexType>
  <xs:group name="Tail"><xs:sequence>
    <xs:element name="Code" type="t:Count"/>
    <xs:element name="Note" type="t:Short" minOccurs="0"/>
  </xs:sequence></xs:group>
</xs:schema>`;

const MAIN = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"
  targetNamespace="urn:t" elementFormDefault="qualified">
  <xs:include schemaLocation="../shared/types.xsd"/>
  <xs:element name="Message"><xs:complexType><xs:sequence>
    <xs:element name="From" type="t:Organ"/>
    <xs:element name="To" type="t:Organ" maxOccurs="unbounded"/>
    <xs:element name="DocumentId" type="xs:string"/>
    <xs:element name="Priority" type="t:Priority" minOccurs="0"/>
    <xs:group ref="t:Tail"/>
    <xs:element name="Body" type="xs:base64Binary" minOccurs="0"/>
    <xs:any namespace="urn:any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence><xs:attribute name="version" type="t:Count" use="required"/></xs:complexType></xs:element>
  <xs:element name="Empty"><xs:complexType/></xs:element>
  <xs:element name="Choice"><xs:complexType><xs:choice>
    <xs:element name="A" type="t:Count"/><xs:element name="B" type="t:Count"/>
  </xs:choice></xs:complexType></xs:element>
</xs:schema>`;

const FILES = { ...SCHEMA_FILES, document: 'main/1/main.xsd' };
const schemas = new SchemaSets((path) => {
  if (path === 'main/1/main.xsd') return Buffer.from(MAIN.replace('../shared', '../../shared'));
  if (path === 'shared/types.xsd') return Buffer.from(TYPES);
  throw new Error(`no ${path}`);
}, FILES);

const open: XmlDocument[] = [];
afterEach(() => {
  for (const document of open.splice(0)) document.dispose();
});

function parse(text: string): XmlDocument {
  const document = parseXml(scanXml(Buffer.from(text)), { schemas });
  open.push(document);
  return document;
}

const FROM = '<From><OrganId>T99.01</OrganId><OrganName>A</OrganName></From>';
const TO = '<To><OrganId>T99.02</OrganId><OrganName>B</OrganName></To>';
const message = (inner: string, attributes = 'version="1"'): string =>
  `<Message xmlns="urn:t" ${attributes}>\n${inner}\n</Message>`;
const VALID = message(`${FROM}\n${TO}\n<DocumentId>1</DocumentId>\n<Code>1</Code>`);

const faults = (text: string): Issue[] => parse(text).validate('document');
const short = (issues: readonly Issue[]): string[] =>
  issues.map((one) => `${one.line} ${one.code} ${one.path}`);

describe('schema sets', () => {
  it('find nothing in a valid document', () => {
    expect(faults(VALID)).to.deep.equal([]);
  });

  it('name a missing child at its parent, with what stands around its place', () => {
    const [one, ...more] = faults(VALID.replace('<DocumentId>1</DocumentId>', ''));
    expect(more).to.have.length(0);
    expect(one).to.include({ code: 'schema.missing', path: '/Message', line: 1 });
    expect(one?.text).to.equal('DocumentId is missing; expected: To, DocumentId, Priority.');
    expect(one?.textVi).to.match(/^Thiếu DocumentId/);
  });

  it('name a missing child of a type in any order', () => {
    const [one, ...more] = faults(VALID.replace('<OrganName>B</OrganName>', ''));
    expect(more).to.have.length(0);
    expect(one).to.include({ code: 'schema.missing', path: '/Message/To', line: 3 });
    expect(one?.text).to.contain('OrganName is missing');
  });

  it('name an unknown child, with what may stand there', () => {
    const [one, ...more] = faults(VALID.replace('<DocumentId>', '<Nonsense/>\n<DocumentId>'));
    expect(more).to.have.length(0);
    expect(one).to.include({ code: 'schema.unexpected', path: '/Message/Nonsense', line: 4 });
    expect(one?.text).to.equal('Nonsense is not expected here; expected: To, DocumentId.');
  });

  it('name a child of the right name in another namespace as unexpected, and the right one as missing', () => {
    const text = VALID.replace('<DocumentId>', '<DocumentId xmlns="urn:x">');
    expect(short(faults(text))).to.deep.equal([
      '1 schema.missing /Message',
      '4 schema.unexpected /Message/DocumentId',
    ]);
  });

  it('name a child in the wrong place and nothing else', () => {
    const text = message(`<Code>1</Code>\n${FROM}\n${TO}\n<DocumentId>1</DocumentId>`);
    expect(short(faults(text))).to.deep.equal(['2 schema.unexpected /Message/Code']);
  });

  it('name a child that stands once too often', () => {
    const text = VALID.replace('<Code>', '<DocumentId>2</DocumentId>\n<Code>');
    expect(short(faults(text))).to.deep.equal(['5 schema.unexpected /Message/DocumentId[2]']);
    const twice = VALID.replace('<OrganName>A</OrganName>', '$&\n$&');
    expect(short(faults(twice))).to.deep.equal(['3 schema.unexpected /Message/From/OrganName[2]']);
  });

  it('name all faults at once, behind and below the first one too', () => {
    const text = message(
      [
        '<Nonsense/>',
        '<From><OrganId>no</OrganId><Email/></From>',
        TO,
        '<To><OrganName>B</OrganName><Fax/><OrganId>T99.03</OrganId></To>',
        '<Priority>7</Priority>',
        '<Code>0</Code>',
        '<Note>too long</Note>',
        '<Body>AAA</Body>',
        '<x:y xmlns:x="urn:any"><z/></x:y>',
      ].join('\n'),
      'version="x" other="1"',
    );
    expect(short(faults(text))).to.deep.equal([
      '1 schema.missing /Message',
      '1 schema.value /Message/@version',
      '1 schema.unexpected /Message/@other',
      '2 schema.unexpected /Message/Nonsense',
      '3 schema.missing /Message/From',
      '3 schema.value /Message/From/OrganId',
      '5 schema.unexpected /Message/To[2]/Fax',
      '6 schema.value /Message/Priority',
      '7 schema.value /Message/Code',
      '8 schema.value /Message/Note',
      '9 schema.value /Message/Body',
    ]);
  });

  it('leave the tree as it was after naming faults among children', () => {
    const text = message(`<Code>1</Code>\n<Nonsense/>${TO}<DocumentId>1</DocumentId>`);
    const document = parse(text);
    const form = document.canonical(document.root, { method: 'inclusive' }).toString();
    const first = document.validate('document');
    expect(first).to.have.length(3);
    expect(document.canonical(document.root, { method: 'inclusive' }).toString()).to.equal(form);
    expect(document.validate('document')).to.deep.equal(first);
    expect(document.root.children.map((one) => one.name)).to.deep.equal([
      'Code',
      'Nonsense',
      'To',
      'DocumentId',
    ]);
  });

  for (const [name, from, to, en, vi] of [
    ['pattern', 'T99.01', 'a b', '"a b" does not match [A-Z0-9.]{3,35}', 'không khớp mẫu'],
    ['pattern of an empty text', 'T99.01', '', '"" does not match', 'không khớp mẫu'],
    ['type', '<Code>1', '<Code>one', '"one" is no ', 'không đúng kiểu'],
    ['least', '<Code>1', '<Code>0', '"0" is less than 1', 'nhỏ hơn 1'],
    ['greatest', '<Code>1', '<Code>10', '"10" is greater than 9', 'lớn hơn 9'],
    ['least length', '</Code>', '</Code><Note>x</Note>', 'shorter than 2', 'ngắn hơn 2'],
    ['greatest length', '</Code>', '</Code><Note>xxxxxx</Note>', 'longer than 5', 'dài hơn 5'],
    [
      'enumeration',
      '<Code>',
      '<Priority>3</Priority><Code>',
      '"3" is none of: 0, 1',
      'không thuộc các giá trị: 0, 1',
    ],
  ] as const) {
    it(`give one issue for a value against its ${name}, readable in both languages`, () => {
      const [one, ...more] = faults(VALID.replace(from, to));
      expect(more).to.have.length(0);
      expect(one?.code).to.equal('schema.value');
      expect(one?.text).to.contain(en);
      expect(one?.textVi).to.contain(vi);
      expect(`${one?.text}${one?.textVi}`).not.to.match(/\{urn|urn:t/);
    });
  }

  it('quote no more than the start of a long value', () => {
    const [one] = faults(VALID.replace('T99.01', 'q'.repeat(1_000_000)));
    expect(one?.text.length).to.be.lessThan(200);
    expect(one?.text).to.match(/"q{40}…" is no value of its type/);
  });

  it('name a required attribute that is missing', () => {
    const [one, ...more] = faults(VALID.replace(' version="1"', ''));
    expect(more).to.have.length(0);
    expect(one).to.include({ code: 'schema.missing', path: '/Message/@version' });
    expect(one?.text).to.contain('@version is missing');
  });

  for (const [name, text, path, reason] of [
    ['an unknown root', '<Other xmlns="urn:t"/>', '/Other', 'no element Other'],
    ['text between elements', VALID.replace(FROM, `hello${FROM}`), '/Message', 'text between'],
    [
      'elements in a text',
      VALID.replace('<DocumentId>', '<DocumentId><b/>'),
      '/Message/DocumentId',
      'only text',
    ],
    ['content where none may be', '<Empty xmlns="urn:t">x</Empty>', '/Empty', 'must be empty'],
    [
      'a nil element',
      VALID.replace(
        '<Code>1',
        '<Code xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1">',
      ),
      '/Message/Code',
      'may not be nil',
    ],
  ] as const) {
    it(`refuse ${name} as schema.invalid with its reason`, () => {
      const one = faults(text).find((found) => found.code === 'schema.invalid');
      expect(one?.path).to.equal(path);
      expect(one?.text).to.contain(reason);
    });
  }

  it('keep to what libxml2 says of a choice', () => {
    expect(faults('<Choice xmlns="urn:t"><B>1</B></Choice>')).to.deep.equal([]);
    const [one, ...more] = faults('<Choice xmlns="urn:t"><C/></Choice>');
    expect(more).to.have.length(0);
    expect(one).to.include({ code: 'schema.unexpected', path: '/Choice/C' });
    expect(one?.text).to.contain('A, B');
    const [missing] = faults('<Choice xmlns="urn:t"/>');
    expect(missing?.text).to.contain('expected: A, B');
  });

  it('validate one element as if it were the root', () => {
    const inner = VALID.replace('<Code>1</Code>', '<Code>0</Code>');
    const document = parse(`<Envelope xmlns="urn:s">\n<Body>${inner}</Body><Body/></Envelope>`);
    const element = document.root.children[0]?.children[0] as XmlElement;
    expect(short(document.validate('document', element))).to.deep.equal([
      '6 schema.value /Envelope/Body[1]/Message/Code',
    ]);
    const missing = parse(`<e>${VALID.replace(TO, '')}</e>`);
    const second = missing.root.children[0] as XmlElement;
    expect(short(missing.validate('document', second))).to.deep.equal([
      '1 schema.missing /e/Message',
    ]);
  });

  it('report a bounded number of faults', () => {
    const many = '<To><OrganId>x</OrganId><OrganName/></To>'.repeat(5000);
    expect(faults(VALID.replace(TO, many))).to.have.length(100);
    expect(faults(VALID.replace(TO, '<Nonsense/>'.repeat(5000)))).to.have.length(100);
  });

  it('look no further than the first pass that shows more faults than are reported', () => {
    const validate = lib._xmlSchemaValidateDoc;
    let passes = 0;
    lib._xmlSchemaValidateDoc = (...args) => {
      passes += 1;
      return validate(...args);
    };
    const passesOver = (text: string): number => {
      passes = 0;
      expect(faults(VALID.replace(TO, text))).to.have.length(100);
      return passes;
    };
    try {
      const values = '<To><OrganId>x</OrganId><OrganName/></To>'.repeat(5000);
      expect(passesOver(`<To><Nonsense/></To>${values}`), 'values').to.equal(1);
      expect(passesOver('<Nonsense/>'.repeat(5000)), 'children').to.equal(1);
      const behind = `<Nonsense/>${'<To><OrganId>x</OrganId></To>'.repeat(5000)}`;
      expect(passesOver(behind), 'behind another fault').to.equal(2);
    } finally {
      lib._xmlSchemaValidateDoc = validate;
    }
  });

  it('load nothing that a message points to', () => {
    const hint =
      'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:t xsd:///shared/types.xsd urn:o file:///etc/hosts" i:noNamespaceSchemaLocation="http://127.0.0.1:9/x.xsd"';
    expect(faults(VALID.replace('version', `${hint} version`))).to.deep.equal([]);
  });

  it('do not start with a schema that does not compile or leaves its folder', () => {
    const one = (text: string): SchemaSets => new SchemaSets(() => Buffer.from(text), FILES);
    const compile = (text: string) => () => one(text).prepare('document');
    expect(compile('<a/>')).to.throw('main.xsd');
    expect(compile('<a>')).to.throw('main.xsd');
    expect(compile(MAIN.replace('t:Organ', 't:None'))).to.throw('main.xsd');
    expect(compile(MAIN.replace('../shared', '../../../shared'))).to.throw('main.xsd');
  });

  it('load from a folder, includes and imports with them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
    try {
      mkdirSync(join(folder, 'main/1'), { recursive: true });
      mkdirSync(join(folder, 'main/shared'), { recursive: true });
      writeFileSync(join(folder, 'main/1/main.xsd'), MAIN);
      writeFileSync(join(folder, 'main/shared/types.xsd'), TYPES);
      const sets = SchemaSets.fromFolder(folder, FILES);
      const document = parseXml(scanXml(Buffer.from(VALID)), { schemas: sets });
      open.push(document);
      expect(document.validate('document')).to.deep.equal([]);
      expect(() => document.validate('status')).to.throw();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the published schemas', () => {
  it('take a status notice and name what is wrong with another', () => {
    const NS = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';
    const document = parseXml(
      scanXml(Buffer.from(`<edXML xmlns="${NS}"><edXMLEnvelope/></edXML>`)),
    );
    open.push(document);
    const found = document.validate('document');
    expect(found.map((one) => one.code)).to.include('schema.missing');
    expect(found[0]?.path).to.match(/^\/edXML/);
  });
});
