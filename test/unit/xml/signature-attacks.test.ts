/**
 * Signatures that hold in every respect but one, by threat (B to K). `forge` computes right digests and
 * a right value, so that nothing but the rule under test can refuse them.
 */

import { createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import { EDXML, insertSignature, UNSIGNED } from '../../tools/signature-package.js';
import {
  certificate,
  DS,
  EXCLUSIVE,
  ecdsa,
  type ForgedReference,
  fixture,
  forge,
  hmac,
  INCLUSIVE,
  judge,
  MORE,
  SHA256,
  shortly,
  X509_SENDER,
  x509,
} from './signature-kit.js';

const HEADER: ForgedReference = { uri: '#header', target: 'header' };
const ENVELOPED = `${DS}enveloped-signature`;
const HEADER_END = '    </edXML:edXMLHeader>';

describe('signature forgeries', () => {
  it('hold when nothing is wrong with them', () => {
    expect(shortly(judge(forge()))).to.equal('valid');
    expect(judge(forge({ references: [HEADER] })).signedParts).to.deep.equal(['MessageHeader']);
  });

  describe('B: missing or short pieces', () => {
    const cases: readonly (readonly [string, (text: string) => string, string])[] = [
      [
        'no SignedInfo',
        (text) => text.replace(/<SignedInfo>.*<\/SignedInfo>/, ''),
        'invalid structure.SignedInfo',
      ],
      [
        'no SignatureValue',
        (text) => text.replace(/<SignatureValue>[^<]*<\/SignatureValue>/, ''),
        'placeholder placeholder.value',
      ],
      [
        'an empty SignatureValue',
        (text) => text.replace(/<SignatureValue>[^<]*/, '<SignatureValue>'),
        'placeholder placeholder.value',
      ],
      [
        'a SignatureValue that is no base64',
        (text) => text.replace(/<SignatureValue>/, '<SignatureValue>%value%'),
        'placeholder placeholder.value',
      ],
      [
        'a certificate that was cut off',
        (text) => text.replace(/[^<]{400}<\/X509Certificate>/, '</X509Certificate>'),
        'placeholder placeholder.certificate',
      ],
      [
        'an empty DigestValue',
        (text) => text.replace(/<DigestValue>[^<]*/, '<DigestValue>'),
        'invalid digest.length',
      ],
      [
        'a DigestValue of half the length',
        (text) =>
          text.replace(/<DigestValue>([^<]*)/, (_all, value: string) => {
            const half = Buffer.from(value, 'base64').subarray(0, 16);
            return `<DigestValue>${half.toString('base64')}`;
          }),
        'invalid digest.length',
      ],
      [
        'no reference',
        (text) => text.replace(/<Reference .*<\/Reference>/, ''),
        'invalid references.count',
      ],
      [
        'an element of its own only',
        () => insertSignature(UNSIGNED, `<Signature xmlns="${DS}"/>`),
        'placeholder placeholder.empty',
      ],
    ];
    for (const [name, change, expected] of cases) {
      it(`${name}: ${expected}`, () => {
        const good = forge();
        expect(change(good)).not.to.equal(good);
        expect(shortly(judge(change(good)))).to.equal(expected);
      });
    }
  });

  describe('C: wrapping and coverage', () => {
    const parts = forge({ references: [HEADER] });
    const original =
      /<edXML:MessageHeader Id="header">[\s\S]*<\/edXML:MessageHeader>/.exec(parts)?.[0] ?? '';
    const bound = original.replace('<edXML:MessageHeader', `$& xmlns:edXML="${EDXML}"`);
    const evil = original.replace(' Id="header"', '').replace('000.00.01.T99', '000.00.66.T99');

    it('a signed header moved into the attachments is not the header', () => {
      const moved = parts
        .replace(original, () => evil)
        .replace('</AttachmentEncoded>', () => `${bound}</AttachmentEncoded>`);
      expect(shortly(judge(moved))).to.equal('invalid reference.not-a-part');
    });

    it('a signed header moved into the hops is not the header', () => {
      const moved = parts
        .replace(original, () => evil)
        .replace('<edXML:TraceHeader>', () => `<edXML:TraceHeader>${original}`);
      expect(shortly(judge(moved))).to.equal('invalid reference.not-a-part');
    });

    it('a signed header behind another one is not the header', () => {
      const moved = parts.replace(original, () => evil + original);
      expect(shortly(judge(moved))).to.equal('invalid reference.not-a-part');
    });

    it('a signed header inside the signature is not the header', () => {
      const hidden = (wrap: (inner: string) => string): string =>
        forge({ references: [HEADER], objects: wrap(original) }).replace(original, () => evil);
      const inObject = hidden((inner) => `<Object>${inner}</Object>`);
      expect(shortly(judge(inObject))).to.equal('invalid structure.Object');
      const inProperties = hidden(
        (inner) => `<Object><SignatureProperties>${inner}</SignatureProperties></Object>`,
      );
      expect(shortly(judge(inProperties))).to.equal('invalid structure.Object');
    });

    it('a whole signed document inside another one is not the document', () => {
      const inner = fixture('signatures/valid/xmlsec1-ecdsa-sha256-exclusive-enveloped.edxml');
      const body = inner.replace(/^<\?xml[^>]*>\s*/, '');
      const outer = UNSIGNED.replace('</AttachmentEncoded>', () => `${body}</AttachmentEncoded>`);
      expect(shortly(judge(outer))).to.equal('invalid signature.position');
    });

    const places: readonly (readonly [string, string])[] = [
      ['first in the header', '      <edXML:MessageHeader Id="header">'],
      ['in the body', '    </edXML:edXMLBody>'],
      ['in the attachments', '  </AttachmentEncoded>'],
      ['last in the root', '\n</edXML>'],
    ];
    for (const [name, before] of places) {
      it(`a signature ${name} is out of place`, () => {
        const text = forge({
          insert: (unsigned, signature) => unsigned.replace(before, () => signature + before),
        });
        expect(shortly(judge(text))).to.equal('invalid signature.position');
      });
    }

    it('an element behind the signature in the header puts it out of place', () => {
      const slot = `<edXML:TraceHeaderList/>${HEADER_END}`;
      const text = forge({ references: [HEADER] }).replace(HEADER_END, slot);
      expect(shortly(judge(text))).to.equal('invalid signature.position');
    });

    it('covers no more than what is referenced, the outermost parts by name', () => {
      const covered = (...ids: string[]): readonly string[] =>
        judge(forge({ references: ids.map((id) => ({ uri: `#${id}`, target: id })) })).signedParts;
      expect(covered('files')).to.deep.equal(['AttachmentEncoded']);
      expect(covered('manifest', 'body', 'business')).to.deep.equal(['Bussiness', 'edXMLBody']);
      expect(covered('traces', 'business')).to.deep.equal(['TraceHeaderList']);
      const envelope = { uri: '#envelope', target: 'envelope', transforms: [ENVELOPED, EXCLUSIVE] };
      expect(judge(forge({ references: [HEADER, envelope] })).signedParts).to.deep.equal([
        'edXMLEnvelope',
      ]);
      const root = { uri: '#all', transforms: [ENVELOPED, EXCLUSIVE] };
      expect(judge(forge({ references: [root] })).signedParts).to.deep.equal(['edXML']);
    });

    it('what is not covered may change without breaking the signature', () => {
      const verdict = judge(parts.replace('VsSDbiBi', 'AAAAAAAA'));
      expect(verdict.class).to.equal('valid');
      expect(verdict.signedParts).to.deep.equal(['MessageHeader']);
    });

    it('a part that lies deeper than its contract path cannot be signed', () => {
      const unsigned = UNSIGNED.replace('<edXML:From>', '<edXML:From Id="from">');
      const text = forge({ unsigned, references: [{ uri: '#from', target: 'from' }] });
      expect(shortly(judge(text))).to.equal('invalid reference.not-a-part');
    });
  });

  describe('D: comments, processing instructions, doubles', () => {
    const inserted = (before: string, what: string): string =>
      forge().replace(before, () => what + before);

    for (const before of [
      '<SignedInfo>',
      '<SignatureMethod',
      '</DigestValue>',
      '</SignatureValue>',
      '</X509Certificate>',
      '</Signature>',
    ]) {
      it(`a comment before ${before} is refused`, () => {
        expect(shortly(judge(inserted(before, '<!-- x -->')))).to.equal(
          'invalid structure.comment',
        );
      });
    }

    it('a processing instruction does not even reach the parser', () => {
      expect(() => judge(inserted('</DigestValue>', '<?x y?>')))
        .to.throw()
        .with.property('code', 'xml.processing-instruction');
    });

    it('a comment in signed text changes nothing of what is read, and holds', () => {
      const text = forge().replace('000.00.01.T99', '000.00.01<!-- x -->.T99');
      expect(judge(text).class).to.equal('valid');
    });

    it('a value in CDATA is the same value', () => {
      const text = forge().replace(/<SignatureValue>([^<]*)/, '<SignatureValue><![CDATA[$1]]>');
      expect(judge(text).class).to.equal('valid');
    });

    const doubled: readonly (readonly [string, RegExp, string])[] = [
      ['SignedInfo', /<SignedInfo>.*<\/SignedInfo>/, 'structure.SignatureValue'],
      ['SignatureValue', /<SignatureValue>.*<\/SignatureValue>/, 'structure.Object'],
      ['KeyInfo', /<KeyInfo>.*<\/KeyInfo>/, 'structure.Object'],
      ['DigestValue', /<DigestValue>.*<\/DigestValue>/, 'structure.Reference'],
      ['DigestMethod', /<DigestMethod[^>]*>/, 'structure.DigestValue'],
      ['Transforms', /<Transforms>.*<\/Transforms>/, 'structure.DigestMethod'],
      ['SignatureMethod', /<SignatureMethod[^>]*>/, 'structure.Reference'],
      ['CanonicalizationMethod', /<CanonicalizationMethod[^>]*>/, 'structure.SignatureMethod'],
    ];
    for (const [name, pattern, reason] of doubled) {
      it(`a second ${name} is refused`, () => {
        const text = forge().replace(pattern, '$&$&');
        expect(shortly(judge(text))).to.equal(`invalid ${reason}`);
      });
    }

    it('foreign elements, attributes and text are refused', () => {
      expect(shortly(judge(forge({ objects: '<x xmlns="urn:x"/>' })))).to.equal(
        'invalid structure.Object',
      );
      const edits: readonly (readonly [string, string, string])[] = [
        ['<Transforms>', '<Transforms x="y">', 'structure.Transforms'],
        ['<SignatureMethod', '<SignatureMethod Algorithm2="z"', 'structure.SignatureMethod'],
        ['<Transforms>', 'text<Transforms>', 'structure.text'],
        ['<SignedInfo>', '<SignedInfo>\u00a0', 'structure.text'],
      ];
      for (const [from, to, reason] of edits) {
        const text = forge({ edit: (info) => info.replace(from, to) });
        expect(shortly(judge(text))).to.equal(`invalid ${reason}`);
      }
    });

    it('the unread signing time of an official sample is tolerated', () => {
      const objects =
        '<Object><SignatureProperties xmlns=""><SignatureProperty Id="SigningTime" Target="x">' +
        '<SigningTime>2026-11-20T02:15:00Z</SigningTime></SignatureProperty></SignatureProperties></Object>';
      expect(judge(forge({ objects })).class).to.equal('valid');
      const references = [{ uri: '#SigningTime', target: 'SigningTime' }];
      expect(shortly(judge(forge({ objects, references })))).to.equal(
        'invalid reference.not-a-part',
      );
    });
  });

  describe('E: several signatures', () => {
    const signature = /<Signature [\s\S]*<\/Signature>/.exec(forge())?.[0] ?? '';
    const others: readonly (readonly [string, string])[] = [
      ['another real one', signature],
      ['an empty real one', `<Signature xmlns="${DS}"/>`],
      ['one in the namespace of QCVN', `<Signature xmlns="${EDXML}"/>`],
      ['one in no namespace', '<Signature xmlns=""/>'],
      ['a filled DigitalSignature', '<edXML:DigitalSignature>x</edXML:DigitalSignature>'],
    ];
    for (const [name, other] of others) {
      it(`${name} beside it makes two`, () => {
        const text = forge().replace(
          '<edXML:TraceHeaderList',
          () => `${other}<edXML:TraceHeaderList`,
        );
        expect(shortly(judge(text))).to.equal('invalid signature.several');
      });
    }

    it('a signature within the signature makes two', () => {
      const objects = `<Object>${signature}</Object>`;
      expect(shortly(judge(forge({ objects })))).to.equal('invalid signature.several');
    });

    it('the empty element of .NET writers counts for nothing', () => {
      const unsigned = UNSIGNED.replace(HEADER_END, `<edXML:DigitalSignature/>${HEADER_END}`);
      expect(judge(forge({ unsigned })).class).to.equal('valid');
    });
  });

  describe('F: Ids and URIs', () => {
    for (const attribute of ['Id', 'ID', 'id', 'xml:id', 'wsu:Id']) {
      it(`a second bearer of a signed Id, as ${attribute}, is refused anywhere`, () => {
        const wsu =
          'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
        const twin = `<Attachment xmlns:wsu="${wsu}" ${attribute}="header">`;
        const text = forge({ references: [HEADER] }).replace('<Attachment>', twin);
        expect(shortly(judge(text))).to.equal('invalid id.repeated');
      });
    }

    it('two Ids that no reference names must differ as well', () => {
      const unsigned = UNSIGNED.replace('<Attachment>', '<Attachment Id="x"><ContentId Id="x"/>');
      expect(shortly(judge(forge({ unsigned })))).to.equal('invalid id.repeated');
    });

    const uris: readonly (readonly [string | undefined, string])[] = [
      [undefined, 'structure.Reference'],
      ['header', 'reference.uri'],
      ['#', 'reference.uri'],
      ['#xpointer(/)', 'reference.uri'],
      [`#xpointer(id('header'))`, 'reference.uri'],
      ['##header', 'reference.uri'],
      ['#header ', 'reference.uri'],
      ['#Header', 'reference.unknown-id'],
      ['#nobody', 'reference.unknown-id'],
      ['file:///etc/passwd', 'reference.uri'],
      ['http://127.0.0.1:9/x', 'reference.uri'],
      ['cid:1', 'reference.uri'],
      ['?#header', 'reference.uri'],
    ];
    for (const [uri, reason] of uris) {
      it(`URI ${uri ?? '(none)'}: ${reason}`, () => {
        const text = forge({ references: [{ uri, target: 'header' }] });
        expect(shortly(judge(text))).to.equal(`invalid ${reason}`);
      });
    }

    it('Id, ID and id all name a part', () => {
      for (const attribute of ['Id', 'ID', 'id', 'xml:id']) {
        const unsigned = UNSIGNED.replace(' Id="header"', ` ${attribute}="header"`);
        expect(judge(forge({ unsigned, references: [HEADER] })).class, attribute).to.equal('valid');
      }
    });
  });

  describe('H: transforms, canonical forms and counts', () => {
    const transforms: readonly (readonly [string, readonly string[], string])[] = [
      ['XPath', ['http://www.w3.org/TR/1999/REC-xpath-19991116', EXCLUSIVE], 'algorithm.transform'],
      ['XPath filter', ['http://www.w3.org/2002/06/xmldsig-filter2'], 'algorithm.transform'],
      ['XSLT', ['http://www.w3.org/TR/1999/REC-xslt-19991116'], 'algorithm.transform'],
      ['base64', [`${DS}base64`], 'algorithm.transform'],
      ['with comments', [`${EXCLUSIVE}WithComments`], 'algorithm.transform'],
      [
        'the false address of the SDK',
        ['http://www.w3.org/TR/xml-exc-c14n#'],
        'algorithm.transform',
      ],
      ['canonical forms twice', [EXCLUSIVE, EXCLUSIVE], 'algorithm.transform'],
      ['canonical before enveloped', [EXCLUSIVE, ENVELOPED], 'algorithm.transform'],
      ['three', [ENVELOPED, EXCLUSIVE, EXCLUSIVE], 'algorithm.transform'],
      ['enveloped without need', [ENVELOPED, EXCLUSIVE], 'reference.enveloped'],
      ['__proto__', ['__proto__'], 'algorithm.transform'],
    ];
    for (const [name, list, reason] of transforms) {
      it(`transforms: ${name} refused`, () => {
        const text = forge({ references: [{ ...HEADER, transforms: list }] });
        expect(shortly(judge(text))).to.equal(`invalid ${reason}`);
      });
    }

    it('the whole document without its enveloped transform is refused', () => {
      const text = forge({ references: [{ uri: '', transforms: [EXCLUSIVE] }] });
      expect(shortly(judge(text))).to.equal('invalid reference.enveloped');
    });

    it('no canonical form means the inclusive one', () => {
      const bare = { ...HEADER, transforms: [], inclusive: true };
      expect(judge(forge({ references: [bare] })).class).to.equal('valid');
      const enveloped = { uri: '', transforms: [ENVELOPED], inclusive: true };
      expect(judge(forge({ references: [enveloped] })).class).to.equal('valid');
      const wrong = { ...HEADER, transforms: [], inclusive: false };
      expect(shortly(judge(forge({ references: [wrong] })))).to.equal('invalid digest.mismatch');
    });

    it('other canonicalisations of SignedInfo are refused', () => {
      for (const one of [
        `${EXCLUSIVE}WithComments`,
        'http://www.w3.org/2006/12/xml-c14n11',
        'urn:void',
        '',
      ]) {
        expect(shortly(judge(forge({ canonicalization: one })))).to.equal(
          'invalid algorithm.canonicalization',
        );
      }
      expect(judge(forge({ canonicalization: INCLUSIVE })).class).to.equal('valid');
    });

    it('a relative namespace, which has no canonical form, is refused', () => {
      const text = forge().replace('<Attachment>', '<Attachment xmlns:r="relative">');
      expect(shortly(judge(text))).to.equal('invalid canonical-form.none');
    });

    it('the same part twice, or more than sixteen references, are refused', () => {
      expect(shortly(judge(forge({ references: [HEADER, HEADER] })))).to.equal(
        'invalid reference.repeated',
      );
      const many = Array.from({ length: 17 }, () => HEADER);
      expect(shortly(judge(forge({ references: many })))).to.equal('invalid references.count');
    });

    it('a signature of many elements, or with an endless value, is not read', () => {
      const objects = `<Object><SignatureProperties>${'<x/>'.repeat(500)}</SignatureProperties></Object>`;
      expect(shortly(judge(forge({ objects })))).to.equal('invalid structure.Signature');
      const value = (): Buffer => Buffer.alloc(9000, 1);
      expect(shortly(judge(forge({ value })))).to.equal('placeholder placeholder.value');
    });

    it('prefixes may be named for exclusive form, in bounds', () => {
      const list = (prefixes: string): string =>
        forge({
          edit: (info) =>
            info.replace(
              `<CanonicalizationMethod Algorithm="${EXCLUSIVE}"/>`,
              `<CanonicalizationMethod Algorithm="${EXCLUSIVE}"><InclusiveNamespaces xmlns="${EXCLUSIVE}" PrefixList="${prefixes}"/></CanonicalizationMethod>`,
            ),
        });
      // `none` is bound nowhere, so that the form is the same as without a list.
      expect(judge(list('none')).class).to.equal('valid');
      expect(shortly(judge(list('edXML')))).to.equal('invalid value.mismatch');
      const seventeen = Array.from({ length: 17 }, (_, i) => `p${i}`).join(' ');
      expect(shortly(judge(list(seventeen)))).to.equal('invalid algorithm.canonicalization');
    });
  });

  describe('I: KeyInfo and identity', () => {
    it('the certificate of somebody else does not fit the value', () => {
      expect(shortly(judge(forge({ keyInfo: x509('other-ec') })))).to.equal(
        'invalid value.mismatch',
      );
    });

    it('a valid signature of another agency does not speak for this one', () => {
      const text = forge({ keyInfo: x509('other-ec'), value: ecdsa('other-ec') });
      expect(shortly(judge(text))).to.equal('untrusted certificate.identity');
      expect(judge(text).signedParts).to.deep.equal(['edXML']);
      expect(shortly(judge(text, { anySigner: true }))).to.equal('valid');
    });

    it('a certificate that is registered speaks for the agency, whatever its subject', () => {
      const text = forge({ keyInfo: x509('other-ec'), value: ecdsa('other-ec') });
      expect(judge(text, { registered: [certificate('other-ec')] }).class).to.equal('valid');
    });

    it('a self-signed certificate leads nowhere, any signer or not', () => {
      const text = forge({ keyInfo: x509('stranger'), value: ecdsa('stranger') });
      expect(shortly(judge(text))).to.equal('untrusted certificate.unknown-issuer');
      expect(shortly(judge(text, { anySigner: true }))).to.equal(
        'untrusted certificate.unknown-issuer',
      );
    });

    it('the identity is compared exactly', () => {
      for (const from of ['T99.0', 't99.02', 'T99.02 ', 'T99.021', '', 'Sở Thử nghiệm T']) {
        expect(shortly(judge(forge(), { from })), from).to.equal('untrusted certificate.identity');
      }
    });

    it('the signer may stand anywhere among up to four certificates', () => {
      expect(judge(forge({ keyInfo: x509('authority', 'other-ec', 'sender-ec') })).class).to.equal(
        'valid',
      );
      const five = x509('authority', 'other-ec', 'revoked-ec', 'expired-ec', 'sender-ec');
      expect(shortly(judge(forge({ keyInfo: five })))).to.equal('invalid certificates.count');
    });

    it('without a certificate the registered ones are tried', () => {
      const registered = [certificate('other-ec'), certificate('sender-ec')];
      const hints = [
        '',
        '<KeyName>k</KeyName>',
        '<X509Data><X509SubjectName/><X509IssuerSerial/></X509Data>',
        '<X509Data><X509SKI>AAAA</X509SKI></X509Data>',
      ];
      for (const keyInfo of hints) {
        const text = forge({ keyInfo });
        expect(judge(text, { registered }).class, keyInfo).to.equal('valid');
        expect(shortly(judge(text)), keyInfo).to.equal('invalid key.none');
      }
    });

    it('a bare key in the document never gives a key, but may stand beside a certificate', () => {
      const jwk = createPublicKey(
        certificate('stranger').publicKey.export({ type: 'spki', format: 'pem' }),
      ).export({ format: 'jwk' });
      const point = Buffer.concat([
        Buffer.from([4]),
        Buffer.from(jwk.x ?? '', 'base64url'),
        Buffer.from(jwk.y ?? '', 'base64url'),
      ]);
      const bare =
        '<KeyValue><ECKeyValue xmlns="http://www.w3.org/2009/xmldsig11#"><NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/>' +
        `<PublicKey>${point.toString('base64')}</PublicKey></ECKeyValue></KeyValue>`;
      expect(shortly(judge(forge({ keyInfo: bare, value: ecdsa('stranger') })))).to.equal(
        'invalid key.none',
      );
      expect(judge(forge({ keyInfo: bare + X509_SENDER })).class).to.equal('valid');
    });

    it('DSA keys, RetrievalMethod and foreign hints are refused', () => {
      const hints: readonly (readonly [string, string])[] = [
        ['<KeyValue><DSAKeyValue><P>AA==</P></DSAKeyValue></KeyValue>', 'structure.KeyValue'],
        ['<RetrievalMethod URI="http://127.0.0.1:9/key"/>', 'structure.KeyInfo'],
        ['<x xmlns="urn:x"/>', 'structure.KeyInfo'],
        ['<X509Data><x xmlns="urn:x"/></X509Data>', 'structure.X509Data'],
      ];
      for (const [hint, reason] of hints) {
        expect(shortly(judge(forge({ keyInfo: hint + X509_SENDER })))).to.equal(
          `invalid ${reason}`,
        );
      }
    });
  });

  describe('J and K: algorithms', () => {
    const pem = certificate('sender-ec').publicKey.export({ type: 'spki', format: 'pem' });
    const methods: readonly string[] = [
      `${DS}hmac-sha1`,
      `${MORE}hmac-sha256`,
      `${DS}dsa-sha1`,
      `${MORE}ecdsa-sha1`,
      `${MORE}rsa-md5`,
      'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
      '__proto__',
      'constructor',
      '',
    ];
    for (const method of methods) {
      it(`${method || 'no'} method is refused before anything is computed`, () => {
        const text = forge({ method, value: hmac(Buffer.from(pem)) });
        expect(shortly(judge(text))).to.equal('invalid algorithm.signature');
      });
    }

    it('a truncated HMAC is refused', () => {
      const edit = (info: string): string =>
        info.replace(
          /(<SignatureMethod[^>]*)\/>/,
          '$1><HMACOutputLength>0</HMACOutputLength></SignatureMethod>',
        );
      expect(shortly(judge(forge({ edit })))).to.equal('invalid structure.SignatureMethod');
    });

    it('weak and unknown digests are refused', () => {
      for (const digest of ['http://www.w3.org/2001/04/xmldsig-more#md5', 'urn:x', 'toString']) {
        expect(shortly(judge(forge({ references: [{ uri: '', digest }] })))).to.equal(
          'invalid algorithm.digest',
        );
      }
      const sha1 = { uri: '', digest: `${DS}sha1`, hash: 'sha1' };
      expect(shortly(judge(forge({ references: [sha1] })))).to.equal('invalid algorithm.sha1');
      const allowed = judge(forge({ references: [sha1] }), { allowSha1: true });
      expect([allowed.class, allowed.sha1]).to.deep.equal(['valid', true]);
    });

    it('the longer digests hold', () => {
      for (const [digest, hash] of [
        [`${MORE}sha384`, 'sha384'],
        ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
      ] as const) {
        expect(judge(forge({ references: [{ uri: '', digest, hash }] })).class).to.equal('valid');
      }
      const lengthOfAnother = { uri: '', digest: SHA256, hash: 'sha512' };
      expect(shortly(judge(forge({ references: [lengthOfAnother] })))).to.equal(
        'invalid digest.length',
      );
    });

    it('ECDSA values that are zero, short, long or DER are refused', () => {
      const values: readonly ((data: Buffer) => Buffer)[] = [
        () => Buffer.alloc(64),
        (data) => Buffer.concat([ecdsa('sender-ec')(data).subarray(0, 32), Buffer.alloc(32)]),
        (data) => ecdsa('sender-ec')(data).subarray(0, 63),
        (data) => Buffer.concat([ecdsa('sender-ec')(data), Buffer.alloc(1)]),
        () => Buffer.alloc(64, 0xff),
        () => Buffer.from('3006020101020101', 'hex'),
      ];
      for (const value of values)
        expect(shortly(judge(forge({ value })))).to.equal('invalid value.mismatch');
    });

    it('a key of the other kind does not fit the method', () => {
      expect(shortly(judge(forge({ method: `${MORE}rsa-sha256` })))).to.equal(
        'invalid value.mismatch',
      );
      expect(shortly(judge(forge({ keyInfo: x509('sender-rsa') })))).to.equal(
        'invalid value.mismatch',
      );
    });
  });
});
