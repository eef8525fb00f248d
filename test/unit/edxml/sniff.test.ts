import { expect } from 'chai';
import { fitsDeclared, sniffType } from '../../../src/edxml/sniff.js';
import { PDF, TEXT, zipOf } from '../../tools/sample-packages.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';

describe('edxml/sniff', () => {
  const office = (folder: string) =>
    Buffer.concat([zipOf('[Content_Types].xml', TEXT), zipOf(`${folder}/document.xml`, TEXT)]);
  const files: [string, Buffer, string | undefined][] = [
    ['a PDF', PDF, 'application/pdf'],
    ['a PDF after stray bytes', Buffer.concat([Buffer.from('\r\n'), PDF]), 'application/pdf'],
    ['a zip', zipOf('a.doc', TEXT), 'application/zip'],
    ['a docx', office('word'), `${OFFICE}.wordprocessingml.document`],
    ['an xlsx', office('xl'), `${OFFICE}.spreadsheetml.sheet`],
    ['a pptx', office('ppt'), `${OFFICE}.presentationml.presentation`],
    [
      'an odt',
      zipOf('mimetype', Buffer.from('application/vnd.oasis.opendocument.text')),
      'application/vnd.oasis.opendocument.text',
    ],
    ['a doc', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'application/x-ole-storage'],
    ['a PNG', Buffer.from('89504e470d0a1a0a', 'hex'), 'image/png'],
    ['a JPEG', Buffer.from('ffd8ffe0', 'hex'), 'image/jpeg'],
    ['an RTF', Buffer.from('{\\rtf1'), 'application/rtf'],
    ['an XML', Buffer.from('<?xml version="1.0"?>'), 'application/xml'],
    ['a text', TEXT, undefined],
    ['nothing', Buffer.alloc(0), undefined],
    ['a zip header alone', Buffer.from('504b0304', 'hex'), 'application/zip'],
    ['a zip that ends in its header', zipOf('a', TEXT).subarray(0, 29), 'application/zip'],
  ];
  for (const [what, bytes, type] of files) {
    it(`finds ${what}`, () => {
      expect(sniffType(bytes)).to.equal(type);
    });
  }

  it('looks at the first entries of a zip only', () => {
    const many = Array.from({ length: 50 }, (_, i) => zipOf(`f${i}`, TEXT));
    const bytes = Buffer.concat([...many, zipOf('word/document.xml', TEXT)]);
    expect(sniffType(bytes)).to.equal('application/zip');
  });

  const fits: [string, string | undefined, boolean][] = [
    ['application/pdf', 'application/pdf', true],
    ['Application/PDF; name=a.pdf', 'application/pdf', true],
    ['application/octet-stream', 'application/pdf', true],
    ['', 'application/zip', true],
    ['application/zip', `${OFFICE}.wordprocessingml.document`, true],
    ['application/docx', `${OFFICE}.wordprocessingml.document`, true],
    ['application/doc', 'application/x-ole-storage', true],
    ['image/svg+xml', 'application/xml', true],
    ['text/plain', undefined, true],
    ['application/pdf', 'application/zip', false],
    ['application/zip', 'application/pdf', false],
    ['text/plain', 'application/zip', false],
    ['application/pdf', undefined, false],
  ];
  for (const [declared, sniffed, expected] of fits) {
    it(`says ${expected} to ${sniffed} declared as ${JSON.stringify(declared)}`, () => {
      expect(fitsDeclared(declared, sniffed)).to.equal(expected);
    });
  }
});
