/** Every declaration of every schema is explained in English and Vietnamese. */
import { expect } from 'chai';
import { XmlElement } from 'libxml2-wasm';
import { parseContract, SCHEMA_PATHS } from './contract-schemas.js';

const XSD = 'http://www.w3.org/2001/XMLSchema';
const DECLARED = [
  'schema',
  'element[@name]',
  'attribute[@name]',
  'complexType[@name]',
  'simpleType[@name]',
  'group[@name]',
  'attributeGroup[@name]',
  'enumeration',
  'any',
  'anyAttribute',
];
/** A letter that English does not have; short texts may hold none. */
const VIETNAMESE = /[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]/iu;

describe('schema annotations', () => {
  it('finds every schema', () => {
    expect(SCHEMA_PATHS).to.deep.equal([
      'xsd/gateway/1/gateway.xsd',
      'xsd/qcvn-102/2016/edxml-document.xsd',
      'xsd/qcvn-102/2016/edxml-status.xsd',
      'xsd/qcvn-102/2016/edxml-types.xsd',
      'xsd/receipt/1/certificate.xsd',
      'xsd/receipt/1/checkpoint.xsd',
      'xsd/receipt/1/partner-pass.xsd',
      'xsd/receipt/1/receipt.xsd',
      'xsd/receiver/1/receiver.xsd',
      'xsd/xmldsig/xmldsig-core-schema.xsd',
    ]);
  });

  for (const path of SCHEMA_PATHS) {
    it(`explains every declaration of ${path} in both languages`, () => {
      using schema = parseContract(path);
      const namespaces = { xs: XSD, xml: 'http://www.w3.org/XML/1998/namespace' };
      const declarations = DECLARED.flatMap((one) => schema.find(`//xs:${one}`, namespaces));
      expect(declarations).to.not.be.empty;
      const missing: string[] = [];
      for (const declaration of declarations) {
        if (!(declaration instanceof XmlElement)) throw new Error('not an element');
        const name = declaration.attr('name')?.value ?? declaration.attr('value')?.value ?? '';
        const where = `${declaration.name} ${name} (line ${declaration.line})`;
        const texts = (language: string) =>
          declaration
            .find(`xs:annotation/xs:documentation[@xml:lang='${language}']`, namespaces)
            .map((node) => (node instanceof XmlElement ? node.content.trim() : ''));
        const [english, vietnamese] = [texts('en'), texts('vi')];
        if (english.length !== 1 || !english[0]) missing.push(`${where}: en`);
        if (vietnamese.length !== 1 || !vietnamese[0]) missing.push(`${where}: vi`);
        if (english[0] === vietnamese[0]) missing.push(`${where}: the same text twice`);
        if (vietnamese[0] && !VIETNAMESE.test(vietnamese[0]))
          missing.push(`${where}: not Vietnamese`);
      }
      expect(missing).to.deep.equal([]);
    });
  }
});
