/**
 * Signatures made by xmlsec1, by the JDK and by us: each file is judged as the name of its folder says.
 */

import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import { UNSIGNED } from '../../tools/signature-package.js';
import { EXCLUSIVE, fixture, INCLUSIVE, judge, MORE, NOW } from './signature-kit.js';

const CLASSES = ['absent', 'wrong-namespace', 'placeholder', 'invalid', 'untrusted', 'valid'];
const files = (folder: string): string[] => readdirSync(`fixtures/signatures/${folder}`);

const FORMS = { exclusive: EXCLUSIVE, inclusive: INCLUSIVE };
const METHODS = ['rsa-sha256', 'rsa-sha512', 'ecdsa-sha256'];
/** Reference URIs of each layout. */
const LAYOUTS = { enveloped: [''], parts: ['#header', '#business', '#manifest', '#files'] };

/** Signed part → a change within it: the tampered twin differs from a valid file by just this. */
const CHANGES: Readonly<Record<string, readonly [string, string]>> = {
  MessageHeader: ['thử chữ ký', 'thử chữ kí'],
  Bussiness: ['DocType>0<', 'DocType>1<'],
  edXMLManifest: ['cong-van-145.txt', 'cong-van-146.txt'],
  AttachmentEncoded: ['VsSDbiBi', 'VsSDbiBj'],
};

describe('signature fixtures', () => {
  for (const name of CLASSES) {
    for (const file of files(name)) {
      it(`${file} is ${name}`, () => {
        const verdict = judge(fixture(`signatures/${name}/${file}`));
        expect(verdict.class, verdict.reasons.join()).to.equal(name);
        expect(verdict.present).to.equal(!['absent', 'wrong-namespace'].includes(name));
      });
    }
  }

  it('are made of a document that the schema accepts', () => {
    const doc = parseXml(scanXml(Buffer.from(UNSIGNED)));
    expect(doc.validate('document')).to.deep.equal([]);
    doc.dispose();
  });

  for (const file of files('valid')) {
    const text = fixture(`signatures/valid/${file}`);
    const parts = ['MessageHeader', 'Bussiness', 'edXMLManifest', 'AttachmentEncoded'];

    it(`${file} says what it covers and who signed`, () => {
      const verdict = judge(text);
      expect(verdict.signedParts).to.deep.equal(file.endsWith('-parts.edxml') ? parts : ['edXML']);
      expect(verdict.reasons).to.deep.equal([]);
      expect(verdict.signer?.subject).to.equal('C=VN, CN=Sở Thử nghiệm T, UID=T99.02');
      expect(verdict.signer?.notAfter).to.equal('2099-12-31T23:59:59.000Z');
    });

    it(`${file} no longer holds with another agency in To`, () => {
      const verdict = judge(text.replace('000.00.01.T99', '000.00.02.T99'));
      expect(verdict.class).to.equal('invalid');
      expect(verdict.reasons[0]).to.equal('digest.mismatch');
    });

    it(`${file} no longer holds with another value`, () => {
      const flipped = text.replace(
        /(SignatureValue>\s*)(.)/,
        (_all, start: string, first: string) => start + (first === 'A' ? 'B' : 'A'),
      );
      expect(judge(flipped).reasons).to.deep.equal(['value.mismatch']);
    });

    it(`${file} holds with a byte order mark, CRLF line ends and other quotes`, () => {
      expect(judge(`\ufeff${text.replaceAll('\n', '\r\n')}`).class).to.equal('valid');
      expect(judge(text.replace(/URI="([^"]*)"/g, "URI='$1'")).class).to.equal('valid');
    });
  }

  it('take a SHA-1 signature only where the policy allows it, and mark it', () => {
    const text = fixture('signatures/invalid/sha1.edxml');
    expect(judge(text).reasons).to.deep.equal(['algorithm.sha1']);
    const allowed = judge(text, { allowSha1: true });
    expect(allowed.class).to.equal('valid');
    expect(allowed.sha1).to.equal(true);
  });

  it('name why a signer is not trusted', () => {
    const reason = (file: string): string | undefined =>
      judge(fixture(`signatures/untrusted/${file}`)).reasons[0];
    expect(reason('other-agency.edxml')).to.equal('certificate.identity');
    expect(reason('revoked.edxml')).to.equal('certificate.revoked');
    expect(reason('expired.edxml')).to.equal('certificate.expired');
  });

  it('of the past hold at their own time', () => {
    const at = Date.UTC(2024, 5, 1);
    expect(judge(fixture('signatures/untrusted/expired.edxml'), { at }).class).to.equal('valid');
    expect(judge(fixture('signatures/untrusted/expired.edxml'), { at: NOW }).class).to.equal(
      'untrusted',
    );
  });
});

describe('signatures by foreign programs', () => {
  const matrix = ['xmlsec1', 'jdk'].flatMap((by) =>
    METHODS.flatMap((method) =>
      Object.entries(FORMS).flatMap(([name, form]) =>
        Object.entries(LAYOUTS).map(([layout, uris]) => ({
          file: `${by}-${method}-${name}-${layout}.edxml`,
          method: MORE + method,
          form,
          uris,
        })),
      ),
    ),
  );

  it('are there by every program, method, canonical form and layout, and no others', () => {
    const foreign = files('valid').filter((file) => !file.startsWith('edxgate-'));
    expect(foreign).to.have.members(matrix.map(({ file }) => file));
    expect(foreign).to.have.length(24);
  });

  for (const { file, method, form, uris } of matrix) {
    const text = fixture(`signatures/valid/${file}`);
    const found = (name: RegExp): (string | undefined)[] =>
      [...text.matchAll(name)].map((match) => match[1]);

    it(`${file} is made as its name says, and valid`, () => {
      expect(found(/<(?:ds:)?SignatureMethod Algorithm="([^"]*)"/g)).to.deep.equal([method]);
      expect(found(/<(?:ds:)?CanonicalizationMethod Algorithm="([^"]*)"/g)).to.deep.equal([form]);
      const transforms = found(/<(?:ds:)?Transform Algorithm="([^"]*)"/g);
      expect(transforms.filter((one) => one === form)).to.have.length(uris.length);
      expect(found(/<(?:ds:)?Reference URI="([^"]*)"/g)).to.deep.equal(uris);
      expect(judge(text).class).to.equal('valid');
    });

    for (const [part, [from, to]] of Object.entries(CHANGES)) {
      it(`${file} is invalid with another ${part}`, () => {
        const twin = text.replace(from, to);
        expect(twin).to.not.equal(text);
        const verdict = judge(twin);
        expect(verdict.class).to.equal('invalid');
        const named = uris.length === 1 ? 'edXML' : part;
        expect(verdict.reasons).to.deep.equal(['digest.mismatch', `digest.mismatch.${named}`]);
      });
    }
  }
});
