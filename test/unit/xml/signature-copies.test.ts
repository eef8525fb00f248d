/**
 * Elements that a reader which goes by names could take for a part of a signed package (threats C).
 */
import { expect } from 'chai';
import { EDXML, UNSIGNED } from '../../tools/signature-package.js';
import { forge, judge, shortly } from './signature-kit.js';

const references = ['header', 'business', 'manifest', 'files'].map((id) => ({
  uri: `#${id}`,
  target: id,
}));
const SIGNED = forge({ references });
/** In nothing that is signed. */
const BEFORE = '</edXML:edXMLEnvelope>';

const withExtra = (extra: string, text = SIGNED): string =>
  text.replace(BEFORE, () => extra + BEFORE);

describe('elements with the name of a part in a signed package', () => {
  const names = [
    ...['edXML', 'EDXML', 'edXMLEnvelope', 'Envelope', 'edXMLHeader', 'Header', 'MessageHeader'],
    ...[
      'messageheader',
      'TraceHeaderList',
      'traceheaderlist',
      'Bussiness',
      'Business',
      'BUSSINESS',
    ],
    ...['edXMLBody', 'Body', 'edXMLManifest', 'Manifest', 'AttachmentEncoded', 'attachmentencoded'],
  ];
  for (const name of names) {
    for (const namespace of [
      EDXML,
      'http://www.e-doc.vn/Schema/',
      'http://www.e-doc.vn/Schema',
      '',
    ]) {
      it(`make it invalid: ${name} in "${namespace}"`, () => {
        const text = withExtra(`<${name} xmlns="${namespace}"/>`);
        expect(shortly(judge(text))).to.equal('invalid part.repeated');
      });
    }

    it(`do no harm in a namespace that nobody reads: ${name}`, () => {
      expect(shortly(judge(withExtra(`<${name} xmlns="urn:example:x"/>`)))).to.equal('valid');
    });
  }

  it('make it invalid within a foreign element, or within the signature', () => {
    const inner = `<x xmlns="urn:example:x"><Business xmlns="${EDXML}"/></x>`;
    expect(shortly(judge(withExtra(inner)))).to.equal('invalid part.repeated');
    const objects =
      '<Object><SignatureProperties xmlns=""><MessageHeader/></SignatureProperties></Object>';
    expect(shortly(judge(forge({ objects })))).to.equal('invalid part.repeated');
  });

  it('make it invalid also when the whole document is signed', () => {
    const unsigned = withExtra('<edXML:Business/>', UNSIGNED);
    expect(shortly(judge(forge({ unsigned })))).to.equal('invalid part.repeated');
  });

  it('make it invalid when the part itself is not at its place', () => {
    const without = forge({ references: references.filter((one) => one.target !== 'business') });
    const block = /<edXML:Bussiness [\s\S]*<\/edXML:Bussiness>/.exec(without)?.[0] ?? '';
    const moved = without
      .replace(block, '')
      .replace('<edXML:edXMLBody', () => `${block}<edXML:edXMLBody`);
    expect(shortly(judge(moved))).to.equal('invalid part.repeated');
    expect(shortly(judge(without.replace(block, '')))).to.equal('valid');
  });

  it('make it invalid where the header of a provincial status would stand, and only there', () => {
    const status = '<edXML:Status/>';
    const before = '<edXML:MessageHeader';
    const inHeader = SIGNED.replace(before, () => status + before);
    expect(shortly(judge(inHeader))).to.equal('invalid part.repeated');
    expect(shortly(judge(withExtra(status)))).to.equal('valid');
  });

  it('are fine at their place under another spelling', () => {
    const unsigned = UNSIGNED.replaceAll('edXML:Bussiness ', 'edXML:business ').replaceAll(
      'edXML:Bussiness>',
      'edXML:business>',
    );
    expect(shortly(judge(forge({ unsigned, references })))).to.equal('valid');
  });

  it('say nothing of a package that is not signed', () => {
    const verdict = judge(withExtra('<edXML:Business/>', UNSIGNED));
    expect(shortly(verdict)).to.equal('absent signature.absent');
  });

  describe('and with the name of what says who sends what to whom', () => {
    const telling = ['From', 'To', 'DocumentId', 'Subject', 'StatusCode', 'BussinessDocType'];
    for (const name of [...telling, 'BusinessDocType', 'subject', 'Attachment', 'Reference']) {
      it(`make it invalid where they are not read: ${name}`, () => {
        const extra = `<${name} xmlns="${EDXML}">T</${name}>`;
        expect(shortly(judge(withExtra(extra)))).to.equal('invalid part.repeated');
        const wrapped = `<Feedback xmlns="${EDXML}"><${name}>T</${name}></Feedback>`;
        expect(shortly(judge(withExtra(wrapped)))).to.equal('invalid part.repeated');
      });
    }

    it('do no harm where they belong, or where the name says nothing of the kind', () => {
      expect(shortly(judge(SIGNED))).to.equal('valid');
      const routing = `<Agency xmlns="${EDXML}"><OrganId>T99.09</OrganId><Email>a@b.example</Email></Agency>`;
      expect(shortly(judge(withExtra(routing)))).to.equal('valid');
    });
  });

  it('and an Id in any namespace counts when Ids are compared', () => {
    const twice = withExtra('<x xmlns="urn:example:x" xmlns:y="urn:example:y" y:Id="header"/>');
    expect(shortly(judge(twice))).to.match(/^invalid id\.repeated/);
  });
});
