/** The WSDL sources follow the contract and the rules of WS-I Basic Profile 1.1. */
import { expect } from 'chai';
import { type XmlDocument, XmlElement } from 'libxml2-wasm';
import { parseContract, readContract } from './contract-schemas.js';

const NAMESPACES = {
  w: 'http://schemas.xmlsoap.org/wsdl/',
  s11: 'http://schemas.xmlsoap.org/wsdl/soap/',
  s12: 'http://schemas.xmlsoap.org/wsdl/soap12/',
  xs: 'http://www.w3.org/2001/XMLSchema',
};
const OPERATIONS = [
  'SendDocument',
  'SendPackage',
  'SendStatus',
  'ListPending',
  'GetPackage',
  'ConfirmReceived',
  'GetTraces',
  'GetOrganizations',
  'Ping',
];
const SOURCES = [
  {
    path: 'wsdl/edxgate.wsdl',
    schema: 'xsd/gateway/1/gateway.xsd',
    name: 'EdxGateway',
    namespace: 'urn:edxgate:gateway:1',
    operations: OPERATIONS,
    faults: ['GatewayFault'],
  },
  {
    path: 'wsdl/edxgate-receiver.wsdl',
    schema: 'xsd/receiver/1/receiver.xsd',
    name: 'EdxReceiver',
    namespace: 'urn:edxgate:receiver:1',
    operations: ['DeliverPackage'],
    faults: [],
  },
];

for (const source of SOURCES) {
  describe(`WS-I rules of ${source.path}`, () => {
    let wsdl: XmlDocument;
    before(() => {
      wsdl = parseContract(source.path);
    });
    after(() => wsdl.dispose());

    function all(path: string, from: XmlDocument | XmlElement = wsdl): XmlElement[] {
      return from.find(path, NAMESPACES).map((node) => {
        if (!(node instanceof XmlElement)) throw new Error(`${path} is not an element`);
        return node;
      });
    }
    const values = (elements: XmlElement[], attribute: string) =>
      elements.map((element) => element.attr(attribute)?.value);

    it('names service, ports and port type as the contract says', () => {
      expect(values(all('/w:definitions/w:service'), 'name')).to.deep.equal([source.name]);
      expect(values(all('//w:port'), 'name')).to.deep.equal([
        `${source.name}11`,
        `${source.name}12`,
      ]);
      expect(values(all('//w:portType'), 'name')).to.deep.equal([`${source.name}PortType`]);
      expect(wsdl.root.attr('targetNamespace')?.value).to.equal(source.namespace);
    });

    it('is XML 1.0 in UTF-8 (R4003, R4004)', () => {
      expect(readContract(source.path).toString('utf8')).to.match(
        /^<\?xml version="1\.0" encoding="UTF-8"\?>/,
      );
    });

    it('imports schemas by xs:import inside types only (R2001 to R2003, R2105)', () => {
      expect(all('//w:import')).to.be.empty;
      expect(all('//xs:import[not(parent::xs:schema/parent::w:types)]')).to.be.empty;
      expect(all('//xs:schema[not(@targetNamespace)]/*[not(self::xs:import)]')).to.be.empty;
      expect(all('//xs:import[not(@schemaLocation)]')).to.be.empty;
    });

    it('has one part with an element in each message (R2204, R2210, R2306)', () => {
      for (const message of all('//w:message')) {
        const parts = all('w:part', message);
        expect(parts, message.attr('name')?.value).to.have.length(1);
        expect(parts[0]?.attr('element')?.value).to.match(/^tns:/);
        expect(parts[0]?.attr('type')).to.equal(null);
      }
    });

    it('calls the wrapper part parameters and its element after the operation', () => {
      expect(values(all('//w:portType/w:operation'), 'name')).to.deep.equal(source.operations);
      for (const operation of all('//w:portType/w:operation')) {
        const name = operation.attr('name')?.value ?? '';
        for (const [direction, element] of [
          ['input', name],
          ['output', `${name}Response`],
        ]) {
          const message = all(`w:${direction}`, operation)[0]?.attr('message')?.value;
          const [part] = all(`//w:message[@name='${message?.replace('tns:', '')}']/w:part`);
          expect(part?.attr('name')?.value).to.equal('parameters');
          expect(part?.attr('element')?.value).to.equal(`tns:${element}`);
        }
      }
    });

    it('refers only to elements that its schema declares', () => {
      using schema = parseContract(source.schema);
      for (const part of all('//w:part')) {
        const element = part.attr('element')?.value.replace('tns:', '');
        const declared = schema.find(`/xs:schema/xs:element[@name='${element}']`, NAMESPACES);
        expect(declared, element).to.have.length(1);
      }
    });

    it('has request-response operations without overloads (R2303, R2304)', () => {
      for (const operation of all('//w:portType/w:operation')) {
        const messages = all('*[not(self::w:documentation)]', operation).map((one) => one.name);
        expect(messages).to.deep.equal(['input', 'output', ...source.faults.map(() => 'fault')]);
      }
      expect(new Set(source.operations).size).to.equal(source.operations.length);
    });

    it('gives each operation a body element of its own (R2710)', () => {
      const elements = values(all("//w:part[@name='parameters']"), 'element');
      expect(new Set(elements).size).to.equal(elements.length);
    });

    for (const [version, soap] of [
      ['1.1', 's11'],
      ['1.2', 's12'],
    ]) {
      describe(`binding of SOAP ${version}`, () => {
        it('is document/literal over HTTP (R2702, R2705, R2706)', () => {
          const bindings = all(`//${soap}:binding`);
          expect(values(bindings, 'style')).to.deep.equal(['document']);
          expect(values(bindings, 'transport')).to.deep.equal([
            'http://schemas.xmlsoap.org/soap/http',
          ]);
          expect(all(`//${soap}:operation[@style!='document']`)).to.be.empty;
          expect(all(`//${soap}:body[not(@use='literal')]`)).to.be.empty;
          expect(all(`//${soap}:fault[not(@use='literal')]`)).to.be.empty;
        });

        it('puts no namespace on body and fault (R2716)', () => {
          expect(all(`//${soap}:body[@namespace] | //${soap}:fault[@namespace]`)).to.be.empty;
        });

        it('binds the operations of the port type (R2718)', () => {
          const operations = all(`//w:binding[${soap}:binding]/w:operation`);
          expect(values(operations, 'name')).to.deep.equal(source.operations);
        });

        it('has a SOAP fault of the same name for each fault (R2721, R2740, R2754)', () => {
          for (const operation of all(`//w:binding[${soap}:binding]/w:operation`)) {
            expect(values(all('w:fault', operation), 'name')).to.deep.equal(source.faults);
            expect(values(all(`w:fault/${soap}:fault`, operation), 'name')).to.deep.equal(
              source.faults,
            );
          }
        });

        it('names a soapAction for each operation', () => {
          expect(values(all(`//${soap}:operation`), 'soapAction')).to.deep.equal(
            source.operations.map((name) => `${source.namespace}/${name}`),
          );
        });
      });
    }

    it('uses no encoded arrays (R2110, R2111)', () => {
      for (const path of [source.path, source.schema]) {
        const text = readContract(path).toString('utf8');
        expect(text).to.not.match(/schemas\.xmlsoap\.org\/soap\/encoding|arrayType|ArrayOf/);
      }
    });
  });

  describe(`shape of the messages in ${source.schema}`, () => {
    function find(path: string): XmlElement[] {
      return schema.find(path, NAMESPACES).filter((node) => node instanceof XmlElement);
    }
    let schema: XmlDocument;
    before(() => {
      schema = parseContract(source.schema);
    });
    after(() => schema.dispose());

    it('qualifies local elements and has no xs:any, xs:choice or nillable element', () => {
      expect(schema.root.attr('elementFormDefault')?.value).to.equal('qualified');
      expect(find('//xs:any | //xs:anyAttribute | //xs:choice | //xs:all')).to.be.empty;
      expect(find('//*[@nillable]')).to.be.empty;
    });

    it('has one result element in each response, unlike any request element', () => {
      for (const name of source.operations) {
        const children = (wrapper: string) =>
          find(
            `/xs:schema/xs:element[@name='${wrapper}']/xs:complexType/xs:sequence/xs:element`,
          ).map((one) => one.attr('name')?.value ?? one.attr('ref')?.value);
        const results = children(`${name}Response`);
        expect(results, name).to.have.length(1);
        expect(children(name)).to.not.include(results[0]);
      }
    });

    it('marks each package for MTOM', () => {
      const marked = find("//xs:element[@name='Package']");
      expect(marked).to.not.be.empty;
      for (const element of marked) {
        expect(element.attr('type')?.value).to.equal('xs:base64Binary');
        const mark = element.get('@x:expectedContentTypes', {
          x: 'http://www.w3.org/2005/05/xmlmime',
        });
        expect(mark?.content).to.equal('application/octet-stream');
      }
    });
  });
}
