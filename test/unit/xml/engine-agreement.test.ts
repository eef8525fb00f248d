/**
 * The second engine: xml-crypto as a second opinion, and what is made of it.
 */
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { SignatureVerdict } from '../../../src/model/signature.js';
import { compareEngines } from '../../../src/xml/engine-agreement.js';
import { KNOWN_DISAGREEMENTS } from '../../../src/xml/known-disagreements.js';
import { OPINION_LIMITS, xmlCryptoOpinion } from '../../../src/xml/second-verifier.js';
import {
  DS,
  EXCLUSIVE,
  ecdsa,
  type Forgery,
  fixture,
  forge,
  hmac,
  INCLUSIVE,
  judge,
  MORE,
  X509_SENDER,
  x509,
} from './signature-kit.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const agreement = (text: string, verdict = judge(text)) => compareEngines(bytes(text), verdict);
const VALID: SignatureVerdict = {
  class: 'valid',
  signedParts: ['edXML'],
  reasons: [],
  present: true,
};
const MISMATCH: SignatureVerdict = {
  class: 'invalid',
  signedParts: [],
  reasons: ['digest.mismatch', 'digest.mismatch.edXML'],
  present: true,
};

describe('second opinion on signatures', () => {
  for (const file of readdirSync('fixtures/signatures/valid')) {
    it(`holds for ${file}`, () => {
      const text = fixture(`signatures/valid/${file}`);
      expect(xmlCryptoOpinion(bytes(text))).to.deep.equal({ holds: true });
      expect(agreement(text)).to.deep.equal({ agrees: true });
    });

    it(`does not hold for ${file} with another file in it`, () => {
      const twin = fixture(`signatures/valid/${file}`).replace('VsSDbiBi', 'VsSDbiBj');
      expect(xmlCryptoOpinion(bytes(twin)).holds).to.equal(false);
      expect(agreement(twin)).to.deep.equal({ agrees: true });
    });
  }

  it('does not hold for a changed package, whoever signed', () => {
    for (const file of ['changed-file.edxml', 'changed-subject.edxml']) {
      const text = fixture(`signatures/invalid/${file}`);
      expect(xmlCryptoOpinion(bytes(text)).holds).to.equal(false);
      expect(agreement(text)).to.deep.equal({ agrees: true });
    }
  });

  it('holds with SHA-384 and ECDSA, which xml-crypto lacks', () => {
    const digest = { uri: '', digest: `${MORE}sha384`, hash: 'sha384' };
    expect(xmlCryptoOpinion(bytes(forge({ references: [digest] })))).to.deep.equal({ holds: true });
  });

  it('does not hold for an ECDSA value that is wrong, or by a key of the other kind', () => {
    const value = (data: Buffer): Buffer => ecdsa('sender-ec')(data).fill(1, 0, 4);
    expect(xmlCryptoOpinion(bytes(forge({ value }))).holds).to.equal(false);
    const text = forge({ keyInfo: x509('sender-rsa') });
    expect(xmlCryptoOpinion(bytes(text)).holds).to.equal(false);
  });

  it('never holds by HMAC', () => {
    const key = fixture('keys/sender-ec.pem');
    for (const method of [`${DS}hmac-sha1`, `${MORE}hmac-sha256`]) {
      const { holds, reason } = xmlCryptoOpinion(bytes(forge({ method, value: hmac(key) })));
      expect(holds).to.equal(false);
      expect(reason).to.contain('not supported');
    }
  });

  it('tries up to four certificates', () => {
    const text = forge({ keyInfo: x509('authority', 'other-ec', 'sender-ec') });
    expect(xmlCryptoOpinion(bytes(text))).to.deep.equal({ holds: true });
  });

  it('answers no to what is no signature and no XML, and keeps off the console', () => {
    const { error } = console;
    const said: unknown[] = [];
    console.error = (...all: unknown[]) => said.push(all);
    try {
      for (const text of ['', 'x', '<a>', '<a/>', '<a>&x;</a>', `<Signature xmlns="${DS}"/>`]) {
        expect(xmlCryptoOpinion(bytes(text)).holds, text).to.equal(false);
      }
      expect(xmlCryptoOpinion(Buffer.from([0xff, 0xfe])).holds).to.equal(false);
      expect(said).to.deep.equal([]);
    } finally {
      console.error = error;
    }
  });

  it('does not quote a package at length', () => {
    const text = forge().replace(/<SignatureValue>/, `<SignatureValue>${'A'.repeat(4000)}`);
    expect(xmlCryptoOpinion(bytes(text)).reason?.length).to.be.lessThan(201);
  });
});

describe('agreement of the engines', () => {
  it('is an alarm when xml-crypto takes what has another digest or value for us', () => {
    const found = agreement(forge(), MISMATCH);
    expect(found.agrees).to.equal(false);
    expect(found.rule).to.equal(undefined);
    expect(found.reason).to.contain('digest.mismatch').and.to.contain('xml-crypto: holds');
    const value = { ...MISMATCH, reasons: ['value.mismatch'] };
    expect(agreement(forge(), value).agrees).to.equal(false);
  });

  it('is an alarm when we take what xml-crypto refuses', () => {
    const text = forge().replace('000.00.01.T99', '000.00.66.T99');
    const found = agreement(text, VALID);
    expect(found.agrees).to.equal(false);
    expect(found.reason).to.contain('a digest does not match');
  });

  const known: Readonly<Record<string, string>> = {
    shape: forge({ edit: (info) => info.replace('<Transforms>', '<Transforms x="y">') }),
    place: forge({
      insert: (unsigned, signature) => unsigned.replace('\n</edXML>', `${signature}</edXML>`),
    }),
    target: forge({
      references: [{ uri: '#from', target: 'from' }],
      unsigned: forgeable('<edXML:From>', '<edXML:From Id="from">'),
    }),
    ids: forge({ unsigned: forgeable('<Attachment>', '<Attachment Id="x"><ContentId Id="x"/>') }),
    algorithms: forge({ canonicalization: `${EXCLUSIVE}WithComments` }),
    counts: forge({
      keyInfo: x509('sender-ec', 'other-ec', 'revoked-ec', 'expired-ec', 'authority'),
    }),
    'strict-base64': withLastBits(),
    cdata: forge().replace(/<SignatureValue>([^<]*)/, '<SignatureValue><![CDATA[$1]]>'),
  };
  for (const [rule, text] of Object.entries(known)) {
    it(`knows why: ${rule}`, () => {
      expect(agreement(text).rule).to.equal(rule);
      expect(agreement(text).agrees).to.equal(true);
    });
  }

  it('knows that registered certificates are not for xml-crypto', () => {
    const text = forge({ keyInfo: '<KeyName>k</KeyName>' });
    expect(agreement(text, VALID)).to.deep.include({ agrees: true, rule: 'registered-key' });
  });

  it('is not asked about what carries no signature, or too much', () => {
    for (const folder of ['absent', 'placeholder', 'wrong-namespace']) {
      for (const file of readdirSync(`fixtures/signatures/${folder}`)) {
        const text = fixture(`signatures/${folder}/${file}`);
        expect(agreement(text)).to.deep.include({ agrees: true, rule: 'not-compared' });
      }
    }
    const many = forge({
      unsigned: forgeable('<Attachment>', `<Attachment>${'<x/>'.repeat(OPINION_LIMITS.elements)}`),
    });
    expect(agreement(many, VALID)).to.deep.include({ agrees: true, rule: 'not-compared' });
    const refused = compareEngines(bytes('<!DOCTYPE a><a/>'), VALID);
    expect(refused.rule).to.equal('not-compared');
  });

  it('agrees over an untrusted signer, whom xml-crypto does not judge', () => {
    const text = forge({ keyInfo: x509('stranger'), value: ecdsa('stranger') });
    expect(judge(text).class).to.equal('untrusted');
    expect(agreement(text)).to.deep.equal({ agrees: true });
  });

  it('has no rule for another digest or another value', () => {
    for (const reason of ['digest.mismatch', 'value.mismatch', 'key.none', 'key.type']) {
      const evidence = {
        verdict: { ...MISMATCH, reasons: [reason] },
        opinion: { holds: true },
        text: forge(),
      };
      const found = KNOWN_DISAGREEMENTS.filter((one) => !one.weHold && one.matches(evidence));
      expect(found, reason).to.deep.equal([]);
    }
  });

  it('agrees on inclusive form and on the implied one', () => {
    const implied: Forgery = {
      references: [{ uri: '', transforms: [`${DS}enveloped-signature`], inclusive: true }],
    };
    for (const forgery of [{ canonicalization: INCLUSIVE }, implied]) {
      expect(agreement(forge(forgery))).to.deep.equal({ agrees: true });
    }
  });

  it('agrees on a bare key beside the certificate', () => {
    const keyInfo = `<KeyName>k</KeyName>${X509_SENDER}`;
    expect(agreement(forge({ keyInfo }))).to.deep.equal({ agrees: true });
  });
});

function forgeable(from: string, to: string): string {
  const unsigned = fixture('signatures/absent/no-signature.edxml');
  if (!unsigned.includes(from)) throw new Error(`the document does not hold ${from}`);
  return unsigned.replace(from, to);
}

/** A digest with bits behind its last byte, signed as it is. */
function withLastBits(): string {
  return forge({
    edit: (info) =>
      info.replace(/(.)=<\/DigestValue>/, (_all, last: string) => {
        return `${String.fromCharCode(last.charCodeAt(0) + 1)}=</DigestValue>`;
      }),
  });
}
