/** The edXML schemas take the shapes that occur on the wire and nothing beyond them. */
import { expect } from 'chai';
import type { XsdValidator } from 'libxml2-wasm';
import { compileSchema, faults, readContract } from './contract-schemas.js';
import {
  documentPackage,
  HOP,
  NEW,
  REPLACE,
  REVOKE,
  statusPackage,
  UPDATE,
} from './edxml-samples.js';

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const SIGNABLE = [
  'edXML',
  'edXML:edXMLEnvelope',
  'edXML:MessageHeader',
  'edXML:TraceHeaderList',
  'edXML:Bussiness',
  'edXML:edXMLBody',
  'edXML:edXMLManifest',
  'AttachmentEncoded',
];

function withId(xml: string, element: string, value: string): string {
  return xml.replace(new RegExp(`<${element}(?=[ >])`), `<${element} Id="${value}"`);
}

describe('edXML schemas', () => {
  let document: XsdValidator;
  let status: XsdValidator;
  before(() => {
    document = compileSchema('xsd/qcvn-102/2016/edxml-document.xsd');
    status = compileSchema('xsd/qcvn-102/2016/edxml-status.xsd');
  });
  after(() => {
    document.dispose();
    status.dispose();
  });

  describe('document', () => {
    const taken: Record<string, string> = {
      'a new document': documentPackage(),
      'a new document without a business block': documentPackage({ trace: HOP }),
      'a revocation without body and attachments': documentPackage({
        trace: HOP + REVOKE,
        files: false,
      }),
      'an update of the recipients': documentPackage({ trace: HOP + UPDATE }),
      'a replacement': documentPackage({ trace: HOP + REPLACE }),
      'a Signature in the edXML namespace': documentPackage({
        signature: '<Signature><SignedInfo><Reference URI=""/></SignedInfo></Signature>',
      }),
      'an empty DigitalSignature': documentPackage({ signature: '<edXML:DigitalSignature/>' }),
      'a ds:Signature, whatever is in it': documentPackage({
        signature: `<ds:Signature xmlns:ds="${DS}"><ds:Unheard/></ds:Signature>`,
      }),
      'an empty ds:Signature': documentPackage({ signature: `<Signature xmlns="${DS}"/>` }),
      'two ds:Signatures, which the verifier judges': documentPackage({
        signature: `<Signature xmlns="${DS}"/><Signature xmlns="${DS}"/>`,
      }),
      'attributes of .NET writers on TraceHeaderList': documentPackage().replace(
        '<edXML:TraceHeaderList>',
        '<edXML:TraceHeaderList id="1" version="1.0" mustUnderstand="1" actor="urn:next">',
      ),
      'XLink attributes on Reference': documentPackage().replace(
        '<edXML:Reference>',
        '<edXML:Reference xmlns:x="http://www.w3.org/1999/xlink" x:href="cid:1" x:type="simple">',
      ),
      'the extensions of Attachment': documentPackage().replace(
        '<ContentType>text/plain',
        '<FieldName>f</FieldName><MimeType>text/plain</MimeType><Format>txt</Format>$&',
      ),
      'base64 broken into lines': documentPackage().replace('TWF1Cg==', 'TWF1\r\nCg==\r\n'),
      'an organ id with _ and -': documentPackage().replaceAll('H98.02', 'vxp_mau-03'),
      'an organ id of 35 characters': documentPackage().replaceAll('H98.02', 'H'.repeat(35)),
    };
    for (const [what, xml] of Object.entries(taken)) {
      it(`takes ${what}`, () => {
        expect(faults(document, xml)).to.deep.equal([]);
      });
    }

    for (const element of SIGNABLE) {
      it(`takes an Id on ${element.replace('edXML:', '')}`, () => {
        const xml = withId(documentPackage(), element, 'part-1');
        expect(xml).to.include('Id="part-1"');
        expect(faults(document, xml)).to.deep.equal([]);
      });
    }

    it('has no xs:choice, of which SOAP stacks make no typed classes', () => {
      for (const file of ['edxml-types.xsd', 'edxml-document.xsd']) {
        expect(String(readContract(`xsd/qcvn-102/2016/${file}`)), file).to.not.include(
          '<xs:choice',
        );
      }
    });

    it('leaves repeated Ids to the verifier', () => {
      const xml = SIGNABLE.reduce((all, one) => withId(all, one, 'same'), documentPackage());
      expect(faults(document, xml)).to.deep.equal([]);
    });

    const refused: Record<string, [xml: string, fault: RegExp]> = {
      'a status': [statusPackage('MessageHeader'), /ResponseFor.*not expected/],
      'the business block before the hops': [
        documentPackage({ trace: NEW + HOP + HOP }),
        /Bussiness.*not expected/,
      ],
      'a business block on both sides of the hops': [
        documentPackage({ trace: NEW + HOP + REVOKE }),
        /Bussiness.*not expected/,
      ],
      'two business blocks': [
        documentPackage({ trace: HOP + NEW + REVOKE }),
        /Bussiness.*not expected/,
      ],
      'no hop': [documentPackage({ trace: NEW }), /Bussiness.*not expected/],
      'an unknown business type': [
        documentPackage().replace('DocType>0<', 'DocType>4<'),
        /BussinessDocType/,
      ],
      'an unknown Paper': [documentPackage().replace('Paper>0<', 'Paper>2<'), /Paper/],
      'an unknown ReceiverType': [
        documentPackage({ trace: HOP + UPDATE }).replace('ReceiverType>1<', 'ReceiverType>2<'),
        /ReceiverType/,
      ],
      'a Priority beyond 4': [documentPackage().replace('Priority>1<', 'Priority>5<'), /Priority/],
      'a day before the month': [documentPackage().replace('2026/12/05', '05/12/2026'), /DueDate/],
      'an organ id with a space inside': [
        documentPackage().replaceAll('H98.02', 'H98 02'),
        /OrganId/,
      ],
      'an organ id of two characters': [documentPackage().replaceAll('H98.02', 'H9'), /OrganId/],
      'an organ id of 36 characters': [
        documentPackage().replaceAll('H98.02', 'H'.repeat(36)),
        /OrganId/,
      ],
      'children of MessageHeader in another order': [
        documentPackage().replace(
          /(<edXML:DocumentId>.*?<\/edXML:DocumentId>)([\s\S]*?<\/edXML:Code>)/,
          '$2$1',
        ),
        /Code.*not expected.*DocumentId/,
      ],
      'a file that is not base64': [
        documentPackage().replace('TWF1Cg==', 'TWF1C'),
        /ContentTransferEncoded/,
      ],
      'an Id that is no name': [withId(documentPackage(), 'edXML', '1 2'), /Id/],
      'an Id on an element that no contract path names': [
        withId(documentPackage(), 'edXML:From', 'from'),
        /From.*Id.*not allowed/,
      ],
      'other namespaces in the header': [
        documentPackage({ signature: '<x:y xmlns:x="urn:x.example"/>' }),
        /y.*not expected/,
      ],
    };
    for (const [what, [xml, fault]] of Object.entries(refused)) {
      it(`refuses ${what}`, () => {
        expect(faults(document, xml).join('\n')).to.match(fault);
      });
    }

    it('names all faults at once', () => {
      const xml = documentPackage()
        .replace('Paper>0<', 'Paper>2<')
        .replace('2026/12/05', '05/12/2026')
        .replace('Type>2<', 'Type>-2<');
      const found = faults(document, xml).join('\n');
      expect(found)
        .to.match(/Paper/)
        .and.match(/DueDate/)
        .and.match(/Type'/);
    });

    it('puts no facet on ContentTransferEncoded and no identity constraint anywhere', () => {
      const source = readContract('xsd/qcvn-102/2016/edxml-document.xsd').toString('utf8');
      expect(source).to.include('name="ContentTransferEncoded" type="xs:base64Binary"');
      expect(source).to.not.match(/<xs:(unique|key|keyref)\b|xs:ID\b/);
    });
  });

  describe('status', () => {
    for (const code of ['01', '02', '03', '04', '05', '06', '13', '15', '16']) {
      it(`takes ${code} of the national axis`, () => {
        expect(faults(status, statusPackage('MessageHeader', code))).to.deep.equal([]);
      });
    }

    it('takes the provincial form', () => {
      expect(faults(status, statusPackage('Status'))).to.deep.equal([]);
    });

    for (const code of ['00', '07', '12', '14', '17', '1', '999', '']) {
      it(`refuses the code "${code}"`, () => {
        expect(faults(status, statusPackage('Status', code)).join('\n')).to.match(/StatusCode/);
      });
    }

    it('refuses a document', () => {
      expect(faults(status, documentPackage())).to.not.be.empty;
    });
  });
});
