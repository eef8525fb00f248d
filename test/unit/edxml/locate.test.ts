import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Findings } from '../../../src/edxml/findings.js';
import { headerOf, locate } from '../../../src/edxml/locate.js';
import { type EdxmlNode, nodeAt } from '../../../src/edxml/node.js';
import { normalise } from '../../../src/edxml/normalise.js';
import { rootShape } from '../../../src/edxml/shape.js';
import type { SignedPart } from '../../../src/model/signature.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { pathOf, type XmlDocument } from '../../../src/xml/tree.js';
import { documentText, inspect, replacing, statusText, withXml } from './inspect.js';

const HEADER = '/edXML/edXMLEnvelope/edXMLHeader';

function paths(text: string): Record<string, string> {
  return withXml(text, (doc) =>
    Object.fromEntries([...locate(doc).parts].map(([part, element]) => [part, pathOf(element)])),
  );
}

describe('edxml/locate', () => {
  it('finds every part of a document at its contract path', () => {
    expect(paths(documentText())).to.deep.equal({
      edXML: '/edXML',
      edXMLEnvelope: '/edXML/edXMLEnvelope',
      MessageHeader: `${HEADER}/MessageHeader`,
      TraceHeaderList: `${HEADER}/TraceHeaderList`,
      Bussiness: `${HEADER}/TraceHeaderList/Bussiness`,
      edXMLBody: '/edXML/edXMLEnvelope/edXMLBody',
      edXMLManifest: '/edXML/edXMLEnvelope/edXMLBody/edXMLManifest',
      AttachmentEncoded: '/edXML/AttachmentEncoded',
    });
  });

  it('finds the header of a status in both forms', () => {
    expect(paths(statusText())['MessageHeader']).to.equal(`${HEADER}/MessageHeader`);
    const provincial = statusText(replacing('edXML:MessageHeader', 'edXML:Status'));
    expect(paths(provincial)['MessageHeader']).to.equal(`${HEADER}/Status`);
  });

  it('finds the parts under the spellings that the reader takes', () => {
    const text = documentText({}, replacing('Bussiness', 'Business'));
    expect(paths(text)['Bussiness']).to.equal(`${HEADER}/TraceHeaderList/Business`);
  });

  it('takes no element of the right name at another path', () => {
    const moved = documentText({}, (text) =>
      text
        .replace('<edXML:MessageHeader>', '<edXML:Wrapper><edXML:MessageHeader>')
        .replace('</edXML:MessageHeader>', '</edXML:MessageHeader></edXML:Wrapper>'),
    );
    expect(paths(moved)).to.not.have.property('MessageHeader');
  });

  it('takes no element of another namespace', () => {
    const text = documentText({}, (whole) =>
      whole.replace(
        '<edXML:MessageHeader>',
        '<MessageHeader xmlns="urn:example:x"/><edXML:MessageHeader>',
      ),
    );
    expect(paths(text)['MessageHeader']).to.equal(`${HEADER}/MessageHeader`);
    const namespace = withXml(text, (doc) => locate(doc).parts.get('MessageHeader')?.namespace);
    expect(namespace).to.equal('http://www.mic.gov.vn/TBT/QCVN_102_2016');
  });

  it('takes the first of two, and the package is refused', () => {
    const text = documentText({}, (whole) =>
      whole.replace('<edXML:TraceHeaderList>', '<edXML:TraceHeaderList><edXML:business/>'),
    );
    expect(paths(text)['Bussiness']).to.equal(`${HEADER}/TraceHeaderList/business`);
    expect(inspect(text, 'field').errors).to.include('schema.unexpected');
  });

  it('finds nothing under a foreign root', () => {
    const located = withXml('<edXML xmlns="urn:x"><edXMLEnvelope/></edXML>', locate);
    expect(located.header).to.equal(undefined);
    expect(located.parts.size).to.equal(0);
  });

  describe('for every fixture that is read', () => {
    const FOLDERS = ['documents/valid', 'statuses/valid', 'dialects'];
    const PATHS: readonly [SignedPart, readonly string[]][] = [
      ['edXMLEnvelope', ['edXMLEnvelope']],
      ['TraceHeaderList', ['edXMLEnvelope', 'edXMLHeader', 'TraceHeaderList']],
      ['Bussiness', ['edXMLEnvelope', 'edXMLHeader', 'TraceHeaderList', 'Bussiness']],
      ['edXMLBody', ['edXMLEnvelope', 'edXMLBody']],
      ['edXMLManifest', ['edXMLEnvelope', 'edXMLBody', 'edXMLManifest']],
      ['AttachmentEncoded', ['AttachmentEncoded']],
    ];

    function read(doc: XmlDocument): { root: EdxmlNode; form: string } {
      const form = headerOf(doc.root)?.form ?? 'MessageHeader';
      const isStatus = headerOf(doc.root)?.element.children.some(
        (child) => child.name === 'StatusCode',
      );
      const member = rootShape(isStatus === true ? 'status' : 'document', form);
      const { root } = normalise(doc.root, member, true, new Findings(), new Findings());
      return { root, form };
    }

    for (const folder of FOLDERS) {
      it(`the parts are the elements that are read (${folder})`, () => {
        const base = join(PACKAGE_ROOT, 'fixtures', folder);
        const files = readdirSync(base, { recursive: true, encoding: 'utf8' });
        const packages = files.filter((name) => name.endsWith('.edxml'));
        expect(packages).to.not.have.length(0);
        for (const name of packages) {
          withXml(readFileSync(join(base, name)), (doc) => {
            const { parts } = locate(doc);
            const { root, form } = read(doc);
            const all = [
              ...PATHS,
              ['MessageHeader', ['edXMLEnvelope', 'edXMLHeader', form]] as const,
            ];
            for (const [part, at] of all) {
              const node = nodeAt(root, ...at);
              if (node !== undefined)
                expect(node.origin, `${name} ${part}`).to.equal(parts.get(part));
            }
          });
        }
      });
    }
  });
});
