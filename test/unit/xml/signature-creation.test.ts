/**
 * Signatures that we make: of packages by xml-crypto, of receipts by a fixed template.
 */

import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { SignedXml } from 'xml-crypto';
import { SIGNED_PARTS } from '../../../src/model/signature.js';
import { covers, OWN_SIGNED_PARTS } from '../../../src/model/signature-coverage.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import { receiptSignature, signDetachedRoot, signPackage } from '../../../src/xml/sign.js';
import { verifyRootSignature } from '../../../src/xml/verify-signature.js';
import { insertSignature, UNSIGNED } from '../../tools/signature-package.js';
import { certificate, fixture, judge, privateKey } from './signature-kit.js';

const KEYS = ['sender-rsa', 'sender-ec'];
const RECEIPT =
  '<Receipt xmlns="urn:edxgate:receipt:1"><DocumentId>145 &amp; 146</DocumentId></Receipt>';

function sign(
  text: string,
  key: string,
  references: 'document' | typeof OWN_SIGNED_PARTS = OWN_SIGNED_PARTS,
): string {
  const bytes = Buffer.from(text);
  return signPackage(bytes, privateKey(key), certificate(key), { references }).toString();
}

function problems(text: string, ...keys: readonly string[]): string[] {
  const doc = parseXml(scanXml(Buffer.from(text)));
  try {
    return verifyRootSignature(
      doc,
      keys.map((key) => createPublicKey(privateKey(key))),
    );
  } finally {
    doc.dispose();
  }
}

const withoutValue = (text: string): string => text.replace(/<SignatureValue>[^<]*/, '');

describe('signatures of packages', () => {
  it('by RSA are byte for byte those that xmlsec1 verified', () => {
    for (const [layout, references] of [
      ['enveloped', 'document'],
      ['parts', OWN_SIGNED_PARTS],
    ] as const) {
      const kept = fixture(`signatures/valid/edxgate-sender-rsa-${layout}.edxml`);
      expect(sign(UNSIGNED, 'sender-rsa', references)).to.equal(kept);
    }
  });

  for (const key of KEYS) {
    it(`by ${key} hold, stand last in the header and keep the schema`, () => {
      const text = sign(UNSIGNED.replace(/ Id="\w+"/g, ''), key);
      const verdict = judge(text);
      expect(verdict.class, verdict.reasons.join()).to.equal('valid');
      expect(verdict.signedParts).to.deep.equal(OWN_SIGNED_PARTS);
      const doc = parseXml(scanXml(Buffer.from(text)));
      expect(doc.validate('document')).to.deep.equal([]);
      doc.dispose();
    });
  }

  it('hold over a text with CRLF, a byte order mark and a big attachment', () => {
    const big = Buffer.alloc(300_000, 'văn bản').toString('base64');
    const text = UNSIGNED.replaceAll('\n', '\r\n').replace('VsSDbiBi4bqjbiB0aOG7rQo=', big);
    for (const references of ['document', OWN_SIGNED_PARTS] as const) {
      expect(judge(sign(`\ufeff${text}`, 'sender-ec', references)).class).to.equal('valid');
    }
  });

  it('leave out parts that are not there', () => {
    const text = UNSIGNED.replace(/ {2}<AttachmentEncoded[\s\S]*<\/AttachmentEncoded>\n/, '');
    expect(judge(sign(text, 'sender-ec')).signedParts).to.deep.equal([
      'MessageHeader',
      'Bussiness',
      'edXMLManifest',
    ]);
    expect(() => sign(text, 'sender-ec', ['AttachmentEncoded'])).to.throw(TypeError);
  });

  it('can name every part', () => {
    for (const part of SIGNED_PARTS) {
      expect(judge(sign(UNSIGNED, 'sender-ec', [part])).signedParts).to.deep.equal([part]);
    }
  });

  it('are refused over another signature, with a foreign certificate or a weak key', () => {
    expect(() => sign(sign(UNSIGNED, 'sender-ec'), 'sender-ec')).to.throw('a signature already');
    const slot = insertSignature(UNSIGNED, '<edXML:DigitalSignature/>');
    expect(() => sign(slot, 'sender-ec')).to.throw('a signature already');
    const bytes = Buffer.from(UNSIGNED);
    const options = { references: 'document' } as const;
    expect(() =>
      signPackage(bytes, privateKey('other-ec'), certificate('sender-ec'), options),
    ).to.throw('not that of the key');
    expect(() => sign(UNSIGNED.replace('Id="envelope"', 'Id="_0"'), 'sender-ec')).to.throw('_0');
    expect(() => sign('<edXML/>', 'sender-ec')).to.throw('no edXMLHeader');
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    expect(() => receiptSignature(RECEIPT, { privateKey: weak })).to.throw(TypeError);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    expect(() => receiptSignature(RECEIPT, { privateKey: publicKey })).to.throw(TypeError);
  });

  it('hold for xml-crypto as well', () => {
    const text = sign(UNSIGNED, 'sender-rsa', 'document');
    const verifier = new SignedXml({
      publicCert: certificate('sender-rsa').publicKey.export({ type: 'spki', format: 'pem' }),
    });
    verifier.loadSignature(/<Signature [\s\S]*<\/Signature>/.exec(text)?.[0] ?? '');
    expect(verifier.checkSignature(text)).to.equal(true);
  });
});

describe('signatures of receipts', () => {
  it('by RSA are byte for byte that which xmlsec1 verified', () => {
    const key = {
      privateKey: privateKey('sender-rsa'),
      certificate: certificate('sender-rsa'),
      id: 'sample',
    };
    expect(receiptSignature(RECEIPT, key)).to.equal(fixture('signatures/receipt.xml'));
  });

  for (const name of KEYS) {
    it(`by ${name} are those of xml-crypto but for the value, and both hold`, () => {
      const [key, signer] = [privateKey(name), certificate(name)];
      const variants = [
        [receiptSignature(RECEIPT, { privateKey: key }), signDetachedRoot(RECEIPT, key, undefined)],
        [
          receiptSignature(RECEIPT, { privateKey: key, certificate: signer, id: 'k-1' }),
          signDetachedRoot(RECEIPT, key, signer, 'k-1'),
        ],
      ] as const;
      for (const [ours, theirs] of variants) {
        expect(withoutValue(ours)).to.equal(withoutValue(theirs));
        expect(problems(ours, 'stranger', name)).to.deep.equal([]);
        expect(problems(theirs, name)).to.deep.equal([]);
      }
    });
  }

  it('are made over the text in canonical form as libxml2 writes it', () => {
    const doc = parseXml(scanXml(Buffer.from(RECEIPT)));
    expect(doc.canonical(doc.root, { method: 'exclusive' }).toString()).to.equal(RECEIPT);
    doc.dispose();
  });

  it('no longer hold when anything changes, or by another key', () => {
    const text = receiptSignature(RECEIPT, { privateKey: privateKey('sender-ec') });
    expect(problems(text, 'other-ec')).to.deep.equal(['value.mismatch']);
    expect(problems(text)).to.deep.equal(['value.mismatch']);
    expect(problems(text.replace('146', '147'), 'sender-ec')[0]).to.equal('digest.mismatch');
    expect(problems(RECEIPT, 'sender-ec')).to.deep.equal(['signature.absent']);
    const twice = text.replace(/<Signature .*<\/Signature>/, '$&$&');
    expect(problems(twice, 'sender-ec')).to.deep.equal(['signature.several']);
  });

  it('refuse texts that cannot be canonical', () => {
    for (const text of [
      '',
      'x',
      `<?xml version="1.0"?>${RECEIPT}`,
      '<a><b/></a>',
      '<a>\r</a>',
      '<a><!----></a>',
      `${RECEIPT}\n`,
    ]) {
      expect(() => receiptSignature(text, { privateKey: privateKey('sender-ec') }), text).to.throw(
        TypeError,
      );
    }
    const key = { privateKey: privateKey('sender-ec'), id: 'a<b' };
    expect(() => receiptSignature(RECEIPT, key)).to.throw(TypeError);
  });
});

describe('coverage', () => {
  const by = (...signedParts: (typeof SIGNED_PARTS)[number][]): string[] =>
    SIGNED_PARTS.filter((part) => covers({ signedParts }, part));

  it('of a part takes in every part inside it', () => {
    expect(by('edXML')).to.deep.equal(SIGNED_PARTS);
    expect(by('edXMLEnvelope')).to.deep.equal([
      'edXMLEnvelope',
      'MessageHeader',
      'TraceHeaderList',
      'Bussiness',
      'edXMLBody',
      'edXMLManifest',
    ]);
    expect(by('edXMLBody')).to.deep.equal(['edXMLBody', 'edXMLManifest']);
    expect(by('TraceHeaderList')).to.deep.equal(['TraceHeaderList', 'Bussiness']);
    expect(by('MessageHeader', 'AttachmentEncoded')).to.deep.equal([
      'MessageHeader',
      'AttachmentEncoded',
    ]);
    expect(by()).to.deep.equal([]);
  });
});
