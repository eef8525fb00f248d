import { expect } from 'chai';
import { writeDocumentPackage } from '../../../src/edxml/write-document.js';
import { type EdxmlDocument, PEER_PROFILES } from '../../../src/model/edxml.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import { FILES, NEW_DOCUMENT } from '../../tools/sample-packages.js';
import { documentText, inspect, inspectDoc, replacing, statusText, withXml } from './inspect.js';

type Edit = (text: string) => string;

function all(...edits: Edit[]): Edit {
  return (text) => edits.reduce((now, edit) => edit(now), text);
}
const dropping = (name: string): Edit => {
  const pattern = new RegExp(`<edXML:${name}>[\\s\\S]*?</edXML:${name}>`);
  return (text) => {
    if (!pattern.test(text)) throw new Error(`no ${name}`);
    return text.replace(pattern, '');
  };
};
const following = (name: string, xml: string): Edit =>
  replacing(`</edXML:${name}>`, `</edXML:${name}>${xml}`);

describe('edxml/inspect-package', () => {
  it('runs its checks in order and notes what it looked at', () => {
    const { checks } = inspect(documentText());
    expect(checks.map((one) => `${one.name} ${one.verdict}`)).to.deep.equal([
      'dialect pass',
      'schema pass',
      'manifest pass',
      'rules pass',
    ]);
    expect(checks[0]?.detail).to.equal('profile field, document');
    expect(checks[2]?.detail).to.equal('2 attachments');
  });

  it('has no manifest to check in a status', () => {
    expect(inspect(statusText()).checks.map((one) => one.name)).to.deep.equal([
      'dialect',
      'schema',
      'rules',
    ]);
  });

  it('stops after the first check when the root is not edXML', () => {
    const outcome = inspect('<a/>');
    expect(outcome.kind).to.equal(undefined);
    expect(outcome.codes).to.deep.equal(['package.root']);
    expect(outcome.checks.map((one) => one.name)).to.deep.equal(['dialect']);
  });

  it('knows a status with errors as a status', () => {
    expect(inspect(statusText(dropping('From'))).kind).to.equal('status');
  });

  for (const profile of PEER_PROFILES) {
    it(`names all that is missing at once, profile ${profile}`, () => {
      const names = ['From', 'DocumentId', 'Code', 'Subject', 'PromulgationDate', 'StaffInfo'];
      const text = documentText({}, all(...names.map(dropping)));
      const outcome = inspect(text, profile);
      const said = outcome.issues.map((one) => one.text).join('\n');
      for (const name of names.slice(0, -1)) expect(said).to.include(`${name} is missing`);
      expect(outcome.errors).to.deep.equal(['schema.missing']);
      expect(outcome.issues).to.have.length(5);
    });

    it(`names faults of different checks at once, profile ${profile}`, () => {
      const edit = all(
        following('Priority', '<edXML:Secret>1</edXML:Secret>'),
        replacing('BussinessDocType>0', 'BussinessDocType>9'),
        replacing('<ContentId>cid:f1', '<ContentId>cid:f9'),
        replacing('DueDate>2026/12/05', 'DueDate>2026/02/31'),
      );
      const outcome = inspect(documentText({}, edit), profile);
      expect(outcome.errors).to.include.members([
        'document.secrecy',
        'schema.value',
        'manifest.missing',
        'manifest.unmatched',
        'document.date',
      ]);
      expect(outcome.issues[0]?.code).to.equal('document.secrecy');
    });
  }

  it('names the element of the package, not that of the normalised tree', () => {
    const edit = all(
      replacing('edXML:To>', 'edXML:TO>'),
      replacing('edXML:OrganId>T98.02', 'edXML:OrganId>T98!02'),
      // Out of order, so that lines and positions of the normalised tree are others.
      (text) => {
        const [subject = ''] = /<edXML:Subject>.*<\/edXML:Subject>/.exec(text) ?? [];
        return text.replace(subject, '').replace('<edXML:From>', `${subject}<edXML:From>`);
      },
    );
    const text = documentText({}, edit);
    const outcome = inspect(text);
    const fault = outcome.issues.find((one) => one.severity === 'error');
    expect(fault?.code).to.equal('document.organ-id');
    expect(fault?.path).to.equal('/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/TO[1]/OrganId');
    const line = text.split('\n').findIndex((one) => one.includes('T98!02')) + 1;
    expect(fault?.line).to.equal(line);
    expect(outcome.codes).to.include.members(['dialect.order', 'dialect.spelling']);
  });

  it('keeps lines when values hold line breaks', () => {
    const edit = all(
      replacing('<edXML:Subject>', '<edXML:Subject>\n\nMột\n'),
      replacing('edXML:Content>', 'edXML:content>'),
      replacing('DueDate>2026/12/05', 'DueDate>sớm'),
    );
    const text = documentText({}, edit);
    const fault = inspect(text).issues.find((one) => one.severity === 'error');
    expect(fault?.path).to.match(/\/DueDate$/);
    const line = text.split('\n').findIndex((one) => one.includes('sớm')) + 1;
    expect(fault?.line).to.equal(line);
  });

  it('never drops an element inside a value', () => {
    const text = documentText({}, replacing('Về việc', 'Về <edXML:b>việc</edXML:b>'));
    for (const profile of PEER_PROFILES) expect(inspect(text, profile).package).to.equal(undefined);
  });

  it('refuses an element inside a value of a package that is normalised', () => {
    const edit = all(
      replacing('hệ thống', 'hệ <edXML:b>thống</edXML:b>'),
      replacing('edXML:OrganName>', 'edXML:ORGANNAME>'),
    );
    expect(inspect(documentText({}, edit)).errors).to.deep.equal(['schema.unexpected']);
  });

  it('does not take one of two for the other because it is empty', () => {
    for (const empty of ['<edXML:Bussiness/>', '<edXML:business></edXML:business>']) {
      const text = documentText({}, replacing('<edXML:Bussiness>', `${empty}<edXML:Bussiness>`));
      expect(inspect(text).package, empty).to.equal(undefined);
    }
  });

  it('refuses a text that is far too long in both profiles', () => {
    const text = documentText({ subject: 'dài '.repeat(2000) });
    for (const profile of PEER_PROFILES) {
      expect(inspect(text, profile).errors, profile).to.deep.equal(['schema.value']);
    }
  });

  it('counts characters, not UTF-16 units', () => {
    const outcome = inspect(documentText({ subject: '\u{1f4c4}'.repeat(500) }));
    expect(outcome.issues).to.deep.equal([]);
  });

  it('bounds what a flood of faults brings', () => {
    const flood = '<edXML:Feedback/>'.repeat(5000) + '<edXML:Subject>2</edXML:Subject>'.repeat(500);
    const outcome = inspect(documentText({}, following('Content', flood)));
    expect(outcome.issues.length).to.be.below(500);
    expect(outcome.errors).to.include('schema.unexpected');
    expect(outcome.package).to.equal(undefined);
  });

  it('warns once of a spelling, not at each place', () => {
    const outcome = inspect(documentText({}, replacing('edXML:OrganId>', 'edXML:ORGANID>')));
    expect(outcome.issues.map((one) => one.code)).to.deep.equal(['dialect.spelling']);
  });

  describe('a package whose long texts were cut out before the parse', () => {
    const big = Buffer.alloc(20_000, 0x41);
    const files = [{ contentId: 'f1', bytes: big }, ...FILES.slice(1)];
    const written = writeDocumentPackage(NEW_DOCUMENT, files).toString();
    const shapes: [string, Edit][] = [
      ['as it is', (text) => text],
      ['with dialects', all(replacing('Bussiness', 'Business'), dropping('OrganName'))],
      ['with a character that is not base64', replacing('QUFBQUFBQUFB', 'QUFBQUFB*UFB')],
      ['with padding inside', (text) => text.replace('QUFBQUFB', 'QUFBQUE=')],
      ['with an element too many', following('Subject', '<edXML:Subject>x</edXML:Subject>')],
    ];
    for (const [what, edit] of shapes) {
      for (const profile of PEER_PROFILES) {
        it(`says the same of it ${what}, profile ${profile}`, () => {
          const bytes = Buffer.from(edit(written));
          const whole = parseXml(scanXml(bytes, { cut: false }));
          const expected = inspectDoc(whole, profile);
          whole.dispose();
          const found = withXml(bytes, (doc) => inspectDoc(doc, profile));
          expect(found.issues).to.deep.equal(expected.issues);
          expect(found.package).to.deep.equal(expected.package);
        });
      }
    }
    it('knows the size of a file that was cut out', () => {
      const read = inspect(written).package as EdxmlDocument;
      expect(read.attachments[0]?.sizeBytes).to.equal(20_000);
    });
  });
});

describe('edxml/inspect-package: the normalised text', () => {
  /** Something to normalise. */
  const unknown = following('MessageHeader', '<edXML:unknown/>');

  it('is never refused for what only it goes beyond', () => {
    const id = `'${'"'.repeat(20_000)}'`;
    const text = documentText(
      {},
      all(unknown, replacing('<edXML:MessageHeader>', `<edXML:MessageHeader Id=${id}>`)),
    );
    const { issues, errors } = inspect(text);
    expect(errors).to.deep.equal(['xml.limits']);
    const { path, line } = issues.find((one) => one.severity === 'error') ?? {};
    expect([path, line]).to.deep.equal(['/edXML', 2]);
  });

  it('takes any name of the ds namespace', () => {
    const named = '<d:Chữ xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>';
    const text = documentText(
      {},
      all(unknown, (whole) => whole.replace('</edXML:edXMLHeader>', `${named}$&`)),
    );
    expect(inspect(text).codes).to.deep.equal(['dialect.unknown']);
  });

  it('is not filled in without end: what is missing beyond a bound stays missing', () => {
    const hop = '<edXML:TraceHeader/>'.repeat(4900);
    const answer =
      '<edXML:ResponseFor><edXML:OrganId>T99.02</edXML:OrganId><edXML:Code>1/T</edXML:Code></edXML:ResponseFor>';
    const text = documentText(
      {},
      all(
        (whole) => whole.replace('<edXML:TraceHeaderList>', `$&${hop}`),
        (whole) => whole.replace('</edXML:MessageHeader>', `${answer.repeat(400)}$&`),
      ),
    );
    expect(inspect(text).errors).to.deep.equal(['schema.missing']);
  });
});
