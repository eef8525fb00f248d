import { expect } from 'chai';
import { MAX_ATTACHMENTS, MAX_REPEATS } from '../../../src/edxml/check-counts.js';
import { REPLACE } from '../../tools/sample-packages.js';
import { documentText, inspect, statusText } from './inspect.js';

/** The document with so many more of an element before a piece of its text. */
function flooded(one: string, count: number, before: string, text = documentText()): string {
  if (!text.includes(before)) throw new Error(`no ${before}`);
  return text.replace(before, () => one.repeat(count) + before);
}

const TO = '<edXML:To><edXML:OrganId>T99.02</edXML:OrganId></edXML:To>';
const HOP = '<edXML:TraceHeader/>';
const PROFILES = ['field', 'qcvn-strict'] as const;

describe('edxml/check-counts', () => {
  const receivers = (count: number): string =>
    '<edXML:BussinessDocumentInfo><edXML:ReceiverList>' +
    `${'<edXML:Receiver/>'.repeat(count)}</edXML:ReceiverList></edXML:BussinessDocumentInfo>`;
  const repeated: readonly [element: string, text: (count: number) => string][] = [
    ['To', (count) => flooded(TO, count, '<edXML:To>')],
    ['TraceHeader', (count) => flooded(HOP, count, '<edXML:TraceHeader>')],
    ['ResponseFor', (count) => flooded('<edXML:ResponseFor/>', count, '</edXML:MessageHeader>')],
    [
      'ReplacementInfo',
      (count) =>
        flooded(
          '<edXML:ReplacementInfo/>',
          count,
          '<edXML:ReplacementInfo>',
          documentText(REPLACE),
        ),
    ],
    ['Receiver', (count) => flooded(receivers(count), 1, '</edXML:Bussiness>')],
  ];
  for (const [element, text] of repeated) {
    for (const profile of PROFILES) {
      it(`refuses ${element} in such numbers, and says nothing else (${profile})`, () => {
        const { issues, package: read, kind } = inspect(text(MAX_REPEATS + 1), profile);
        expect(issues.map((one) => one.code)).to.deep.equal(['document.too-many']);
        expect(issues[0]?.text).to.match(new RegExp(`\\b${element}; at most ${MAX_REPEATS} `));
        expect(read).to.equal(undefined);
        expect(kind).to.equal('document');
      });
    }
  }

  it('counts over several parents, and under any spelling', () => {
    const hops = '<edXML:traceheader/>'.repeat(MAX_REPEATS / 2);
    const list = `<edXML:TraceHeaderList>${hops}</edXML:TraceHeaderList>`;
    const { codes } = inspect(flooded(list, 2, '</edXML:edXMLHeader>'));
    expect(codes).to.deep.equal(['document.too-many']);
  });

  it('counts what may stand once for each parent', () => {
    const id = '<edXML:OrganId>T99.01</edXML:OrganId>';
    expect(inspect(flooded(id, MAX_REPEATS, '<edXML:OrganId>')).codes).to.deep.equal([
      'document.too-many',
    ]);
    expect(inspect(flooded(id, MAX_REPEATS - 1, '<edXML:OrganId>')).codes).to.deep.equal([
      'schema.unexpected',
    ]);
  });

  it('counts in a status as well', () => {
    const one = '<edXML:StaffInfo/>';
    const text = flooded(one, MAX_REPEATS + 1, '</edXML:MessageHeader>', statusText());
    expect(inspect(text)).to.deep.include({ kind: 'status', codes: ['document.too-many'] });
  });

  for (const [element, tag] of [
    ['<Attachment/>', '<Attachment>'],
    ['<edXML:Reference/>', '</edXML:edXMLManifest>'],
  ] as const) {
    it(`has a limit of its own for ${element}`, () => {
      const text = flooded(element, MAX_ATTACHMENTS, tag);
      expect(inspect(text).issues.map((one) => one.code)).to.deep.equal(['attachment.too-many']);
    });
  }

  it('takes as many recipients as the limit says, and many hops, each filled in', () => {
    const hops = flooded(HOP, 2000, '<edXML:TraceHeader>');
    const { errors, issues } = inspect(flooded(TO, MAX_REPEATS - 2, '<edXML:To>', hops));
    expect(errors).to.deep.equal([]);
    expect(issues.length).to.be.within(100, 500);
  });
});
