import { expect } from 'chai';
import { sendPackageRequest } from '../../support/mime.js';
import { envelope, operation } from '../../support/soap.js';
import { bare, edited, sample, useRig } from './rig.js';

const EDXML = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';
const SUBJECT = /<edXML:Subject>[^<]*<\/edXML:Subject>/;
const subject = (content: string) => `<edXML:Subject>${content}</edXML:Subject>`;

const DOCTYPES: readonly [what: string, doctype: string][] = [
  ['a bare one', '<!DOCTYPE edXML>'],
  ['an empty internal subset', '<!DOCTYPE edXML []>'],
  ['an internal entity', '<!DOCTYPE edXML [<!ENTITY x "y">]>'],
  ['an external entity', '<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
  ['a parameter entity', '<!DOCTYPE edXML [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>'],
  ['SYSTEM', '<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/d.dtd">'],
  ['PUBLIC', '<!DOCTYPE edXML PUBLIC "-//T//T" "http://127.0.0.1:9/d.dtd">'],
  ['default attributes', '<!DOCTYPE edXML [<!ATTLIST edXML Id CDATA "all">]>'],
  ['a notation', '<!DOCTYPE edXML [<!NOTATION n SYSTEM "x"><!ENTITY e SYSTEM "x" NDATA n>]>'],
  ['line breaks', '<!DOCTYPE\n\tedXML\n>'],
  ['small letters', '<!doctype edXML>'],
  ['no space', '<!DOCTYPEedXML>'],
  ['no end', '<!DOCTYPE edXML [<!ENTITY x "'],
  ['100 kB of comments before it', `${`<!--${'x'.repeat(1000)}-->\n`.repeat(100)}<!DOCTYPE edXML>`],
];

describe('M: every DOCTYPE is refused, and what only looks like one is not', () => {
  const rig = useRig();

  for (const [what, doctype] of DOCTYPES) {
    it(`${what}, before a package`, () =>
      rig.refuse(edited('<edXML ', `${doctype}<edXML `), 'xml.doctype'));

    it(`${what}, before an envelope`, async () => {
      const answer = await rig.post(doctype + bare(envelope(operation('Ping'))));
      expect([answer.status, answer.code]).to.deep.equal([500, 'xml.doctype']);
    });
  }

  it('after a byte order mark', () =>
    rig.refuse(`\ufeff<!DOCTYPE edXML>${bare(sample())}`, 'xml.doctype'));
  it('after the root', () => rig.refuse(`${sample()}<!DOCTYPE edXML>`, 'xml.doctype'));
  it('inside an element', () =>
    rig.refuse(edited(SUBJECT, subject('<!DOCTYPE x>')), 'xml.doctype'));
  it('after a CDATA section that holds one', () =>
    rig.refuse(edited(SUBJECT, subject('<![CDATA[<!DOCTYPE x>]]><!DOCTYPE x>')), 'xml.doctype'));

  for (const encoding of ['utf16le', 'utf16be'] as const) {
    for (const mark of ['\ufeff', '']) {
      it(`in ${encoding} ${mark === '' ? 'without' : 'with'} a mark: refused for its encoding`, () => {
        const bytes = Buffer.from(`${mark}<!DOCTYPE edXML>${bare(sample())}`, 'utf16le');
        return rig.refuse(encoding === 'utf16be' ? bytes.swap16() : bytes, 'xml.encoding');
      });
    }
  }

  for (const reference of ['xop', 'text', 'href', 'none'] as const) {
    it(`in a package that travels as a part (${reference})`, async () => {
      const bytes = Buffer.from(`<!DOCTYPE edXML>${bare(sample())}`);
      const { contentType, body } = sendPackageRequest(bytes, reference, '1.1');
      const answer = await rig.post(body, {
        ...rig.as(),
        headers: { 'content-type': contentType },
      });
      expect([answer.status, answer.code]).to.deep.equal([500, 'xml.doctype']);
    });
  }

  for (const [what, content, read] of [
    ['CDATA', '<![CDATA[<!DOCTYPE x [<!ENTITY y "z">]>]]>', '<!DOCTYPE x [<!ENTITY y "z">]>'],
    ['text', '&lt;!DOCTYPE x&gt;', '<!DOCTYPE x>'],
    ['a comment', 'T<!-- <!DOCTYPE x> -->', 'T'],
  ] as const) {
    it(`in ${what} it is only text`, async () => {
      await rig.accept(edited(SUBJECT, subject(content)));
      const { items } = await rig.gateway.store.listMessages({}, { limit: 1 });
      expect(items[0]?.subject).to.equal(read);
    });
  }
});

const MALFORMED: readonly [what: string, text: () => string][] = [
  ['an unbound prefix of an element', () => edited(SUBJECT, '<v:Subject>T</v:Subject>')],
  ['an unbound prefix of an attribute', () => edited('<edXML:From>', '<edXML:From v:a="1">')],
  [
    'an attribute twice under two prefixes',
    () => edited('<edXML:From>', '<edXML:From xmlns:p="u" xmlns:q="u" p:a="1" q:a="2">'),
  ],
  ['an attribute twice', () => edited('<edXML:From>', '<edXML:From a="1" a="2">')],
  ['the same package twice', () => sample() + bare(sample())],
  ['a second root', () => `${sample()}<edXML/>`],
  ['text after the root', () => `${sample()}T`],
  ['text before the root', () => `T${bare(sample())}`],
  ['a second XML declaration', () => `<?xml version="1.0"?>${sample()}`],
  ['NUL after the root', () => `${sample()}\u0000`],
  ['crossed tags', () => edited('</edXML:From>', '</edXML:To>')],
  ['the end missing', () => edited(/<\/edXML>\s*$/, '')],
  ['a bare ampersand', () => edited(SUBJECT, subject('A & B'))],
  ['a prefix bound to nothing', () => edited('<edXML:From>', '<edXML:From xmlns:v="">')],
  ['the prefix xml bound', () => edited('<edXML:From>', '<edXML:From xmlns:xml="urn:x">')],
];

/** Well-formed, and not what the schema says. */
const INVALID: readonly [what: string, code: string, text: () => string][] = [
  [
    'the prefix edXML bound to another namespace for From',
    'schema.missing',
    () => edited('<edXML:From>', '<edXML:From xmlns:edXML="urn:other">'),
  ],
  [
    'the prefix edXML bound to another namespace for the envelope',
    'package.kind',
    () => edited(`xmlns:edXML="${EDXML}"`, 'xmlns:edXML="urn:other"'),
  ],
  ['the root in another namespace', 'package.root', () => edited(EDXML, 'urn:other')],
  ['the root in a namespace that only begins so', 'package.root', () => edited(EDXML, `${EDXML}x`)],
  ['another root', 'package.root', () => `<other xmlns="${EDXML}"/>`],
  [
    'two From',
    'schema.unexpected',
    () => {
      const from = /<edXML:From>[\s\S]*<\/edXML:From>/.exec(sample())?.[0] ?? '';
      return edited(from, from + from.replace('T99.01', 'T99.03'));
    },
  ],
  [
    'two headers',
    'schema.unexpected',
    () => {
      const text = sample();
      const header = /<edXML:edXMLHeader>[\s\S]*<\/edXML:edXMLHeader>/.exec(text)?.[0] ?? '';
      return edited(header, header + header, text);
    },
  ],
  [
    'no DocumentId',
    'schema.missing',
    () => edited(/<edXML:DocumentId>[^/]*[\s\S]*?<\/edXML:DocumentId>/, ''),
  ],
  ['a business type that is no number', 'schema.value', () => edited('DocType>0<', 'DocType>x<')],
  [
    'a date that is none',
    'schema.value',
    () => edited('>2026/11/20</edXML:Prom', '>hôm qua</edXML:Prom'),
  ],
];

describe('N: structure', () => {
  const rig = useRig();

  for (const [what, text] of MALFORMED) {
    it(`${what}: not well-formed`, () => rig.refuse(text(), 'xml.malformed'));
  }
  for (const [what, code, text] of INVALID) {
    it(`${what}: ${code}`, () => rig.refuse(text(), code));
  }

  for (const instruction of ['<?x y?>', '<?xml-stylesheet href="x"?>', '<?XML version="1.0"?>']) {
    it(`${instruction}: xml.processing-instruction, wherever it stands`, async () => {
      for (const text of [
        edited('<edXML ', `${instruction}<edXML `),
        edited(SUBJECT, subject(instruction)),
        `${sample()}${instruction}`,
      ]) {
        await rig.refuse(text, 'xml.processing-instruction');
      }
    });
  }

  it('the same faults in an envelope are refused as well', async () => {
    const ping = envelope(operation('Ping'));
    for (const text of [
      envelope('<v:Ping/>'),
      envelope(operation('Ping')).replace(
        '<s:Body>',
        '<s:Body xmlns:p="u" xmlns:q="u" p:a="" q:a="">',
      ),
      ping + bare(ping),
      `${ping}T`,
      ping.replace('</s:Body>', '</s:Envelope>'),
    ]) {
      const answer = await rig.post(text);
      expect([answer.status, answer.code], text).to.deep.equal([500, 'soap.not-xml']);
    }
  });

  it('the prefix of the envelope bound anew for Body: not SOAP', async () => {
    const text = envelope(operation('Ping')).replace('<s:Body>', '<s:Body xmlns:s="urn:other">');
    expect((await rig.post(text)).code).to.equal('soap.not-soap');
  });
});
