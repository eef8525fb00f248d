import { expect } from 'chai';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import { writeXml, type XmlOutput } from '../../../src/xml/write.js';

describe('xml/write', () => {
  it('writes one element per line, names as they are given', () => {
    const text = writeXml({
      name: 'edXML',
      attributes: { xmlns: 'urn:q' },
      children: [
        {
          name: 'edXML:a',
          attributes: { 'xmlns:edXML': 'urn:q' },
          children: [{ name: 'b', text: 'x' }],
        },
        { name: 'c' },
      ],
    });
    expect(text.split('\n')).to.deep.equal([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<edXML xmlns="urn:q">',
      '  <edXML:a xmlns:edXML="urn:q">',
      '    <b>x</b>',
      '  </edXML:a>',
      '  <c/>',
      '</edXML>',
      '',
    ]);
  });

  const values = [
    '& < > " \'',
    ']]>',
    'a\r\nb\tc\rd',
    '\u00a0\u2028',
    '\u{1f4c4}',
    '<![CDATA[x]]>',
    '&amp;',
  ];
  for (const value of values) {
    it(`gives ${JSON.stringify(value)} back after a parse, in text and attribute`, () => {
      const text = writeXml({ name: 'a', attributes: { b: value }, text: value });
      expect(text.split('\n')).to.have.length(3);
      const doc = parseXml(scanXml(Buffer.from(text)));
      expect(doc.root.text).to.equal(value);
      expect(doc.root.attributes[0]?.value).to.equal(value);
      doc.dispose();
    });
  }

  const refused: [string, XmlOutput][] = [
    ['a control character', { name: 'a', text: 'x\u0001' }],
    ['NUL', { name: 'a', text: '\u0000' }],
    ['half a surrogate pair', { name: 'a', text: '\ud83d' }],
    ['U+FFFE', { name: 'a', attributes: { b: '\ufffe' } }],
    ['markup for a name', { name: 'a><b' }],
    ['an attribute of two names', { name: 'a', attributes: { 'b c': '' } }],
    ['an empty name', { name: '' }],
  ];
  for (const [what, tree] of refused) {
    it(`does not write ${what}`, () => {
      expect(() => writeXml(tree)).to.throw(TypeError);
    });
  }
});
